package processors_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"
)

// logLines hands on each line of the log.
type logLines chan string

func (l logLines) Printf(format string, v ...any) { l.Println(fmt.Sprintf(format, v...)) }

func (l logLines) Println(v ...any) {
	select {
	case l <- fmt.Sprint(v...):
	default: // the test has seen enough
	}
}

// runFeatures runs one message through sml_features over files in a folder
// until the log has the text, "" for the end of the stream. It returns the
// lines before that, and how many messages came out.
func runFeatures(t *testing.T, folder, features, until string) (lines []string, delivered int64) {
	t.Helper()
	log := make(logLines, 1000)
	b := environment(t).NewStreamBuilder()
	b.SetPrintLogger(log)
	var out atomic.Int64
	for _, add := range []func() error{
		func() error { return b.AddCacheYAML("label: files\nfile: { directory: '" + folder + "' }") },
		func() error {
			return b.AddProcessorYAML("sml_features: { name: f, cache: files, features: [ " + features + " ] }")
		},
		func() error { return b.AddInputYAML(`generate: { mapping: 'root = {"x":1}', count: 1, interval: "" }`) },
		func() error {
			return b.AddConsumerFunc(func(context.Context, *service.Message) error {
				out.Add(1)
				return nil
			})
		},
	} {
		if err := add(); err != nil {
			t.Fatal(err)
		}
	}
	stream, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- stream.Run(ctx) }()
	for {
		select {
		case line := <-log:
			lines = append(lines, line)
			if until != "" && strings.Contains(line, until) {
				cancel()
				<-done
				return lines, out.Load()
			}
		case err := <-done:
			if until != "" {
				t.Fatalf("the stream ended (%v) and the log never said %q: %q", err, until, lines)
			}
			return lines, out.Load()
		}
	}
}

// TestFeaturesSayThatTheCacheFails: it is told what fails and where, and the
// message is not acknowledged.
func TestFeaturesSayThatTheCacheFails(t *testing.T) {
	const text = "the cache fails, and is tried again"
	lines, delivered := runFeatures(t, t.TempDir()+"/absent", "{ type: count, of: x, rows: 5 }", text)
	last := lines[len(lines)-1]
	for _, want := range []string{`features "sml.f.features"`, "absent", `cache "files"`} {
		if !strings.Contains(last, want) {
			t.Errorf("the log says %s, want it to contain %q", last, want)
		}
	}
	if delivered != 0 {
		t.Errorf("%d messages were delivered without their features stored", delivered)
	}
}

// TestFeaturesOfOthersAreKept: a record that was written for other features
// stops the processor, which says so, instead of failing every message of the
// stream and losing it.
func TestFeaturesOfOthersAreKept(t *testing.T) {
	folder := t.TempDir()
	if _, delivered := runFeatures(t, folder, "{ type: count, of: x, rows: 5 }", ""); delivered != 1 {
		t.Fatalf("%d messages were delivered, want 1", delivered)
	}
	lines, delivered := runFeatures(t, folder, "{ type: count, of: y, rows: 7 }", "acknowledges nothing until this is repaired")
	if last := lines[len(lines)-1]; !strings.Contains(last, "sml_features") || !strings.Contains(last, "other features") {
		t.Errorf("the log says %s", last)
	}
	if delivered != 0 {
		t.Errorf("%d messages were delivered", delivered)
	}
	if _, delivered := runFeatures(t, folder, "{ type: count, of: x, rows: 5 }", ""); delivered != 1 {
		t.Errorf("with the features of before %d messages were delivered, want 1", delivered)
	}
}
