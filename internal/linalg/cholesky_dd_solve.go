package linalg

import "github.com/rpconnect-sml/rpconnect-sml/internal/dd"

// Solve returns x with Ax = b, where b has n elements. When the rank is below
// n it is the basic solution: dependent columns have 0.
func (c *CholeskyDD) Solve(b []dd.Number) []dd.Number {
	y := make([]dd.Number, c.rank)
	for k := range y {
		y[k] = b[c.pivot[k]].MulPow2(c.scale[c.pivot[k]])
	}
	c.forward(y)
	c.backward(y)
	x := make([]dd.Number, c.n)
	for k, v := range y {
		x[c.pivot[k]] = v.MulPow2(c.scale[c.pivot[k]])
	}
	return x
}

func (c *CholeskyDD) forward(y []dd.Number) {
	for k := range y {
		row := c.u[k*c.n : k*c.n+c.rank]
		y[k] = y[k].Div(row[k])
		subtractMultipleDD(y[k+1:], row[k+1:], y[k])
	}
}

func (c *CholeskyDD) backward(y []dd.Number) {
	for k := len(y) - 1; k >= 0; k-- {
		row := c.u[k*c.n : k*c.n+c.rank]
		sum := y[k]
		for j := k + 1; j < len(y); j++ {
			sum = sum.Sub(row[j].Mul(y[j]))
		}
		y[k] = sum.Div(row[k])
	}
}

// triangularInverse is that of Cholesky: the inverse of the leading rank rows and
// columns of U, upper triangular, row-major.
func (c *CholeskyDD) triangularInverse() []dd.Number {
	n, r := c.n, c.rank
	v := make([]dd.Number, r*r)
	for i := r - 1; i >= 0; i-- {
		out, row := v[i*r:(i+1)*r], c.u[i*n:i*n+r]
		for k := i + 1; k < r; k++ {
			subtractMultipleDD(out[k:], v[k*r+k:(k+1)*r], row[k])
		}
		d := dd.FromFloat(1).Div(row[i])
		for j := i + 1; j < r; j++ {
			out[j] = out[j].Mul(d)
		}
		out[i] = d
	}
	return v
}

// InverseDiagonal returns the diagonal of the inverse of A, of its independent
// columns; dependent ones have 0.
func (c *CholeskyDD) InverseDiagonal() []dd.Number {
	v, out := c.triangularInverse(), make([]dd.Number, c.n)
	for i := range c.rank {
		var sum dd.Number
		for _, x := range v[i*c.rank+i : (i+1)*c.rank] {
			sum = sum.Add(x.Square())
		}
		s := c.scale[c.pivot[i]]
		out[c.pivot[i]] = sum.MulPow2(s).MulPow2(s)
	}
	return out
}

// inverse returns the inverse of A, n by n, both triangles; rows and columns
// of dependent columns are 0.
func (c *CholeskyDD) inverse() []dd.Number {
	n, r := c.n, c.rank
	v, out := c.triangularInverse(), make([]dd.Number, n*n)
	for i := range r {
		pi := c.pivot[i]
		for j := i; j < r; j++ {
			x, y := v[i*r+j:(i+1)*r], v[j*r+j:(j+1)*r]
			var sum dd.Number
			for k := range y {
				sum = sum.Add(x[k].Mul(y[k]))
			}
			pj := c.pivot[j]
			sum = sum.MulPow2(c.scale[pi]).MulPow2(c.scale[pj])
			out[pi*n+pj], out[pj*n+pi] = sum, sum
		}
	}
	return out
}

// Root returns W, rank by n row-major and rounded, with W'W the inverse of A
// on its independent columns.
func (c *CholeskyDD) Root() []float64 {
	n, r := c.n, c.rank
	v, out := c.triangularInverse(), make([]float64, r*n)
	for j := range r {
		for i := range j + 1 {
			out[j*n+c.pivot[i]] = v[i*r+j].Float() * c.scale[c.pivot[i]]
		}
	}
	return out
}

// Combination returns the coefficients, one per column, by which the
// independent columns, each scaled to a diagonal near 1, make up a dependent
// one.
func (c *CholeskyDD) Combination(dependent int) []float64 {
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
	y := make([]dd.Number, c.rank)
	for k := range y {
		y[k] = c.u[k*c.n+at]
	}
	c.backward(y)
	for k, v := range y {
		out[c.pivot[k]] = v.Float()
	}
	return out
}

// RCond estimates the reciprocal condition number, in the 1-norm, of the
// scaled matrix on its independent columns.
func (c *CholeskyDD) RCond() float64 {
	z := make([]dd.Number, c.rank)
	return rcond(c.rank, c.norm, func(y []float64) {
		for i, v := range y {
			z[i] = dd.FromFloat(v)
		}
		c.forward(z)
		c.backward(z)
		for i := range y {
			y[i] = z[i].Float()
		}
	})
}
