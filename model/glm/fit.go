package glm

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/likelihood"
	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Fit is a generalised linear model that has been fitted. Its parameters are those of its
// frame.
type Fit struct {
	Frame      *stats.LikelihoodFrame
	Parameters []float64
	// Covariance is that of the parameters, n by n; NaN of those that are fixed.
	Covariance []float64
	// Aliased are the terms that other terms determine: their coefficients are 0.
	Aliased []bool
	// Weight is that of all rows, Exact of those that are kept as they are, Left of
	// those that were left out.
	Weight, Exact, Left float64
	// Cells says that the rows are those of a summary's joint cells.
	Cells bool
	// Reason says why they are not; empty where they are.
	Reason string
	// LogLikelihood is the largest (of sums, that of their polynomial), Null that with intercepts only; NaN where unknown.
	LogLikelihood, Null float64
	Dispersion          float64 // of gamma; else 1
	Lambda              float64
	Means               []float64 // of the terms
	Warnings            []string

	outcomes  []float64
	bandwidth float64 // of a quantile's density
}

// fitRows fits a model to what is kept of a likelihood. Too few rows are an error of
// model.ErrNotYet.
func fitRows(ctx context.Context, spec *stats.LikelihoodSpec, of *stats.Likelihood, lambda float64) (*Fit, error) {
	f, err := currentFrame(spec, of)
	if err != nil {
		return nil, err
	}
	p, foreign := newProblem(f, of)
	if p.table.Rows() == 0 && len(p.sums) == 0 {
		return nil, model.Later(fmt.Errorf("no row has the target %q and what else is needed", spec.Target))
	}
	out := &Fit{Frame: f, Left: of.Left + p.table.Left + foreign, Cells: of.Cells, Dispersion: 1, Lambda: lambda}
	if foreign > 0 {
		out.Warnings = append(out.Warnings, fmt.Sprintf("%v rows were counted by other inputs, values or classes and are left out", foreign))
	}
	if out.Aliased, err = p.fix(); err != nil {
		return nil, fmt.Errorf("inputs: %w", err)
	}
	m, err := out.maximise(ctx, p, lambda)
	if err != nil {
		return nil, err
	}
	out.Parameters, out.LogLikelihood = m.parameters, m.value
	out.read(p)
	if out.Null, err = out.null(ctx, p); err != nil {
		return nil, err
	}
	out.pool(&of.Pooled)
	if n := len(m.parameters); f.Kernel.Family == likelihood.NegativeBinomial && m.parameters[n-1] <= smallShape {
		out.Warnings = append(out.Warnings, "the target varies no more than a Poisson count of the same mean: alpha is all but 0, and `poisson` is the simpler model")
	}
	return out, out.infer(p, m)
}

// currentFrame returns the frame of the heaviest sums, or that of the rows where there are
// no sums.
func currentFrame(spec *stats.LikelihoodSpec, of *stats.Likelihood) (*stats.LikelihoodFrame, error) {
	var best *stats.LikelihoodSums
	for _, s := range of.Sums {
		if best == nil || s.Weight > best.Weight {
			best = s
		}
	}
	if best != nil {
		return best.Frame, nil
	}
	return frameOf(spec, of.Rows)
}

// maximise finds the maximum, with a penalty where there is none without.
func (f *Fit) maximise(ctx context.Context, p *problem, lambda float64) (*maximum, error) {
	p.lambda = lambda
	m, err := f.nearest(ctx, p)
	if !errors.Is(err, errNoMaximum) {
		return m, err
	}
	if lambda > 0 {
		return nil, model.Later(fmt.Errorf("with options.lambda %v: %w", lambda, err))
	}
	p.lambda, f.Lambda = 1, 1
	f.Warnings = append(f.Warnings, "the likelihood has no maximum, as inputs separate the outcomes or do not vary: the ridge penalty lambda is 1 (as C is in scikit-learn), and standard errors are those of the penalised likelihood")
	if m, err = f.nearest(ctx, p); errors.Is(err, errNoMaximum) {
		return nil, model.Later(err)
	}
	return m, err
}

// farFromPoint is how far, as a root mean square of the predictor, the third degree may
// move a maximum.
const farFromPoint = 1

// nearest finds the maximum with the second degree of the sums, which has one, and from
// there that with the third, unless that leads far away.
func (f *Fit) nearest(ctx context.Context, p *problem) (*maximum, error) {
	p.cubic = false
	if p.frame.Kernel.Family == likelihood.Quantile && len(p.sums) == 0 {
		return p.quantile(ctx)
	}
	m, err := p.maximise(ctx, f.start(p))
	if err != nil || len(p.sums) == 0 {
		return m, err
	}
	p.cubic = true
	third, err := p.maximise(ctx, m.parameters)
	if err == nil && p.distance(third.parameters, m.parameters) <= farFromPoint {
		return third, nil
	}
	if err != nil && !errors.Is(err, errNoMaximum) {
		return nil, err
	}
	p.cubic = false
	return m, nil
}

// start returns where the search begins: the point of the sums, or intercepts that fit
// the mean of the target.
func (f *Fit) start(p *problem) []float64 {
	if len(p.sums) > 0 {
		return p.frame.Point
	}
	out := make([]float64, p.frame.Parameters())
	all := p.table.At(out)
	mean := all.Outcomes[0] / all.Weight
	switch p.frame.Kernel.Family {
	case likelihood.Poisson, likelihood.NegativeBinomial, likelihood.Gamma:
		out[p.frame.Terms()] = math.Log(max(mean, 1e-3)) - f.meanOffset(p)
	}
	return out
}

// pool adds what counts of one cell have beyond their mean, which is no function of the
// parameters.
func (f *Fit) pool(p *stats.PooledCounts) {
	if f.Frame.Kernel.Family == likelihood.Poisson && len(f.outcomes) > 2 {
		f.LogLikelihood -= p.LogFactorial
		f.Null -= p.LogFactorial
		f.outcomes[1] += p.LogFactorial
		f.outcomes[2] += p.YLogY
	}
}

func (f *Fit) meanOffset(p *problem) float64 {
	sum, weight := 0.0, 0.0
	p.table.Each(func(_ []float64, _, offset, w float64) {
		sum += w * offset
		weight += w
	})
	return sum / weight
}

// read fills in the weights, means and sums of the target.
func (f *Fit) read(p *problem) {
	n := f.Frame.Terms() + 1
	products, weight := p.products()
	for j := range n - 1 {
		f.Means = append(f.Means, products[(n-1)*n+j]/weight)
	}
	if p.table.Rows() > 0 {
		all := p.table.At(f.Parameters)
		f.Exact = all.Weight
		f.outcomes = append(f.outcomes, all.Outcomes...)
	}
	f.Weight = f.Exact
	for _, s := range p.sums {
		f.Weight += s.Weight
		for i, x := range s.Outcomes {
			if i >= len(f.outcomes) {
				f.outcomes = append(f.outcomes, x)
			} else {
				f.outcomes[i] += x
			}
		}
	}
}

// null returns the largest log-likelihood with intercepts only: in closed form of sums,
// where there is one, and else of the rows.
func (f *Fit) null(ctx context.Context, p *problem) (float64, error) {
	if f.Frame.Kernel.Family == likelihood.Quantile {
		return math.NaN(), nil
	}
	if len(p.sums) == 0 {
		only := *p
		only.fixed, only.lambda = slices.Clone(p.slopes), 0
		m, err := only.maximise(ctx, f.start(p))
		if errors.Is(err, errNoMaximum) {
			return math.NaN(), nil
		}
		if err != nil {
			return 0, err
		}
		return m.value, nil
	}
	o, w := f.outcomes, f.Weight
	switch f.Frame.Kernel.Family {
	case likelihood.Logistic:
		if f.Frame.Offset != "" {
			return math.NaN(), nil
		}
		sum := 0.0
		for _, x := range o[:f.Frame.Kernel.Classes] {
			if x > 0 {
				sum += x * math.Log(x/w)
			}
		}
		return sum, nil
	case likelihood.Poisson:
		return o[0]*math.Log(o[0]/o[4]) + o[3] - o[0] - o[1], nil
	case likelihood.Gamma:
		return -w - w*math.Log(o[4]/w) - o[3], nil
	}
	return math.NaN(), nil
}

// infer fills in the covariance of the parameters: the inverse of the observed
// information; of gamma, of the expected one times the dispersion of Pearson, as R and
// statsmodels have it; of a quantile, the sandwich of the density and of the products.
func (f *Fit) infer(p *problem, m *maximum) error {
	free, matrix, _ := p.reduced(m.evaluation)
	n, k := len(f.Parameters), len(free)
	products, _ := p.products()
	switch f.Frame.Kernel.Family {
	case likelihood.Quantile:
		return f.sandwich(p, m, products)
	case likelihood.Gamma:
		f.Dispersion = f.pearson(p) / (f.Weight - float64(k))
		for a, i := range free {
			for b, j := range free {
				matrix[a*k+b] = products[i*n+j]
				if a == b && p.slopes[i] {
					matrix[a*k+b] += p.lambda
				}
			}
		}
	}
	factor, err := linalg.Factor(matrix, k, singular)
	if err != nil {
		return fmt.Errorf("information of the likelihood: %w", err)
	}
	f.Covariance = make([]float64, n*n)
	for i := range f.Covariance {
		f.Covariance[i] = math.NaN()
	}
	if factor.Rank() < k {
		return nil
	}
	inverse := factor.Inverse()
	for a, i := range free {
		for b, j := range free {
			f.Covariance[i*n+j] = inverse[a*k+b] * f.Dispersion
		}
	}
	return nil
}

// pearson returns the sum of the squared relative residuals of the gamma family.
func (f *Fit) pearson(p *problem) float64 {
	sum := 0.0
	if p.table.Rows() > 0 {
		sum = p.table.At(f.Parameters).Pearson.Value
	}
	for i := range p.sums {
		s := &p.sums[i]
		sum += s.Pearson.At(difference(s.parameters(p.frame, f.Parameters), s.Frame.Origin)).Value
	}
	return sum
}
