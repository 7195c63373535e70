package inputs

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	_ "github.com/redpanda-data/benthos/v4/public/components/pure"
	"github.com/redpanda-data/benthos/v4/public/service"
)

// lockedBuffer is a log that can be read while it is written.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// metrics keeps all metrics of a stream, by name and labels.
type metrics struct {
	mu     sync.Mutex
	values map[string]int64
}

// metric is one of them.
type metric struct {
	of   *metrics
	name string
}

func (m *metrics) make(name string, keys []string) func(values ...string) *metric {
	return func(values ...string) *metric {
		full := name
		for i, key := range keys {
			if key != "label" && key != "path" && key != "stream" {
				full += " " + key + "=" + values[i]
			}
		}
		return &metric{of: m, name: full}
	}
}

func (m *metrics) NewCounterCtor(name string, keys ...string) service.MetricsExporterCounterCtor {
	made := m.make(name, keys)
	return func(values ...string) service.MetricsExporterCounter { return made(values...) }
}

func (m *metrics) NewTimerCtor(name string, keys ...string) service.MetricsExporterTimerCtor {
	made := m.make(name, keys)
	return func(values ...string) service.MetricsExporterTimer { return made(values...) }
}

func (m *metrics) NewGaugeCtor(name string, keys ...string) service.MetricsExporterGaugeCtor {
	made := m.make(name, keys)
	return func(values ...string) service.MetricsExporterGauge { return made(values...) }
}

func (m *metrics) Close(context.Context) error { return nil }

func (m *metric) change(f func(int64) int64) {
	m.of.mu.Lock()
	defer m.of.mu.Unlock()
	m.of.values[m.name] = f(m.of.values[m.name])
}

func (m *metric) Incr(n int64)   { m.change(func(v int64) int64 { return v + n }) }
func (m *metric) Timing(n int64) { m.Set(n) }
func (m *metric) Set(n int64)    { m.change(func(int64) int64 { return n }) }

func (m *metrics) get(name string) int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.values[name]
}

// noServer keeps a stream from opening a port.
type noServer struct{}

func (noServer) HandleFunc(string, func(http.ResponseWriter, *http.Request)) {}

// run starts a pipeline of the input as it is registered, and returns its
// metrics and its log.
func (s *site) run(yaml string, consume service.MessageBatchHandlerFunc) (*metrics, *lockedBuffer) {
	s.t.Helper()
	m, log := &metrics{values: map[string]int64{}}, &lockedBuffer{}
	env := service.NewEnvironment()
	if err := Register(env); err != nil {
		s.t.Fatal(err)
	}
	err := env.RegisterMetricsExporter("kept", service.NewConfigSpec(), func(*service.ParsedConfig, *service.Logger) (service.MetricsExporter, error) { return m, nil })
	if err != nil {
		s.t.Fatal(err)
	}
	builder := env.NewStreamBuilder()
	builder.SetLogger(slog.New(slog.NewTextHandler(log, nil)))
	builder.SetHTTPMux(noServer{})
	text := "sml_kafka:\n  " + strings.ReplaceAll(strings.TrimSpace(s.common(yaml)+yaml), "\n", "\n  ")
	if err := errors.Join(builder.AddInputYAML(text), builder.AddBatchConsumerFunc(consume), builder.SetMetricsYAML("kept: {}")); err != nil {
		s.t.Fatal(err)
	}
	built, err := builder.Build()
	if err != nil {
		s.t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- built.Run(context.Background()) }()
	s.t.Cleanup(func() {
		if err := errors.Join(built.StopWithin(patience), <-done); err != nil {
			s.t.Error(err)
		}
	})
	return m, log
}

// A whole pipeline: what an output refuses comes again, lag falls to 0, and
// the metrics say what happened.
func TestAPipelineAndItsMetrics(t *testing.T) {
	s := newSite(t, 2, "rows")
	s.produce("rows", 0, 0, 5)
	s.produce("rows", 1, 0, 3)
	var mu sync.Mutex
	seen := map[string]int{}
	open := newGate()
	m, log := s.run("topics: [ rows, absent ]\nconsumer_group: g", func(_ context.Context, batch service.MessageBatch) error {
		var refused *service.BatchError
		for i, v := range contents(t, batch) {
			mu.Lock()
			seen[v]++
			first := seen[v] == 1
			mu.Unlock()
			if v == "rows/0/2" && first {
				refused = service.NewBatchError(batch, errors.New("refused")).Failed(i, errors.New("refused"))
			}
			if v == "rows/1/0" {
				open.pass()
			}
		}
		if refused != nil {
			return refused
		}
		return nil
	})
	eventually(t, "the lag of a partition that stands still", func() bool {
		return m.get("sml_kafka_lag topic=rows partition=1") == 3 && m.get("sml_kafka_buffered_bytes") > 0
	})
	close(open.open)
	eventually(t, "no lag", func() bool {
		return m.get("sml_kafka_lag topic=rows partition=0") == 0 && m.get("sml_kafka_lag topic=rows partition=1") == 0 && m.get("input_received") >= 8
	})
	mu.Lock()
	defer mu.Unlock()
	for _, v := range append(values("rows", 0, 0, 5), values("rows", 1, 0, 3)...) {
		want := 1
		if v == "rows/0/2" {
			want = 2
		}
		if seen[v] != want {
			t.Errorf("%s came %d times, want %d", v, seen[v], want)
		}
	}
	for name, want := range map[string]int64{"sml_kafka_redelivered_total": 1, "sml_kafka_brokers_up": 1, "sml_kafka_late_acks_total": 0} {
		if got := m.get(name); got != want {
			t.Errorf("%s is %d, want %d", name, got, want)
		}
	}
	if m.get("sml_kafka_errors_total reason=topic") == 0 || !regexp.MustCompile(`level=WARN.*topic \\"absent\\" is not there`).MatchString(log.String()) {
		t.Errorf("nothing is said of a topic that is not there:\n%s", log)
	}
}

// Brokers that go away are said to have, and to be back.
func TestBrokersThatGoAreSaid(t *testing.T) {
	s, reopen := newPersistentSite(t)
	s.produce("rows", 0, 0, 1)
	m, log := s.run("topics: [ rows ]\nconsumer_group: g\nsession_timeout: 6s\nheartbeat_interval: 100ms", func(context.Context, service.MessageBatch) error { return nil })
	eventually(t, "a record", func() bool { return m.get("input_received") == 1 })
	s.cluster.Close()
	eventually(t, "it to be said", func() bool {
		return m.get("sml_kafka_brokers_up") == 0 && m.get("sml_kafka_errors_total reason=brokers") > 0 && strings.Contains(log.String(), "the brokers do not answer")
	})
	reopen()
	eventually(t, "it to be over", func() bool {
		return m.get("sml_kafka_brokers_up") == 1 && strings.Contains(log.String(), "the brokers answer again")
	})
	if n := strings.Count(log.String(), "the brokers do not answer"); n != 1 {
		t.Errorf("it was said %d times within a minute, want once", n)
	}
}
