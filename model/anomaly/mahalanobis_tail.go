package anomaly

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// chiSquareTail returns the probability that a chi-square of k degrees of
// freedom is at least x: Q(k/2, x/2); 1 for k = 0.
func chiSquareTail(x float64, k int) float64 { return chiSquareShare(x, float64(k)) }

// chiSquareShare is chiSquareTail for any degrees of freedom.
func chiSquareShare(x, k float64) float64 {
	if k == 0 || !(x > 0) {
		return 1
	}
	return mathext.GammaIncRegComp(k/2, x/2)
}

// fTail returns the probability that an F of a and b degrees of freedom is at
// least x: I(b/(b+ax); b/2, a/2); 1 for a = 0.
func fTail(x, a, b float64) float64 {
	if !(a > 0) || !(b > 0) || !(x > 0) {
		return 1
	}
	at := b / (b + a*x)
	if at <= 0 {
		return 0
	}
	return mathext.RegIncBeta(b/2, a/2, at)
}

// hotellingTail returns the probability that the squared distance of a new row
// of k normal attributes is at least d when mean and covariance (divided by n)
// are those of n other rows: d(n-k)n / (k(n+1)n) is F of k and n-k degrees
// (Hotelling 1931; Tracy, Young and Mason 1992, equation 6, with the
// covariance divided by n-1 there); that of chi-square where n is not above k.
func hotellingTail(d float64, k int, n float64) float64 {
	b := n - float64(k)
	if !(b >= 1) || math.IsInf(d, 1) {
		return chiSquareTail(d, k)
	}
	return fTail(d*b/(float64(k)*(n+1)), float64(k), b)
}
