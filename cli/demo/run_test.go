package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	_ "github.com/redpanda-data/benthos/v4/public/components/io"
	_ "github.com/redpanda-data/benthos/v4/public/components/pure"
	_ "github.com/redpanda-data/connect/v4/public/components/kafka"

	_ "github.com/rpconnect-sml/rpconnect-sml/plugin"
)

// leastROCAUC is what a histogram-based score reaches on Shuttle when every row
// is tested before it is learned; Goldstein and Dengel (2012) give 0.99 for a
// model that has seen all rows.
const leastROCAUC = 0.98

func TestRunOnce(t *testing.T) {
	cases := map[string]struct {
		options options
		rows    int
	}{
		"all rows":      {options{Partitions: 4}, 49097},
		"one partition": {options{Partitions: 1, Rows: 10_000}, 10_000},
		"at a rate":     {options{Partitions: 3, Rows: 2500, Rate: 2000}, 2500},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			c.options.Once, c.options.JSON = true, true
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			defer cancel()
			var stdout, stderr bytes.Buffer
			if err := run(ctx, c.options, &stdout, &stderr); err != nil {
				t.Fatalf("%v\n%s", err, stderr.String())
			}
			var got struct {
				Learned int     `json:"rows_learned"`
				Scored  int     `json:"rows_scored"`
				Rate    float64 `json:"rows_per_second"`
				ROCAUC  float64 `json:"roc_auc"`
				PRAUC   float64 `json:"pr_auc"`
			}
			if err := json.Unmarshal(stdout.Bytes(), &got); err != nil {
				t.Fatalf("%v in %q", err, stdout.String())
			}
			if got.Learned != c.rows || got.Scored != c.rows || got.Rate <= 0 {
				t.Errorf("got %+v, want %d rows learned and scored", got, c.rows)
			}
			if c.options.Rows == 0 && got.ROCAUC < leastROCAUC {
				t.Errorf("got ROC AUC %.4f, want at least %v", got.ROCAUC, leastROCAUC)
			}
			noGoroutineLeft(t)
		})
	}
}

// noGoroutineLeft fails if a goroutine of this module is still there.
func noGoroutineLeft(t *testing.T) {
	t.Helper()
	var stacks bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&stacks, 2); err != nil {
		t.Fatal(err)
	}
	for _, stack := range strings.Split(stacks.String(), "\n\n") {
		if strings.Contains(stack, "rpconnect-sml/internal/") && !strings.Contains(stack, "testing.tRunner") {
			t.Errorf("left running:\n%s", stack)
		}
	}
}

func TestRunServesUntilStopped(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	stderr := &stopOn{text: "Press Ctrl-C", stop: cancel}
	var stdout bytes.Buffer
	if err := run(ctx, options{Partitions: 1, Rows: 100}, &stdout, stderr); err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	if !strings.Contains(stdout.String(), "rows scored") {
		t.Errorf("got no report, but %q", stdout.String())
	}
}

// stopOn cancels the run when a text is written.
type stopOn struct {
	bytes.Buffer
	text string
	stop context.CancelFunc
}

func (s *stopOn) Write(p []byte) (int, error) {
	if strings.Contains(string(p), s.text) {
		s.stop()
	}
	return s.Buffer.Write(p)
}

func TestRunStopsInTheMiddle(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	stderr := &stopOn{text: "rows/s", stop: cancel}
	var stdout bytes.Buffer
	err := run(ctx, options{Partitions: 1, Rate: 100}, &stdout, stderr)
	if err == nil || !strings.Contains(err.Error(), "stopped before") || stdout.Len() > 0 {
		t.Errorf("got error %v and %q on standard output, want an error and nothing", err, stdout.String())
	}
	noGoroutineLeft(t)
}

func TestRunRefuses(t *testing.T) {
	cases := map[string]struct {
		options options
		want    string
	}{
		"partitions":    {options{}, "partitions: 0 is not 1 to"},
		"rows":          {options{Partitions: 1, Rows: -1}, "rows: -1 is below 0"},
		"rate":          {options{Partitions: 1, Rate: -1}, "rate: -1 is not"},
		"no cache file": {options{Partitions: 1, CacheFile: filepath.Join(t.TempDir(), "none.yaml")}, "none.yaml: no such file"},
		"dead broker":   {options{Partitions: 1, Brokers: []string{"127.0.0.1:1"}}, "127.0.0.1:1"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			var stdout, stderr bytes.Buffer
			err := run(ctx, c.options, &stdout, &stderr)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got error %v, want one with %q", err, c.want)
			}
		})
	}
}
