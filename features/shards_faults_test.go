package features

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/statetest"
)

// told keeps what Warn is told.
type told struct {
	mu    sync.Mutex
	lines []string
}

func (w *told) warn(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines = append(w.lines, text)
}

// take lets the rows be taken and ends the test on an error, such as a page that
// is gone and is waited for.
func take(t *testing.T, s *Shards, rows []Delivery) []Delivery {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := s.Take(ctx, rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

// lagPlan is the least that shows whether state is right: the value before.
func lagPlan(t *testing.T) *Plan {
	t.Helper()
	plan, err := NewPlan([]Spec{{Type: "lag", Of: "x"}})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// keyRows returns one row for each of n keys, with offsets from first on; the
// value of a row is its offset.
func keyRows(n, first int) (rows []Delivery) {
	for i := range n {
		rows = append(rows, Delivery{
			Shard: testShard, Offset: int64(first + i), HasOffset: true,
			Row: Row{Key: fmt.Sprint("k", i), Time: int64(first + i), Values: []float64{float64(first + i)}},
		})
	}
	return rows
}

// requireLags checks that each row got the value of the row n before it.
func requireLags(t *testing.T, rows []Delivery, n int) {
	t.Helper()
	for _, d := range rows {
		if d.Err != nil || len(d.Features) != 1 || d.Features[0] != float64(d.Offset)-float64(n) {
			t.Fatalf("offset %d (%s) has lag %v (error %v), want %d", d.Offset, d.Key, d.Features, d.Err, d.Offset-int64(n))
		}
	}
}

// TestSettings: what is wrong is refused, and named.
func TestSettingsOfShards(t *testing.T) {
	good := Settings{Plan: lagPlan(t), Durable: true}
	for _, c := range []struct {
		name string
		base string
		make func(s *Settings)
		want string
	}{
		{name: "base", make: func(*Settings) {}, want: `base: ""`},
		{name: "plan", base: "b", make: func(s *Settings) { s.Plan = nil }, want: "no plan"},
		{name: "keys", base: "b", make: func(s *Settings) { s.Limits.Keys = -1 }, want: "-1 keys"},
		{name: "replay", base: "b", make: func(s *Settings) { s.Limits.Replay = -2 }, want: "-2 remembered rows"},
		{name: "no interval", base: "b", make: func(s *Settings) { s.Durable = false }, want: "every: 0s"},
		{name: "negative interval", base: "b", make: func(s *Settings) { s.Durable, s.Every = false, -time.Second }, want: "every: -1s"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := good
			c.make(&s)
			if _, err := NewShards(state.NewMemory(), c.base, s); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want it to contain %q", err, c.want)
			}
		})
	}
}

// TestBadRows: their positions count, and nothing else of them; rows without a
// shard are passed over.
func TestBadRows(t *testing.T) {
	shards := openShards(t, state.NewMemory(), Settings{Plan: lagPlan(t), Durable: true, Limits: Limits{Replay: 10}})
	bad := errors.New("not JSON")
	rows := keyRows(1, 0)
	rows = append(rows, Delivery{Err: bad}, Delivery{Shard: testShard, Offset: 1, HasOffset: true, Err: bad}, Delivery{
		Shard: testShard, Offset: 2, HasOffset: true, Row: Row{Key: "k0", Values: []float64{1, 2}},
	}, Delivery{Shard: testShard, Offset: 3, HasOffset: true, Row: Row{Key: "k0", Values: []float64{3}}})
	take(t, shards, rows)
	if !errors.Is(rows[1].Err, bad) || !errors.Is(rows[2].Err, bad) || rows[3].Err == nil || !strings.Contains(rows[3].Err.Error(), "2 values") {
		t.Errorf("errors are %v, %v and %v", rows[1].Err, rows[2].Err, rows[3].Err)
	}
	if rows[4].Err != nil || rows[4].Features[0] != 0 {
		t.Errorf("the row after has lag %v (error %v), want 0: that of the last good one", rows[4].Features, rows[4].Err)
	}
	again := keyRows(1, 1) // what was bad comes again and is good
	if take(t, shards, again); again[0].Features != nil {
		t.Errorf("a position that was seen got %v", again[0].Features)
	}
}

// TestReplaysBeyondMemory: a row that is delivered again has no result when it is
// not remembered any more, and changes nothing.
func TestReplaysBeyondMemory(t *testing.T) {
	for _, replay := range []int{0, 1, 7} {
		t.Run(fmt.Sprint(replay), func(t *testing.T) {
			shards := openShards(t, state.NewMemory(), Settings{Plan: lagPlan(t), Durable: true, Limits: Limits{Replay: replay}})
			for i := range 20 {
				take(t, shards, keyRows(1, i))
			}
			for i := range 20 {
				d := take(t, shards, keyRows(1, i))[0]
				if remembered := i >= 20-replay; remembered != (d.Features != nil) {
					t.Errorf("offset %d of 20 got %v with %d remembered", i, d.Features, replay)
				}
			}
			requireLags(t, take(t, shards, keyRows(1, 20)), 1)
		})
	}
}

// TestRowsWithoutPositions are taken as new, each time, beside rows with one.
func TestRowsWithoutPositions(t *testing.T) {
	shards := openShards(t, state.NewMemory(), Settings{Plan: lagPlan(t), Durable: true, Limits: Limits{Replay: 5}})
	with, without := keyRows(1, 0)[0], Delivery{Shard: testShard, Row: Row{Key: "k0", Values: []float64{7}}}
	take(t, shards, []Delivery{with, without})
	rows := take(t, shards, []Delivery{without, with})
	if rows[0].Features[0] != 7 {
		t.Errorf("without a position the lag is %v, want 7", rows[0].Features)
	}
	if !math.IsNaN(rows[1].Features[0]) {
		t.Errorf("with a position that was seen the result is %v, want that of the first time, no value", rows[1].Features)
	}
}

// TestTakeAgain: after an error of one shard, rows of the others are passed over
// when the same slice comes again.
func TestTakeAgain(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	settings := Settings{Plan: lagPlan(t), Durable: true}
	take(t, openShards(t, store, settings), keyRows(1, 0))
	good, err := store.Get(ctx, "sml.f.features.shard.t_2F0.1")
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Set(ctx, "sml.f.features.shard.t_2F0.1", append(good[:len(good):len(good)], 1)); err != nil {
		t.Fatal(err)
	}
	other := Delivery{Shard: "t/1", Row: Row{Key: "k0", Values: []float64{5}}}
	rows := []Delivery{other, keyRows(1, 1)[0]}
	shards := openShards(t, store, settings)
	if err := shards.Take(ctx, rows); !errors.Is(err, wire.ErrCorrupt) || !strings.Contains(err.Error(), testShard) {
		t.Fatalf("a damaged record says %v, want an error that wraps %v and names the shard", err, wire.ErrCorrupt)
	}
	if err := store.Set(ctx, "sml.f.features.shard.t_2F0.1", good); err != nil {
		t.Fatal(err)
	}
	take(t, shards, rows)
	if !math.IsNaN(rows[0].Features[0]) || rows[1].Features[0] != 0 {
		t.Errorf("results are %v and %v, want none and 0: each row once", rows[0].Features, rows[1].Features)
	}
}

// TestOtherFeatures: a record that was written for other features is refused and
// stays.
func TestOtherFeatures(t *testing.T) {
	store := state.NewMemory()
	take(t, openShards(t, store, Settings{Plan: lagPlan(t), Durable: true}), keyRows(3, 0))
	other := openShards(t, store, Settings{Plan: worldPlan(t), Durable: true})
	if err := other.Take(context.Background(), keyRows(3, 3)); !errors.Is(err, errChanged) {
		t.Errorf("error is %v, want one that wraps %v", err, errChanged)
	}
	requireLags(t, take(t, openShards(t, store, Settings{Plan: lagPlan(t), Durable: true}), keyRows(3, 3)), 3)
}

// TestStoreFailsAndWorks: it is told once each, with the base key, and the end of
// the context ends the wait.
func TestStoreFailsAndWorks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken, heard := &statetest.Broken{Store: state.NewMemory()}, &told{}
		shards := openShards(t, broken, Settings{Plan: lagPlan(t), Durable: true, Warn: heard.warn})
		broken.Break("", "")
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := shards.Take(ctx, keyRows(1, 0)); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, state.ErrStore) {
			t.Errorf("error is %v, want the end of the context and what the store said", err)
		}
		broken.Mend()
		take(t, shards, keyRows(1, 0))
		broken.Break("add", ".shard.")
		time.AfterFunc(20*time.Second, broken.Mend)
		requireLags(t, take(t, shards, keyRows(1, 1)), 1)
		if len(heard.lines) < 2 || !strings.Contains(heard.lines[0], `features "sml.f.features": the cache fails`) || !strings.Contains(heard.lines[1], "works again") {
			t.Errorf("told was %q", heard.lines)
		}
		if err := shards.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// TestPagesThatCannotBeWritten: keys that could not leave stay until rows come. A
// batch of replays, which no record follows, must not move them: the pages that it
// would replace are those that the stored record names.
func TestPagesThatCannotBeWritten(t *testing.T) {
	broken := &statetest.Broken{Store: state.NewMemory()}
	settings := Settings{Plan: lagPlan(t), Durable: true, Limits: Limits{Keys: 2}}
	const keys = 300
	shards := openShards(t, broken, settings)
	take(t, shards, keyRows(keys, 0)) // most leave for pages
	broken.Break("set", ".page.")
	requireLags(t, take(t, shards, keyRows(150, keys)), keys) // they are back, and cannot leave
	broken.Mend()
	take(t, shards, keyRows(150, keys)) // replays
	after := take(t, openShards(t, broken, settings), keyRows(keys, keys+150))
	requireLags(t, after[:150], 150)
	requireLags(t, after[150:], keys+150)
}

// TestGivenUpStateKeepsPages: a process writes pages and cannot write the record
// that names them, another one takes the shard over, and then the first one closes.
// The pages that it had replaced are those that the other's record names.
func TestGivenUpStateKeepsPages(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second) // a page that is gone is waited for
	defer cancel()
	broken := &statetest.Broken{Store: state.NewMemory()}
	settings := Settings{Plan: lagPlan(t), Durable: true, Limits: Limits{Keys: 2}}
	const keys = 300
	first := openShards(t, broken, settings)
	take(t, first, keyRows(keys, 0))
	broken.Break("add", ".shard.")
	stopped, stop := context.WithCancel(ctx)
	time.AfterFunc(100*time.Millisecond, stop)
	if err := first.Take(stopped, keyRows(100, keys)); !errors.Is(err, context.Canceled) {
		t.Fatalf("rows whose record cannot be written: %v, want %v", err, context.Canceled)
	}
	broken.Mend()
	second := openShards(t, broken, settings)
	take(t, second, []Delivery{{Shard: testShard, Offset: 9999, HasOffset: true, Row: Row{Key: "new", Values: []float64{1}}}})
	if err := first.Close(ctx); err != nil {
		t.Fatal(err)
	}
	rows := keyRows(keys, keys)
	if err := second.Take(ctx, rows); err != nil {
		t.Fatal(err)
	}
	requireLags(t, rows, keys)
}

// TestOvertakenByInterval: an owner that writes by interval and was overtaken says
// how many rows it gives up, in the background and when it is closed.
func TestOvertakenByInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, store, heard := context.Background(), state.NewMemory(), &told{}
		first := openShards(t, store, Settings{Plan: lagPlan(t), Every: time.Second, Warn: heard.warn})
		take(t, first, keyRows(4, 0))
		second := openShards(t, store, Settings{Plan: lagPlan(t), Durable: true})
		take(t, second, keyRows(5, 0))
		time.Sleep(2 * time.Second) // of the bubble's clock
		synctest.Wait()
		if text := strings.Join(heard.lines, "\n"); !strings.Contains(text, "at most 4 messages") {
			t.Errorf("told was %q", text)
		}
		requireLags(t, take(t, first, keyRows(4, 5)), 5)
		requireLags(t, take(t, second, keyRows(5, 5)), 5)
		var dropped *state.DroppedError
		if err := first.Close(ctx); !errors.As(err, &dropped) || dropped.Messages != 4 {
			t.Errorf("close: %v, want 4 rows dropped", err)
		}
	})
}

// TestThreads: batches of several shards from several threads at a time, each
// shard's rows by one of them.
func TestThreads(t *testing.T) {
	store := state.NewMemory()
	settings := Settings{Durable: true, Limits: Limits{Keys: 5, Replay: 100}}
	shards := openShards(t, store, settings)
	var group sync.WaitGroup
	for thread := range 4 {
		w := newWorld(t, rand.New(rand.NewPCG(uint64(thread), 2)), 200, 30)
		for i := range w.rows {
			w.rows[i].Shard = fmt.Sprint("t/", thread)
		}
		group.Go(func() {
			for from := 0; from < len(w.rows); from += 20 {
				rows := w.batch(from-10, from+20)
				if err := shards.Take(context.Background(), rows); err != nil {
					t.Error(err)
					return
				}
				for _, d := range rows {
					if !same(d.Features, w.want[d.Offset]) {
						t.Errorf("%s: offset %d got %v, want %v", d.Shard, d.Offset, d.Features, w.want[d.Offset])
						return
					}
				}
			}
		})
	}
	group.Wait()
}
