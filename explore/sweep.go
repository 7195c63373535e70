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

func newSwept(m [][]dd.Number) *swept { return &swept{m: m, independent: make([]bool, len(m))} }

// swept sweeps the correlations of all attributes, which must vary.
func (m *comatrix) swept() *swept {
	s := newSwept(m.correlations())
	s.sweepFrom(0, m.tolerance())
	return s
}

// sweepFrom sweeps on the attributes from first on, those with the most variance
// left before others, which is pivoting for stability, and returns how many
// have more than tolerance left.
func (s *swept) sweepFrom(first int, tolerance float64) (swept int) {
	for ; ; swept++ {
		k := -1
		for i := first; i < len(s.m); i++ {
			if !s.independent[i] && s.m[i][i].Hi > tolerance && (k < 0 || s.m[i][i].Cmp(s.m[k][k]) > 0) {
				k = i
			}
		}
		if k < 0 {
			return swept
		}
		s.sweep(k)
		s.independent[k] = true
	}
}

// sweep is the operator on diagonal element k (Goodnight 1979); the matrix
// stays symmetric but for the sign between swept and other attributes. An
// attribute that has no correlation with k is left as it is, which keeps exact
// zeros exact.
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
