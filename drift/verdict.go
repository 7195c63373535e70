package drift

import (
	"math"
	"slices"
)

// adjusted returns the p-values of Benjamini and Hochberg, which bound the expected share of wrong alarms among all (Y. Benjamini
// and Y. Hochberg, Controlling the false discovery rate, JRSS B 57, 1995). NaN stays NaN and does not count.
func adjusted(p []float64) []float64 {
	var order []int
	out := make([]float64, len(p))
	for i, v := range p {
		if out[i] = math.NaN(); !math.IsNaN(v) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int {
		if p[i] > p[j] {
			return -1
		}
		if p[i] < p[j] {
			return 1
		}
		return 0
	})
	least, m := 1.0, float64(len(order))
	for k, i := range order { // from the largest
		least = min(least, p[i]*m/(m-float64(k)))
		out[i] = least
	}
	return out
}

// cauchy combines p-values that may depend on each other into one: the upper tail of the mean of Cauchy variables (Y. Liu and J. Xie,
// Cauchy combination test, JASA 115, 2020, theorem 1). Those that are not defined are left out.
func cauchy(p ...float64) float64 {
	sum, n := 0.0, 0.0
	for _, v := range p {
		if math.IsNaN(v) {
			continue
		}
		n++
		if v < 1e-15 { // tan loses it; 1/(pi p) is the tail
			sum += 1 / (math.Pi * max(v, 1e-300))
			continue
		}
		// a p-value of 1 would outweigh any other
		sum += math.Tan((0.5 - min(v, 0.99)) * math.Pi)
	}
	if n == 0 {
		return math.NaN()
	}
	if t := sum / n; t > 1e15 {
		return 1 / (math.Pi * t)
	} else {
		return 0.5 - math.Atan(t)/math.Pi
	}
}
