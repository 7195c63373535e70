package model

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
)

// inverted is a covariance matrix and what is needed of its inverse.
type inverted struct {
	*Covariance
	factor *linalg.Cholesky
	pseudo []float64 // nil where the matrix has full rank
	rcond  float64
}

// invert factors c. Where columns depend on others the error names them,
// unless o allows a pseudo-inverse; of says what the matrix is of.
func (g *groups) invert(c *Covariance, o *jointOptions, of string) (*inverted, error) {
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
		return nil, fmt.Errorf("%w: no input varies %s", errAliased, of)
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
func (g *groups) aliased(c *Covariance, v *inverted, tolerance float64, of string) error {
	const way = "; leave inputs out, set pseudo_inverse: true, or choose a covariance estimator that shrinks"
	dependent := slices.Clone(v.factor.Dependent())
	if len(dependent) == 0 {
		return fmt.Errorf("%w: the reciprocal condition number of the covariance %s is %.2g, below rcond %.2g%s", errAliased, of, v.rcond, tolerance, way)
	}
	slices.Sort(dependent)
	names := &regression{names: g.names}
	var parts []string
	for _, k := range dependent {
		switch {
		case c.Matrix[k*c.Dim+k] > 0:
			parts = append(parts, fmt.Sprintf("%q is a combination of %s", g.names[k], names.involved(v.factor.Combination(k))))
		case constant(g.total, k):
			parts = append(parts, fmt.Sprintf("%q is constant", g.names[k]))
		default:
			parts = append(parts, fmt.Sprintf("%q is constant %s but differs between classes, which it separates perfectly", g.names[k], of))
		}
	}
	return fmt.Errorf("%w: to a share of %.2g of its variance (rcond) %s%s", errAliased, tolerance, strings.Join(parts, ", "), way)
}
