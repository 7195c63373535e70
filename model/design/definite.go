package design

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
)

// indefinite is how far below 0 an eigenvalue is, as a share of the largest, that
// rounding does not explain.
const indefinite = 1e-12

// Definite returns moments that rows can have: m itself where it has no negative
// eigenvalue, and otherwise the correlations whose negative eigenvalues are
// replaced by 0, brought to a diagonal of 1 again (P. Rousseeuw, G. Molenberghs,
// Transformation of non positive semidefinite correlation matrices, Communications
// in Statistics 22, 1993, section 2). Variances and means are those of m. Lowest is
// the least eigenvalue of the correlations of m. Terms without variance keep
// their zeros.
func (m *Moments) Definite() (out *Moments, lowest float64, err error) {
	spread := make([]float64, m.N)
	for i := range spread {
		spread[i] = math.Sqrt(max(m.At(i, i).Float(), 0))
	}
	a := make([]float64, m.N*m.N)
	for i := range m.N {
		for j := range m.N {
			if unit := spread[i] * spread[j]; unit > 0 {
				a[i*m.N+j] = m.At(i, j).Float() / unit
			}
		}
	}
	values, vectors, err := linalg.Eigen(a, m.N)
	if err != nil {
		return nil, 0, err
	}
	lowest = values[m.N-1]
	if lowest >= -indefinite*values[0] {
		return m, lowest, nil
	}
	clear(a)
	for k, value := range values {
		v := vectors[k*m.N : (k+1)*m.N]
		for i, x := range v {
			for j, y := range v {
				a[i*m.N+j] += max(value, 0) * x * y
			}
		}
	}
	out = m.Clone()
	out.Projected, out.Extended = true, false
	for i := range m.N {
		for j := range i {
			x := 0.0
			if unit := math.Sqrt(a[i*m.N+i] * a[j*m.N+j]); unit > 0 {
				x = a[i*m.N+j] / unit * spread[i] * spread[j]
			}
			out.set(i, j, dd.FromFloat(x))
		}
	}
	return out, lowest, nil
}
