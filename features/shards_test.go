package features

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/statetest"
)

const testShard = "t/0"

// worldPlan has features with a history, with a memory of their own, and of
// another feature.
func worldPlan(t *testing.T) *Plan {
	t.Helper()
	plan, err := NewPlan([]Spec{
		{Name: "n", Type: "count", Of: "x", Rows: maxRows}, {Type: "ewma", Of: "x"}, {Type: "lag", Of: "x"},
		{Type: "difference", Of: "x_ewma"}, {Type: "surprise", Of: "x"},
		{Name: "window", Type: "adwin", Of: "x", Options: param.Values{"delta": 0.9, "clock": 1, "min_window_length": 1, "grace_period": 0, "keep_window": true}},
		{Name: "sampled", Type: "kswin", Of: "x", Options: param.Values{"window_size": 8, "stat_size": 4, "alpha": 0.3}},
		{Name: "sums", Type: "page_hinkley", Of: "x", Options: param.Values{"min_instances": 2, "threshold": 2}},
		{Type: "changes", Of: "sums"}, {Type: "rows_since_change", Of: "sampled"}, {Type: "current_mean", Of: "window"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func openShards(t *testing.T, store state.Store, s Settings) *Shards {
	t.Helper()
	if s.Plan == nil {
		s.Plan = worldPlan(t)
	}
	shards, err := NewShards(store, "sml.f.features", s)
	if err != nil {
		t.Fatal(err)
	}
	return shards
}

// world is a topic of one shard, and what each row must get.
type world struct {
	rows []Delivery
	want [][]float64
}

// newWorld draws a topic. What a row must get comes from one state that has all
// keys in memory and takes the rows in order, once.
func newWorld(t *testing.T, random *rand.Rand, n, keys int) *world {
	t.Helper()
	w := &world{}
	whole := newKeyed(worldPlan(t), Limits{Keys: keys})
	for i := range n {
		d := Delivery{Shard: testShard, Offset: int64(i), HasOffset: true, Row: Row{
			Key: fmt.Sprint("key ", random.IntN(keys)), Time: int64(i) * 1e9, Values: []float64{random.NormFloat64()},
		}}
		want, err := whole.take(d.Row)
		if err != nil {
			t.Fatal(err)
		}
		w.rows, w.want = append(w.rows, d), append(w.want, want)
	}
	return w
}

// batch returns the rows from, included, to to as they are delivered.
func (w *world) batch(from, to int) []Delivery { return slices.Clone(w.rows[max(from, 0):to]) }

// check compares what rows got, bit for bit.
func (w *world) check(t *testing.T, who string, got []Delivery) {
	t.Helper()
	for _, d := range got {
		if d.Err != nil || !same(d.Features, w.want[d.Offset]) {
			t.Fatalf("%s: offset %d got %v (error %v), want %v", who, d.Offset, d.Features, d.Err, w.want[d.Offset])
		}
	}
}

// TestWorlds: processes crash at any operation of the store, what was delivered
// is delivered again, owners that were overtaken go on with old rows, the store
// fails with and without effect, and keys leave and come back all the while.
// Every row gets what it gets without any of that.
func TestWorlds(t *testing.T) {
	worlds := 60
	if testing.Short() {
		worlds = 15
	}
	crashes, zombies := 0, 0
	for seed := range worlds {
		synctest.Test(t, func(t *testing.T) {
			c, z := runWorld(t, uint64(seed))
			crashes, zombies = crashes+c, zombies+z
		})
		if t.Failed() {
			t.Fatalf("world %d", seed)
		}
	}
	if crashes < worlds/2 || zombies < worlds/2 {
		t.Errorf("only %d crashes and %d batches of overtaken owners", crashes, zombies)
	}
	t.Logf("%d worlds, %d crashes, %d batches of overtaken owners", worlds, crashes, zombies)
}

func runWorld(t *testing.T, seed uint64) (crashes, zombies int) {
	random := rand.New(rand.NewPCG(seed, 11))
	store := state.NewMemory()
	w := newWorld(t, random, 200+random.IntN(600), 5+random.IntN(200))
	settings := Settings{Durable: true, Plan: worldPlan(t), Limits: Limits{Keys: 1 + random.IntN(40), Replay: 200}}
	share := 0.02 * random.Float64()
	committed := 0
	var overtaken *Shards
	for committed < len(w.rows) {
		ctx, crash := context.WithCancel(context.Background())
		owner := openShards(t, statetest.NewUnreliable(store, random.Uint64(), share, 20+random.IntN(600), crash), settings)
		if overtaken == nil || random.IntN(2) == 0 {
			overtaken = openShards(t, store, settings)
		}
		var err error
		for err == nil && committed < len(w.rows) {
			if from := committed - random.IntN(60); random.IntN(3) == 0 && from < committed {
				zombies++
				old := w.batch(from, min(committed, max(from, 0)+1+random.IntN(60)))
				if err := overtaken.Take(context.Background(), old); err != nil {
					t.Fatal(err)
				}
				w.check(t, "overtaken", old)
			}
			batch := w.batch(committed-random.IntN(40), min(len(w.rows), committed+1+random.IntN(60)))
			if err = owner.Take(ctx, batch); err == nil {
				w.check(t, "owner", batch)
				committed = int(batch[len(batch)-1].Offset) + 1
			}
		}
		if err != nil {
			crashes++
			if ctx.Err() == nil {
				t.Fatal(err)
			}
		}
		crash()
	}
	return crashes, zombies
}

// TestByInterval: without Durable, rows are stored when the interval has passed
// and by Close, and rows of a process that was killed before are taken again.
func TestByInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := context.Background()
		store := state.NewMemory()
		w := newWorld(t, rand.New(rand.NewPCG(5, 6)), 300, 50)
		settings := Settings{Every: time.Second, Limits: Limits{Keys: 10, Replay: 1000}}
		take := func(who string, s *Shards, from, to int) {
			batch := w.batch(from, to)
			if err := s.Take(ctx, batch); err != nil {
				t.Fatal(err)
			}
			w.check(t, who, batch)
		}
		rows := func() uint64 {
			read := state.NewShardReader(store, "sml.f.features", codec{plan: worldPlan(t), limits: settings.Limits})
			if err := read.Refresh(ctx); err != nil {
				t.Fatal(err)
			}
			return read.Shards()[0].Content.rows
		}
		first := openShards(t, store, settings)
		take("first", first, 0, 100)
		if n := rows(); n != 0 {
			t.Errorf("%d rows are stored before the interval has passed", n)
		}
		time.Sleep(settings.Every + time.Millisecond) // of the bubble's clock
		synctest.Wait()
		if n := rows(); n != 100 {
			t.Errorf("%d rows are stored after the interval, want 100", n)
		}
		take("first", first, 100, 200)
		first.stop() // killed: what it had is lost
		first.work.Wait()
		second := openShards(t, store, settings)
		take("second", second, 50, 250)
		if err := second.Close(ctx); err != nil {
			t.Fatal(err)
		}
		if n := rows(); n != 250 {
			t.Errorf("%d rows are stored after Close, want 250", n)
		}
		third := openShards(t, store, settings)
		take("third", third, 0, 300)
		if err := third.Close(ctx); err != nil {
			t.Fatal(err)
		}
	})
}
