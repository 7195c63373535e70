package stats_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/statstest"
)

// TestSummaryTorture learns rows at which formulas with cancellation fail, at
// once, one by one and in parts that are merged at random, and compares means
// and co-moments with 300-bit arithmetic. The largest errors are 3.5e-25 and
// 3.3e-15 of the scale.
func TestSummaryTorture(t *testing.T) {
	const n = 2000
	layout := &stats.Layout{}
	for i := range tortureDim {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: fmt.Sprintf("x%d", i)})
	}
	for _, c := range tortureCases() {
		values := c.rows(n)
		rows := &stats.Rows{N: n, Numeric: tortureDim, Values: values}
		want := newComomentReference(values, tortureDim, nil)
		for _, p := range precisions() {
			t.Run(fmt.Sprintf("%s/%v", c.name, p), func(t *testing.T) {
				options, tolerance := stats.SummaryOptions{}, extendedTolerance
				if p == stats.Double {
					options.ExtendedUpTo, tolerance = -1, doubleTolerance
				}
				worst := 0.0
				for _, w := range statstest.WaysToLearn(t, options, layout, rows, 2, 7, 60) {
					off := tortureOff(w.Summary, want)
					if !(off <= tolerance) {
						t.Errorf("%s: off by %.2g of the scale, want %g", w.Name, off, tolerance)
					}
					worst = max(worst, off)
					requireConstants(t, w, want)
				}
				t.Logf("largest error is %.2g of the scale", worst)
			})
		}
	}
}

// tortureOff returns the largest error of a mean or co-moment over its scale,
// or the error itself where that is 0.
func tortureOff(s *stats.Summary, want *comomentReference) float64 {
	worst := 0.0
	for i := range want.dim {
		for j := range i + 1 {
			pair := &comomentReference{dim: 2, weight: want.weight}
			pair.mean = append(pair.mean, want.mean[i], want.mean[j])
			pair.como = append(pair.como, want.como[i][i:i+1])
			pair.como = append(pair.como, append(want.como[i][j:j+1:j+1], want.como[j][j]))
			worst = max(worst, pairOff(s.Pair(i, j), pair))
		}
	}
	return worst
}

// requireConstants demands that a column of one value has no variance at all,
// and no correlation with any other.
func requireConstants(t *testing.T, w statstest.Way, want *comomentReference) {
	t.Helper()
	for i := range want.dim {
		if fromBig(want.como[i][i]) != 0 {
			continue
		}
		if v := w.Summary.Moments(i).Variance(0); v != 0 {
			t.Errorf("%s: constant column %d has variance %v", w.Name, i, v)
		}
		for j := range want.dim {
			p := w.Summary.Pair(i, j)
			if c, r := p.Covariance(0), p.Correlation(); c != 0 || !math.IsNaN(r) {
				t.Errorf("%s: constant column %d has covariance %v and correlation %v with column %d", w.Name, i, c, r, j)
			}
		}
	}
}
