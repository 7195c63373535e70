package stats_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
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

// TestLightRowsVanish: rows far from the others, or near them, weigh drawn parts of what these
// weigh, and all are scaled down until the light ones have vanished. What is left can be
// stored, and is the same when it is read.
func TestLightRowsVanish(t *testing.T) {
	for seed := range drawn.Seeds(120) {
		r := rand.New(rand.NewPCG(seed, 44))
		var maker stats.Maker = stats.SlimMaker{}
		if seed%2 == 0 {
			maker = stats.SummaryMaker{Options: stats.SummaryOptions{ExtendedUpTo: r.IntN(2) - 1}}
		}
		rows := statstest.LawRows(seed, 40)
		for range 1 + r.IntN(6) {
			row := r.IntN(rows.N)
			rows.Weights[row] = []float64{1e-60, 1e-120, 1e-200, 1e-300}[r.IntN(4)]
			if r.IntN(3) > 0 {
				rows.Row(row)[[]int{0, 1, 3}[r.IntN(3)]] = math.Copysign(math.Pow(10, 3+12*r.Float64()), r.NormFloat64())
			}
		}
		s := statstest.Learned(t, maker, rows)
		for range 12 {
			if err := s.Scale([]float64{1e-70, 1e-40, 1e-20, 0.5, 3}[r.IntN(5)]); err != nil {
				break
			}
			bytes := golden.Encoded(s)
			reader := wire.NewReader([]byte(bytes))
			back, err := maker.Decode(reader)
			if err = errors.Join(err, reader.Close()); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if golden.Encoded(back) != bytes {
				t.Fatalf("seed %d: other bytes when they are read", seed)
			}
		}
	}
}
