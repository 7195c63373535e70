package drift

import "math"

// jensenShannon returns the Jensen-Shannon divergence of two distributions over the same cells, in bits, so 0 to 1
// (J. Lin, Divergence measures based on the Shannon entropy, IEEE Transactions on Information Theory 37, 1991). The
// distance is its root.
func jensenShannon(a, b []float64) float64 {
	n, m := total(a), total(b)
	if !(n > 0 && m > 0) {
		return math.NaN()
	}
	sum := 0.0
	for i := range a {
		p, q := a[i]/n, b[i]/m
		mean := (p + q) / 2
		sum += (relative(p, mean) + relative(q, mean)) / 2
	}
	return min(max(sum, 0), 1)
}

// relative is p log2(p/q), 0 where p is.
func relative(p, q float64) float64 {
	if p == 0 {
		return 0
	}
	return p * math.Log2(p/q)
}

func total(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum
}
