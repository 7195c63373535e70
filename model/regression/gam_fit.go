package regression

import (
	"context"
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
	"github.com/rpconnect-sml/rpconnect-sml/internal/progress"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
)

// additive is penalised least squares with a penalty for each of some groups of terms.
type additive struct {
	regression *regression
	options    gamOptions
	smooths    []smooth
	lambdas    []float64 // of the smooths
}

// additiveFit is the coefficients at some lambdas.
type additiveFit struct {
	coef    []float64
	inverse []float64 // of X'X + S, p by p
	df      []float64 // by term; they add up to the degrees of freedom, the intercept aside
	rss     float64
	gcv     float64
}

// newAdditive finds the curves among the terms. Each penalty is scaled to the trace of
// what it penalises, so that lambdas of different inputs compare.
func newAdditive(r *regression, expansions []*expansion.Expansion, o gamOptions) *additive {
	f := &additive{regression: r, options: o}
	base := r.base(r.all)
	at := map[string]int{}
	for i, name := range r.names {
		at[name] = i
	}
	for _, e := range expansions {
		if e.Feature() != splinesFeature {
			continue
		}
		first, ok := at[e.Names()[0]]
		if !ok {
			continue
		}
		s := smooth{name: e.Sources[0], expansion: e, first: first, size: e.Columns(), penalty: e.Roughness()}
		explained, rough := 0.0, 0.0
		for i := range s.size {
			explained += base.At(first+i, first+i).Float()
			rough += s.penalty[i*s.size+i]
		}
		if rough > 0 && explained > 0 {
			for i := range s.penalty {
				s.penalty[i] *= explained / rough
			}
		}
		f.smooths, f.lambdas = append(f.smooths, s), append(f.lambdas, o.lambda)
	}
	return f
}

// negligibleRidge, as a share of each diagonal entry, keeps the equations solvable where
// a hat has no rows; it is far below what data say.
const negligibleRidge = 1e-10

// fit solves the penalised normal equations of base moments, whose last term is the target.
func (f *additive) fit(base *design.Moments, lambdas []float64) (*additiveFit, error) {
	p := base.N - 1
	a := make([]float64, p*p)
	largest := 0.0
	for i := range p {
		largest = max(largest, base.At(i, i).Float())
	}
	for i := range p {
		for j := range p {
			a[i*p+j] = base.At(i, j).Float()
		}
		a[i*p+i] += negligibleRidge * max(a[i*p+i], negligibleRidge*largest)
	}
	for k := range f.smooths {
		s := &f.smooths[k]
		for i := range s.size {
			for j := range s.size {
				a[(s.first+i)*p+s.first+j] += lambdas[k] * s.penalty[i*s.size+j]
			}
		}
	}
	c, err := linalg.Factor(a, p, f.regression.tolerance(base))
	if err != nil {
		return nil, err
	}
	if c.Rank() < p {
		return nil, f.dependent(base, c)
	}
	rhs := make([]float64, p)
	for i := range p {
		rhs[i] = base.At(i, p).Float()
	}
	out := &additiveFit{coef: c.Solve(rhs), inverse: c.Inverse(), df: make([]float64, p)}
	total := f.regression.withIntercept(0)
	for i := range p {
		for j := range p {
			out.df[i] += out.inverse[i*p+j] * base.At(j, i).Float()
		}
		total += f.options.gamma * out.df[i]
	}
	out.rss = max(roundedSquares(base, extendedOf(out.coef)), 0)
	n := base.Weight.Float()
	if out.gcv = math.Inf(1); n > total {
		out.gcv = n * out.rss / ((n - total) * (n - total))
	}
	return out, nil
}

// dependent is the error about terms that the others determine, whatever the penalties.
func (f *additive) dependent(base *design.Moments, c *linalg.Cholesky) error {
	dependent := c.Dependent()
	if len(dependent) == 0 {
		return design.ErrAliased
	}
	k := dependent[0]
	if design.Constant(base, k) {
		return fmt.Errorf("%w: %q is constant", design.ErrAliased, f.regression.names[k])
	}
	return fmt.Errorf("%w: %q is a combination of %s", design.ErrAliased, f.regression.names[k], design.Involved(f.regression.names, c.Combination(k)))
}

// Lambdas are searched between these, first for all curves together and then for one
// after another, with steps that become smaller.
const (
	lowestSmooth, highestSmooth = 1e-8, 1e8
	sweeps                      = 12
	leastGain                   = 1e-9
)

// choose finds the lambdas of least generalised cross-validation by a search along each
// logarithm in turn. It ends where no step makes it less by more than leastGain of it.
func (f *additive) choose(ctx context.Context) error {
	if !f.options.auto {
		return nil
	}
	base := f.regression.base(f.regression.all)
	best, last := math.Inf(1), error(nil)
	try := func(lambdas []float64) bool {
		fit, err := f.fit(base, lambdas)
		if err != nil {
			last = err
			return false
		}
		if better := fit.gcv < best*(1-leastGain) || math.IsInf(best, 1); !better {
			return false
		}
		best = fit.gcv
		copy(f.lambdas, lambdas)
		return true
	}
	lambdas := make([]float64, len(f.lambdas))
	for x := lowestSmooth; x <= highestSmooth; x *= 10 {
		for k := range lambdas {
			lambdas[k] = x
		}
		try(lambdas)
	}
	if math.IsInf(best, 1) {
		return last
	}
	for sweep, step := 0, 100.0; sweep < sweeps && step > 1.01; sweep++ {
		progress.Report(ctx, "sweep", sweep, sweeps)
		moved := false
		for k := range lambdas {
			if err := ctx.Err(); err != nil {
				return err
			}
			for _, factor := range []float64{step, 1 / step} {
				for range sweeps { // as far as it gets better
					copy(lambdas, f.lambdas)
					if lambdas[k] *= factor; lambdas[k] < lowestSmooth || lambdas[k] > highestSmooth || !try(lambdas) {
						break
					}
					moved = true
				}
			}
		}
		if !moved {
			step = math.Sqrt(step)
		}
	}
	return nil
}
