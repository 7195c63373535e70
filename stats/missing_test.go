package stats_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/statstest"
)

// missingTolerance is what pairwise means and covariances may be off by against
// exact arithmetic, relative to the standard deviations: design asks for 1e-14
// of sums in double-double. Measured are 2.2e-16 at most, the
// rounding of the covariance to a float64.
const missingTolerance = 1e-15

// missingToleranceDouble is the same for co-moments in float64, which lose some
// units in the last place at every merge. Measured are 2.2e-16 too, as most of
// these rows are in the overflow, which is always in double-double.
const missingToleranceDouble = 1e-12

const missingDim = 12

// missingRows returns n rows of correlated columns with offsets up to 1e6, of
// which 30 % of the cells are missing at random.
func missingRows(n int) (*stats.Layout, *stats.Rows) {
	const missing = 0.3
	rng := rand.New(rand.NewPCG(41, 42))
	layout := &stats.Layout{}
	for j := range missingDim {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: fmt.Sprintf("x%d", j)})
	}
	rows := &stats.Rows{N: n, Numeric: missingDim}
	for range n {
		common := rng.NormFloat64()
		for j := range missingDim {
			x := math.Pow(10, float64(j)/2) + float64(j)*common + rng.NormFloat64()
			if rng.Float64() < missing {
				x = math.NaN()
			}
			rows.Values = append(rows.Values, x)
		}
	}
	return layout, rows
}

// missingReference returns the exact statistics of columns i and j over the
// rows that have both.
func missingReference(rows *stats.Rows, i, j int) *comomentReference {
	var both []float64
	for k := range rows.N {
		if x, y := rows.Row(k)[i], rows.Row(k)[j]; !math.IsNaN(x) && !math.IsNaN(y) {
			both = append(both, x, y)
		}
	}
	return newComomentReference(both, 2, nil)
}

func TestMissingIsPairwiseComplete(t *testing.T) {
	const n = 2500
	layout, rows := missingRows(n)
	references := map[[2]int]*comomentReference{}
	for i := range missingDim {
		for j := range i + 1 {
			references[[2]int{i, j}] = missingReference(rows, i, j)
		}
	}
	for _, c := range []struct {
		name      string
		options   stats.SummaryOptions
		dense     int // 0: not said
		tolerance float64
	}{
		{name: "64 patterns", options: stats.SummaryOptions{MaxPatterns: 64}, dense: 64, tolerance: missingTolerance},
		{name: "one pattern", options: stats.SummaryOptions{MaxPatterns: 1}, dense: 1, tolerance: missingTolerance},
		{name: "room for all patterns", options: stats.SummaryOptions{MaxPatterns: 1 << missingDim}, tolerance: missingTolerance},
		{name: "64 patterns in double", options: stats.SummaryOptions{MaxPatterns: 64, ExtendedUpTo: -1}, dense: 64, tolerance: missingToleranceDouble},
	} {
		t.Run(c.name, func(t *testing.T) {
			worst := 0.0
			for _, w := range statstest.WaysToLearn(t, c.options, layout, rows, 2, 7, 50) {
				dense, overflow := w.Summary.Patterns()
				if c.dense > 0 && (dense != c.dense || overflow == 0) || c.dense == 0 && overflow != 0 {
					t.Errorf("%s: %d dense blocks and an overflow of %v rows", w.Name, dense, overflow)
				}
				for pair, want := range references {
					off := missingOff(t, w, pair[0], pair[1], want)
					if !(off <= c.tolerance) {
						t.Errorf("%s: columns %d and %d are off by %.2g, want %g", w.Name, pair[0], pair[1], off, c.tolerance)
					}
					worst = max(worst, off)
				}
			}
			t.Logf("largest error is %.2g of the scale", worst)
		})
	}
}

// missingOff checks the count of a pair and returns the largest error of means
// and covariances, relative to the standard deviations.
func missingOff(t *testing.T, w statstest.Way, i, j int, want *comomentReference) float64 {
	t.Helper()
	got, n := w.Summary.Pair(i, j), fromBig(want.weight)
	if got.N != n {
		t.Errorf("%s: columns %d and %d have %v rows, want %v", w.Name, i, j, got.N, n)
	}
	covariance := fromBig(want.como[1][0]) / (n - 1)
	scale := want.scale(0, 1) / (n - 1)
	off := max(pairOff(got, want), math.Abs(got.Covariance(1)-covariance)/scale)
	if i == j {
		m := w.Summary.Moments(i)
		if m.Weight() != n {
			t.Errorf("%s: column %d has %v values, want %v", w.Name, i, m.Weight(), n)
		}
		off = max(off, math.Abs(m.Variance(1)-covariance)/scale)
	}
	return off
}
