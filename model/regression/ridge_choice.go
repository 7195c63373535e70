package regression

import (
	"context"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
)

// How lambda is chosen, in place of a number.
const (
	lambdaAuto  = "auto"
	lambdaFolds = "folds"
)

// The grid of lambda, in units of the largest eigenvalue of the penalised inputs.
const lowestShare, highestShare = 1e-12, 1e3

// spectrum is the inputs of a ridge in the basis in which its penalty is a sphere, so that
// it costs one sum to fit another lambda (The Elements of Statistical Learning, 2009,
// section 3.4.1).
type spectrum struct {
	values  []float64 // eigenvalues of D^-1/2 X'X D^-1/2
	vectors []float64 // row by row
	along   []float64 // X'y in that basis
	unit    []float64 // square roots of the diagonal of D
	total   float64   // y'y
}

// newSpectrum decomposes base moments, whose last term is the target; unit is the diagonal
// of D.
func newSpectrum(base *design.Moments, unit []float64) (*spectrum, error) {
	p := base.N - 1
	s := &spectrum{unit: make([]float64, p), along: make([]float64, p), total: base.At(p, p).Float()}
	a := make([]float64, p*p)
	for i := range s.unit {
		s.unit[i] = math.Sqrt(unit[i])
	}
	for i := range p {
		for j := range p {
			a[i*p+j] = base.At(i, j).Float() / (s.unit[i] * s.unit[j])
		}
	}
	var err error
	if s.values, s.vectors, err = linalg.Eigen(a, p); err != nil {
		return nil, err
	}
	for k := range s.values {
		s.values[k] = max(s.values[k], 0)
		for i := range p {
			s.along[k] += s.vectors[k*p+i] * base.At(i, p).Float() / s.unit[i]
		}
	}
	return s, nil
}

// gcv returns generalised cross-validation, n RSS / (n - df)^2 (G. Golub, M. Heath and
// G. Wahba, Technometrics 21, 1979), with n rows and fixed further degrees of freedom.
func (s *spectrum) gcv(lambda, n, fixed float64) float64 {
	rss, df := s.total, fixed
	for k, v := range s.values {
		if v+lambda > 0 {
			rss -= s.along[k] * s.along[k] * (v + 2*lambda) / ((v + lambda) * (v + lambda))
			df += v / (v + lambda)
		}
	}
	if !(n-df > 0) {
		return math.Inf(1)
	}
	return n * max(rss, 0) / ((n - df) * (n - df))
}

// coefficients returns those of a lambda.
func (s *spectrum) coefficients(lambda float64) []dd.Number {
	p := len(s.unit)
	out := make([]float64, p)
	for k, v := range s.values {
		if v+lambda > 0 {
			f := s.along[k] / (v + lambda)
			for i := range out {
				out[i] += f * s.vectors[k*p+i]
			}
		}
	}
	for i := range out {
		out[i] /= s.unit[i]
	}
	return extendedOf(out)
}

// chooseLambda returns the lambda of least generalised cross-validation, or of least
// squared error on folds that it was not fitted to.
func (r *regression) chooseLambda(ctx context.Context, o ridgeOptions) (lambda float64, err error) {
	unit := o
	unit.lambda = 1
	base := r.base(r.all)
	whole, err := newSpectrum(base, unit.shrink(base))
	if err != nil {
		return 0, err
	}
	loss := func(lambda float64) float64 {
		return whole.gcv(lambda, r.all.Weight.Float(), r.withIntercept(0))
	}
	if o.chosen == lambdaFolds {
		if len(r.folds) < 2 {
			return 0, model.Later(errNoFolds)
		}
		if loss, err = r.foldLoss(ctx, unit); err != nil {
			return 0, err
		}
	}
	return design.Least(loss, whole.values[0]*lowestShare, whole.values[0]*highestShare), nil
}

// foldLoss returns the sum of squared errors by lambda on folds that are predicted from
// all others.
func (r *regression) foldLoss(ctx context.Context, unit ridgeOptions) (func(lambda float64) float64, error) {
	rests, spectra := make([]*design.Moments, len(r.folds)), make([]*spectrum, len(r.folds))
	for i := range r.folds {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		rests[i] = design.NewMoments(r.all.N)
		for k, fold := range r.folds {
			if k != i {
				rests[i].Merge(fold)
			}
		}
		base := r.base(rests[i])
		var err error
		if spectra[i], err = newSpectrum(base, unit.shrink(base)); err != nil {
			return nil, err
		}
	}
	return func(lambda float64) (sum float64) {
		for i, fold := range r.folds {
			sum += r.errorSquares(fold, rests[i], spectra[i].coefficients(lambda))
		}
		return sum
	}, nil
}
