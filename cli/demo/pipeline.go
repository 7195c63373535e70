package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/redpanda-data/benthos/v4/public/bloblang"
	"github.com/redpanda-data/benthos/v4/public/service"
)

// stopTimeout bounds how long the pipeline may take to finish its batches.
const stopTimeout = 20 * time.Second

// envBrokers is the variable by which the example names its brokers.
const envBrokers = "KAFKA"

// pipeline is a running stream.
type pipeline struct {
	stream *service.Stream
	// level is raised at the end, because clients are cut off then and would log
	// errors.
	level *slog.LevelVar
	// done is closed when the stream has ended, by itself or by stop. After that
	// err is the error with which it ended.
	done chan struct{}
	err  error
}

// startPipeline builds and starts the configuration with the components that
// are registered in the process. Warnings and errors go to the log.
func startPipeline(config string, brokers []string, log io.Writer) (*pipeline, error) {
	builder := service.NewStreamBuilder()
	level := &slog.LevelVar{}
	level.Set(slog.LevelWarn)
	builder.SetLogger(slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: level})))
	builder.SetEnvVarLookupFunc(func(name string) (string, bool) {
		if name == envBrokers {
			return strings.Join(brokers, ","), true
		}
		return os.LookupEnv(name)
	})
	if err := builder.SetYAML(config); err != nil {
		return nil, fmt.Errorf("read the pipeline: %w", err)
	}
	stream, err := builder.Build()
	if err != nil {
		return nil, fmt.Errorf("build the pipeline: %w", err)
	}
	p := &pipeline{stream: stream, level: level, done: make(chan struct{})}
	// A cancelled Run would not finish its batches: stop does.
	go func() {
		defer close(p.done)
		p.err = stream.Run(context.Background())
	}()
	return p, nil
}

// stop lets the batches in flight finish and waits for the stream to end. It
// tries again where the stream was only about to start.
func (p *pipeline) stop() error {
	p.level.Set(slog.LevelError)
	deadline := time.NewTimer(stopTimeout)
	defer deadline.Stop()
	again := time.NewTicker(pollInterval)
	defer again.Stop()
	for {
		err := p.stream.StopWithin(stopTimeout)
		if err == nil {
			<-p.done
			return nil
		}
		select {
		case <-p.done:
			return nil
		case <-deadline.C:
			return fmt.Errorf("stop the pipeline: %w", err)
		case <-again.C:
		}
	}
}

// ended returns why the stream has ended by itself, nil while it runs.
func (p *pipeline) ended() error {
	select {
	case <-p.done:
		if p.err == nil {
			return errInputClosed
		}
		return fmt.Errorf("the pipeline ended: %w", p.err)
	default:
		return nil
	}
}

// errInputClosed stands for a stream that ended without an error of its own.
var errInputClosed = errors.New("the pipeline ended: its input is closed")

// learned asks the project how many rows it has learned, as any pipeline of
// the same process could: with the Bloblang function sml_info.
func learned(project string) (int64, error) {
	query, err := bloblang.GlobalEnvironment().Parse(fmt.Sprintf("root = sml_info(%q).rows", project))
	if err != nil {
		return 0, fmt.Errorf("ask project %q: %w", project, err)
	}
	answer, err := query.Query(nil)
	if err != nil {
		return 0, fmt.Errorf("ask project %q: %w", project, err)
	}
	rows, err := bloblang.ValueAsInt64(answer)
	if err != nil {
		return 0, fmt.Errorf("ask project %q: rows: %w", project, err)
	}
	return rows, nil
}
