package linalg

import "github.com/rpconnect-sml/rpconnect-sml/internal/dd"

// PseudoInverse returns the Moore-Penrose inverse of the scaled matrix, scaled
// back, n by n: that of full rank factors, F'inv(FF')inv(FF')F for A = F'F
// (Ben-Israel and Greville, Generalized Inverses, 2nd ed., 2003, theorem 1.5).
// The solution that it gives is the shortest one in the units in which every
// column has a diagonal near 1. With full rank it is the inverse.
func (c *Cholesky) PseudoInverse() ([]float64, error) {
	n, r := c.n, c.rank
	if r == n {
		return c.Inverse(), nil
	}
	m := make([]float64, r*r)
	for i := range r {
		for j := i; j < r; j++ {
			sum := 0.0
			for k := j; k < n; k++ {
				sum += c.u[i*n+k] * c.u[j*n+k]
			}
			m[i*r+j] = sum
		}
	}
	inner, err := Factor(m, r, 0)
	if err != nil {
		return nil, err
	}
	inverse := inner.Inverse()
	g := make([]float64, r*n) // inv(FF')F, in pivot order
	for i := range r {
		for k := range r {
			w := inverse[i*r+k]
			for j := k; j < n; j++ {
				g[i*n+j] += w * c.u[k*n+j]
			}
		}
	}
	out := make([]float64, n*n)
	for k := range r {
		for i := range n {
			pi := c.pivot[i]
			f := g[k*n+i] * c.scale[pi]
			for j := range n {
				pj := c.pivot[j]
				out[pi*n+pj] += f * g[k*n+j] * c.scale[pj]
			}
		}
	}
	return out, nil
}

// PseudoInverse is that of Cholesky in double-double.
func (c *CholeskyDD) PseudoInverse() ([]dd.Number, error) {
	n, r := c.n, c.rank
	if r == n {
		return c.inverse(), nil
	}
	m := make([]dd.Number, r*r)
	for i := range r {
		for j := i; j < r; j++ {
			var sum dd.Number
			for k := j; k < n; k++ {
				sum = sum.Add(c.u[i*n+k].Mul(c.u[j*n+k]))
			}
			m[i*r+j] = sum
		}
	}
	inner, err := FactorDD(m, r, 0)
	if err != nil {
		return nil, err
	}
	inverse := inner.inverse()
	g := make([]dd.Number, r*n)
	for i := range r {
		for k := range r {
			w := inverse[i*r+k]
			for j := k; j < n; j++ {
				g[i*n+j] = g[i*n+j].Add(w.Mul(c.u[k*n+j]))
			}
		}
	}
	out := make([]dd.Number, n*n)
	for k := range r {
		for i := range n {
			pi := c.pivot[i]
			f := g[k*n+i].MulPow2(c.scale[pi])
			for j := range n {
				pj := c.pivot[j]
				out[pi*n+pj] = out[pi*n+pj].Add(f.Mul(g[k*n+j]).MulPow2(c.scale[pj]))
			}
		}
	}
	return out, nil
}
