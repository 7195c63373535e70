package processors_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os/exec"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	hostbloblang "github.com/redpanda-data/benthos/v4/public/bloblang"
	_ "github.com/redpanda-data/benthos/v4/public/components/io"
	"github.com/redpanda-data/benthos/v4/public/service"
	_ "github.com/redpanda-data/connect/v4/public/components/redis"

	"github.com/rpconnect-sml/rpconnect-sml/plugin"
)

// source is an input that hands out the same documents for ever, in batches.
type source struct {
	documents [][]byte
	batch     int
	left      atomic.Int64
	partition int
	offset    int
}

func (*source) Connect(context.Context) error { return nil }
func (*source) Close(context.Context) error   { return nil }

func (s *source) ReadBatch(context.Context) (service.MessageBatch, service.AckFunc, error) {
	if s.left.Add(-int64(s.batch)) < 0 {
		return nil, nil, service.ErrEndOfInput
	}
	out := make(service.MessageBatch, s.batch)
	for i := range out {
		out[i] = service.NewMessage(s.documents[(s.offset+i)%len(s.documents)])
	}
	if s.batch > 0 {
		for i := range out {
			out[i].MetaSetMut("kafka_topic", "bench")
			out[i].MetaSetMut("kafka_partition", s.partition)
			out[i].MetaSetMut("kafka_offset", s.offset+i)
		}
	}
	s.offset += s.batch
	return out, func(context.Context, error) error { return nil }, nil
}

// sink counts what comes out.
type sink struct{ messages *atomic.Int64 }

func (sink) Connect(context.Context) error { return nil }
func (sink) Close(context.Context) error   { return nil }
func (s sink) WriteBatch(_ context.Context, b service.MessageBatch) error {
	s.messages.Add(int64(len(b)))
	return nil
}

// touch is a processor that only takes the bytes of each message.
type touch struct{}

func (touch) Close(context.Context) error { return nil }
func (touch) ProcessBatch(_ context.Context, b service.MessageBatch) ([]service.MessageBatch, error) {
	for _, m := range b {
		if _, err := m.AsBytes(); err != nil {
			return nil, err
		}
	}
	return []service.MessageBatch{b}, nil
}

// readings9 are documents of nine numbers, as in design section 9.
func readings9(n int) (out [][]byte) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range n {
		out = append(out, fmt.Appendf(nil, `{"s1":%.3f,"s2":%.3f,"s3":%.3f,"s4":%.3f,"s5":%.3f,"s6":%.3f,"s7":%.3f,"s8":%.3f,"s9":%.3f}`,
			rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64(), 100*rng.NormFloat64(), rng.NormFloat64(), rng.ExpFloat64(), rng.NormFloat64(), rng.NormFloat64(), 50+rng.NormFloat64()))
	}
	return out
}

// BenchmarkPipeline runs whole pipelines on one core. The metrics x-mapping,
// x-bytes and x-learn say how many times as fast a pipeline is as the baseline
// of that name in the same run; goals are 4 x-mapping and 0.7 x-bytes for
// learn, 2 x-mapping for score-learn, 0.8 x-learn for learn-durable-file and -redis.
// The latter needs redis-server on the path.
func BenchmarkPipeline(b *testing.B) {
	const learnInterval = "sml_learn: { project: p, cache: sml_state, durability: interval, every: 1h, models: [ { name: m, type: hba } ] }"
	const learnDurable = "sml_learn: { project: p, cache: sml_state, models: [ { name: m, type: hba } ] }"
	documents := readings9(10_000)
	for _, batch := range []int{1, 128, 1000} {
		perRow := map[string]float64{}
		for _, c := range []struct {
			name       string
			processors []string
			cache      func(b *testing.B) string // nil for the memory cache
		}{
			{name: "none"},
			{name: "bytes", processors: []string{"touch: {}"}},
			{name: "mapping", processors: []string{"mapping: root = this"}},
			{name: "learn", processors: []string{learnInterval}},
			{name: "learn-durable", processors: []string{learnDurable}},
			{name: "learn-durable-file", processors: []string{learnDurable}, cache: fileCache},
			{name: "learn-durable-redis", processors: []string{learnDurable}, cache: redisCache},
			{name: "score-learn", processors: []string{"sml_score: { project: p, cache: sml_state, model: m }", learnInterval}},
		} {
			b.Run(fmt.Sprintf("batch=%d/%s", batch, c.name), func(b *testing.B) {
				cache := memoryCache
				if c.cache != nil {
					cache = c.cache(b)
				}
				before := runtime.GOMAXPROCS(1)
				defer runtime.GOMAXPROCS(before)
				perRow[c.name] = runPipeline(b, cache, c.processors, documents, batch)
				for _, baseline := range []string{"mapping", "bytes", "learn"} {
					if base := perRow[baseline]; base > 0 && baseline != c.name {
						b.ReportMetric(base/perRow[c.name], "x-"+baseline)
					}
				}
			})
		}
	}
}

func fileCache(b *testing.B) string {
	return fmt.Sprintf("{label: sml_state, file: {directory: %q}}", b.TempDir())
}

// redisCache starts a Redis on the loopback for the benchmark.
func redisCache(b *testing.B) string {
	program, err := exec.LookPath("redis-server")
	if err != nil {
		b.Skip("no redis-server on the path")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	address := listener.Addr().String()
	_, port, _ := net.SplitHostPort(address)
	if err := listener.Close(); err != nil {
		b.Fatal(err)
	}
	server := exec.CommandContext(b.Context(), program, "--bind", "127.0.0.1", "--port", port, "--save", "", "--dir", b.TempDir())
	if err := server.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = server.Wait() })
	for try := 0; ; try++ {
		c, err := net.Dial("tcp", address)
		if err == nil {
			_ = c.Close()
			break
		}
		if try == 100 {
			b.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Sprintf("{label: sml_state, redis: {url: %q}}", "redis://"+address)
}

// runPipeline returns the seconds per row.
func runPipeline(b *testing.B, cache string, processors []string, documents [][]byte, batch int) float64 {
	env, functions := service.NewEnvironment(), hostbloblang.NewEnvironment()
	if err := plugin.Register(env, functions); err != nil {
		b.Fatal(err)
	}
	in := &source{documents: documents, batch: batch}
	in.left.Store(int64((b.N + batch - 1) / batch * batch))
	want := in.left.Load()
	var got atomic.Int64
	spec := service.NewConfigSpec()
	failed := []error{
		env.RegisterBatchInput("source", spec, func(*service.ParsedConfig, *service.Resources) (service.BatchInput, error) { return in, nil }),
		env.RegisterBatchOutput("sink", spec, func(*service.ParsedConfig, *service.Resources) (service.BatchOutput, service.BatchPolicy, int, error) {
			return sink{messages: &got}, service.BatchPolicy{}, 1, nil
		}),
		env.RegisterBatchProcessor("touch", spec, func(*service.ParsedConfig, *service.Resources) (service.BatchProcessor, error) { return touch{}, nil }),
	}
	builder := env.NewStreamBuilder()
	builder.SetThreads(1)
	failed = append(failed, builder.SetLoggerYAML("level: off"), builder.AddCacheYAML(cache),
		builder.AddInputYAML("source: {}"), builder.AddOutputYAML("sink: {}"))
	for _, p := range processors {
		failed = append(failed, builder.AddProcessorYAML(p))
	}
	for _, err := range failed {
		if err != nil {
			b.Fatal(err)
		}
	}
	stream, err := builder.Build()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	if err := stream.Run(context.Background()); err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
	if got.Load() != want {
		b.Fatalf("%d messages came out of %d", got.Load(), want)
	}
	b.ReportMetric(float64(want)/b.Elapsed().Seconds(), "rows/s")
	return b.Elapsed().Seconds() / float64(want)
}
