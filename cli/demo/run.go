package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/cli/simulate"
	examples "github.com/rpconnect-sml/rpconnect-sml/config-examples"
	"github.com/rpconnect-sml/rpconnect-sml/internal/shuttle"
)

// Times of waiting for what happens in other goroutines and processes.
const (
	// pollInterval is how often the end of the sink is asked for: the rate of
	// a run of half a second is then off by one percent at most.
	pollInterval = 5 * time.Millisecond
	// joinTimeout bounds how long the pipeline may take to get its partitions.
	joinTimeout = 60 * time.Second
	// inputPause is how long the redpanda input may sleep when it finds nothing
	// at its very first look (later on it is a tenth of a second). The rows
	// are sent after it, as to a pipeline that has been up for a while.
	inputPause = 750 * time.Millisecond
	// stallTimeout is how long no prediction may arrive after the last row
	// was sent.
	stallTimeout = 30 * time.Second
	// settleTimeout is how old an answer of the project may be after the
	// last prediction has been stored.
	settleTimeout = 5 * time.Second
)

// errStopped is returned when the context ends before the report.
var errStopped = errors.New("stopped before all rows were scored")

// run runs the demo: the report goes to stdout, everything else to stderr. When
// the context ends it stops cleanly; before the report that is an error.
func run(ctx context.Context, o options, stdout, stderr io.Writer) (err error) {
	if err := o.validate(); err != nil {
		return err
	}
	names, err := parseNames(examples.Shuttle)
	if err != nil {
		return err
	}
	config, err := configuration(o)
	if err != nil {
		return err
	}
	s := &session{options: o, names: names, brokers: o.Brokers, stderr: &console{w: stderr}}
	if len(s.brokers) == 0 {
		if s.embedded, err = embeddedBroker(); err != nil {
			return err
		}
		defer s.embedded.stop()
		s.brokers = s.embedded.addresses()
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.start(ctx, config); err != nil {
		return err
	}
	if !o.Once {
		if err := s.servePage(); err != nil {
			return err
		}
	}
	result, err := s.measure(ctx)
	if err != nil && ctx.Err() != nil {
		return errStopped // whatever was under way
	}
	if err != nil {
		return err
	}
	write := result.writeTable
	if o.JSON {
		write = result.writeJSON
	}
	if err := write(stdout); err != nil || o.Once {
		return err
	}
	return s.serve(ctx)
}

// configuration returns the example with the cache that the options ask for.
func configuration(o options) (string, error) {
	cache := memoryCache
	if o.CacheFile != "" {
		text, err := os.ReadFile(o.CacheFile)
		if err != nil {
			return "", fmt.Errorf("cache: %w", err)
		}
		cache = string(text)
	}
	config, err := withCache(examples.Shuttle, cache)
	if err != nil && o.CacheFile != "" {
		return "", fmt.Errorf("cache: %q: %w", o.CacheFile, err)
	}
	if err != nil || o.Once || o.CacheFile != "" {
		return config, err // a stored project keeps the statistics that it began with
	}
	return withPageStatistics(config)
}

// session is one run: the parts that are open, in the order of opening.
type session struct {
	options  options
	names    names
	brokers  []string
	embedded *embedded // nil with brokers of the user
	stderr   io.Writer
	broker   *broker
	pipeline *pipeline
	page     *pipeline // nil when none is served
	sink     *sinkReader
	// before are the end offsets of the sink before the pipeline started. backlog
	// is the number of messages of the source that the group had not read by then.
	before  map[int32]int64
	backlog int64
	// learnedBefore are the rows that the project had when the pipeline
	// started: none unless its cache outlives the demo.
	learnedBefore int64
}

// start opens everything and returns when the pipeline holds its partitions.
func (s *session) start(ctx context.Context, config string) (err error) {
	if s.broker, err = connect(ctx, s.brokers, s.options.Partitions, s.names.source, s.names.sink); err != nil {
		return err
	}
	if s.before, err = s.broker.ends(ctx, s.names.sink); err != nil {
		return err
	}
	if s.backlog, err = s.broker.backlog(ctx, s.names.group, s.names.source); err != nil {
		return err
	}
	if s.backlog > 0 {
		fmt.Fprintf(s.stderr, "topic %s holds %d rows that group %s has not read yet: they are learned and scored too\n", s.names.source, s.backlog, s.names.group)
	}
	if s.sink, err = newSinkReader(s.brokers, s.names.sink, s.before); err != nil {
		return err
	}
	if s.pipeline, err = startPipeline(config, s.brokers, s.stderr); err != nil {
		return err
	}
	if err := s.waitJoined(ctx); err != nil {
		return err
	}
	if s.learnedBefore, err = learned(s.names.project); err != nil {
		return err
	}
	if s.learnedBefore > 0 {
		fmt.Fprintf(s.stderr, "project %s has learned %d rows before: they are not counted below\n", s.names.project, s.learnedBefore)
		if len(s.options.Brokers) == 0 {
			fmt.Fprintln(s.stderr, "the embedded broker numbers its messages from 0 each time: what the project has learned under the same numbers it takes for replays")
		}
	}
	fmt.Fprintf(s.stderr, "broker %s, topics %s and %s, project %s\n", s.brokers[0], s.names.source, s.names.sink, s.names.project)
	return nil
}

func (s *session) waitJoined(ctx context.Context) error {
	deadline := time.NewTimer(joinTimeout)
	defer deadline.Stop()
	poll := time.NewTicker(pollInterval)
	defer poll.Stop()
	for {
		select {
		case <-ctx.Done():
			return errStopped
		case <-deadline.C:
			return fmt.Errorf("the pipeline did not join group %q within %v", s.names.group, joinTimeout)
		case <-poll.C:
		}
		if err := s.pipeline.ended(); err != nil {
			return err
		}
		joined, err := s.broker.joined(ctx, s.names.group)
		if err != nil {
			return err
		}
		if joined {
			return pause(ctx, inputPause)
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return errStopped
	}
}

// measure streams the data set and reports on the predictions.
func (s *session) measure(ctx context.Context) (*report, error) {
	took, err := s.stream(ctx)
	if err != nil {
		return nil, err
	}
	ends, err := s.broker.ends(ctx, s.names.sink)
	if err != nil {
		return nil, err
	}
	if err := s.sink.readTo(ctx, ends); err != nil {
		return nil, err
	}
	predictions, err := s.sink.predictions(s.names.model)
	if err != nil {
		return nil, err
	}
	rows, err := s.rowsLearned(ctx, int64(len(predictions)))
	if err != nil {
		return nil, err
	}
	return newReport(predictions, rows, took), nil
}

// rowsLearned asks the project how many rows it has learned in this run. A row
// is learned before its prediction is stored, but the answer comes from a
// snapshot, which may be older. So rowsLearned asks again for a moment while the
// answer is less than the number of predictions.
func (s *session) rowsLearned(ctx context.Context, predictions int64) (int64, error) {
	deadline := time.NewTimer(settleTimeout)
	defer deadline.Stop()
	poll := time.NewTicker(pollInterval)
	defer poll.Stop()
	for {
		total, err := learned(s.names.project)
		rows := total - s.learnedBefore
		if err != nil || rows >= predictions {
			return rows, err
		}
		select {
		case <-ctx.Done():
			return rows, errStopped
		case <-deadline.C:
			return rows, nil
		case <-poll.C:
		}
	}
}

// simulation is the result of the simulator.
type simulation struct {
	sent simulate.Sent
	err  error
}

func (s *session) simulate(ctx context.Context) <-chan simulation {
	done := make(chan simulation, 1)
	go func() {
		sent, err := simulate.Run(ctx, s.rowsAt(s.options.Rate))
		done <- simulation{sent, err}
	}()
	return done
}

// rowsAt says how the rows are sent.
func (s *session) rowsAt(rate float64) simulate.Options {
	return simulate.Options{
		Source: shuttle.Open, Brokers: s.brokers, Topic: s.names.source,
		Partitions: s.options.Partitions, Rate: rate, Rows: s.options.Rows,
	}
}

// repeatRate is the rows per second of Options.Repeat when none is given.
const repeatRate = 500

// repeat sends the rows again and again until the context ends.
func (s *session) repeat(ctx context.Context) error {
	rate := s.options.Rate
	if rate == 0 {
		rate = repeatRate
	}
	for ctx.Err() == nil {
		if _, err := simulate.Run(ctx, s.rowsAt(rate)); err != nil && ctx.Err() == nil {
			return err
		}
	}
	return nil
}

// forget gives up what only the report needed: the predictions, and the client
// that goes on reading them.
func (s *session) forget() {
	s.sink.close()
	s.sink = nil
}

// serve keeps the pipeline running until the context ends.
func (s *session) serve(ctx context.Context) error {
	fmt.Fprintf(s.stderr, `
Still serving: what arrives in %s is scored, learned and passed on to %s.
  rpconnect-sml simulate --brokers %s --topic %s --file more.csv
Press Ctrl-C to stop.
`, s.names.source, s.names.sink, s.brokers[0], s.names.source)
	var repeating sync.WaitGroup
	ctx, stop := context.WithCancel(ctx)
	defer repeating.Wait()
	defer stop()
	s.forget()
	if s.embedded != nil {
		repeating.Go(func() { s.embedded.trim(ctx) })
	}
	failed := make(chan error, 1)
	if s.options.Repeat {
		repeating.Go(func() {
			if err := s.repeat(ctx); err != nil {
				failed <- err
			}
		})
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return fmt.Errorf("stream the rows again: %w", err)
	case <-s.pipeline.done:
		return s.pipeline.ended()
	}
}

// close stops what was started, the pipeline first.
func (s *session) close() (err error) {
	if s.page != nil {
		err = s.page.stop()
	}
	if s.pipeline != nil {
		err = errors.Join(err, s.pipeline.stop())
	}
	if s.sink != nil {
		s.sink.close()
	}
	if s.broker != nil {
		s.broker.close()
	}
	return err
}
