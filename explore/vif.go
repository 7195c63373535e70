package explore

import (
	"context"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// vifResult are the variance inflation factors of numeric attributes beside
// each other: 1/(1-R^2) of the regression of each on the others, which is the
// diagonal of the inverse of their correlation matrix (D. A. Belsley, E. Kuh,
// R. E. Welsch, Regression Diagnostics, 1980, section 3.2). It is null for an
// attribute that is a linear combination of others (Dependent) or does not
// vary (Constant).
type vifResult struct {
	Count     Number            `json:"count"`
	Rows      string            `json:"rows"` // complete or pairwise
	VIF       map[string]Number `json:"vif"`
	Dependent []string          `json:"dependent,omitempty"`
	Constant  []string          `json:"constant,omitempty"`
}

// vif works out the factors of the named numeric attributes, of all when none
// is named.
func vif(ctx context.Context, s *stats.Summary, attributes []string) (*vifResult, error) {
	m, err := comatrixOf(ctx, s, attributes, 1)
	if err != nil {
		return nil, err
	}
	out := &vifResult{Count: Number(m.n), Rows: m.rows, VIF: make(map[string]Number, len(m.names))}
	for _, name := range m.names {
		out.VIF[name] = Number(math.NaN())
	}
	m, out.Constant = m.varying()
	w := m.swept()
	dependent := w.dependent(dependence)
	for i, name := range m.names {
		if dependent[i] {
			out.Dependent = append(out.Dependent, name)
			continue
		}
		// A factor is never below 1 but for rounding.
		if v := w.m[i][i].Float(); v >= 1-dependence { // an indefinite pairwise matrix gives anything
			out.VIF[name] = Number(max(v, 1))
		}
	}
	return out, nil
}

// dependence is how large a coefficient must be for the attribute to take part
// in a linear combination.
const dependence = 1e-8

// tolerance returns below which share an attribute counts as dependent, which
// the precision of the sums decides.
func (m *comatrix) tolerance() float64 {
	if m.extended {
		return independence
	}
	return independenceDouble
}
