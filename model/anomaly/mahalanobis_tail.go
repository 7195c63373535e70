package anomaly

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
)

// hotellingTail returns the probability that the squared distance of a new row
// of k normal attributes is at least d when mean and covariance (divided by n)
// are those of n other rows: d(n-k)n / (k(n+1)n) is F of k and n-k degrees
// (Hotelling 1931; Tracy, Young and Mason 1992, equation 6, with the
// covariance divided by n-1 there); that of chi-square where n is not above k.
// Without attributes the distance is 0, and the probability 1.
func hotellingTail(d float64, k int, n float64) float64 {
	b := n - float64(k)
	if k == 0 || !(b >= 1) || math.IsInf(d, 1) {
		return special.ChiSquare(d, float64(k)).Upper
	}
	return special.Fisher(d*b/(float64(k)*(n+1)), float64(k), b).Upper
}
