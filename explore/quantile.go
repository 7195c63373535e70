package explore

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// quantile returns the q-quantile, 0 <= q <= 1, of a numeric attribute from its
// histogram; NaN while there are no values. It is exact for attributes with no
// more distinct values than the histogram has bins, else within the resolution
// of its bins, and never outside minimum and maximum.
func quantile(s *stats.Summary, attribute string, q float64) (float64, error) {
	if !(q >= 0 && q <= 1) {
		return 0, fmt.Errorf("quantile is %v, want 0 to 1", q)
	}
	i, err := findNumeric(s, attribute)
	if err != nil {
		return 0, err
	}
	m := s.Moments(i)
	if m.Weight() == 0 {
		return math.NaN(), nil
	}
	low, high := m.Bounds()
	return min(max(s.Histogram(i).Quantile(q), low), high), nil
}
