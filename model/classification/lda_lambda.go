package classification

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/covariance"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
)

// lambdaAuto is the word for a lambda that is chosen.
const lambdaAuto = "auto"

// Bounds of the penalty that is tried, by the diagonal of the scatter within classes.
const leastPenalty, mostPenalty = 1e-8, 1e4

// penalise mixes the covariance with its diagonal. A chosen lambda is put into o.
func (g *groups) penalise(c *covariance.Covariance, o *ldaOptions) error {
	if o.lambda == 0 && o.chosen == "" {
		return nil
	}
	if c.Estimator != covariance.CovarianceEmpirical {
		return fmt.Errorf("%w: options.lambda is for the covariance %s, and options.covariance is %s", model.ErrDefinition, covariance.CovarianceEmpirical, c.Estimator)
	}
	if o.chosen != "" {
		s, err := g.scoring()
		if err != nil || s == nil {
			return err
		}
		penalty := design.Least(s.gcv, leastPenalty, mostPenalty)
		o.lambda = penalty / (1 + penalty)
	}
	c.Shrinkage = o.lambda
	for i := range c.Dim {
		for j := range c.Dim {
			if i != j {
				c.Matrix[i*c.Dim+j] *= 1 - o.lambda
			}
		}
	}
	return nil
}

// scoring is the regression of the indicators of the classes on the terms, from which the
// discriminant follows by optimal scoring: with a penalty on the coefficients, it is the
// discriminant with that penalty added to the scatter within classes (Hastie, Buja and
// Tibshirani 1995, section 4). It is in the basis in which the penalty is a sphere.
type scoring struct {
	rows, classes float64
	values        []float64 // eigenvalues of the total scatter by that basis
	along         []float64 // of each: the sum over the classes of the squares along it, over the rows of the class
}

// scoring decomposes the total scatter by the diagonal of that within classes. It is nil
// where a term does not vary within classes, which no penalty helps.
func (g *groups) scoring() (*scoring, error) {
	p := g.terms()
	s := &scoring{classes: float64(len(g.weight))}
	unit, a := make([]float64, p), make([]float64, p*p)
	for i := range unit {
		if unit[i] = math.Sqrt(g.within[i*p+i]); !(unit[i] > 0) {
			return nil, nil
		}
	}
	for i := range p {
		for j := range p {
			a[i*p+j] = g.total.At(i, j).Float() / (unit[i] * unit[j])
		}
	}
	values, vectors, err := linalg.Eigen(a, p)
	if err != nil {
		return nil, err
	}
	s.values, s.along = values, make([]float64, p)
	for k, n := range g.weight {
		s.rows += n
		for l := range p {
			sum := 0.0
			for i, x := range vectors[l*p : (l+1)*p] {
				sum += x * g.away[k*p+i] / unit[i]
			}
			s.along[l] += n * sum * sum // (n sum)^2 / n
		}
	}
	for l := range values {
		values[l] = max(values[l], 0)
	}
	return s, nil
}

// gcv returns generalised cross-validation of a penalty, n RSS / (n - df)^2 (Golub, Heath
// and Wahba 1979), over all scores of the classes with variance 1 and mean 0: each class
// counts by its residuals over its rows.
func (s *scoring) gcv(penalty float64) float64 {
	rss, df := s.classes-1, 1.0
	for l, v := range s.values {
		rss -= s.along[l] * (v + 2*penalty) / ((v + penalty) * (v + penalty))
		df += v / (v + penalty)
	}
	if !(s.rows-df > 0) {
		return math.Inf(1)
	}
	return s.rows * max(rss, 0) / ((s.rows - df) * (s.rows - df))
}
