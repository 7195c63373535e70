package stats_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// TestForgettingToAConstant draws rows of three columns with gaps, learned in parts,
// and forgets those with which the first column is not constant: variance and
// co-moments of that column are exactly 0 then, shape and correlations are none.
func TestForgettingToAConstant(t *testing.T) {
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}, {Name: "y"}, {Name: "z"}}}
	for seed := range drawn.Seeds(200) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 98))
			options := stats.SummaryOptions{ExtendedUpTo: []int{0, -1}[r.IntN(2)], MaxPatterns: []int{0, 2}[r.IntN(2)]}
			constant, spread := r.NormFloat64(), math.Pow(10, float64(r.IntN(7)-2))
			parts := []*stats.Summary{emptySummary(t, options), emptySummary(t, options)}
			gone := &stats.Rows{Numeric: 3}
			add := func(rows *stats.Rows, row []float64, w float64) {
				rows.N, rows.Values, rows.Weights = rows.N+1, append(rows.Values, row...), append(rows.Weights, w)
			}
			for range 1 + r.IntN(6) {
				rows := &stats.Rows{Numeric: 3}
				for range 1 + r.IntN(30) {
					row, w := []float64{constant, r.NormFloat64(), 100 + r.NormFloat64()}, 0.5+r.Float64()
					for j := range row {
						if r.IntN(6) == 0 {
							row[j] = math.NaN()
						}
					}
					if r.IntN(2) == 0 && !math.IsNaN(row[0]) {
						row[0] = spread * r.NormFloat64()
						add(gone, row, w)
					}
					add(rows, row, w)
				}
				if err := parts[r.IntN(2)].Learn(layout, rows); err != nil {
					t.Fatal(err)
				}
			}
			whole := parts[0]
			if err := whole.Merge(parts[1]); err != nil {
				t.Fatal(err)
			}
			for at := 0; at < gone.N; {
				to := min(gone.N, at+1+r.IntN(20))
				part := gone.Select(at, to)
				if err := whole.Forget(layout, &part); err != nil {
					t.Fatal(err)
				}
				at = to
			}
			requireConstant(t, whole, constant)
		})
	}
}

// requireConstant requires that the first column is x where there is anything.
func requireConstant(t *testing.T, s *stats.Summary, x float64) {
	t.Helper()
	m := s.Moments(0)
	if m.Empty() {
		return
	}
	if m.Mean() != x || m.CentralSum(2) != 0 || m.CentralSum(3) != 0 || m.CentralSum(4) != 0 || !math.IsNaN(m.Skewness()) {
		t.Errorf("mean %v, variance %v, skewness %v of values that all are %v", m.Mean(), m.Variance(0), m.Skewness(), x)
	}
	for j := range 3 {
		p := s.Pair(0, j)
		if p.Cii.Float() != 0 || p.Cij.Float() != 0 || !math.IsNaN(p.Correlation()) {
			t.Errorf("columns 0 and %d: squares %v, co-moment %v, want 0", j, p.Cii, p.Cij)
		}
	}
	c, _, err := s.Complete([]int{0, 1, 2})
	if err != nil {
		t.Fatal(err)
	}
	for j := range 3 {
		if c != nil && c.ComomentDD(0, j).Float() != 0 {
			t.Errorf("rows that have all: co-moment of columns 0 and %d is %v, want 0", j, c.ComomentDD(0, j))
		}
	}
}
