package processors_test

import (
	"context"
	"errors"
	"log/slog"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/statetest"
)

// keptMetrics keeps the metrics of a stream, by name and labels.
type keptMetrics struct {
	mu     sync.Mutex
	values map[string]int64
}

// keptMetric is one of them.
type keptMetric struct {
	of   *keptMetrics
	name string
}

func (m *keptMetrics) make(name string, keys []string) func(values ...string) *keptMetric {
	return func(values ...string) *keptMetric {
		full := name
		for i, key := range keys {
			if key != "label" && key != "path" && key != "stream" {
				full += " " + key + "=" + values[i]
			}
		}
		return &keptMetric{of: m, name: full}
	}
}

func (m *keptMetrics) NewCounterCtor(name string, keys ...string) service.MetricsExporterCounterCtor {
	made := m.make(name, keys)
	return func(values ...string) service.MetricsExporterCounter { return made(values...) }
}

func (m *keptMetrics) NewTimerCtor(name string, keys ...string) service.MetricsExporterTimerCtor {
	made := m.make(name, keys)
	return func(values ...string) service.MetricsExporterTimer { return made(values...) }
}

func (m *keptMetrics) NewGaugeCtor(name string, keys ...string) service.MetricsExporterGaugeCtor {
	made := m.make(name, keys)
	return func(values ...string) service.MetricsExporterGauge { return made(values...) }
}

func (m *keptMetrics) Close(context.Context) error { return nil }

func (m *keptMetric) change(f func(int64) int64) {
	m.of.mu.Lock()
	defer m.of.mu.Unlock()
	m.of.values[m.name] = f(m.of.values[m.name])
}

func (m *keptMetric) Incr(n int64)   { m.change(func(v int64) int64 { return v + n }) }
func (m *keptMetric) Timing(n int64) { m.Set(n) }
func (m *keptMetric) Set(n int64)    { m.change(func(int64) int64 { return n }) }

// sum adds up the metrics whose name with labels has all of the parts.
func (m *keptMetrics) sum(parts ...string) (sum int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
next:
	for name, v := range m.values {
		for _, part := range parts {
			if !strings.Contains(name+" ", part+" ") {
				continue next
			}
		}
		sum += v
	}
	return sum
}

// lockedLog is a log that can be read while it is written.
type lockedLog struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

var leftOutLine = regexp.MustCompile(`left out (\d+) rows, reason (\S+) `)

// leftOut adds up the lines about rows that do not count, by reason, that have the
// text.
func (l *lockedLog) leftOut(text string) map[string]int64 {
	out := map[string]int64{}
	for line := range strings.Lines(l.String()) {
		if m := leftOutLine.FindStringSubmatch(line); m != nil && strings.Contains(line, text) {
			n, _ := strconv.ParseInt(m[1], 10, 64) // digits only
			out[m[2]] += n
		}
	}
	return out
}

// accountedStream is a running pipeline over a cache that fails on request, with its
// metrics and its log.
type accountedStream struct {
	t       *testing.T
	metrics *keptMetrics
	log     *lockedLog
	cache   *unreliableCache
	send    service.MessageBatchHandlerFunc
	stop    func()
	failed  map[string]int // messages that came out with an error, by text of the error
	mu      sync.Mutex
}

func runAccounted(t *testing.T, seed uint64, share float64, processors string) *accountedStream {
	t.Helper()
	s := &accountedStream{t: t, metrics: &keptMetrics{values: map[string]int64{}}, log: &lockedLog{}, failed: map[string]int{}}
	memory := state.NewMemory()
	s.cache = &unreliableCache{memory: memory, store: statetest.NewUnreliable(memory, seed, share, -1, nil), failed: make(chan struct{}, 1)}
	env := environment(t)
	b := env.NewStreamBuilder()
	b.SetLogger(slog.New(slog.NewTextHandler(s.log, nil)))
	add := func(errs ...error) {
		t.Helper()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
	}
	add(
		env.RegisterMetricsExporter("kept", service.NewConfigSpec(), func(*service.ParsedConfig, *service.Logger) (service.MetricsExporter, error) { return s.metrics, nil }),
		env.RegisterCache("unreliable", service.NewConfigSpec(), func(*service.ParsedConfig, *service.Resources) (service.Cache, error) {
			return s.cache, nil
		}),
		b.SetMetricsYAML("kept: {}"), b.AddCacheYAML("label: sml_state\nunreliable: {}"), b.AddProcessorYAML(processors),
	)
	var err error
	if s.send, err = b.AddBatchProducerFunc(); err != nil {
		t.Fatal(err)
	}
	add(b.AddBatchConsumerFunc(func(_ context.Context, batch service.MessageBatch) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, m := range batch {
			if err := m.GetError(); err != nil {
				s.failed[err.Error()]++
			}
		}
		return nil
	}))
	stream, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- stream.Run(context.Background()) }()
	var once sync.Once
	s.stop = func() {
		once.Do(func() {
			if err := stream.StopWithin(30 * time.Second); err != nil {
				t.Error(err)
			}
			<-done
		})
	}
	t.Cleanup(s.stop)
	return s
}

func (s *accountedStream) failures() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, of := range s.failed {
		n += of
	}
	return n
}

// unreliableCache is a cache of the host over a store that fails now and then, and
// always while it is down.
type unreliableCache struct {
	memory *state.Memory
	store  state.Store
	down   atomic.Bool
	failed chan struct{} // gets a value when an operation fails because it is down
}

func (c *unreliableCache) answer(err error) error {
	switch {
	case errors.Is(err, state.ErrNotFound):
		return service.ErrKeyNotFound
	case errors.Is(err, state.ErrExists):
		return service.ErrKeyAlreadyExists
	}
	return err
}

func (c *unreliableCache) do(op func() error) error {
	if c.down.Load() {
		select {
		case c.failed <- struct{}{}:
		default: // the test knows
		}
		return statetest.ErrDown
	}
	return c.answer(op())
}

func (c *unreliableCache) Get(ctx context.Context, key string) (value []byte, err error) {
	err = c.do(func() (err error) {
		value, err = c.store.Get(ctx, key)
		return err
	})
	return value, err
}

func (c *unreliableCache) Set(ctx context.Context, key string, value []byte, _ *time.Duration) error {
	return c.do(func() error { return c.store.Set(ctx, key, value) })
}

func (c *unreliableCache) Add(ctx context.Context, key string, value []byte, _ *time.Duration) error {
	return c.do(func() error { return c.store.Add(ctx, key, value) })
}

func (c *unreliableCache) Delete(ctx context.Context, key string) error {
	return c.do(func() error { return c.store.Delete(ctx, key) })
}

func (c *unreliableCache) Close(context.Context) error { return nil }
