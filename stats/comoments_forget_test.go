package stats_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// What is left of the digits after a value has been forgotten that was near enough to be
// summed up in a block: 2^-51 and 2^-33, times the rows.
const (
	forgetExtended = 1e-12
	forgetDouble   = 1e-8
)

// forgetWorld draws rows of some numeric columns that depend on each other, with gaps, a
// binary column and a category.
type forgetWorld struct {
	r       *rand.Rand
	layout  *stats.Layout
	base    []float64
	spread  []float64
	weights bool
	gaps    bool
}

func newForgetWorld(seed uint64) *forgetWorld {
	w := &forgetWorld{r: rand.New(rand.NewPCG(seed, 131)), layout: &stats.Layout{
		Categorical: []stats.CategoricalColumn{{Name: "k", Values: []string{"a", "b"}}},
	}}
	for j := range 2 + w.r.IntN(4) {
		w.layout.Numeric = append(w.layout.Numeric, stats.NumericColumn{Name: fmt.Sprint("x", j), Binary: j == 1 && w.r.IntN(2) == 0})
		w.base = append(w.base, math.Ldexp(w.r.NormFloat64(), w.r.IntN(12)))
		w.spread = append(w.spread, math.Ldexp(1, w.r.IntN(12)-6))
	}
	w.weights, w.gaps = w.r.IntN(3) == 0, w.r.IntN(2) == 0
	return w
}

// append adds a row, with an outlier of 1e3 to 1e15 standard deviations in some columns
// when far.
func (w *forgetWorld) row(far bool) (row []float64, code int32, weight float64) {
	common := w.r.NormFloat64()
	for j := range w.layout.Numeric {
		x := w.base[j] + w.spread[j]*(common+0.7*w.r.NormFloat64())
		switch {
		case w.layout.Numeric[j].Binary:
			x = float64(w.r.IntN(2))
		case far && w.r.IntN(2) == 0:
			x = w.base[j] + w.spread[j]*math.Copysign(math.Pow(10, 3+12*w.r.Float64()), w.r.NormFloat64())
		}
		if w.gaps && w.r.IntN(6) == 0 {
			x = math.NaN()
		}
		row = append(row, x)
	}
	weight = 1
	if w.weights {
		weight = 0.5 + w.r.Float64()
	}
	return row, int32(1 + w.r.IntN(2)), weight
}

// block gathers rows.
func (w *forgetWorld) block() *stats.Rows {
	return &stats.Rows{Numeric: len(w.layout.Numeric), Categorical: 1}
}

func appendRow(to *stats.Rows, row []float64, code int32, weight float64) {
	to.N++
	to.Values, to.Codes, to.Weights = append(to.Values, row...), append(to.Codes, code), append(to.Weights, weight)
}

// travelled returns a summary after its bytes have been written and read.
func travelled(t *testing.T, s *stats.Summary) *stats.Summary {
	t.Helper()
	w := wire.NewWriter(nil)
	s.Encode(w)
	out, err := stats.DecodeSummary(wire.NewReader(w.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestCoMomentsForgetWithoutTrace learns drawn rows, of which some have outliers, in drawn
// batches and parts; writes and reads some of these; merges; forgets all rows with
// outliers and some others; and compares co-moments and conditional moments with those
// of rows that were never learned otherwise.
func TestCoMomentsForgetWithoutTrace(t *testing.T) {
	for seed := range drawn.Seeds(80) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			w := newForgetWorld(seed)
			r := w.r
			options := stats.SummaryOptions{ExtendedUpTo: []int{0, -1}[r.IntN(2)], MaxPatterns: []int{0, 2}[r.IntN(2)]}
			parts := make([]*stats.Summary, 1+r.IntN(3))
			for i := range parts {
				parts[i] = emptySummary(t, options)
			}
			never, gone := emptySummary(t, options), w.block()
			share := []float64{0.003, 0.02, 0.2}[r.IntN(3)]
			most := []int{1, 5, 200}[r.IntN(3)]
			for range 2 + r.IntN(1500/most+4) {
				rows, kept := w.block(), w.block()
				for range 1 + r.IntN(most) {
					far := r.Float64() < share
					row, code, weight := w.row(far)
					appendRow(rows, row, code, weight)
					if far || r.IntN(8) == 0 {
						appendRow(gone, row, code, weight)
					} else {
						appendRow(kept, row, code, weight)
					}
				}
				at := r.IntN(len(parts))
				learnRows(t, parts[at], w.layout, rows)
				learnRows(t, never, w.layout, kept)
				if r.IntN(8) == 0 {
					parts[at] = travelled(t, parts[at])
				}
			}
			whole := parts[0]
			for _, p := range parts[1:] {
				if err := whole.Merge(p); err != nil {
					t.Fatal(err)
				}
			}
			forgetRows(t, r, whole, w.layout, gone)
			tolerance := forgetExtended
			if options.ExtendedUpTo < 0 {
				tolerance = forgetDouble
			}
			requireSamePairs(t, travelled(t, whole), never, tolerance)
			requireSameCells(t, whole, never)
		})
	}
}

func learnRows(t *testing.T, s *stats.Summary, layout *stats.Layout, rows *stats.Rows) {
	t.Helper()
	if err := s.Learn(layout, rows); err != nil {
		t.Fatal(err)
	}
}

// forgetRows forgets in drawn batches, one by one from the summary or gathered before.
func forgetRows(t *testing.T, r *rand.Rand, s *stats.Summary, layout *stats.Layout, gone *stats.Rows) {
	t.Helper()
	gathered, apart := emptySummary(t, s.Options()), r.IntN(2) == 0
	for at := 0; at < gone.N; {
		to := min(gone.N, at+1+r.IntN(30))
		part := gone.Select(at, to)
		at = to
		if !apart {
			if err := s.Forget(layout, &part); err != nil {
				t.Fatal(err)
			}
			continue
		}
		part.Forgotten = true
		learnRows(t, gathered, layout, &part)
	}
	if apart {
		if err := s.Subtract(travelled(t, gathered)); err != nil {
			t.Fatal(err)
		}
	}
}

// requireSamePairs compares the co-moments of all pairs of columns.
func requireSamePairs(t *testing.T, got, want *stats.Summary, tolerance float64) {
	t.Helper()
	for i := range want.Layout().Numeric {
		for j := range i + 1 {
			g, w := got.Pair(i, j), want.Pair(i, j)
			scale := math.Sqrt(w.Cii.Float() * w.Cjj.Float())
			if math.Abs(g.N-w.N) > 1e-12*w.N || !(math.Abs(g.Cij.Float()-w.Cij.Float()) <= tolerance*scale) ||
				!(math.Abs(g.Cii.Float()-w.Cii.Float()) <= tolerance*w.Cii.Float()) ||
				!(math.Abs(g.MeanI.Float()-w.MeanI.Float()) <= tolerance*(math.Abs(w.MeanI.Float())+math.Sqrt(w.Cii.Float()))) {
				t.Errorf("columns %d and %d: weight %v, mean %v, co-moments %v, %v, %v, want %v, %v, %v, %v, %v", i, j,
					g.N, g.MeanI.Float(), g.Cii.Float(), g.Cij.Float(), g.Cjj.Float(), w.N, w.MeanI.Float(), w.Cii.Float(), w.Cij.Float(), w.Cjj.Float())
			}
		}
	}
}

// requireSameCells compares the moments of all numbers given a category or a binary one.
func requireSameCells(t *testing.T, got, want *stats.Summary) {
	t.Helper()
	compare := func(name string, g, w *stats.Conditional, columns int) {
		for code := range int32(3) {
			for j := range columns {
				a, b := g.Cell(code, j), w.Cell(code, j)
				if !(math.Abs(a.Weight-b.Weight) <= 1e-12*b.Weight) || !(math.Abs(a.Mean-b.Mean) <= forgetExtended*(math.Abs(b.Mean)+math.Sqrt(b.M2))) ||
					!(math.Abs(a.M2-b.M2) <= forgetExtended*(b.M2+b.Mean*b.Mean*1e-10)) {
					t.Errorf("%s, column %d given code %d: weight %v, mean %v, squares %v, want %v, %v, %v", name, j, code, a.Weight, a.Mean, a.M2, b.Weight, b.Mean, b.M2)
				}
			}
		}
	}
	compare("category", got.GivenCategory(0), want.GivenCategory(0), len(want.Layout().Numeric))
	for j, c := range want.Layout().Numeric {
		if c.Binary {
			compare("binary", got.GivenBinary(j), want.GivenBinary(j), len(want.Layout().Numeric)-1)
		}
	}
}
