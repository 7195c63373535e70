package covariance

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
	"github.com/rpconnect-sml/rpconnect-sml/internal/progress"
)

// GraphicalStep is what graphical_lasso found for one penalty.
type GraphicalStep struct {
	// Lambda is the penalty, of correlations unless Raw is set.
	Lambda float64 `json:"lambda"`
	// EBIC is -2 log likelihood + E log n + 4 E gamma log p for E edges (Foygel
	// and Drton, NeurIPS 2010, equation 1); less is better.
	EBIC float64 `json:"ebic"`
	// Edges is the number of pairs whose precision is not 0.
	Edges int `json:"edges"`
}

// errNoDescent is returned when the sweeps of the graphical lasso do not meet
// its tolerance.
var errNoDescent = errors.New("sweeps do not converge; take a larger lambda")

// Bounds of the graphical lasso.
const (
	graphicalTolerance = 1e-12 // of the change of a sweep, in units of the mean diagonal
	graphicalSweeps    = 500
	lassoSweeps        = 2000
)

// graphical replaces the matrix by the one that maximises log det T - tr ST -
// lambda sum of |Tij| over i != j (Friedman, Hastie, Tibshirani, Sparse inverse
// covariance estimation with the graphical lasso, Biostatistics 9, 2008), T
// being its inverse; as in scikit-learn the diagonal is not penalised.
func (c *Covariance) graphical(ctx context.Context, o CovarianceOptions, n float64) error {
	p := c.Dim
	s, scale := c.Matrix, make([]float64, p)
	for i := range p {
		if !(s[i*p+i] > 0) {
			return fmt.Errorf("column %d has no variance", i)
		}
		scale[i] = 1
		if !o.Raw {
			scale[i] = math.Sqrt(s[i*p+i])
		}
	}
	unit := make([]float64, p*p)
	for i := range unit {
		unit[i] = s[i] / (scale[i/p] * scale[i%p])
	}
	var best *graphicalFit
	lambda := o.Lambda
	if lambda > 0 {
		var err error
		if best, err = graphicalLasso(ctx, unit, p, lambda); err != nil {
			return err
		}
	} else {
		var err error
		if best, lambda, err = c.chooseLambda(ctx, unit, o, n); err != nil {
			return err
		}
	}
	c.Shrinkage = lambda
	c.Precision = make([]float64, p*p)
	for i := range unit {
		f := scale[i/p] * scale[i%p]
		c.Matrix[i], c.Precision[i] = best.covariance[i]*f, best.precision[i]/f
	}
	return nil
}

// chooseLambda compares penalties from the largest correlation down, and
// returns the one of least EBIC. It stops where the problem has become too
// badly conditioned to be solved.
func (c *Covariance) chooseLambda(ctx context.Context, s []float64, o CovarianceOptions, n float64) (*graphicalFit, float64, error) {
	p, largest := c.Dim, 0.0
	for i := range p {
		for j := range i {
			largest = max(largest, math.Abs(s[i*p+j]))
		}
	}
	var best *graphicalFit
	var chosen, least float64
	for k := range o.Steps {
		progress.Report(ctx, "penalty", k, o.Steps)
		lambda := largest
		if o.Steps > 1 {
			lambda *= math.Pow(o.MinRatio, float64(k)/float64(o.Steps-1))
		}
		fit, err := graphicalLasso(ctx, s, p, lambda)
		if err != nil {
			if best == nil || ctx.Err() != nil {
				return nil, 0, err
			}
			break
		}
		step := GraphicalStep{Lambda: lambda, Edges: fit.edges(p)}
		step.EBIC, err = fit.ebic(s, p, n, *o.Gamma, step.Edges)
		if err != nil {
			break
		}
		c.Path = append(c.Path, step)
		if best == nil || step.EBIC < least {
			best, chosen, least = fit, lambda, step.EBIC
		}
		if largest == 0 {
			break
		}
	}
	if best == nil {
		return nil, 0, errNoDescent
	}
	return best, chosen, nil
}

// graphicalFit is a solution: the estimate and its inverse, p by p.
type graphicalFit struct {
	covariance, precision []float64
}

func (f *graphicalFit) edges(p int) int {
	edges := 0
	for i := range p {
		for j := range i {
			if f.precision[i*p+j] != 0 {
				edges++
			}
		}
	}
	return edges
}

func (f *graphicalFit) ebic(s []float64, p int, n, gamma float64, edges int) (float64, error) {
	c, err := linalg.Factor(f.covariance, p, 0)
	if err != nil {
		return 0, err
	}
	if c.Rank() < p {
		return 0, errNoDescent
	}
	trace := 0.0
	for i, t := range f.precision {
		trace += s[i] * t
	}
	deviance := n * (c.LogDet() + trace)
	return deviance + float64(edges)*(math.Log(n)+4*gamma*math.Log(float64(p))), nil
}
