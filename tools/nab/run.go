package nab

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	hostbloblang "github.com/redpanda-data/benthos/v4/public/bloblang"
	_ "github.com/redpanda-data/benthos/v4/public/components/pure" // the memory cache
	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/plugin"
)

// pipeline is the processor that all series go through, in one pass, with the
// same settings. Its feature `alarm` is the score of a row.
//
//go:embed pipeline.yaml
var pipeline string

const cacheYAML = `
label: nab_state
memory: { compaction_interval: "" }
`

// batchRows is the number of rows sent at a time.
const batchRows = 1000

// run sends every series through the pipeline, a document a row, and returns
// the scores: NaN for rows that have none.
func run(ctx context.Context, c *dataSet, pipeline string) ([][]float64, error) {
	env, functions := service.NewEnvironment(), hostbloblang.NewEnvironment()
	if err := plugin.Register(env, functions); err != nil {
		return nil, err
	}
	env.UseBloblangEnvironment(functions)
	b := env.NewStreamBuilder()
	b.SetThreads(1)
	for _, add := range []func() error{
		func() error { return b.SetLoggerYAML("level: off") },
		func() error { return b.AddCacheYAML(cacheYAML) },
		func() error { return b.AddProcessorYAML(pipeline) },
	} {
		if err := add(); err != nil {
			return nil, err
		}
	}
	send, err := b.AddBatchProducerFunc()
	if err != nil {
		return nil, err
	}
	scores := c.empty()
	if err := b.AddBatchConsumerFunc(func(_ context.Context, batch service.MessageBatch) error { return take(batch, scores) }); err != nil {
		return nil, err
	}
	stream, err := b.Build()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- stream.Run(ctx) }()
	if err := feed(ctx, c, send); err != nil {
		return nil, err
	}
	if err := stream.Stop(ctx); err != nil {
		return nil, err
	}
	return scores, <-done
}

// empty returns room for the scores of all rows.
func (c *dataSet) empty() [][]float64 {
	out := make([][]float64, len(c.Series))
	for i, s := range c.Series {
		out[i] = make([]float64, len(s.Values))
		for j := range out[i] {
			out[i][j] = math.NaN()
		}
	}
	return out
}

// feed sends all rows; each batch is acknowledged before the next is sent.
func feed(ctx context.Context, c *dataSet, send service.MessageBatchHandlerFunc) error {
	for i, s := range c.Series {
		var batch service.MessageBatch
		for row := range s.Values {
			doc := fmt.Sprintf(`{"series":%d,"row":%d,"time":%d,"value":%s}`,
				i, row, s.Times[row]/1e9, strconv.FormatFloat(s.Values[row], 'g', -1, 64))
			batch = append(batch, service.NewMessage([]byte(doc)))
			if len(batch) == batchRows || row == len(s.Values)-1 {
				if err := send(ctx, batch); err != nil {
					return fmt.Errorf("series %q: %w", s.Name, err)
				}
				batch = nil
			}
		}
	}
	return nil
}

// take reads the scores off the documents of a batch.
func take(batch service.MessageBatch, scores [][]float64) error {
	for _, m := range batch {
		if err := m.GetError(); err != nil {
			return err
		}
		text, err := m.AsBytes()
		if err != nil {
			return err
		}
		var doc struct {
			Series, Row int
			Features    struct{ Alarm *float64 }
		}
		if err := json.Unmarshal(text, &doc); err != nil {
			return err
		}
		if doc.Features.Alarm != nil {
			scores[doc.Series][doc.Row] = *doc.Features.Alarm
		}
	}
	return nil
}
