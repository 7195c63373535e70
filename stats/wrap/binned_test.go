package wrap

import (
	"errors"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/forest"
	"github.com/rpconnect-sml/rpconnect-sml/stats/statstest"
)

func lawBinningSet() *BinningSet {
	set := &BinningSet{}
	if err := set.Replace(statstest.LawBinnings(), nil); err != nil {
		panic(err) // of the test's own binnings
	}
	var grove Grove
	for _, begun := range []*forest.Forest{lawForest(), lawForestOfANumber()} {
		grower := forest.NewGrower(begun, func(string) bool { return true })
		for seed := range uint64(3) {
			grower.Grow(statstest.LawLayout(), statstest.LawRows(seed+50, 60))
		}
		grove.Active = append(grove.Active, grower.Snapshot())
	}
	set.Plant(grove)
	return set
}

// lawNumber is the ID of the forest of a number.
const lawNumber = "number"

// lawForestOfANumber is a forest of one leaf a tree, of the number y.
func lawForestOfANumber() *forest.Forest {
	f, err := forest.New(forest.Spec{ID: lawNumber, Key: "n", Target: "y", Numeric: true, MaxLinear: 8, Trees: 2, SplitRows: 8, MaxNodes: 16, Strength: 1, Seed: 1})
	if err != nil {
		panic(err) // of the test's own settings
	}
	return f
}

// lawForest is a forest of one leaf a tree.
func lawForest() *forest.Forest {
	f, err := forest.New(forest.Spec{ID: "law", Key: "k", Target: "kind", Trees: 3, SplitRows: 5, MaxNodes: 64, Strength: 1, Seed: 1})
	if err != nil {
		panic(err) // of the test's own settings
	}
	return f
}

func decodeAs(t *testing.T, maker stats.Maker, bytes string) stats.Additive {
	t.Helper()
	r := wire.NewReader([]byte(bytes))
	a, err := maker.Decode(r)
	if err == nil {
		err = r.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestBinnedIsStoredAsBefore: without binnings the bytes are those of the inner
// statistic, so that what was stored before binnings were fixed is read.
func TestBinnedIsStoredAsBefore(t *testing.T) {
	rows := statstest.LawRows(3, 30)
	for _, inner := range []stats.Maker{stats.SummaryMaker{}, FoldsMaker{Inner: stats.SummaryMaker{}, K: 2}, PartitionMaker{Inner: stats.SummaryMaker{}, Attribute: "kind"}} {
		plain := golden.Encoded(statstest.Learned(t, inner, rows))
		if got := golden.Encoded(statstest.Learned(t, BinnedMaker{Inner: inner, Binnings: &BinningSet{}}, rows)); got != plain {
			t.Errorf("%T: %d bytes differ from %d", inner, len(got), len(plain))
		}
		f := decodeAs(t, BinnedMaker{Inner: inner, Binnings: lawBinningSet()}, plain).(*Binned)
		if f.Detectors() != nil {
			t.Errorf("%T: counts from bytes that have none", inner)
		}
		if err := f.Learn(statstest.LawLayout(), rows); err != nil {
			t.Fatal(err)
		}
		if got := f.Detectors().Weight(); got != f.Weight()/2 {
			t.Errorf("%T: %v of %v are counted, want the half since the binnings came", inner, got, f.Weight())
		}
		again := decodeAs(t, BinnedMaker{Inner: inner}, golden.Encoded(f))
		requireSame(t, "decoded", f, again, 0)
		requireSameDetectors(t, "decoded", f, again)
	}
}

// TestBinnedFollows: a statistic takes on binnings and drops them as its set
// does, keeps those that the set never had, and a refused block changes nothing.
func TestBinnedFollows(t *testing.T) {
	binnings := statstest.LawBinnings()
	set := &BinningSet{}
	a, err := (BinnedMaker{Inner: stats.SummaryMaker{}, Binnings: set}).New()
	if err != nil {
		t.Fatal(err)
	}
	f := a.(*Binned)
	learn := func() {
		t.Helper()
		if err := f.Learn(statstest.LawLayout(), statstest.LawRows(4, 10)); err != nil {
			t.Fatal(err)
		}
	}
	replace := func(binnings ...stats.Binning) {
		t.Helper()
		if err := set.Replace(binnings, nil); err != nil {
			t.Fatal(err)
		}
	}
	learn()
	replace(binnings[0])
	bad := statstest.LawRows(1, 2)
	bad.Values = bad.Values[:1]
	if err := f.Learn(statstest.LawLayout(), bad); err == nil || f.Detectors() != nil {
		t.Errorf("a block of a wrong size gives %v and counts %v", err, f.Detectors())
	}
	learn()
	replace(binnings[0], binnings[1])
	learn()
	weight := func(i int) float64 { _, w, _ := f.Detectors().Counts(binnings[i].ID()); return w }
	third := f.Weight() / 3
	if weight(0) != 2*third || weight(1) != third {
		t.Errorf("binnings have seen %v and %v of %v", weight(0), weight(1), f.Weight())
	}
	foreign := statstest.Learned(t, BinnedMaker{Inner: stats.SummaryMaker{}, Binnings: lawBinningSet()}, statstest.LawRows(5, 10))
	if err := f.Merge(foreign); err != nil {
		t.Fatal(err)
	}
	replace(binnings[1])
	learn()
	if got := f.Detectors().Binnings(); len(got) != len(binnings)-1 || weight(0) != 0 || weight(1) != 2*third+foreign.Weight() || weight(2) == 0 {
		t.Errorf("binnings %v with %v, %v, %v", got, weight(0), weight(1), weight(2))
	}
}

// TestBinnedForgetsOlder: rows from before the binnings can be forgotten.
func TestBinnedForgetsOlder(t *testing.T) {
	set := &BinningSet{}
	maker := BinnedMaker{Inner: stats.SummaryMaker{}, Binnings: set}
	old, recent := statstest.LawRows(6, 20), statstest.LawRows(7, 5)
	f := statstest.Learned(t, maker, old).(*Binned)
	if err := set.Replace(statstest.LawBinnings(), nil); err != nil {
		t.Fatal(err)
	}
	if err := f.Learn(statstest.LawLayout(), recent); err != nil {
		t.Fatal(err)
	}
	if err := f.Forget(statstest.LawLayout(), old); err != nil {
		t.Fatal(err)
	}
	if f.Detectors().Weight() != 0 {
		t.Errorf("counts of %v rows are left", f.Detectors().Weight())
	}
	if err := f.Forget(statstest.LawLayout(), old); !errors.Is(err, stats.ErrNotLearned) {
		t.Errorf("forgetting again says %v", err)
	}
	if err := f.Merge(&stats.Summary{}); !errors.Is(err, stats.ErrIncompatible) {
		t.Errorf("merging a summary says %v", err)
	}
}
