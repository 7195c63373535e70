package processors_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"
)

// learned sends messages one by one through sml_learn and returns how many rows the
// project has then, how many shards, and the messages as they came out.
func learned(t *testing.T, settings string, messages []*service.Message) (rows float64, shards int, out []*service.Message) {
	t.Helper()
	b := builder(t, environment(t), "sml_learn:\n  project: p\n  cache: sml_state\n"+settings)
	if err := b.AddProcessorYAML("mapping: 'meta info = sml_info(\"p\")'"); err != nil {
		t.Fatal(err)
	}
	send, err := b.AddBatchProducerFunc()
	if err != nil {
		t.Fatal(err)
	}
	if err := b.AddBatchConsumerFunc(func(_ context.Context, batch service.MessageBatch) error {
		out = append(out, batch...)
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
	for _, m := range messages {
		if err := send(ctx, service.MessageBatch{m}); err != nil {
			t.Fatal(err)
		}
	}
	if err := stream.StopWithin(30 * time.Second); err != nil {
		t.Fatal(err)
	}
	<-done
	info, _ := out[len(out)-1].MetaGetMut("info")
	fields, ok := info.(map[string]any)
	if !ok {
		t.Fatalf("info is %v", info)
	}
	return fields["rows"].(float64), len(fields["shards"].([]any)), out
}

// TestNumericPositions: a position is a position in whatever type a mapping or an
// input leaves it; what is no whole number is none.
func TestNumericPositions(t *testing.T) {
	for _, c := range []struct {
		name   string
		offset func(int) any
		rows   float64 // of 10 messages that are delivered twice
	}{
		{name: "int", offset: func(i int) any { return i }, rows: 10},
		{name: "int64", offset: func(i int) any { return int64(i) }, rows: 10},
		{name: "int8", offset: func(i int) any { return int8(i) }, rows: 10},
		{name: "uint64", offset: func(i int) any { return uint64(i) }, rows: 10},
		{name: "float64", offset: func(i int) any { return float64(i) }, rows: 10},
		{name: "float32", offset: func(i int) any { return float32(i) }, rows: 10},
		{name: "JSON number", offset: func(i int) any { return json.Number(fmt.Sprint(i)) }, rows: 10},
		{name: "JSON number with an exponent", offset: func(i int) any { return json.Number(fmt.Sprintf("%de3", i)) }, rows: 10},
		{name: "text", offset: func(i int) any { return fmt.Sprint(i) }, rows: 10},
		{name: "fraction", offset: func(i int) any { return float64(i) + 0.5 }, rows: 20},
		{name: "beyond what a float tells apart", offset: func(i int) any { return 1e18 + float64(i) }, rows: 20},
		{name: "no number", offset: func(int) any { return true }, rows: 20},
	} {
		t.Run(c.name, func(t *testing.T) {
			var in []*service.Message
			for i := range 20 {
				m := service.NewMessage(fmt.Appendf(nil, `{"x":%d}`, i%10))
				m.MetaSetMut("kafka_topic", "t")
				m.MetaSetMut("kafka_partition", c.offset(0))
				m.MetaSetMut("kafka_offset", c.offset(i%10))
				in = append(in, m)
			}
			if rows, _, _ := learned(t, "", in); rows != c.rows {
				t.Errorf("%v rows, want %v", rows, c.rows)
			}
		})
	}
}

// TestSources: the same topic of two clusters is learned twice where `source` tells
// them apart, and said where it does not.
func TestSources(t *testing.T) {
	var in []*service.Message
	for i := range 40 {
		m := service.NewMessage(fmt.Appendf(nil, `{"x":%d}`, i))
		m.MetaSetMut("kafka_topic", "t")
		m.MetaSetMut("kafka_partition", 0)
		m.MetaSetMut("kafka_offset", i/2)
		m.MetaSetMut("kafka_cluster_id", fmt.Sprint("c", i%2))
		in = append(in, m)
	}
	for _, c := range []struct {
		name, settings string
		rows           float64
		shards, failed int
	}{
		{name: "told apart", settings: "  source: ${! @kafka_cluster_id }\n", rows: 40, shards: 2},
		{name: "not told apart", settings: "  verify: fail\n", rows: 20, shards: 1, failed: 20},
		{name: "by position alone", settings: "  verify: off\n", rows: 20, shards: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			var batch []*service.Message
			for _, m := range in {
				batch = append(batch, m.DeepCopy())
			}
			rows, shards, out := learned(t, c.settings, batch)
			failed := 0
			for _, m := range out {
				if m.GetError() != nil {
					failed++
				}
			}
			if rows != c.rows || shards != c.shards || failed != c.failed {
				t.Errorf("%v rows in %d shards, %d failed, want %v, %d and %d", rows, shards, failed, c.rows, c.shards, c.failed)
			}
		})
	}
}
