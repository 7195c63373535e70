package regression

import (
	"context"
	"fmt"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

func elasticNetEntry() model.Entry {
	return model.NewEntry(model.Entry{
		Type:    "elastic_net",
		Role:    model.RoleRegression,
		Target:  true,
		Summary: "Elastic net (Zou and Hastie 2005): half the mean squared error plus `lambda` times (`eta` |b|1 + (1 - `eta`)/2 |b|²), as scikit-learn's ElasticNet with `alpha` and `l1_ratio`; by coordinate descent on the covariance (Friedman, Hastie, Tibshirani 2010) with strong rules. Categorical inputs have a coefficient for every value.",
	}, readElasticNet, buildElastic)
}

func lassoEntry() model.Entry {
	return model.NewEntry(model.Entry{
		Type:    "lasso",
		Role:    model.RoleRegression,
		Target:  true,
		Summary: "Lasso (Tibshirani 1996): half the mean squared error plus `lambda` times the sum of the coefficients' magnitudes, as scikit-learn's Lasso with `alpha`.",
	}, readLasso, buildElastic)
}

// elasticOptions serve lasso, elastic net and the full form of principal components
// regression, which reads only some of them.
type elasticOptions struct {
	descentOptions
	searchOptions
	regressionOptions
	lambda, eta float64
	standardize bool
	debias      bool
	path, aicc  bool
}

// lassoOnly are the options of a penalty that is all lasso.
// The grid of eta has the one point 1, so that a search with aicc stays a lasso.
func lassoOnly() elasticOptions {
	return elasticOptions{eta: 1, searchOptions: searchOptions{minEta: 1, maxEta: 1, etas: 1}}
}

func readElasticNet(r *param.Reader) (o elasticOptions) {
	o.eta = r.Number("eta", 0.5, param.Between(0, 1), "The share of the lasso in the penalty: 0 is a ridge, 1 the lasso (scikit-learn's `l1_ratio`).")
	o.minEta = r.Number("min_eta", 0, param.Between(0, 1), "The smallest `eta` that `aicc` tries.")
	o.maxEta = r.Number("max_eta", 1, param.Between(0, 1), "The largest `eta` that `aicc` tries.")
	o.etas = r.Integer("num_eta", 11, param.Between(1, 101), "The number of `eta` that `aicc` tries.")
	if o.minEta > o.maxEta {
		r.Fail("min_eta", o.minEta, fmt.Sprintf("at most max_eta, %v", o.maxEta))
	}
	o.readCommon(r)
	return o
}

func readLasso(r *param.Reader) elasticOptions {
	o := lassoOnly()
	o.readCommon(r)
	return o
}

// readCommon reads the options of lasso and elastic net.
func (o *elasticOptions) readCommon(r *param.Reader) {
	o.readPenalty(r)
	o.standardize = r.Boolean("standardize", false, scalePenalty)
	o.readDescent(r)
	o.debias = r.Boolean("debias", false, "Fit the coefficients that are not 0 again by least squares.")
	o.path = r.Boolean("path", false, "Show the whole path in the description: `num_lambda` models, from the smallest `lambda` at which all coefficients are 0 down to a thousandth of it.")
	o.readSearch(r)
	o.regressionOptions = readRegression(r)
}

func (o *elasticOptions) readPenalty(r *param.Reader) {
	o.lambda = r.Number("lambda", 1, param.Between(1e-100, 1e100), "The weight of the penalty (scikit-learn's `alpha`).")
}

func (o *elasticOptions) readDescent(r *param.Reader) {
	o.iterations = r.Integer("max_iterations", 10000, param.Between(1, 1e7), "The maximum number of sweeps over the coefficients.")
	o.tolerance = r.Number("tolerance", 1e-7, param.Between(1e-15, 0.1), "The descent ends when no coefficient, times the standard deviation of its input, changes by more than this share of the standard deviation of the target. The equations of the coefficients that are not 0 are then solved exactly.")
}

func (o *elasticOptions) readSearch(r *param.Reader) {
	o.aicc = r.Boolean("aicc", false, "Choose `lambda` (and `eta`) on a grid by the lowest AICc.")
	o.minPower = r.Number("min_lambda_power", -10, param.Between(-100, 100), "The smallest `lambda` of the grid is 10 to this power.")
	o.maxPower = r.Number("max_lambda_power", 3, param.Between(-100, 100), "The largest `lambda` of the grid is 10 to this power.")
	o.lambdas = r.Integer("num_lambda", 100, param.Between(2, 1000), "The number of `lambda` in the grid or in the path.")
	if o.minPower > o.maxPower {
		r.Fail("min_lambda_power", o.minPower, fmt.Sprintf("at most max_lambda_power, %v", o.maxPower))
	}
}

// buildElastic codes every level of a category: the penalty makes the columns
// identifiable, and no level is then privileged by being the reference.
func buildElastic(ctx context.Context, d *model.Definition, o elasticOptions, e *model.Evidence) (model.Model, error) {
	r, err := newRegression(d, o.regressionOptions, e, design.CodingFull)
	if err != nil {
		return nil, err
	}
	coef, shrinkage, err := r.elastic(ctx, r.all, o)
	if err != nil {
		return nil, err
	}
	report := r.newReport(coef)
	report.Warnings = append(report.Warnings, r.warnDependent(r.base(r.all))...)
	if o.path {
		if shrinkage.Path, err = newGram(r.base(r.all), o.standardize).path(ctx, shrinkage.eta(), o.lambdas, o.descentOptions); err != nil {
			return nil, err
		}
	}
	report.shrinkageReport = shrinkage
	// The effective degrees of freedom stand for the number of parameters (Hastie,
	// Tibshirani, Friedman, The Elements of Statistical Learning, 2009, section 7.6).
	report.AICc = model.Finite(r.aiccOf(coef, shrinkage.DF))
	if report.CrossValidation, err = r.crossValidate(ctx, func(m *design.Moments) ([]dd.Number, error) {
		coef, _, err := r.elastic(ctx, m, o)
		return coef, err
	}); err != nil {
		return nil, err
	}
	return r.newLinear(r.fitted(r.all, coef), report), nil
}

// eta returns the share of the lasso. The report leaves it out where it is 1.
func (s *shrinkageReport) eta() float64 {
	if s.Eta == nil {
		return 1
	}
	return *s.Eta
}

// elastic fits to moments.
// Cross-validation calls it for the moments of all folds but one, with the search
// for lambda repeated there: the choice of lambda is part of what is validated.
func (r *regression) elastic(ctx context.Context, m *design.Moments, o elasticOptions) ([]dd.Number, *shrinkageReport, error) {
	base := r.base(m)
	q, n := newGram(base, o.standardize), base.Weight.Float()
	out := &shrinkageReport{}
	if o.aicc {
		if r.projected {
			return nil, nil, errProjected
		}
		best, each, err := q.search(ctx, o.searchOptions, o.descentOptions, n, r.withIntercept(0))
		if err != nil {
			return nil, nil, err
		}
		if best.AICc == nil {
			return nil, nil, fmt.Errorf("options.aicc: no lambda of the grid leaves enough of the %v rows", n)
		}
		o.lambda, o.eta, out.Search = best.Lambda, best.Eta, each
	}
	out.Lambda = o.lambda
	if o.eta != 1 {
		out.Eta = &o.eta
	}
	descent, err := q.solve(ctx, o.lambda, o.eta, o.descentOptions)
	if err != nil {
		return nil, nil, err
	}
	active := descent.active()
	out.DF, out.NonZero, out.Iterations = descent.freedom(o.lambda*(1-o.eta)), len(active), descent.used
	coef := extendedOf(descent.coefficients())
	if o.debias && len(active) > 0 {
		out.Debiased = true
		coef, err = r.refitted(base, active)
	}
	return coef, out, err
}

// solve goes to one penalty, by way of larger ones, which is faster and safer
// than at once.
// Warm starts along a falling lambda are those of Friedman, Hastie and Tibshirani
// (2010, section 2.5); the strong rules need the solution at the step before.
func (q *gram) solve(ctx context.Context, lambda, eta float64, o descentOptions) (*descent, error) {
	const steps = 10
	lambdas := []float64{lambda}
	if first := q.firstLambda(eta); first > lambda {
		lambdas = geometric(first, lambda, steps)
		// exactly lambda, which the logarithms have rounded
		lambdas[steps-1] = lambda
	}
	var last *descent
	err := q.walk(ctx, lambdas, eta, o, func(_ float64, d *descent) error {
		last = d
		return nil
	})
	if err != nil {
		return nil, err
	}
	// The result does not depend on the tolerance.
	_, err = last.finish(ctx, lambda*eta, lambda*(1-eta))
	return last, err
}

// refitted fits some terms by least squares; the others have 0 (A. Belloni, V.
// Chernozhukov, Least squares after model selection, Bernoulli 19, 2013).
func (r *regression) refitted(base *design.Moments, active []int) ([]dd.Number, error) {
	part := &regression{regressionOptions: r.regressionOptions, target: r.target}
	for _, i := range active {
		part.names = append(part.names, r.names[i])
	}
	q, err := part.factorNormal(base.Sub(append(slices.Clone(active), r.terms())), nil, true)
	if err != nil {
		return nil, err
	}
	out := make([]dd.Number, r.terms())
	for k, x := range q.solve() {
		out[active[k]] = x
	}
	return out, nil
}

// warnDependent names the inputs that others determine: their coefficients are
// one choice of many, and leaving them out changes no prediction. The indicators
// of a category, which add up to 1, are not named.
func (r *regression) warnDependent(base *design.Moments) []string {
	p := r.terms()
	if base.Projected {
		return nil
	}
	a := make([]float64, p*p)
	for i := range p {
		for j := range p {
			a[i*p+j] = base.At(i, j).Float()
		}
	}
	f, err := linalg.Factor(a, p, design.RcondDouble)
	if err != nil {
		return nil // the descent says what is not finite
	}
	var out []string
	for _, k := range f.Dependent() {
		if design.Constant(base, k) || r.design.Terms[k].Categorical {
			continue
		}
		out = append(out, fmt.Sprintf("%q is a combination of %s: it can be left out", r.names[k], design.Involved(r.names, f.Combination(k))))
	}
	return out
}
