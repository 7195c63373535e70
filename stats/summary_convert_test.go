package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// drawnConversion draws options that make a difference to a few hundred rows.
func drawnConversion(r *rand.Rand) SummaryOptions {
	pick := func(values ...int) int { return values[r.IntN(len(values))] }
	return SummaryOptions{
		ExtendedUpTo: pick(-1, 1, 2, 64), HistogramBins: pick(16, 40, 100, 512),
		ConditionalBins: pick(0, 16, 50), MaxPatterns: pick(1, 2, 3, 64),
	}.withDefaults()
}

// conversionRows are rows of two numbers that may be missing, a binary and a
// category.
func conversionRows(r *rand.Rand, n int) (*Layout, *Rows) {
	layout := &Layout{
		Numeric:     []NumericColumn{{Name: "x"}, {Name: "y"}, {Name: "flag", Binary: true}},
		Categorical: []CategoricalColumn{{Name: "kind", Values: []string{"a", "b", "c"}}},
	}
	rows := &Rows{N: n, Numeric: 3, Categorical: 1}
	for range n {
		x := 50 + r.NormFloat64()
		y := 2*x + r.NormFloat64()
		if r.IntN(4) == 0 {
			y = math.NaN()
		}
		if r.IntN(6) == 0 {
			x = math.NaN()
		}
		rows.Values = append(rows.Values, x, y, float64(r.IntN(2)))
		rows.Codes = append(rows.Codes, int32(r.IntN(3)))
	}
	return layout, rows
}

// TestConvertedEqualsLearned: a summary that is read with other options than it
// was stored with, and learns on, is what one with these options has learned, save
// what its documentation excepts.
func TestConvertedEqualsLearned(t *testing.T) {
	for seed := range drawn.Seeds(300) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 3))
			from, to := drawnConversion(r), drawnConversion(r)
			before, err := NewSummary(from)
			if err != nil {
				t.Fatal(err)
			}
			want, err := NewSummary(to)
			if err != nil {
				t.Fatal(err)
			}
			layout, rows := conversionRows(r, 1+r.IntN(300))
			later, more := conversionRows(r, r.IntN(100))
			for _, err := range []error{before.Learn(layout, rows), want.Learn(layout, rows), want.Learn(later, more)} {
				if err != nil {
					t.Fatal(err)
				}
			}
			var w wire.Writer
			before.Encode(&w)
			a, err := SummaryMaker{Options: to}.Decode(wire.NewReader(w.Bytes()))
			if err != nil {
				t.Fatal(err)
			}
			got := a.(*Summary)
			if err := got.Learn(later, more); err != nil {
				t.Fatal(err)
			}
			requireConverted(t, got, want, from)
			// it is one of these options: it is stored, read and merged as such
			var again wire.Writer
			got.Encode(&again)
			read, err := SummaryMaker{Options: to}.Decode(wire.NewReader(again.Bytes()))
			if err != nil {
				t.Fatalf("%+v to %+v: %v", from, to, err)
			}
			if err := want.Merge(read); err != nil || want.Weight() != 2*got.Weight() {
				t.Errorf("%+v to %+v: merged weight %v of %v, %v", from, to, want.Weight(), got.Weight(), err)
			}
		})
	}
}

func requireConverted(t *testing.T, got, want *Summary, from SummaryOptions) {
	t.Helper()
	if got.Options() != want.Options() || got.Weight() != want.Weight() {
		t.Fatalf("options %+v, weight %v; want %+v, %v", got.Options(), got.Weight(), want.Options(), want.Weight())
	}
	for i := range want.Layout().Numeric {
		g, w := got.Moments(i), want.Moments(i)
		if g.Weight() != w.Weight() || math.Abs(g.CentralSum(2)-w.CentralSum(2)) > 1e-9*(1+w.CentralSum(2)) {
			t.Errorf("column %d: weight %v, squares %v; want %v, %v", i, g.Weight(), g.CentralSum(2), w.Weight(), w.CentralSum(2))
		}
		gh, wh := got.Histogram(i), want.Histogram(i)
		if gh.Weight() != wh.Weight() {
			t.Errorf("column %d: %v rows in the histogram, want %v", i, gh.Weight(), wh.Weight())
		}
		if from.HistogramBins >= want.options.HistogramBins && (gh.shift != wh.shift || gh.used() != wh.used() || gh.Quantile(0.3) != wh.Quantile(0.3)) {
			t.Errorf("column %d: histogram of %d bins, shift %d; want %d, %d", i, gh.used(), gh.shift, wh.used(), wh.shift)
		}
	}
	g, w := got.Pair(0, 1), want.Pair(0, 1)
	if g.N != w.N || math.Abs(g.Cij.Float()-w.Cij.Float()) > 1e-9*(1+math.Abs(w.Cij.Float())) {
		t.Errorf("co-moment %v of %v rows, want %v of %v", g.Cij.Float(), g.N, w.Cij.Float(), w.N)
	}
	if len(got.patterns.blocks) > want.options.MaxPatterns {
		t.Errorf("%d blocks, want at most %d", len(got.patterns.blocks), want.options.MaxPatterns)
	}
}
