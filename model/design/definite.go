package design

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
)

// indefinite is how far below 0 an eigenvalue is, as a share of the largest, that
// rounding does not explain.
const indefinite = 1e-12

// correlations returns those of the terms, 0 where one has no variance, and the square roots of
// the diagonal.
func (m *Moments) correlations() (out, spread []float64) {
	out, spread = make([]float64, m.N*m.N), make([]float64, m.N)
	for i := range spread {
		spread[i] = math.Sqrt(max(m.At(i, i).Float(), 0))
	}
	for i := range m.N {
		for j := range m.N {
			if unit := spread[i] * spread[j]; unit > 0 {
				out[i*m.N+j] = m.At(i, j).Float() / unit
			}
		}
	}
	return out, spread
}

// Definite returns moments that rows can have: m itself where it has no negative
// eigenvalue, and otherwise correlations that are shrunk toward 0 by a ridge of twice
// what the least eigenvalue lacks (O. Ledoit, M. Wolf, Journal of Multivariate Analysis
// 88, 2004, section 2, shrink toward the unit matrix in the same way). The least
// eigenvalue is then as far above 0 as it was below, before the diagonal is brought to 1
// again, so that no combination of terms explains another wholly: with eigenvalues of 0,
// the residuals of a fit vanish, and a penalty that is chosen by them does too.
// Variances and means are those of m. Lowest is the least eigenvalue of the correlations
// of m. Terms without variance keep their zeros.
func (m *Moments) Definite() (out *Moments, lowest float64, err error) {
	a, _ := m.correlations()
	values, _, err := linalg.Eigen(a, m.N)
	if err != nil {
		return nil, 0, err
	}
	lowest = values[m.N-1]
	if lowest >= -indefinite*values[0] {
		return m, lowest, nil
	}
	out = m.Clone()
	out.Projected, out.Extended = true, false
	for i := range m.N {
		for j := range i {
			out.set(i, j, dd.FromFloat(m.At(i, j).Float()/(1-2*lowest)))
		}
	}
	return out, lowest, nil
}

// LeastShare returns the least share of its variance per row in m that a combination of terms
// has in o, of the same terms: the least eigenvalue of o in units of m. It is below 0 where o has a
// negative one. Combinations that do not vary in m are passed over.
func (m *Moments) LeastShare(o *Moments) (float64, error) {
	n := m.N
	a, spread := m.correlations()
	roots, vectors, err := linalg.Eigen(a, n)
	if err != nil {
		return 0, err
	}
	q := 0
	for q < n && roots[q] > leastSpread*roots[0] {
		f := 1 / math.Sqrt(roots[q])
		for i := range n {
			vectors[q*n+i] *= f
		}
		q++
	}
	scale := m.Weight.Float() / o.Weight.Float()
	for i := range n {
		for j := range n {
			a[i*n+j] = 0
			if unit := spread[i] * spread[j]; unit > 0 {
				a[i*n+j] = o.At(i, j).Float() / unit * scale
			}
		}
	}
	values, _, err := linalg.Eigen(quadratic(vectors[:q*n], a, q, n), q)
	if err != nil || q == 0 {
		return 1, err
	}
	return values[q-1], nil
}

// quadratic returns V A V' of V, q by n, and a symmetric A, n by n.
func quadratic(v, a []float64, q, n int) []float64 {
	out, half := make([]float64, q*q), make([]float64, n)
	for x := range q {
		for j := range n {
			half[j] = linalg.Dot(v[x*n:(x+1)*n], a[j*n:(j+1)*n])
		}
		for y := range x + 1 {
			out[x*q+y] = linalg.Dot(half, v[y*n:(y+1)*n])
			out[y*q+x] = out[x*q+y]
		}
	}
	return out
}
