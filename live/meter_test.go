package live

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

func TestOutageIsToldOnce(t *testing.T) {
	down := fmt.Errorf("%w: get: refused", state.ErrStore)
	damage := errors.New("record is damaged")
	began := time.Unix(0, 0)
	var o outage
	for i, step := range []struct {
		name  string
		after time.Duration // beside a second a step
		write bool          // what is tried, else a read
		err   error
		want  string // begins what is told; empty for nothing
		down  bool
	}{
		{name: "well", err: nil},
		{name: "begins", err: down, want: "the cache fails", down: true},
		{name: "goes on", err: down, down: true},
		{name: "goes on for a minute", err: fmt.Errorf("%w: get: timeout", state.ErrStore), after: time.Minute, want: "the cache still fails, after 1m2s, and is tried again; nothing is acknowledged meanwhile: store failed: get: timeout", down: true},
		{name: "writes fail too", write: true, err: down, down: true},
		{name: "reads recover", err: nil, down: true},
		{name: "writes recover", write: true, want: "the cache works again, after 1m5s"},
		{name: "stays well", err: nil},
		{name: "another failure", err: damage, want: "record is damaged"},
		{name: "the same failure", err: damage},
		{name: "a full disk", write: true, err: down, want: "the cache fails", down: true},
		{name: "can be read", err: nil, down: true},
	} {
		try := o.read
		if step.write {
			try = o.wrote
		}
		began = began.Add(step.after)
		got := try(step.err, began.Add(time.Duration(i)*time.Second))
		if !strings.HasPrefix(got, step.want) || (got == "") != (step.want == "") {
			t.Errorf("%s: %q is told, want %q", step.name, got, step.want)
		}
		if o.down() != step.down {
			t.Errorf("%s: down is %v", step.name, o.down())
		}
	}
}

// gauge is an observer with a meter and a tracer.
type gauge struct {
	mu     sync.Mutex
	stored state.Counters
	now    Gauges
	fell   bool // a counter
	spans  map[string]int
}

func (*gauge) Learned(string, int, int, int)  {}
func (*gauge) Built(string, string)           {}
func (*gauge) Limited(string, string, string) {}
func (*gauge) Warn(string)                    {}

func (g *gauge) Stored(_ string, did state.Counters) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.fell = g.fell || did.Flushes > math.MaxInt32 || did.Bytes > math.MaxInt32 || did.Retries > math.MaxInt32
	g.stored.Flushes += did.Flushes
	g.stored.Bytes += did.Bytes
}

func (g *gauge) Gauged(_ string, now Gauges) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.now = now
}

func (g *gauge) Span(ctx context.Context, name, _ string) (context.Context, func(error)) {
	return ctx, func(error) {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.spans[name]++
	}
}

var (
	_ Meter  = (*gauge)(nil)
	_ Tracer = (*gauge)(nil)
)

// TestMeterAndSpans: when a project closes, the meter knows all that was written.
func TestMeterAndSpans(t *testing.T) {
	ctx, g := context.Background(), &gauge{spans: map[string]int{}}
	store := state.NewMemory()
	settings := Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour, Learn: &LearnSettings{Durable: true, Every: time.Hour}}
	h, err := NewTable().Open(new(Scope), settings, store, "root", g)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		m := []Message{{Data: []byte(`{"x":1}`), Shard: "t/0", Offset: int64(i), HasOffset: true}}
		if err := h.Project().Learn(ctx, m); err != nil {
			t.Fatal(err)
		}
		if err := h.Project().shards.followTypes(ctx, true); err != nil { // what was counted before stays counted
			t.Fatal(err)
		}
		h.Project().meter.measure()
	}
	if err := h.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if g.stored.Flushes != 3 || g.stored.Bytes == 0 || g.now.Shards != 1 || g.now.Down || g.fell {
		t.Errorf("the meter was told %+v and %+v, want 3 records of 1 shard", g.stored, g.now)
	}
	if g.spans[spanFlush] < 3 {
		t.Errorf("spans are %v, want at least 3 of %s", g.spans, spanFlush)
	}
	// The cache lists the project.
	names, err := project.NewIndex(store, "sml").List(ctx)
	if err != nil || len(names) != 1 || names[0] != "p" {
		t.Errorf("the cache lists %q, %v", names, err)
	}
}
