package regression

import (
	"context"
	"fmt"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

func gamEntry() model.Entry {
	return model.NewEntry(model.Entry{
		Type:    "gam",
		Role:    model.RoleRegression,
		Target:  true,
		Summary: "Generalised additive model of a number (Hastie and Tibshirani 1990; Wood, Generalized Additive Models, 2nd ed., 2017): a sum of smooth curves, one for each input of which `expand` of `sml_learn` computes splines, and of a level for each category. Each curve has a penalty on its curvature, chosen by generalised cross-validation. The description has each curve with its band.",
	}, readGAM, buildGAM)
}

// gamOptions are the options of additive models.
type gamOptions struct {
	lambda     float64
	auto       bool
	gamma      float64
	confidence float64
	pairs      int
	regressionOptions
}

func readGAM(r *param.Reader) (o gamOptions) {
	lambda, word := r.NumberOrWord("lambda", 0, param.Between(0, 1e12), []string{lambdaAuto}, "The weight of the curvature of every curve, relative to what it explains at a weight of 1. `auto`, and 0, choose a weight for each curve by generalised cross-validation.")
	o.lambda, o.auto = lambda, word == lambdaAuto || lambda == 0
	o.gamma = r.Number("gamma", 1, param.Between(1, 10), "The factor of the degrees of freedom in generalised cross-validation. Larger ones, such as 1.4, give smoother curves.")
	o.confidence = r.Number("confidence", 0.95, param.Between(0, 0.9999), "The confidence of the bands.")
	o.pairs = r.Integer("pairs", 0, param.Between(0, 100), "The number of pairs of inputs that get a term of their own: of the products that `expand.products` computes, those that explain most of what the curves leave (as in FAST; Lou, Caruana, Gehrke and Hooker, Accurate intelligible models with pairwise interactions, KDD 2013). It takes the place of `products` among the features.")
	o.regressionOptions = readRegression(r)
	return o
}

// smooth is the curve of one input: neighbouring terms of a design.
type smooth struct {
	name        string
	expansion   *expansion.Expansion
	first, size int
	penalty     []float64 // size by size
}

// buildGAM fits the curves together: penalised least squares with a penalty for each
// (Wood 2017, section 4.3).
func buildGAM(ctx context.Context, d *model.Definition, o gamOptions, e *model.Evidence) (model.Model, error) {
	if len(d.Features) == 0 {
		d.Features = []string{splinesFeature}
	}
	if slices.Contains(d.Features, expansion.Linear) {
		return nil, fmt.Errorf("%w: features: type gam is of %s, among which straight lines are, so leave %q out", model.ErrDefinition, splinesFeature, expansion.Linear)
	}
	if _, err := design.NumericTarget(d, e.Summary); err != nil {
		return nil, err
	}
	if err := design.CheckInputs(d, e.Summary.Layout()); err != nil {
		return nil, err
	}
	if !d.Computes(splinesFeature, e) {
		return nil, model.Later(fmt.Errorf("the project computes no splines of the inputs yet: list them under expand.splines of sml_learn, where they must be continuous attributes; the first values of each settle them, as many as expand.rows says (500 unless set)"))
	}
	r, err := newRegression(d, o.regressionOptions, e, design.CodingReference)
	if err != nil {
		return nil, err
	}
	f := newAdditive(r, e.Expansions, o)
	if err := f.choose(ctx); err != nil {
		return nil, err
	}
	var pairs []pairReport
	if o.pairs > 0 {
		if f, pairs, err = f.withPairs(ctx, d, e); err != nil {
			return nil, err
		}
		r = f.regression
	}
	coef, report, err := f.describe()
	if err != nil {
		return nil, err
	}
	report.Pairs = pairs
	if report.CrossValidation, err = r.crossValidate(ctx, func(m *design.Moments) ([]dd.Number, error) {
		fit, err := f.fit(r.base(m), f.lambdas)
		if err != nil {
			return nil, err
		}
		return extendedOf(fit.coef), nil
	}); err != nil {
		return nil, err
	}
	return r.newLinear(r.fitted(r.all, coef), report), nil
}

// splinesFeature is the feature that curves are made of.
const splinesFeature = "splines"
