package keyed

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/paged"
	"github.com/rpconnect-sml/rpconnect-sml/state/statetest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

var testLayout = &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}}}

// testMaker keeps so few keys in memory that every run folds soon.
func testMaker(resident int) Maker {
	return Maker{Inner: stats.SummaryMaker{}, Each: stats.SlimMaker{}, Resident: resident}
}

// owner is one process that learns the shard.
type owner struct {
	shard  *state.Shard[stats.Additive]
	values *paged.Values
}

func openOwner(ctx context.Context, store state.Store, resident int) (*owner, error) {
	o := &owner{values: NewValues(store, "sml.p", "t/0", 3000)}
	err := state.Retry(ctx, func() (err error) {
		o.shard, err = state.OpenShard(ctx, store, "sml.p", "t/0", testMaker(resident), state.ShardOptions{
			Durable: true,
			Sleep:   func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
		})
		return err
	})
	return o, err
}

// learn learns rows [from, to) of the topic, as live does.
func (o *owner) learn(ctx context.Context, topic []string, from, to int) error {
	offsets := make([]int64, to-from)
	for i := range offsets {
		offsets[i] = int64(from + i)
	}
	var due paged.Due
	for {
		_, err := o.shard.Learn(ctx, len(offsets), offsets, func(a stats.Additive, fresh []int) error {
			k := a.(*Keyed)
			rows := &stats.Rows{Numeric: 1}
			var keys []string
			for _, i := range fresh {
				rows.N++
				rows.Values = append(rows.Values, float64(from+i))
				keys = append(keys, topic[from+i])
			}
			due = paged.Due{}
			if rows.N == 0 {
				return nil // no record follows
			}
			if err := k.Take(ctx, o.values, testLayout, rows, keys); err != nil {
				return err
			}
			_ = k.Compact(ctx, o.values)
			due = k.Garbage().Due()
			return nil
		})
		if err == nil {
			due.Remove(ctx, o.values)
			return nil
		}
		if ctx.Err() != nil || !errors.Is(err, state.ErrStore) {
			return err
		}
		_ = o.shard.Flush(ctx) // take over what another owner has written
	}
}

func (o *owner) live() (k *Keyed) {
	o.shard.View(func(a stats.Additive, _ *state.Positions) { k = a.(*Keyed) })
	return k
}

// checkTopic compares each key with what its rows give: their number and their
// sum, which are exact.
func checkTopic(t *testing.T, k *Keyed, values *paged.Values, topic []string) {
	t.Helper()
	counts, sums := map[string]float64{}, map[string]float64{}
	for i, key := range topic {
		counts[key]++
		sums[key] += float64(i)
	}
	if got := k.Weight(); got != float64(len(topic)) {
		t.Errorf("the statistics of all rows have %v rows, want %d", got, len(topic))
	}
	for key, n := range counts {
		own, err := k.of(context.Background(), values, key)
		if err != nil {
			t.Fatal(err)
		}
		if own == nil {
			t.Errorf("key %s is lost", key)
			continue
		}
		if own.Weight() != n {
			t.Errorf("key %s has %v rows, want %v", key, own.Weight(), n)
		}
		mean := own.(*stats.Slim).Moments(0).Mean()
		if d := mean*n - sums[key]; d > 1e-6 || d < -1e-6 { // rounding of one division
			t.Errorf("key %s has sum %v, want %v", key, mean*n, sums[key])
		}
	}
}

// TestExactlyOnceThroughCrashes: processes that crash at any operation, others
// that go on though they have been overtaken, stores that fail with and without
// effect, batches that are delivered again: every key ends with its rows, once.
func TestExactlyOnceThroughCrashes(t *testing.T) {
	worlds := 60
	if testing.Short() {
		worlds = 20
	}
	crashes, zombies := 0, 0
	for seed := range uint64(worlds) {
		c, z := runWorld(t, seed)
		crashes, zombies = crashes+c, zombies+z
		if t.Failed() {
			t.Fatalf("world %d", seed)
		}
	}
	if crashes < worlds/2 || zombies < worlds/2 {
		t.Errorf("only %d crashes and %d batches of overtaken owners", crashes, zombies)
	}
	t.Logf("%d worlds, %d crashes, %d batches of overtaken owners", worlds, crashes, zombies)
}

// runWorld learns a drawn topic through owners that crash and are overtaken.
func runWorld(t *testing.T, seed uint64) (crashes, zombies int) {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 7))
	store := state.NewMemory()
	topic := make([]string, 300+random.IntN(1500))
	keys := 20 + random.IntN(400)
	for i := range topic {
		topic[i] = fmt.Sprint("k", random.IntN(keys))
	}
	resident := 4 + random.IntN(80)
	share := 0.01 * random.Float64()
	open := func(ctx context.Context, store state.Store) *owner {
		o, err := openOwner(ctx, store, resident)
		if err != nil && ctx.Err() == nil {
			t.Fatal(err)
		}
		return o
	}
	var overtaken *owner
	for at := 0; at < len(topic); {
		ctx, crash := context.WithCancel(context.Background())
		client := statetest.NewUnreliable(store, random.Uint64(), share, 200+random.IntN(1300), crash)
		if overtaken == nil || random.IntN(2) == 0 {
			overtaken = open(context.Background(), store)
		}
		o := open(ctx, client)
		for ctx.Err() == nil && at < len(topic) {
			// one that was overtaken delivers its batch again
			if random.IntN(2) == 0 {
				zombies++
				from := max(0, at-random.IntN(200))
				if err := overtaken.learn(context.Background(), topic, from, min(len(topic), from+1+random.IntN(60))); err != nil {
					t.Fatal(err)
				}
			}
			to := min(len(topic), at+1+random.IntN(250))
			err := o.learn(ctx, topic, at, to)
			if err == nil {
				at = to
			} else if ctx.Err() == nil {
				t.Fatal(err)
			}
		}
		if ctx.Err() != nil {
			crashes++
		}
		crash()
	}
	last := open(context.Background(), store)
	k := last.live()
	checkTopic(t, k, last.values, topic)
	if n := k.Counters().Resident; n > max(resident, k.unfolded) {
		t.Errorf("%d keys are in memory, want at most %d", n, resident)
	}
	return crashes, zombies
}

// TestNothingIsLeft: without failures, all values that no record names are
// removed, and memory is bounded.
func TestNothingIsLeft(t *testing.T) {
	ctx := context.Background()
	store := state.NewMemory()
	o, err := openOwner(ctx, store, 50)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	topic := make([]string, 20000)
	for i := range topic {
		topic[i] = fmt.Sprint("k", random.IntN(1000))
	}
	for at := 0; at < len(topic); at += 200 {
		if err := o.learn(ctx, topic, at, at+200); err != nil {
			t.Fatal(err)
		}
		if n := o.live().Counters().Resident; n > 50 {
			t.Fatalf("%d keys are in memory, want at most 50", n)
		}
	}
	k := o.live()
	checkTopic(t, k, o.values, topic)
	named := 0
	for _, r := range slices.Concat(k.runs, k.garbage.Refs(), []paged.Ref{k.table}, k.pages.Refs) {
		named += int(r.Parts)
	}
	found := 0
	for _, key := range store.Keys() {
		if strings.HasPrefix(key, "sml.p.entities.t_2F0.") {
			found++
		}
	}
	if found != named {
		t.Errorf("%d values are in the store, %d are named", found, named)
	}
	if k.inPages != 1000 {
		t.Errorf("%d keys are in pages, want 1000", k.inPages)
	}
}

// TestRecordWithoutKeys: a state without keys is stored as the statistics of
// all rows alone, and those of a project that keeps none are read.
func TestRecordWithoutKeys(t *testing.T) {
	plain, err := stats.SummaryMaker{}.New()
	if err != nil {
		t.Fatal(err)
	}
	if err := plain.Learn(testLayout, &stats.Rows{N: 2, Numeric: 1, Values: []float64{1, 2}}); err != nil {
		t.Fatal(err)
	}
	var w wire.Writer
	plain.Encode(&w)
	back, err := testMaker(5).Decode(wire.NewReader(w.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	var again wire.Writer
	back.Encode(&again)
	if string(again.Bytes()) != string(w.Bytes()) {
		t.Error("the bytes are others")
	}
}

// FuzzDecode: whatever is read again is written as it was, and nothing panics.
func FuzzDecode(f *testing.F) {
	a, err := testMaker(5).New()
	if err != nil {
		f.Fatal(err)
	}
	k := a.(*Keyed)
	values := NewValues(state.NewMemory(), "sml.p", "t", 0)
	rows := &stats.Rows{N: 2, Numeric: 1, Values: []float64{1, 2}}
	if err := k.Take(context.Background(), values, testLayout, rows, []string{"a", "b"}); err != nil {
		f.Fatal(err)
	}
	var w wire.Writer
	k.Encode(&w)
	f.Add(w.Bytes())
	f.Add([]byte{mark, keyedVersion})
	f.Fuzz(func(t *testing.T, data []byte) {
		back, err := testMaker(5).Decode(wire.NewReader(data))
		if err != nil {
			return
		}
		var w, again wire.Writer
		back.Encode(&w)
		second, err := testMaker(5).Decode(wire.NewReader(w.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		second.Encode(&again)
		if string(w.Bytes()) != string(again.Bytes()) {
			t.Error("the bytes are others")
		}
	})
}

// of returns a copy of the statistic of a key, nil when there is none.
func (k *Keyed) of(ctx context.Context, values *paged.Values, key string) (own stats.Additive, err error) {
	err = k.Visit(ctx, values, []string{key}, func(_ int, a stats.Additive) { own = a.Clone() })
	return own, err
}
