package ui_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/ui"
)

// TestAskersShareOneSnapshot: those who ask at the same time get one answer,
// worked out once, though rows are learned meanwhile; a change through the
// interface ends it.
func TestAskersShareOneSnapshot(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	w := plainWorld(t, worldOf{now: func() time.Time { return now }})
	p, err := w.table.Find("p")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"projects/p/live", "projects/p", "projects/p/summary", "projects/p/explore/univariate?attribute=x", "projects/p/plots/correlation"} {
		t.Run(path, func(t *testing.T) {
			const askers = 32
			var all sync.WaitGroup
			bodies := make([]string, askers)
			for i := range askers {
				all.Go(func() {
					if i%8 == 0 {
						if err := p.Learn(context.Background(), []live.Message{{Shard: "t/0", Data: []byte(`{"x":1}`)}}); err != nil {
							t.Error(err)
						}
					}
					bodies[i] = string(call(w.API, "GET", path, "").Body)
				})
			}
			all.Wait()
			for i := range bodies {
				if bodies[i] != bodies[0] {
					t.Fatalf("asker %d got %.200s, the first %.200s", i, bodies[i], bodies[0])
				}
			}
		})
	}
	before := rowsOf(t, w.API, "p")
	send(t, w.API, "projects/p/learn", `{"x":1}`, 200)
	if after := rowsOf(t, w.API, "p"); after <= before {
		t.Errorf("%v rows after rows were learned over REST, %v before", after, before)
	}
	now = now.Add(time.Second)
	if err := p.Learn(context.Background(), []live.Message{{Shard: "t/0", Data: []byte(`{"x":1}`)}}); err != nil {
		t.Fatal(err)
	}
	seen := rowsOf(t, w.API, "p")
	if err := p.Learn(context.Background(), []live.Message{{Shard: "t/0", Data: []byte(`{"x":1}`)}}); err != nil {
		t.Fatal(err)
	}
	if again := rowsOf(t, w.API, "p"); again != seen {
		t.Errorf("%v rows at once after %v: the answer was not shared", again, seen)
	}
	now = now.Add(250 * time.Millisecond)
	if later := rowsOf(t, w.API, "p"); later != seen+1 {
		t.Errorf("%v rows after a quarter of a second, want %v", later, seen+1)
	}
}

// TestReadersAndWritersAtOnce: reads of everything, while rows are learned,
// models defined and projects made, are whole.
func TestReadersAndWritersAtOnce(t *testing.T) {
	w := plainWorld(t, worldOf{})
	file := idle(t, w)
	all := operations(t, w.API)
	var readers, writers sync.WaitGroup
	var ended atomic.Bool
	for k := range 3 {
		writers.Go(func() {
			for i := range 15 {
				for _, r := range []struct{ target, body string }{
					{"projects/p/learn", `[{"x":1,"kind":"k1"},{"x":2}]`},
					{"projects/p/models", fmt.Sprintf(`{"name":"n%d","type":"zscore"}`, k)},
					{fmt.Sprintf("projects/made%d-%d/import", k, i), file},
					{fmt.Sprintf("projects/p/models/n%d/delete", k), ""},
				} {
					if got := call(w.API, "POST", r.target, r.body); got.Status != 200 {
						t.Errorf("%s: %d %.200s", r.target, got.Status, got.Body)
					}
				}
			}
		})
	}
	for k := range 4 {
		readers.Go(func() {
			for i := k; !ended.Load(); i++ {
				o := all[i%len(all)]
				if o.verb != "GET" {
					continue
				}
				path, good := o.good("")
				if r := call(w.API, "GET", path+"?"+good.query, ""); r.Status != 200 {
					t.Errorf("%s: %d %.300s", path, r.Status, r.Body)
				}
			}
		})
	}
	writers.Wait()
	ended.Store(true)
	readers.Wait()
	if got := rowsOf(t, w.API, "p"); got != 300+3*15*2 {
		t.Errorf("%v rows, want %d", got, 300+3*15*2)
	}
}

// hanging is a store that, once it is told to, answers no one before their
// context ends.
type hanging struct {
	state.Store
	hangs atomic.Bool
}

func (h *hanging) wait(ctx context.Context) error {
	if !h.hangs.Load() {
		return nil
	}
	<-ctx.Done()
	return ctx.Err()
}

func (h *hanging) Get(ctx context.Context, key string) ([]byte, error) {
	if err := h.wait(ctx); err != nil {
		return nil, err
	}
	return h.Store.Get(ctx, key)
}

func (h *hanging) Add(ctx context.Context, key string, value []byte) error {
	if err := h.wait(ctx); err != nil {
		return err
	}
	return h.Store.Add(ctx, key, value)
}

func (h *hanging) Set(ctx context.Context, key string, value []byte) error {
	if err := h.wait(ctx); err != nil {
		return err
	}
	return h.Store.Set(ctx, key, value)
}

// TestCancelledRequestsEnd: with a store that hangs, each operation ends when its
// request does, as unavailable where it needs the store.
func TestCancelledRequestsEnd(t *testing.T) {
	store := &hanging{Store: state.NewMemory()}
	file := idle(t, plainWorld(t, worldOf{store: store}))
	w := newWorld(t, worldOf{store: store}) // another process, which has nothing open
	store.hangs.Store(true)
	t.Cleanup(func() { store.hangs.Store(false) })
	for _, o := range operations(t, w.API) {
		t.Run(o.name(), func(t *testing.T) {
			path, good := o.good(file)
			for name, begin := range map[string]func() (context.Context, context.CancelFunc){
				"cancelled before": func() (context.Context, context.CancelFunc) {
					ctx, cancel := context.WithCancel(context.Background())
					cancel()
					return ctx, cancel
				},
				"cancelled meanwhile": func() (context.Context, context.CancelFunc) {
					return context.WithTimeout(context.Background(), 2*time.Millisecond)
				},
			} {
				ctx, cancel := begin()
				done := make(chan *ui.Response, 1)
				go func() { done <- callIn(ctx, w.API, o.verb, path+"?"+good.query, good.body) }()
				select {
				case r := <-done:
					if !strings.HasPrefix(o.path, "projects") {
						require(t, r, name, 200) // needs no store
						break
					}
					if got := require(t, r, name, 503); !strings.Contains(got, "unavailable") {
						t.Errorf("%s: %s", name, got)
					}
				case <-time.After(20 * time.Second):
					t.Fatalf("%s: the request goes on", name)
				}
				cancel()
			}
		})
	}
}

// TestNextOneIsAnsweredAfterACancelledOne: whoever waited for the answer that a
// cancelled request was to work out works it out.
func TestNextOneIsAnsweredAfterACancelledOne(t *testing.T) {
	w := plainWorld(t, worldOf{})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			asking := context.Background()
			if i%2 == 0 {
				asking = ctx
			}
			r := callIn(asking, w.API, "GET", "projects/p/explore/univariate?attribute=x", "")
			if i%2 == 1 && r.Status != 200 || r.Status != 200 && r.Status != 503 {
				t.Errorf("asker %d: %d %s", i, r.Status, r.Body)
			}
		})
	}
	all.Wait()
}

// TestStoreThatFails: what the store says is told as unavailable, and nothing is
// taken for an empty project.
func TestStoreThatFails(t *testing.T) {
	store := &hanging{Store: state.NewMemory()}
	w := plainWorld(t, worldOf{store: store})
	file := idle(t, w)
	other := newWorld(t, worldOf{store: store})
	store.hangs.Store(true)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	for _, target := range []string{"projects", "projects/p", "projects/nothing", "projects/p/export"} {
		require(t, callIn(ctx, other.API, "GET", target, ""), target, 503)
	}
	for target, body := range map[string]string{"projects/new/create": "", "projects/new/import": file, "projects/p/merge?name=x": file, "projects/idle/delete": ""} {
		require(t, callIn(ctx, other.API, "POST", target, body), target, 503)
	}
	store.hangs.Store(false)
	if got := rowsOf(t, other.API, "p"); got != 0 && got != 300 {
		t.Errorf("%v rows after the store came back", got)
	}
	if got := get(t, w.API, "projects", 200); got != `[{"project":"idle"},{"project":"p"}]` {
		t.Errorf("the projects are %s", got)
	}
}
