package regression

import (
	"fmt"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
)

func elasticNetEntry() model.Entry {
	etas := []model.Option{
		{Name: "eta", Default: 0.5, Description: "The share of the lasso in the penalty: 0 is a ridge, 1 the lasso (scikit-learn's `l1_ratio`)."},
		{Name: "min_eta", Default: 0.0, Description: "The smallest `eta` that `aicc` tries."},
		{Name: "max_eta", Default: 1.0, Description: "The largest `eta` that `aicc` tries."},
		{Name: "num_eta", Default: 11, Description: "The number of `eta` that `aicc` tries, 1 to 101."},
	}
	return model.Entry{
		Type:    "elastic_net",
		Role:    model.RoleRegression,
		Target:  true,
		Summary: "Elastic net (Zou and Hastie 2005): half the mean squared error plus `lambda` times (`eta` |b|1 + (1 - `eta`)/2 |b|²), as scikit-learn's ElasticNet with `alpha` and `l1_ratio`; by coordinate descent on the covariance (Friedman, Hastie, Tibshirani 2010) with strong rules. Categorical inputs have a coefficient for every value.",
		Options: slices.Concat(etas, elasticOptionRows(), regressionOptionRows()),
		Check:   func(d *model.Definition) error { _, err := elasticOptionsOf(d, 0.5); return err },
		Build:   func(d *model.Definition, e *model.Evidence) (model.Model, error) { return buildElastic(d, e, 0.5) },
	}
}

func lassoEntry() model.Entry {
	return model.Entry{
		Type:    "lasso",
		Role:    model.RoleRegression,
		Target:  true,
		Summary: "Lasso (Tibshirani 1996): half the mean squared error plus `lambda` times the sum of the coefficients' magnitudes, as scikit-learn's Lasso with `alpha`.",
		Options: slices.Concat(elasticOptionRows(), regressionOptionRows()),
		Check:   func(d *model.Definition) error { _, err := elasticOptionsOf(d, 1); return err },
		Build:   func(d *model.Definition, e *model.Evidence) (model.Model, error) { return buildElastic(d, e, 1) },
	}
}

// elasticOptionRows are the catalogue's rows of the options of lasso and
// elastic net.
func elasticOptionRows() []model.Option {
	return []model.Option{
		{Name: "lambda", Default: 1.0, Description: "The weight of the penalty, above 0 (scikit-learn's `alpha`)."},
		{Name: "standardize", Default: false, Description: "Penalise each coefficient in units of the standard deviation (n) of its input."},
		{Name: "max_iterations", Default: 10000, Description: "The maximum number of sweeps over the coefficients."},
		{Name: "tolerance", Default: 1e-7, Description: "The descent ends when no coefficient, times the standard deviation of its input, changes by more than this share of the standard deviation of the target. The equations of the coefficients that are not 0 are then solved exactly."},
		{Name: "debias", Default: false, Description: "Fit the coefficients that are not 0 again by least squares."},
		{Name: "path", Default: false, Description: "Show the whole path in the description: `num_lambda` models, from the smallest `lambda` at which all coefficients are 0 down to a thousandth of it."},
		{Name: "aicc", Default: false, Description: "Choose `lambda` (and `eta`) on a grid by the lowest AICc."},
		{Name: "min_lambda_power", Default: -10.0, Description: "The smallest `lambda` of the grid is 10 to this power."},
		{Name: "max_lambda_power", Default: 3.0, Description: "The largest `lambda` of the grid is 10 to this power."},
		{Name: "num_lambda", Default: 100, Description: "The number of `lambda` in the grid or in the path, 2 to 1000."},
	}
}

type elasticOptions struct {
	descentOptions
	searchOptions
	lambda, eta float64
	standardize bool
	debias      bool
	path, aicc  bool
}

// elasticOptionsOf reads the options; eta is the default, 1 being the lasso.
func elasticOptionsOf(d *model.Definition, eta float64) (o elasticOptions, err error) {
	number := func(to *float64, name string, fallback, low, high float64) {
		if err == nil {
			*to, err = d.Number(name, fallback, low, high)
		}
	}
	whole := func(to *int, name string, fallback, low, high int) {
		if err == nil {
			*to, err = d.Whole(name, fallback, low, high)
		}
	}
	truth := func(to *bool, name string) {
		if err == nil {
			*to, err = d.Flag(name, false)
		}
	}
	number(&o.lambda, "lambda", 1, 1e-100, 1e100)
	o.eta, o.minEta, o.maxEta, o.etas = 1, 1, 1, 1
	if eta != 1 {
		number(&o.eta, "eta", eta, 0, 1)
		number(&o.minEta, "min_eta", 0, 0, 1)
		number(&o.maxEta, "max_eta", 1, 0, 1)
		whole(&o.etas, "num_eta", 11, 1, 101)
	}
	truth(&o.standardize, "standardize")
	whole(&o.iterations, "max_iterations", 10000, 1, 10_000_000)
	number(&o.tolerance, "tolerance", 1e-7, 1e-15, 0.1)
	truth(&o.debias, "debias")
	truth(&o.path, "path")
	truth(&o.aicc, "aicc")
	number(&o.minPower, "min_lambda_power", -10, -100, 100)
	number(&o.maxPower, "max_lambda_power", 3, -100, 100)
	whole(&o.lambdas, "num_lambda", 100, 2, 1000)
	if err != nil {
		return o, err
	}
	if o.minPower > o.maxPower {
		return o, fmt.Errorf("options.min_lambda_power: %v, want at most max_lambda_power, %v", o.minPower, o.maxPower)
	}
	if o.minEta > o.maxEta {
		return o, fmt.Errorf("options.min_eta: %v, want at most max_eta, %v", o.minEta, o.maxEta)
	}
	_, err = regressionOptionsOf(d)
	return o, err
}

func buildElastic(d *model.Definition, e *model.Evidence, eta float64) (model.Model, error) {
	o, err := elasticOptionsOf(d, eta)
	if err != nil {
		return nil, err
	}
	r, err := newRegression(d, e, design.CodingFull)
	if err != nil {
		return nil, err
	}
	coef, shrinkage, err := r.elastic(r.all, o)
	if err != nil {
		return nil, err
	}
	report := r.newReport(coef)
	if o.path {
		if shrinkage.Path, err = newGram(r.base(r.all), o.standardize).path(shrinkage.eta(), o.lambdas, o.descentOptions); err != nil {
			return nil, err
		}
	}
	report.shrinkageReport = shrinkage
	report.AICc = model.Finite(r.aiccOf(coef, shrinkage.DF))
	report.CrossValidation = r.crossValidate(func(m *design.Moments) ([]dd.Number, error) {
		coef, _, err := r.elastic(m, o)
		return coef, err
	})
	return r.newLinear(r.fitted(r.all, coef), report), nil
}

func (s *shrinkageReport) eta() float64 {
	if s.Eta == nil {
		return 1
	}
	return *s.Eta
}

// elastic fits to moments.
func (r *regression) elastic(m *design.Moments, o elasticOptions) ([]dd.Number, *shrinkageReport, error) {
	base := r.base(m)
	q, n := newGram(base, o.standardize), base.Weight.Float()
	if base.Pairwise {
		if err := r.definite(base); err != nil {
			return nil, nil, err
		}
	}
	out := &shrinkageReport{}
	if o.aicc {
		best, each, err := q.search(o.searchOptions, o.descentOptions, n, r.withIntercept(0))
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
	descent, err := q.solve(o.lambda, o.eta, o.descentOptions)
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
func (q *gram) solve(lambda, eta float64, o descentOptions) (*descent, error) {
	const steps = 10
	lambdas := []float64{lambda}
	if first := q.firstLambda(eta); first > lambda {
		lambdas = geometric(first, lambda, steps)
		lambdas[steps-1] = lambda
	}
	var last *descent
	err := q.walk(lambdas, eta, o, func(_ float64, d *descent) error {
		last = d
		return nil
	})
	if err != nil {
		return nil, err
	}
	last.exact(lambda*eta, lambda*(1-eta))
	return last, nil
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
