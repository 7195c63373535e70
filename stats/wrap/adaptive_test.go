package wrap

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/adaptive"
	"github.com/rpconnect-sml/rpconnect-sml/stats/statstest"
)

// lawUses are pools of two definitions, small ones.
func lawUses() []PoolUse {
	return []PoolUse{
		{Spec: adaptive.Spec{Key: "class", Target: "kind", Trees: 2, MaxNodes: 16, Seed: 1}},
		{Spec: adaptive.Spec{Key: "number", Target: "x", Trees: 2, MaxNodes: 16, Seed: 2}},
	}
}

func lawPoolSet() *PoolSet {
	set := &PoolSet{}
	set.Replace(lawUses())
	return set
}

func lawAdaptive(inner stats.Maker) AdaptiveMaker {
	return AdaptiveMaker{Inner: inner, Pools: lawPoolSet(), Origin: "t/0"}
}

// placesOf lists the pools of a statistic as texts.
func placesOf(a stats.Additive) []string {
	var out []string
	for _, p := range a.(*Adaptive).pools {
		out = append(out, fmt.Sprint(p.key, " of ", p.origin, " ", p.pool.Weight()))
	}
	return out
}

// TestAdaptiveWithoutPoolsIsStoredAsBefore: where no model needs a pool the bytes are those
// of the inner statistic, and what was stored before is read.
func TestAdaptiveWithoutPoolsIsStoredAsBefore(t *testing.T) {
	rows := statstest.LawRows(3, 30)
	for _, inner := range []stats.Maker{stats.SummaryMaker{}, BinnedMaker{Inner: stats.SummaryMaker{}, Binnings: lawBinningSet()}, FoldsMaker{Inner: stats.SummaryMaker{}, K: 2}} {
		plain := golden.Encoded(statstest.Learned(t, inner, rows))
		for _, m := range []AdaptiveMaker{{Inner: inner}, {Inner: inner, Pools: &PoolSet{}, Origin: "t/0"}, {Inner: inner, Pools: lawPoolSet()}} {
			if got := golden.Encoded(statstest.Learned(t, m, rows)); got != plain {
				t.Errorf("%T: %d bytes differ from %d", inner, len(got), len(plain))
			}
		}
		a := decodeAs(t, lawAdaptive(inner), plain)
		if err := a.Learn(statstest.LawLayout(), rows); err != nil {
			t.Fatal(err)
		}
		if places := placesOf(a); len(places) != 2 {
			t.Errorf("%T: pools are %v after more rows", inner, places)
		}
	}
}

// TestPoolsMergeInAnyOrder: however the statistics of sources are merged, the bytes are the
// same, and of each definition at most a bound is kept, those that have learned most.
func TestPoolsMergeInAnyOrder(t *testing.T) {
	for seed := range drawn.Seeds(20) {
		r := rand.New(rand.NewPCG(seed, 41))
		var parts []stats.Additive
		n := 1 + r.IntN(mostPools+4)
		for k := range n {
			m := lawAdaptive(stats.SummaryMaker{})
			m.Origin = fmt.Sprint("t/", k)
			if r.IntN(6) == 0 {
				m.Origin = "t/0" // a copy that has gone another way
			}
			parts = append(parts, statstest.Learned(t, m, statstest.LawRows(seed*100+uint64(k), 1+r.IntN(30))))
		}
		var want string
		for range 4 {
			r.Shuffle(n, func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
			left, right := merged(t, lawAdaptive(stats.SummaryMaker{}), parts[:n/2]...), merged(t, lawAdaptive(stats.SummaryMaker{}), parts[n/2:]...)
			whole := merged(t, lawAdaptive(stats.SummaryMaker{}), left, right).(*Adaptive)
			w := wire.NewWriter(nil)
			whole.pools.encode(w)
			if want == "" {
				want = string(w.Bytes())
			} else if want != string(w.Bytes()) {
				t.Fatalf("seed %d: pools are %v in one of the orders", seed, placesOf(whole))
			}
			if len(whole.pools) > 2*mostPools {
				t.Errorf("seed %d: %d pools of two definitions", seed, len(whole.pools))
			}
		}
	}
}

// TestPoolsStayAsRowsGo: forgetting, subtracting and scaling concern sums only; rows that are
// to be taken away are never learned.
func TestPoolsStayAsRowsGo(t *testing.T) {
	maker := lawAdaptive(stats.SummaryMaker{})
	rows := statstest.LawRows(5, 60)
	part := rows.Select(0, 20)
	a := statstest.Learned(t, maker, rows)
	before := placesOf(a)
	if err := errors.Join(a.Forget(statstest.LawLayout(), &part), a.Scale(.5)); err != nil {
		t.Fatal(err)
	}
	gone := part
	gone.Forgotten = true
	if b := statstest.Learned(t, maker, &gone); len(placesOf(b)) != 0 {
		t.Errorf("rows to be taken away have made %v", placesOf(b))
	}
	if after := placesOf(a); !slices.Equal(before, after) {
		t.Errorf("pools are %v, were %v", after, before)
	}
}

// TestPoolsThatNothingNeedsGo: at once where it is known that a definition has gone, and after
// some readings of the definitions where it was never known.
func TestPoolsThatNothingNeedsGo(t *testing.T) {
	rows := statstest.LawRows(6, 10)
	learn := func(a stats.Additive) []string {
		if err := a.Learn(statstest.LawLayout(), rows); err != nil {
			t.Fatal(err)
		}
		return placesOf(a)
	}
	set := lawPoolSet()
	a := statstest.Learned(t, AdaptiveMaker{Inner: stats.SummaryMaker{}, Pools: set, Origin: "t/0"}, rows)
	stored := golden.Encoded(a)
	set.Replace(lawUses()[1:])
	if got := learn(a); len(got) != 1 {
		t.Errorf("pools are %v after a definition has gone", got)
	}
	again := &PoolSet{}
	b := decodeAs(t, AdaptiveMaker{Inner: stats.SummaryMaker{}, Pools: again, Origin: "t/0"}, stored)
	if got := learn(b); len(got) != 2 {
		t.Errorf("pools are %v before definitions were read", got)
	}
	for turn := 0; turn <= turnsUnneeded; turn++ {
		again.Replace(lawUses()[1:])
		want := 2
		if turn == turnsUnneeded {
			want = 1
		}
		if got := learn(b); len(got) != want {
			t.Errorf("pools are %v after %d readings, want %d", got, turn+1, want)
		}
	}
}

// TestPoolIsToldBeforeItLearns: a row is tested by what was learned of those before it.
func TestPoolIsToldBeforeItLearns(t *testing.T) {
	a := statstest.Learned(t, lawAdaptive(stats.SummaryMaker{}), statstest.LawRows(1, 5)).(*Adaptive)
	next := 0
	weight := a.pools.of("class", "t/0").Weight()
	rows := statstest.LawRows(2, 9)
	err := a.LearnTested("class", func(row int, pool *adaptive.Pool) {
		if row != next || pool.Weight() < weight {
			t.Errorf("row %d is told at %d, with %v rows learned, %v before", row, next, pool.Weight(), weight)
		}
		next, weight = row+1, pool.Weight()
	}, func() error { return a.Learn(statstest.LawLayout(), rows) })
	if err != nil || next != rows.N {
		t.Errorf("%d of %d rows were told of (%v)", next, rows.N, err)
	}
}

// TestAdaptiveBytes: three zeros, the inner statistic, and of each pool its key, source and
// bytes.
func TestAdaptiveBytes(t *testing.T) {
	maker := lawAdaptive(BinnedMaker{Inner: stats.SummaryMaker{}, Binnings: lawBinningSet()})
	a := statstest.Learned(t, maker, statstest.LawRows(8, 30)).(*Adaptive)
	w := wire.NewWriter(nil)
	for range 3 {
		w.Byte(0)
	}
	a.inner.Encode(w)
	w.Uvarint(2)
	for _, key := range []string{"class", "number"} {
		w.String(key)
		w.String("t/0")
		own := wire.NewWriter(nil)
		a.pools.of(key, "t/0").Encode(own)
		w.Blob(own.Bytes())
	}
	if got := golden.Encoded(a); got != string(w.Bytes()) {
		t.Errorf("%d bytes differ from the %d of the format", len(got), len(w.Bytes()))
	}
	statstest.RequireRoundTrip(t, maker, a)
}
