package drift

import "math"

// kolmogorovUpper returns the probability that the largest difference of two distribution functions, times the root of
// nm/(n+m), is above x where the samples are of one continuous distribution, in the limit (N. Smirnov, Table for
// estimating the goodness of fit of empirical distributions, Annals of Mathematical Statistics 19, 1948). It is too
// large where values are equal.
func kolmogorovUpper(x float64) float64 {
	switch {
	case math.IsNaN(x):
		return math.NaN()
	case x <= 0:
		return 1
	case x < 1: // Jacobi's form of the sum converges where the other does not
		sum := 0.0
		for k := 1; k < 40; k += 2 {
			sum += math.Exp(-float64(k*k) * math.Pi * math.Pi / (8 * x * x))
		}
		return 1 - math.Sqrt(2*math.Pi)/x*sum
	}
	sum, sign := 0.0, 1.0
	for k := 1.0; k < 40; k++ {
		sum += sign * math.Exp(-2*k*k*x*x)
		sign = -sign
	}
	return min(2*sum, 1)
}
