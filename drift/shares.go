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

// stabilityIndex returns the population stability index, the sum of (q - p) ln(q / p). It is not defined for a cell that
// one of the two does not have, so each cell gets half a row more.
func stabilityIndex(a, b []float64) float64 {
	k := float64(len(a)) / 2
	n, m := total(a)+k, total(b)+k
	if !(n > k && m > k) {
		return math.NaN()
	}
	sum := 0.0
	for i := range a {
		p, q := (a[i]+0.5)/n, (b[i]+0.5)/m
		sum += (q - p) * math.Log(q/p)
	}
	return sum
}

// totalVariation returns half of the sum of the differences of the shares, the largest difference of the shares
// of any set of cells: 0 to 1.
func totalVariation(a, b []float64) float64 {
	n, m := total(a), total(b)
	if !(n > 0 && m > 0) {
		return math.NaN()
	}
	sum := 0.0
	for i := range a {
		sum += math.Abs(a[i]/n - b[i]/m)
	}
	return min(sum/2, 1)
}

func total(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum
}
