package detect

// largestDistance returns the Kolmogorov-Smirnov statistic of two sorted samples of the
// same size: the largest distance of their distribution functions.
func largestDistance(a, b []float64) float64 {
	n := float64(len(a))
	i, j, least, most := 0, 0, 0.0, 0.0
	for i < len(a) && j < len(b) {
		x := min(a[i], b[j])
		for i < len(a) && a[i] == x {
			i++
		}
		for j < len(b) && b[j] == x {
			j++
		}
		d := float64(i)/n - float64(j)/n
		least, most = min(least, d), max(most, d)
	}
	return max(-least, most)
}

// outside returns the probability that the statistic of two samples of n values of one
// continuous distribution is at least h/n: the share of the lattice paths across a square
// that leave the band of width h about the diagonal, by B. V. Gnedenko, V. S. Korolyuk
// (1951), in the nested form of J. L. Hodges, The significance probability of the Smirnov
// two-sample test (Arkiv för Matematik 1958), which has no large numbers.
func outside(n, h int) float64 {
	p := 0.0
	for k := n / h; k >= 0; k-- {
		ratio := 1.0
		for j := range h {
			ratio = float64(n-k*h-j) * ratio / float64(n+k*h+j+1)
		}
		p = ratio * (1 - p)
	}
	return min(2*p, 1)
}

// criticalDistance returns the least h with outside(n, h) <= alpha, n+1 where there is
// none.
func criticalDistance(n int, alpha float64) int {
	low, high := 1, n+1 // the answer is in low to high
	for low < high {
		mid := (low + high) / 2
		if outside(n, mid) <= alpha {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return low
}
