//go:build integration

package integration

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/redpanda-data/benthos/v4/public/bloblang"
	_ "github.com/redpanda-data/benthos/v4/public/components/io"
	"github.com/redpanda-data/benthos/v4/public/service"
	"gopkg.in/yaml.v3"
)

// positionRows is how many messages each source gives, all of them twice.
const positionRows = 300

// TestDocumentedPositions runs the pipelines of docs/inputs.md as they are
// printed, each twice over the same messages: every row is counted once.
func TestDocumentedPositions(t *testing.T) {
	dir := t.TempDir()
	rows := filepath.Join(dir, "rows.jsonl")
	var text bytes.Buffer
	for i := range positionRows {
		fmt.Fprintf(&text, "{\"x\":%d}\n", i)
	}
	if err := os.WriteFile(rows, text.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		heading string
		// send gives all messages to the source, or makes it give them again.
		send func(t *testing.T, address string, again bool)
	}{
		{heading: "Redis Streams", send: sendToStream},
		{heading: "HTTP", send: sendRequests},
		{heading: "Files", send: func(*testing.T, string, bool) {}},
	} {
		t.Run(c.heading, func(t *testing.T) {
			address := freeAddress(t)
			p := pipeline{
				text: documented(t, c.heading), cache: dir,
				project: "positions-" + strings.ToLower(strings.ReplaceAll(c.heading, " ", "-")),
				values:  map[string]string{"REDIS_URL": os.Getenv("SML_REDIS"), "ROWS": rows, "ADDRESS": address},
			}
			// A stream without messages keeps the project open when a file ends.
			_, closeIdle := p.start(t, true)
			defer closeIdle()
			for _, again := range []bool{false, true} {
				passed, stop := p.start(t, false)
				c.send(t, address, again)
				b := &bench{t: t}
				b.wait("all messages", func() bool { return passed.Load() >= positionRows })
				stop()
				b.wait("the rows to be learned", func() bool { return p.learned(t) >= positionRows })
				if learned := p.learned(t); learned != positionRows {
					t.Errorf("%d rows are learned from %d messages, want %d", learned, passed.Load(), positionRows)
				}
			}
		})
	}
}

// documented returns the pipeline under a heading of docs/inputs.md.
func documented(t *testing.T, heading string) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "inputs.md"))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?s)\n### " + regexp.QuoteMeta(heading) + "\n.*?```yaml\n(.*?)```").FindSubmatch(page)
	if found == nil {
		t.Fatalf("docs/inputs.md shows no pipeline for %s", heading)
	}
	return string(found[1])
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// pipeline is one of the page, with a cache and an output of the test.
type pipeline struct {
	text, project, cache string
	values               map[string]string
}

// start runs it and counts the messages that have passed it. An idle one has no
// messages.
func (p pipeline) start(t *testing.T, idle bool) (passed *atomic.Int64, stop func()) {
	t.Helper()
	var conf struct {
		Input    any `yaml:"input"`
		Pipeline struct {
			Threads    int   `yaml:"threads"`
			Processors []any `yaml:"processors"`
		} `yaml:"pipeline"`
	}
	text := strings.ReplaceAll(p.text, "project: readings", "project: "+p.project)
	if err := yaml.Unmarshal([]byte(text), &conf); err != nil {
		t.Fatal(err)
	}
	passed = &atomic.Int64{}
	builder := service.NewStreamBuilder()
	builder.SetLogger(slog.New(slog.NewTextHandler(io.Discard, nil)))
	builder.SetEnvVarLookupFunc(func(name string) (string, bool) { v, ok := p.values[name]; return v, ok })
	builder.SetThreads(conf.Pipeline.Threads)
	input := yamlText(t, conf.Input)
	if idle {
		input = "generate: { mapping: root = deleted(), interval: 1h }"
	}
	errs := []error{
		builder.AddInputYAML(input),
		builder.AddCacheYAML("label: sml_state\nfile: { directory: " + p.cache + " }"),
		builder.AddBatchConsumerFunc(func(_ context.Context, batch service.MessageBatch) error {
			passed.Add(int64(len(batch)))
			return nil
		}),
	}
	for _, processor := range conf.Pipeline.Processors {
		errs = append(errs, builder.AddProcessorYAML(yamlText(t, processor)))
	}
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	stream, err := builder.Build()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- stream.Run(context.Background()) }()
	return passed, func() {
		t.Helper()
		_ = stream.StopWithin(patience) // one whose file has ended is stopped already
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func yamlText(t *testing.T, v any) string {
	t.Helper()
	b, err := yaml.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// learned returns how many rows the project, which is open here, has.
func (p pipeline) learned(t *testing.T) int64 {
	t.Helper()
	query, err := bloblang.GlobalEnvironment().Parse(fmt.Sprintf("root = sml_info(%q).rows", p.project))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := query.Query(nil)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := bloblang.ValueAsInt64(answer)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// sendToStream adds the messages, many in one millisecond, and the second time
// removes the group, so that the next one begins anew.
func sendToStream(t *testing.T, _ string, again bool) {
	t.Helper()
	options, err := redis.ParseURL(os.Getenv("SML_REDIS"))
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(options)
	defer client.Close()
	if again {
		if err := client.XGroupDestroy(t.Context(), "readings", "learner").Err(); err != nil {
			t.Fatal(err)
		}
		return
	}
	if err := client.Del(t.Context(), "readings").Err(); err != nil {
		t.Fatal(err)
	}
	for i := range positionRows {
		id := fmt.Sprintf("%d-%d", 1_700_000_000_000+i/100, 1+i%100)
		if err := client.XAdd(t.Context(), &redis.XAddArgs{Stream: "readings", ID: id, Values: []any{"body", fmt.Sprintf(`{"x":%d}`, i)}}).Err(); err != nil {
			t.Fatal(err)
		}
	}
}

// sendRequests sends every request, and each that is not answered again.
func sendRequests(t *testing.T, address string, _ bool) {
	t.Helper()
	b := &bench{t: t}
	for i := range positionRows {
		b.wait("an answer", func() bool {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+address+"/learn", strings.NewReader(fmt.Sprintf(`{"x":%d}`, i)))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Client", "one")
			request.Header.Set("Sequence", fmt.Sprint(i))
			answer, err := http.DefaultClient.Do(request)
			if err != nil {
				return false
			}
			defer answer.Body.Close()
			return answer.StatusCode == http.StatusOK
		})
	}
}
