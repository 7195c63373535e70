package wrap

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/statstest"
)

func lawLikelihoodSet(binnings []stats.Binning) *BinningSet {
	set := &BinningSet{}
	if err := set.Replace(binnings, statstest.LawLikelihoods()); err != nil {
		panic(err) // of the test's own frames
	}
	return set
}

// likelihoodsOf returns the likelihoods in a composition by their place.
func likelihoodsOf(a stats.Additive) map[string]*stats.Likelihoods {
	out := map[string]*stats.Likelihoods{}
	for place, b := range binnedIn(a) {
		if b.likelihoods != nil {
			out[place] = b.likelihoods
		}
	}
	return out
}

// sumTolerance is what sums of products of up to three terms may differ by, relative to
// the weight of their rows: they are added up in other orders.
const sumTolerance = 1e-9

// requireSameLikelihoods compares rows one by one, and sums by their numbers.
func requireSameLikelihoods(t statstest.Reporter, what string, want, got stats.Additive) {
	w, g := likelihoodsOf(want), likelihoodsOf(got)
	for place, l := range w {
		for _, key := range l.Keys() {
			a, b := l.Of(key), g[place].Of(key)
			if a.Weight()+a.Left == 0 {
				continue
			}
			if b == nil {
				t.Errorf("%s: likelihood %s at %s is missing", what, key, place)
				continue
			}
			compareLikelihoods(t, what+": "+place+": "+key, a, b)
		}
	}
}

func compareLikelihoods(t statstest.Reporter, what string, want, got *stats.Likelihood) {
	near := func(field string, a, b, scale float64) {
		if !(math.Abs(a-b) <= sumTolerance*scale) {
			t.Errorf("%s: %s is %v, want %v", what, field, b, a)
		}
	}
	near("weight left out", want.Left, got.Left, 1+want.Left)
	near("weight", want.Weight(), got.Weight(), 1+want.Weight())
	if a, b := rowsOf(want.Rows), rowsOf(got.Rows); !slices.Equal(a, b) {
		t.Errorf("%s: rows are %v, want %v", what, b, a)
	}
	for i, s := range want.Sums {
		if i >= len(got.Sums) {
			t.Errorf("%s: %d sums, want %d", what, len(got.Sums), len(want.Sums))
			return
		}
		a, b := numbersOf(s), numbersOf(got.Sums[i])
		largest := 1.0
		for _, x := range a {
			largest = max(largest, math.Abs(x))
		}
		for k := range a {
			near(fmt.Sprint("number ", k), a[k], b[k], largest)
		}
	}
}

// rowsOf lists rows with their weights to 12 digits.
func rowsOf(l *stats.LikelihoodRows) []string {
	var out []string
	l.Each(l.Names(), func(values []stats.LikelihoodValue, w float64) { out = append(out, fmt.Sprintf("%v %.12g", values, w)) })
	return out
}

func numbersOf(s *stats.LikelihoodSums) []float64 {
	out := append([]float64{s.Weight}, s.Products...)
	out = append(out, s.Outcomes...)
	for _, p := range []*stats.Polynomial{s.Quadratic, s.Cubic, s.Pearson} {
		if p != nil {
			out = append(append(append(append(out, p.Value), p.Gradient...), p.Second...), p.Third...)
		}
	}
	return out
}

// TestLikelihoodsBegin: what was stored before a likelihood was asked for is read, rows
// count from then on, and a row that is older than that is forgotten without a trace in it.
func TestLikelihoodsBegin(t *testing.T) {
	before, after := statstest.LawRows(3, 60), statstest.LawRows(4, 80)
	plain := golden.Encoded(statstest.Learned(t, BinnedMaker{Inner: stats.SummaryMaker{}}, before))
	maker := BinnedMaker{Inner: stats.SummaryMaker{}, Binnings: lawLikelihoodSet(nil)}
	a := decodeAs(t, maker, plain).(*Binned)
	if err := a.Learn(statstest.LawLayout(), after); err != nil {
		t.Fatal(err)
	}
	alone := statstest.Learned(t, maker, after)
	requireSameLikelihoods(t, "since then", alone, a)
	if err := a.Forget(statstest.LawLayout(), after); err != nil {
		t.Fatal(err)
	}
	for _, key := range a.Likelihoods().Keys() {
		if l := a.Likelihoods().Of(key); l.Weight() != 0 || l.Left != 0 {
			t.Errorf("likelihood %s has weight %v and left out %v after all of its rows were forgotten", key, l.Weight(), l.Left)
		}
	}
	if err := a.Forget(statstest.LawLayout(), before); err != nil {
		t.Fatal(err)
	}
	if got := golden.Encoded(a); got != golden.Encoded(statstest.Learned(t, BinnedMaker{Inner: stats.SummaryMaker{}}, statstest.LawRows(1, 0))) && a.Weight() != 0 {
		t.Errorf("%v is left", a.Weight())
	}
}

// TestLikelihoodsSettle: rows that are kept as they are go to the sums once there is a
// frame, and can be forgotten from there; a likelihood that is not asked for any more is
// dropped.
func TestLikelihoodsSettle(t *testing.T) {
	uses := statstest.LawLikelihoods()
	young := slices.Clone(uses)
	for i := range young {
		young[i].Frame = nil
	}
	set := &BinningSet{}
	replace := func(uses []stats.LikelihoodUse) {
		t.Helper()
		if err := set.Replace(nil, uses); err != nil {
			t.Fatal(err)
		}
	}
	replace(young)
	maker := BinnedMaker{Inner: stats.SummaryMaker{}, Binnings: set}
	first, second := statstest.LawRows(5, 100), statstest.LawRows(6, 100)
	a := statstest.Learned(t, maker, first).(*Binned)
	gone := statstest.Learned(t, maker, first)
	if got := a.Likelihoods().Of("single"); len(got.Sums) != 0 || got.Rows.Len() == 0 {
		t.Fatalf("%d rows and %d sums before there is a frame", got.Rows.Len(), len(got.Sums))
	}
	replace(uses)
	if err := a.Learn(statstest.LawLayout(), second); err != nil {
		t.Fatal(err)
	}
	both := statstest.Learned(t, maker, first).(*Binned)
	if err := both.Learn(statstest.LawLayout(), second); err != nil {
		t.Fatal(err)
	}
	requireSameLikelihoods(t, "settled later", both, a)
	if err := a.Subtract(gone); err != nil { // which has rows
		t.Fatal(err)
	}
	requireSameLikelihoods(t, "without the first", statstest.Learned(t, maker, second), a)
	replace(uses[:1])
	if err := a.Learn(statstest.LawLayout(), second); err != nil {
		t.Fatal(err)
	}
	if got := a.Likelihoods().Keys(); !slices.Equal(got, []string{"rows"}) {
		t.Errorf("likelihoods are %v", got)
	}
}
