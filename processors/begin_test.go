package processors_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"
)

// TestBeginOfTheInput: what sml_kafka says of where it began reaches the project, and a
// header of that name, which other inputs take over as text, does not.
func TestBeginOfTheInput(t *testing.T) {
	for _, c := range []struct {
		name string
		meta map[string]any
		want string
	}{
		{name: "sml_kafka", meta: map[string]any{"kafka_begin_offset": int64(52), "kafka_begin_last": int64(49), "kafka_begin_oldest": int64(10)}, want: "40 positions before the first, 10 to 49"},
		{name: "without a last record", meta: map[string]any{"kafka_begin_offset": int64(52)}, want: "52 positions before the first, 0 to 51"},
		{name: "nothing was acknowledged", meta: map[string]any{"kafka_begin_offset": int64(0)}},
		{name: "headers", meta: map[string]any{"kafka_begin_offset": "52", "kafka_begin_last": "49"}},
		{name: "nothing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := builder(t, environment(t), "sml_learn:\n  project: p\n  cache: sml_state\n")
			if err := b.AddProcessorYAML("mapping: 'meta info = sml_info(\"p\")'"); err != nil {
				t.Fatal(err)
			}
			send, err := b.AddBatchProducerFunc()
			if err != nil {
				t.Fatal(err)
			}
			var said string
			if err := b.AddBatchConsumerFunc(func(_ context.Context, batch service.MessageBatch) error {
				info, _ := batch[len(batch)-1].MetaGetMut("info")
				shards, _ := info.(map[string]any)["shards"].([]any)
				said, _ = shards[0].(map[string]any)["missing"].(string)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			stream, err := b.Build()
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			done := make(chan error, 1)
			go func() { done <- stream.Run(ctx) }()
			batch := batchFrom(52, c.meta)
			if err := send(ctx, batch); err != nil {
				t.Fatal(err)
			}
			if err := stream.StopWithin(30 * time.Second); err != nil {
				t.Fatal(err)
			}
			<-done
			if c.want == "" && said != "" || !strings.Contains(said, c.want) {
				t.Errorf("info says %q, want %q", said, c.want)
			}
		})
	}
}

// batchFrom returns five messages of a partition from an offset on, with some metadata.
func batchFrom(offset int, meta map[string]any) service.MessageBatch {
	var batch service.MessageBatch
	for i := range 5 {
		m := service.NewMessage(fmt.Appendf(nil, `{"x":%d}`, i))
		m.MetaSetMut("kafka_topic", "t")
		m.MetaSetMut("kafka_partition", 0)
		m.MetaSetMut("kafka_offset", offset+i)
		m.MetaSetMut("kafka_topic_id", "id")
		for name, value := range meta {
			m.MetaSetMut(name, value)
		}
		batch = append(batch, m)
	}
	return batch
}
