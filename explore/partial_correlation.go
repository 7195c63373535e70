package explore

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// partialCorrelationResult is a partial correlation with its test: T with DF =
// n - 2 - (number of Given that are independent) degrees of freedom, P two-sided.
type partialCorrelationResult struct {
	Count       Number   `json:"count"`
	Rows        string   `json:"rows"` // complete or pairwise
	Given       []string `json:"given"`
	Correlation Number   `json:"correlation"`
	T           Number   `json:"t"`
	DF          Number   `json:"df"`
	P           Number   `json:"p"`
}

// partialCorrelation returns the correlation of two numeric attributes with
// the linear influence of the given others taken away, of all other numeric
// ones when none is given, and its test; null where nothing is left of one of
// them.
func partialCorrelation(ctx context.Context, s *stats.Summary, a, b string, given []string) (*partialCorrelationResult, error) {
	if a == b {
		return nil, fmt.Errorf("attribute %q is named twice", a)
	}
	if len(given) == 0 {
		for _, c := range s.Layout().Numeric {
			if c.Name != a && c.Name != b && !expansion.IsColumn(c.Name) {
				given = append(given, c.Name)
			}
		}
	}
	m, err := comatrixOf(ctx, s, append([]string{a, b}, given...), 2)
	if err != nil {
		return nil, err
	}
	undefined := Number(math.NaN())
	out := &partialCorrelationResult{Count: Number(m.n), Rows: m.rows, Given: m.names[2:], Correlation: undefined, T: undefined, DF: undefined, P: undefined}
	v, constant := m.varying()
	if slices.Contains(constant, a) || slices.Contains(constant, b) {
		return out, nil
	}
	r, fixed := v.partial()
	if !r.IsFinite() {
		return out, nil
	}
	out.Correlation = Number(min(max(r.Float(), -1), 1))
	if df := m.n - 2 - float64(fixed); df > 0 {
		t := correlationT(r, df)
		out.T, out.DF, out.P = Number(t), Number(df), twoSided.p(special.Student(t, df))
	}
	return out, nil
}

// partial returns the correlation of what the others leave of the first two
// attributes, by sweeping the others out (T. W. Anderson, An Introduction to
// Multivariate Statistical Analysis, section 2.5.3), and how many of the others
// are independent. It is NaN where nothing is left of one of the two.
func (m *comatrix) partial() (r dd.Number, fixed int) {
	w, tolerance := newSwept(m.correlations()), m.tolerance()
	fixed = w.sweepFrom(2, tolerance)
	va, vb := w.m[0][0], w.m[1][1]
	if !(va.Hi > tolerance && vb.Hi > tolerance) {
		return dd.FromFloat(math.NaN()), fixed
	}
	return w.m[0][1].Div(va.Sqrt()).Div(vb.Sqrt()), fixed
}

// partialCorrelationMatrixResult holds the partial correlation of each pair of
// numeric attributes given all others of them: -p_ij / sqrt(p_ii p_jj) of the
// inverse of the correlation matrix (Anderson, section 2.5). Attributes that are
// constant or linear combinations of others have null; Precision is the inverse
// of the covariance matrix (n - 1).
type partialCorrelationMatrixResult struct {
	Attributes []string   `json:"attributes"`
	Count      Number     `json:"count"`
	Rows       string     `json:"rows"` // complete or pairwise
	Values     [][]Number `json:"values"`
	Precision  [][]Number `json:"precision"`
	Dependent  []string   `json:"dependent,omitempty"`
	Constant   []string   `json:"constant,omitempty"`
}

// partialCorrelationMatrix works the matrix out for the named numeric attributes,
// for all when none is named.
func partialCorrelationMatrix(ctx context.Context, s *stats.Summary, attributes []string) (*partialCorrelationMatrixResult, error) {
	m, err := comatrixOf(ctx, s, attributes, 1)
	if err != nil {
		return nil, err
	}
	out := &partialCorrelationMatrixResult{
		Attributes: m.names, Count: Number(m.n), Rows: m.rows,
		Values: square(len(m.names)), Precision: square(len(m.names)),
	}
	v, constant := m.varying()
	out.Constant = constant
	w := v.swept()
	dependent := w.dependent(dependence)
	at := make([]int, len(v.names)) // where the varying ones are among all
	for i, name := range v.names {
		at[i] = slices.Index(m.names, name)
		if dependent[i] {
			out.Dependent = append(out.Dependent, name)
		}
	}
	for i := range v.names {
		for j := range v.names {
			if dependent[i] || dependent[j] {
				continue
			}
			out.fill(v, w, i, j, at)
		}
	}
	return out, nil
}

func (r *partialCorrelationMatrixResult) fill(v *comatrix, w *swept, i, j int, at []int) {
	p := w.m[i][j]
	r.Precision[at[i]][at[j]] = Number(p.MulFloat(v.n - 1).Div(v.c[i][i].Sqrt()).Div(v.c[j][j].Sqrt()).Float())
	r.Values[at[i]][at[j]] = 1
	if i != j {
		r.Values[at[i]][at[j]] = Number(min(max(-p.Div(w.m[i][i].Sqrt()).Div(w.m[j][j].Sqrt()).Float(), -1), 1))
	}
}
