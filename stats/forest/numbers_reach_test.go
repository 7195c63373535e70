package forest

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

var lineLayout = &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}, {Name: "y"}}}

// line returns rows of y = 10 x with a little noise.
func line(r *rand.Rand, n int) *stats.Rows {
	rows := &stats.Rows{N: n, Numeric: 2}
	for range n {
		x := r.Float64()
		rows.Values = append(rows.Values, x, 10*x+r.NormFloat64()*.1)
	}
	return rows
}

// TestTargetOutOfReach: a row whose target is beyond what the sums hold is left out, and neither
// clipped nor counted; what the other rows say is predicted.
func TestTargetOutOfReach(t *testing.T) {
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 2))
		l := numberLearner(t, seed, nil)
		far := math.Copysign(math.Pow(10, 40+32*r.Float64()), r.Float64()-.5)
		at := r.IntN(10) // among the first rows too, which decide the scale
		for block := range 10 {
			rows := line(r, 100)
			if block == at {
				rows.N++
				rows.Values = append([]float64{r.Float64(), far}, rows.Values...)
			}
			l.learn(lineLayout, rows)
		}
		n, err := l.tally.ReadNumbers(l.forest, lineLayout, .2, true)
		if err != nil {
			t.Fatal(err)
		}
		work, row := make([]float64, n.Work()), []float64{.2, math.NaN()}
		if got, sd := n.Predict(row, nil, work), n.Spread(row, nil, work); math.Abs(got-2) > .2 || sd > .5 || n.Weight() != 1000 {
			t.Errorf("seed %d, %v: %v +- %v of %v rows, want 2 +- 0.1 of 1000", seed, far, got, sd, n.Weight())
		}
	}
}

// TestTargetWithoutUnit: while the forest that rows are counted in has no unit, as when the store
// failed as it became known, other targets than the origin are left out, not counted as that.
func TestTargetWithoutUnit(t *testing.T) {
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 3))
		l := numberLearner(t, seed, nil)
		level := math.Trunc(100 * r.NormFloat64())
		still := &stats.Rows{N: 20, Numeric: 2}
		for range still.N {
			still.Values = append(still.Values, r.Float64(), level)
		}
		l.learn(lineLayout, still)
		stored := l.forest
		l.tally.Learn([]*Forest{stored}, lineLayout, line(r, 300))
		if got := l.tally.Weight(stored.ID); got != 20 {
			t.Errorf("seed %d: %v rows are counted, want 20", seed, got)
		}
	}
}
