package explore

import "github.com/rpconnect-sml/rpconnect-sml/internal/dd"

// independence is the share of its variance that an attribute must keep beside
// the others to count as independent of them. Sums are kept to 31 digits, so
// that what exact dependence leaves is far below; wide patterns keep 16.
const (
	independence       = 1e-20
	independenceDouble = 1e-11
)

// swept is a correlation matrix swept on a largest set of independent
// attributes (J. H. Goodnight, A tutorial on the SWEEP operator, The American
// Statistician 33, 1979): their block holds its inverse, the columns of the
// others the coefficients of the regression on them.
type swept struct {
	m           [][]dd.Number
	independent []bool
}

// sweepAll takes the attributes with the most variance left first. It changes m.
func sweepAll(m [][]dd.Number, tolerance float64) *swept {
	s := &swept{m: m, independent: make([]bool, len(m))}
	for {
		k := -1
		for i := range m {
			if !s.independent[i] && m[i][i].Hi > tolerance && (k < 0 || m[i][i].Cmp(m[k][k]) > 0) {
				k = i
			}
		}
		if k < 0 {
			return s
		}
		s.sweep(k)
		s.independent[k] = true
	}
}

// sweep is the operator on diagonal element k; the matrix stays symmetric but
// for the sign between swept and other attributes.
func (s *swept) sweep(k int) {
	m := s.m
	pivot := m[k][k]
	for j := range m[k] {
		if j != k {
			m[k][j] = m[k][j].Div(pivot)
		}
	}
	for i := range m {
		if i == k || m[i][k].IsZero() {
			continue
		}
		b := m[i][k]
		for j := range m[i] {
			if j != k {
				m[i][j] = m[i][j].Sub(b.Mul(m[k][j]))
			}
		}
		m[i][k] = b.Div(pivot).Neg()
	}
	m[k][k] = one().Div(pivot)
}

// dependent reports for each attribute whether it is a linear combination of
// others; tolerance is on the coefficients of standardised attributes.
func (s *swept) dependent(tolerance float64) []bool {
	out := make([]bool, len(s.m))
	for j := range s.m {
		if s.independent[j] {
			continue
		}
		out[j] = true
		for i := range s.m {
			if s.independent[i] && s.m[i][j].Abs().Hi > tolerance {
				out[i] = true
			}
		}
	}
	return out
}
