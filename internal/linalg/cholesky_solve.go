package linalg

import "math"

// Solve returns x with Ax = b, where b has n elements. When the rank is below
// n it is the basic solution: dependent columns have 0.
func (c *Cholesky) Solve(b []float64) []float64 {
	y := make([]float64, c.rank)
	for k := range y {
		y[k] = b[c.pivot[k]] * c.scale[c.pivot[k]]
	}
	c.forward(y)
	c.backward(y)
	x := make([]float64, c.n)
	for k, v := range y {
		x[c.pivot[k]] = v * c.scale[c.pivot[k]]
	}
	return x
}

// forward solves U'y = y, of the leading rank rows.
func (c *Cholesky) forward(y []float64) {
	for k := range y {
		row := c.u[k*c.n : k*c.n+c.rank]
		y[k] /= row[k]
		subtractMultiple(y[k+1:], row[k+1:], y[k])
	}
}

// backward solves Uy = y, of the leading rank rows.
func (c *Cholesky) backward(y []float64) {
	for k := len(y) - 1; k >= 0; k-- {
		row := c.u[k*c.n : k*c.n+c.rank]
		sum := y[k]
		for j := k + 1; j < len(y); j++ {
			sum -= row[j] * y[j]
		}
		y[k] = sum / row[k]
	}
}

// triangularInverse returns the inverse of the leading rank rows and columns
// of U, upper triangular, row-major.
// Rows are solved from the last to the first (Golub and Van Loan, 4th ed., section
// 3.1): row i needs only those below it. The cost is rank³/6 multiplications.
func (c *Cholesky) triangularInverse() []float64 {
	n, r := c.n, c.rank
	v := make([]float64, r*r)
	for i := r - 1; i >= 0; i-- {
		out, row := v[i*r:(i+1)*r], c.u[i*n:i*n+r]
		for k := i + 1; k < r; k++ {
			subtractMultiple(out[k:], v[k*r+k:(k+1)*r], row[k])
		}
		d := 1 / row[i]
		for j := i + 1; j < r; j++ {
			out[j] *= d
		}
		out[i] = d
	}
	return v
}

// InverseDiagonal returns the diagonal of the inverse of A, of its independent
// columns; dependent ones have 0.
func (c *Cholesky) InverseDiagonal() []float64 {
	v, out := c.triangularInverse(), make([]float64, c.n)
	for i := range c.rank {
		sum := 0.0
		for _, x := range v[i*c.rank+i : (i+1)*c.rank] {
			sum += x * x
		}
		s := c.scale[c.pivot[i]]
		out[c.pivot[i]] = sum * s * s
	}
	return out
}

// Inverse returns the inverse of A, n by n, both triangles; rows and columns
// of dependent columns are 0.
// With V the inverse of U it is VV', scaled back to the units of A.
func (c *Cholesky) Inverse() []float64 {
	n, r := c.n, c.rank
	v, out := c.triangularInverse(), make([]float64, n*n)
	for i := range r {
		pi := c.pivot[i]
		for j := i; j < r; j++ {
			x, y := v[i*r+j:(i+1)*r], v[j*r+j:(j+1)*r]
			sum := 0.0
			for k := range y {
				sum += x[k] * y[k]
			}
			pj := c.pivot[j]
			sum *= c.scale[pi] * c.scale[pj]
			out[pi*n+pj], out[pj*n+pi] = sum, sum
		}
	}
	return out
}

// Root returns W, rank by n row-major, with W'W the inverse of A on its
// independent columns: the whitening that turns x'inv(A)x into |Wx|^2.
func (c *Cholesky) Root() []float64 {
	n, r := c.n, c.rank
	v, out := c.triangularInverse(), make([]float64, r*n)
	for j := range r {
		for i := range j + 1 {
			out[j*n+c.pivot[i]] = v[i*r+j] * c.scale[c.pivot[i]]
		}
	}
	return out
}

// LogDet returns the logarithm of the determinant of A on its independent
// columns.
// It sums logarithms, as the product of the pivots overflows for many columns.
func (c *Cholesky) LogDet() float64 {
	sum := 0.0
	for k := range c.rank {
		sum += math.Log(c.u[k*c.n+k]) - math.Log(c.scale[c.pivot[k]])
	}
	return 2 * sum
}

// Null returns a vector x with Ax = 0, to the tolerance of the factor: 1 at a
// dependent column, and minus its combination of the independent ones, in the
// units of A.
func (c *Cholesky) Null(dependent int) []float64 {
	out := c.Combination(dependent)
	for i := range out {
		out[i] *= -c.scale[i] / c.scale[dependent]
	}
	out[dependent] = 1
	return out
}

// Combination returns the coefficients, one per column, by which the
// independent columns, each scaled to a diagonal near 1, make up a dependent
// one: what names the columns of an alias.
func (c *Cholesky) Combination(dependent int) []float64 {
	out := make([]float64, c.n)
	at := -1
	for k := c.rank; k < c.n; k++ {
		if c.pivot[k] == dependent {
			at = k
		}
	}
	if at < 0 {
		return out
	}
	y := make([]float64, c.rank)
	for k := range y {
		y[k] = c.u[k*c.n+at]
	}
	c.backward(y)
	for k, v := range y {
		out[c.pivot[k]] = v
	}
	return out
}
