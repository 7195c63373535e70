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
// eigenvalue, and otherwise correlations that are shrunk toward 0 by a ridge of twice
// what the least eigenvalue lacks (O. Ledoit, M. Wolf, Journal of Multivariate Analysis
// 88, 2004, section 2, shrink toward the unit matrix in the same way). The least
// eigenvalue is then as far above 0 as it was below, before the diagonal is brought to 1
// again, so that no combination of terms explains another wholly: with eigenvalues of 0,
// the residuals of a fit vanish, and a penalty that is chosen by them does too.
// Variances and means are those of m. Lowest is the least eigenvalue of the correlations
// of m. Terms without variance keep their zeros.
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
