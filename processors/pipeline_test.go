package processors_test

import (
	"context"
	"encoding/json"
	"sync"
	"testing"
	"time"

	hostbloblang "github.com/redpanda-data/benthos/v4/public/bloblang"
	_ "github.com/redpanda-data/benthos/v4/public/components/pure"
	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/plugin"
)

// memoryCache is the state of a test pipeline: no expiry.
const memoryCache = `
label: sml_state
memory: { compaction_interval: "" }
`

// environment returns fresh environments with the plugin in them.
func environment(t *testing.T) *service.Environment {
	t.Helper()
	env, functions := service.NewEnvironment(), hostbloblang.NewEnvironment()
	if err := plugin.Register(env, functions); err != nil {
		t.Fatal(err)
	}
	env.UseBloblangEnvironment(functions)
	return env
}

// builder returns a stream with the processors and the memory cache.
func builder(t *testing.T, env *service.Environment, processors string) *service.StreamBuilder {
	t.Helper()
	b := env.NewStreamBuilder()
	if err := b.SetLoggerYAML("level: off"); err != nil {
		t.Fatal(err)
	}
	if err := b.AddCacheYAML(memoryCache); err != nil {
		t.Fatal(err)
	}
	if err := b.AddProcessorYAML(processors); err != nil {
		t.Fatal(err)
	}
	return b
}

// document is one message: its content and its Kafka position.
type document struct {
	content   string
	topic     string
	partition int
	offset    int
}

// outcome is a message as it left the pipeline.
type outcome struct {
	content string
	err     error
}

// run sends the batches through the pipeline, one after the other, and returns
// the messages as they came out.
func run(t *testing.T, b *service.StreamBuilder, batches ...[]document) []outcome {
	t.Helper()
	send, err := b.AddBatchProducerFunc()
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var out []outcome
	err = b.AddBatchConsumerFunc(func(_ context.Context, batch service.MessageBatch) error {
		mu.Lock()
		defer mu.Unlock()
		for _, m := range batch {
			content, err := m.AsBytes()
			if err != nil {
				return err
			}
			out = append(out, outcome{content: string(content), err: m.GetError()})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	stream, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- stream.Run(ctx) }()
	for _, batch := range batches {
		if err := send(ctx, messages(batch)); err != nil {
			t.Fatal(err)
		}
	}
	if err := stream.StopWithin(30 * time.Second); err != nil {
		t.Fatal(err)
	}
	<-done
	return out
}

func messages(batch []document) service.MessageBatch {
	var out service.MessageBatch
	for _, d := range batch {
		m := service.NewMessage([]byte(d.content))
		if d.topic != "" {
			m.MetaSetMut("kafka_topic", d.topic)
			m.MetaSetMut("kafka_partition", d.partition)
			m.MetaSetMut("kafka_offset", d.offset)
		}
		out = append(out, m)
	}
	return out
}

// field returns what is at a path of a JSON document.
func field(t *testing.T, doc string, path ...string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(doc), &v); err != nil {
		t.Fatalf("%v: %s", err, doc)
	}
	for _, key := range path {
		m, ok := v.(map[string]any)
		if !ok {
			t.Fatalf("no %q in %v", key, v)
		}
		v = m[key]
	}
	return v
}
