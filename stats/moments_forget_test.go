package stats_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// forgetOne learns 20 + i mod 10 for i below n with one outlier at a place of the
// batch and forgets the outlier.
func forgetOne(t *testing.T, options stats.SummaryOptions, n, place int, outlier float64) (got, never *stats.Summary) {
	t.Helper()
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}, {Name: "y"}}}
	rows, rest, one := &stats.Rows{Numeric: 2}, &stats.Rows{Numeric: 2}, &stats.Rows{Numeric: 2, N: 1, Values: []float64{outlier, outlier / 3}}
	add := func(r *stats.Rows, x, y float64) { r.N, r.Values = r.N+1, append(r.Values, x, y) }
	for i := range n {
		if i == place {
			add(rows, outlier, outlier/3)
		}
		add(rows, float64(20+i%10), float64(i%7))
		add(rest, float64(20+i%10), float64(i%7))
	}
	out := make([]*stats.Summary, 2)
	for i, r := range []*stats.Rows{rows, rest} {
		s, err := stats.NewSummary(options)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Learn(layout, r); err != nil {
			t.Fatal(err)
		}
		out[i] = s
	}
	if err := out[0].Forget(layout, one); err != nil {
		t.Fatal(err)
	}
	return out[0], out[1]
}

// TestForgottenOutlierLeavesNoTrace: all moments are as if it had never been learned.
// The values are those of 20 + i mod 10 for whole tens: variance 8.3333 at n = 100,
// skewness 0, kurtosis -1.2242 (moments of the discrete uniform distribution).
func TestForgottenOutlierLeavesNoTrace(t *testing.T) {
	for _, extended := range []int{0, -1} {
		for _, n := range []int{100, 1000, 5000} {
			for _, place := range []int{0, 1, n / 2, n - 1} {
				for _, outlier := range []float64{3e3, 65535, -1e6, 2147483647, 3e9, -3e12, 3e15} {
					t.Run(fmt.Sprintf("%d/n=%d/at %d/%g", extended, n, place, outlier), func(t *testing.T) {
						got, never := forgetOne(t, stats.SummaryOptions{ExtendedUpTo: extended}, n, place, outlier)
						m, w := got.Moments(0), never.Moments(0)
						for k := 2; k <= 4; k++ {
							if a, b := m.CentralSum(k), w.CentralSum(k); math.Abs(a-b) > 1e-12*math.Pow(w.Stddev(0), float64(k))*float64(n) {
								t.Errorf("central sum of order %d is %v, want %v", k, a, b)
							}
						}
						if m.Weight() != w.Weight() || math.Abs(m.Mean()-24.5) > 1e-14*24.5 || math.Abs(m.Skewness()) > 1e-12 || math.Abs(m.Kurtosis()+1.224242424242424) > 1e-12 {
							t.Errorf("weight %v, mean %v, skewness %v, kurtosis %v", m.Weight(), m.Mean(), m.Skewness(), m.Kurtosis())
						}
						if m.Min() != 20 || m.Max() != 29 {
							t.Errorf("from %v to %v, want 20 to 29", m.Min(), m.Max())
						}
					})
				}
			}
		}
	}
}
