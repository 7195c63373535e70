package linalg

import "math"

// estimateSteps bounds the iterations of the norm estimate; LAPACK allows 5.
const estimateSteps = 5

// RCond estimates the reciprocal condition number, in the 1-norm, of the
// scaled matrix on its independent columns: near 1 when they are orthogonal,
// 0 when there are none.
func (c *Cholesky) RCond() float64 {
	return rcond(c.rank, c.norm, func(y []float64) {
		c.forward(y)
		c.backward(y)
	})
}

// rcond estimates 1/(norm * |inv(A)|_1) for a symmetric A with the method of
// Hager (1984) as Higham gives it (Accuracy and Stability of Numerical
// Algorithms, 2nd ed., algorithm 15.1), solve overwriting y with inv(A)y.
func rcond(n int, norm float64, solve func(y []float64)) float64 {
	if n == 0 || !(norm > 0) {
		return 0
	}
	y, x := make([]float64, n), make([]float64, n)
	for i := range x {
		x[i] = 1 / float64(n)
	}
	estimate, last := 0.0, -1
	for range estimateSteps {
		copy(y, x)
		solve(y)
		sum := 0.0
		for i, v := range y {
			sum += math.Abs(v)
			y[i] = math.Copysign(1, v)
		}
		if !(sum > estimate) {
			break
		}
		estimate = sum
		solve(y)
		best := 0
		for i, v := range y {
			if math.Abs(v) > math.Abs(y[best]) {
				best = i
			}
		}
		if best == last {
			break
		}
		last = best
		clear(x)
		x[best] = 1
	}
	// a vector of growing elements of both signs, where the iteration is misled
	for i := range y {
		y[i] = 1
		if n > 1 {
			y[i] += float64(i) / float64(n-1)
		}
		if i%2 == 1 {
			y[i] = -y[i]
		}
	}
	solve(y)
	sum := 0.0
	for _, v := range y {
		sum += math.Abs(v)
	}
	estimate = max(estimate, 2*sum/(3*float64(n)))
	if r := 1 / (norm * estimate); !math.IsNaN(r) {
		return min(r, 1)
	}
	return 0
}
