package stats_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/statstest"
)

// TestScaledAway: weights are scaled by drawn factors, one after the other, until a factor is
// refused. Rows far from the others are among them, which exact sums hold. Whatever is left of
// the weights, the statistics can be read, and take rows and forget them again.
func TestScaledAway(t *testing.T) {
	for seed := range drawn.Seeds(80) {
		r := rand.New(rand.NewPCG(seed, 43))
		rows := statstest.LawRows(seed, 40)
		for range r.IntN(6) {
			rows.Row(r.IntN(rows.N))[[]int{0, 1, 3}[r.IntN(3)]] = math.Copysign(math.Pow(10, 3+12*r.Float64()), r.NormFloat64())
		}
		maker := stats.SummaryMaker{Options: stats.SummaryOptions{MaxPatterns: 2 + 200*r.IntN(2), ExtendedUpTo: r.IntN(2) - 1}}
		s := statstest.Learned(t, maker, rows).(*stats.Summary)
		for range 12 {
			if err := s.Scale([]float64{1e-300, 1e-200, 1e-70, 0.5, 1e50}[r.IntN(5)]); err != nil {
				break
			}
			l := s.Layout()
			for i := range l.Numeric {
				m := s.Moments(i)
				_, _, _ = m.Mean(), m.Variance(1), m.Kurtosis()
				for j := range i {
					s.Pair(i, j)
				}
			}
			for _, other := range []*stats.Rows{statstest.LawRows(seed+1000, 5), rows} {
				if r.IntN(3) > 0 {
					if err := s.Learn(l, other); err != nil {
						t.Fatalf("seed %d: %v", seed, err)
					}
				}
				if r.IntN(3) > 0 {
					_ = s.Forget(l, other) // beside weights of another size rows may be lost
				}
			}
		}
	}
}
