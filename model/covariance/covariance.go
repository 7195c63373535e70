package covariance

import (
	"context"
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
)

// CovarianceSample is what a covariance matrix is estimated from.
type CovarianceSample struct {
	// N is the weight of the rows.
	N float64
	// Matrix is the sample covariance of p columns, p by p and row-major, the
	// co-moments over N or over N less the estimated means; both triangles.
	Matrix []float64
	// Fourth is the mean of the fourth power of the distance of a row from its
	// mean, E|x-mean|^4, where it is known; 0 where it is not. Only ledoit_wolf
	// reads it.
	Fourth float64
	// Kurtosis is E(x-mean)^4 / variance^2 of each column, 3 of a normal one;
	// nil where it is not known. Only ledoit_wolf reads it.
	Kurtosis []float64
}

// Covariance is an estimate of a covariance matrix.
type Covariance struct {
	// Estimator is the name of the estimator.
	Estimator string
	// Dim is the number of columns p.
	Dim int
	// Matrix is the estimate, p by p, both triangles.
	Matrix []float64
	// Precision is the inverse of Matrix where the estimator gives it, which
	// graphical_lasso alone does; else nil.
	Precision []float64
	// Shrinkage is the weight of the target of a mixture from 0 to 1, lambda
	// of ridge and graphical_lasso, and 0 otherwise.
	Shrinkage float64
	// Components is how many eigenvalues eigenvalue_truncation kept.
	Components int
	// Approximate says that Shrinkage rests on assumed fourth moments.
	Approximate bool
	// Path has the values of lambda that graphical_lasso compared, descending.
	Path []GraphicalStep
}

// Names of the estimators.
const (
	CovarianceEmpirical  = "empirical"
	covarianceRidge      = "ridge"
	covarianceMixture    = "identity_mixture"
	covarianceLedoitWolf = "ledoit_wolf"
	covarianceRBLW       = "rblw"
	covarianceOAS        = "oas"
	covarianceOASLarge   = "oas_large_p"
	covarianceTruncation = "eigenvalue_truncation"
	covarianceGraphical  = "graphical_lasso"
)

// EstimateCovariance estimates a covariance matrix. A matrix that is not p by
// p or not finite, a negative variance and an N that is not positive are
// errors. The error of ctx ends the sweeps of graphical_lasso. The sample is not changed and not kept.
func EstimateCovariance(ctx context.Context, o CovarianceOptions, sample CovarianceSample) (*Covariance, error) {
	o, err := o.filled()
	if err != nil {
		return nil, err
	}
	p := int(math.Round(math.Sqrt(float64(len(sample.Matrix)))))
	if err := sample.check(p); err != nil {
		return nil, err
	}
	c := &Covariance{Estimator: o.Estimator, Dim: p, Matrix: append([]float64(nil), sample.Matrix...)}
	trace, squares := 0.0, 0.0
	for i := range p {
		trace += c.Matrix[i*p+i]
	}
	for _, x := range c.Matrix {
		squares += x * x
	}
	switch o.Estimator {
	case CovarianceEmpirical:
	case covarianceRidge:
		c.Shrinkage = o.Lambda
		c.mix(1, o.Lambda, trace, o.Target)
	case covarianceMixture:
		c.Shrinkage = o.Alpha
		c.mix(1-o.Alpha, o.Alpha, trace, o.Target)
	case covarianceTruncation:
		err = c.truncate(o)
	case covarianceGraphical:
		err = c.graphical(ctx, o, sample.N)
	default:
		c.Shrinkage, c.Approximate = shrinkageOf(o.Estimator, sample, p, trace, squares)
		c.mix(1-c.Shrinkage, c.Shrinkage, trace, targetMeanVariance)
	}
	if err != nil {
		return nil, fmt.Errorf("covariance: %s: %w", o.Estimator, err)
	}
	return c, nil
}

func (s *CovarianceSample) check(p int) error {
	if p*p != len(s.Matrix) || p == 0 {
		return fmt.Errorf("covariance: matrix has %d elements, want the square of a number of columns", len(s.Matrix))
	}
	if !(s.N > 0) || math.IsInf(s.N, 0) {
		return fmt.Errorf("covariance: weight is %v, want a positive number", s.N)
	}
	if s.Kurtosis != nil && len(s.Kurtosis) != p {
		return fmt.Errorf("covariance: kurtosis of %d columns, want %d", len(s.Kurtosis), p)
	}
	for i := range p {
		for j, x := range s.Matrix[i*p : (i+1)*p] {
			if math.IsNaN(x) || math.IsInf(x, 0) || i == j && x < 0 {
				return fmt.Errorf("covariance: element %d, %d is %v", i, j, x)
			}
		}
	}
	return nil
}

// mix turns the matrix S into keep S + add T for a target T.
func (c *Covariance) mix(keep, add, trace float64, target string) {
	p := c.Dim
	for i := range p {
		own := c.Matrix[i*p+i]
		for j := range p {
			c.Matrix[i*p+j] *= keep
		}
		t := 1.0
		switch target {
		case targetMeanVariance:
			t = trace / float64(p)
		case targetDiagonal:
			t = own
		}
		c.Matrix[i*p+i] = keep*own + add*t
	}
}

// truncate keeps the largest eigenvalues and gives all others their mean: the
// maximum likelihood of probabilistic PCA (Tipping and Bishop, JRSS-B 61, 1999,
// equation 8), which keeps the trace and can be inverted.
func (c *Covariance) truncate(o CovarianceOptions) error {
	p := c.Dim
	values, vectors, err := linalg.Eigen(c.Matrix, p)
	if err != nil {
		return err
	}
	total, sum := 0.0, 0.0
	for i, v := range values {
		values[i] = max(v, 0)
		total += values[i]
	}
	q := o.Components
	if q == 0 {
		for q < p && sum < o.Share*total {
			sum += values[q]
			q++
		}
	}
	q = min(q, p)
	c.Components = q
	rest := 0.0
	for _, v := range values[q:] {
		rest += v / float64(p-q)
	}
	for k := q; k < p; k++ {
		values[k] = rest
	}
	clear(c.Matrix)
	for k, v := range values {
		u := vectors[k*p : (k+1)*p]
		for i := range p {
			for j := range p {
				c.Matrix[i*p+j] += v * u[i] * u[j]
			}
		}
	}
	return nil
}
