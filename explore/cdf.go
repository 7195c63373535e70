package explore

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// cdf returns the share of the values of a numeric attribute that are at most
// x, from its histogram; NaN while there are no values. It is exact under the
// same condition as quantile.
func cdf(s *stats.Summary, attribute string, x float64) (float64, error) {
	i, err := findNumeric(s, attribute)
	if err != nil {
		return 0, err
	}
	m := s.Moments(i)
	low, high := m.Bounds()
	switch {
	case m.Weight() == 0 || math.IsNaN(x):
		return math.NaN(), nil
	// The extremes are exact where the edges of the outer bins are not.
	case x < low:
		return 0, nil
	case x >= high:
		return 1, nil
	}
	return s.Histogram(i).CDF(x), nil
}
