package classification

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
	"github.com/rpconnect-sml/rpconnect-sml/model/covariance"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
)

// inverted is a covariance matrix and what is needed of its inverse.
// rcond is that of the matrix scaled to a diagonal near 1, so it does not depend on
// units.
type inverted struct {
	*covariance.Covariance
	factor *linalg.Cholesky
	pseudo []float64 // nil where the matrix has full rank
	rcond  float64
}

// invert factors c. Where columns depend on others the error names them,
// unless o allows a pseudo-inverse; of says what the matrix is of.
// Cholesky's factor is kept and not an inverse: solving with it is more accurate
// (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., chapter 14).
func (g *groups) invert(c *covariance.Covariance, o *jointOptions, of string) (*inverted, error) {
	f, err := linalg.Factor(c.Matrix, c.Dim, o.rcond)
	if err != nil {
		return nil, err
	}
	v := &inverted{Covariance: c, factor: f, rcond: f.RCond()}
	if f.Rank() == c.Dim && v.rcond >= o.rcond {
		return v, nil
	}
	if !o.pseudoInverse {
		return nil, g.aliased(c, v, o.rcond, of)
	}
	if f.Rank() == 0 {
		return nil, fmt.Errorf("%w: no input varies %s", design.ErrAliased, of)
	}
	v.pseudo, err = f.PseudoInverse()
	return v, err
}

// times returns inverse times x.
func (v *inverted) times(x []float64) []float64 {
	if v.pseudo == nil {
		return v.factor.Solve(x)
	}
	out := make([]float64, v.Dim)
	for i := range out {
		for j, y := range x {
			out[i] += v.pseudo[i*v.Dim+j] * y
		}
	}
	return out
}

// matrix returns the inverse, p by p.
func (v *inverted) matrix() []float64 {
	if v.pseudo != nil {
		return v.pseudo
	}
	return v.factor.Inverse()
}

// aliased is the error about terms that depend on others.
// An input that is constant within classes but differs between them is told apart:
// it is no mistake of the user but a perfect predictor.
func (g *groups) aliased(c *covariance.Covariance, v *inverted, tolerance float64, of string) error {
	const way = "; leave inputs out, set pseudo_inverse: true, or choose a covariance estimator that shrinks"
	dependent := slices.Clone(v.factor.Dependent())
	if len(dependent) == 0 {
		return fmt.Errorf("%w: the reciprocal condition number of the covariance %s is %.2g, below rcond %.2g%s", design.ErrAliased, of, v.rcond, tolerance, way)
	}
	slices.Sort(dependent)
	var parts []string
	for _, k := range dependent {
		switch {
		case c.Matrix[k*c.Dim+k] > 0:
			parts = append(parts, fmt.Sprintf("%q is a combination of %s", g.names[k], design.Involved(g.names, v.factor.Combination(k))))
		case design.Constant(g.total, k):
			parts = append(parts, fmt.Sprintf("%q is constant", g.names[k]))
		default:
			parts = append(parts, fmt.Sprintf("%q is constant %s but differs between classes, which it separates perfectly", g.names[k], of))
		}
	}
	return fmt.Errorf("%w: to a share of %.2g of its variance (rcond) %s%s", design.ErrAliased, tolerance, strings.Join(parts, ", "), way)
}
