package stats_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// shareWorld draws rows of which a share has values far from the others, in some columns
// or in all.
type shareWorld struct {
	r            *rand.Rand
	layout       *stats.Layout
	base, spread []float64
	share        float64 // of rows
	columns      float64 // of columns of such a row
	low, high    float64 // powers of ten of the distances, in standard deviations
}

func newShareWorld(seed uint64, share float64) *shareWorld {
	r := rand.New(rand.NewPCG(seed, 977))
	w := &shareWorld{r: r, layout: &stats.Layout{}, share: share, columns: []float64{0.2, 0.5, 1}[r.IntN(3)]}
	w.low = []float64{3, 5, 9, 13}[r.IntN(4)]
	w.high = w.low + 2*r.Float64()
	dim := 2 + r.IntN(5)
	if seed%16 == 15 {
		dim = 70
	}
	for j := range dim {
		w.layout.Numeric = append(w.layout.Numeric, stats.NumericColumn{Name: fmt.Sprint("x", j)})
		w.base = append(w.base, math.Ldexp(r.NormFloat64(), r.IntN(12)))
		w.spread = append(w.spread, math.Ldexp(1, r.IntN(12)-6))
	}
	return w
}

func (w *shareWorld) row() (row []float64, far bool) {
	far = w.r.Float64() < w.share
	common := w.r.NormFloat64()
	for j := range w.base {
		x := w.base[j] + w.spread[j]*(common+0.7*w.r.NormFloat64())
		if far && w.r.Float64() < w.columns {
			x = w.base[j] + w.spread[j]*math.Copysign(math.Pow(10, w.low+(w.high-w.low)*w.r.Float64()), w.r.NormFloat64())
		}
		row = append(row, x)
	}
	return row, far
}

// TestAnyShareOfFarRowsIsForgottenWithoutTrace draws rows of which a share from 0 to 1 has
// outliers of one order of magnitude, forgets all these, and compares the co-moments with
// those of rows that never had them.
func TestAnyShareOfFarRowsIsForgottenWithoutTrace(t *testing.T) {
	for _, share := range []float64{0, 0.01, 0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1} {
		for seed := range drawn.Seeds(32) {
			t.Run(fmt.Sprint("share ", share, " seed ", seed), func(t *testing.T) {
				w := newShareWorld(seed, share)
				options := stats.SummaryOptions{ExtendedUpTo: []int{0, -1}[w.r.IntN(2)]}
				got, never := emptySummary(t, options), emptySummary(t, options)
				most := []int{1, 16, 300}[w.r.IntN(3)]
				var gone [][]float64
				n := 1500
				if len(w.base) > 9 {
					n = 400
				}
				for learned := 0; learned < n; {
					rows, kept := &stats.Rows{Numeric: len(w.base)}, &stats.Rows{Numeric: len(w.base)}
					for range 1 + w.r.IntN(most) {
						row, far := w.row()
						learned++
						appendRow(rows, row, 0, 1)
						if far {
							gone = append(gone, row)
						} else {
							appendRow(kept, row, 0, 1)
						}
					}
					rows.Codes, kept.Codes, rows.Weights, kept.Weights = nil, nil, nil, nil
					learnRows(t, got, w.layout, rows)
					learnRows(t, never, w.layout, kept)
				}
				if never.Weight() < 20 {
					rows := &stats.Rows{Numeric: len(w.base)}
					w.share = 0
					for range 50 {
						row, _ := w.row()
						appendRow(rows, row, 0, 1)
					}
					rows.Codes, rows.Weights = nil, nil
					learnRows(t, got, w.layout, rows)
					learnRows(t, never, w.layout, rows)
				}
				w.forget(t, got, gone)
				tolerance := forgetExtended
				if options.ExtendedUpTo < 0 || len(w.base) > stats.DefaultExtendedUpTo {
					tolerance = forgetDouble
				}
				requireSameOrSaid(t, travelled(t, got), never, tolerance, share)
			})
		}
	}
}

// forget forgets rows in another order and in drawn batches.
func (w *shareWorld) forget(t *testing.T, from *stats.Summary, gone [][]float64) {
	t.Helper()
	w.r.Shuffle(len(gone), func(i, j int) { gone[i], gone[j] = gone[j], gone[i] })
	for len(gone) > 0 {
		rows := &stats.Rows{Numeric: len(w.base)}
		for range min(len(gone), 1+w.r.IntN(200)) {
			appendRow(rows, gone[0], 0, 1)
			gone = gone[1:]
		}
		rows.Codes, rows.Weights = nil, nil
		if err := from.Forget(w.layout, rows); err != nil {
			t.Fatal(err)
		}
	}
}

// mostShare is the share of far rows up to which nothing is lost, whatever their order.
const mostShare = 0.8

// requireSameOrSaid requires the same co-moments, except of a column of which the summary
// says that digits have been lost: as many as it says are right.
func requireSameOrSaid(t *testing.T, got, want *stats.Summary, tolerance, share float64) {
	t.Helper()
	for i := range want.Layout().Numeric {
		if n := want.Digits(i); n < 8 {
			t.Errorf("column %d, of which nothing was forgotten, has %d digits", i, n)
		}
		if share <= mostShare && got.Digits(i) < 8 {
			t.Errorf("column %d has %d digits", i, got.Digits(i))
		}
		for j := range i + 1 {
			g, w := got.Pair(i, j), want.Pair(i, j)
			wrong := math.Abs(g.Cij.Float()-w.Cij.Float()) / math.Sqrt(w.Cii.Float()*w.Cjj.Float())
			digits := min(got.Digits(i), got.Digits(j))
			if wrong > tolerance && (digits >= 8 || digits > 0 && wrong > 100*math.Pow(10, -float64(digits))) {
				t.Errorf("co-moments of columns %d and %d are %v, want %v, and %d digits are said to be right", i, j, g.Cij.Float(), w.Cij.Float(), digits)
			}
		}
	}
}
