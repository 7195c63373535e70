package regression

import (
	"context"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

func ridgeEntry() model.Entry {
	return model.NewEntry(model.Entry{
		Type:    "ridge",
		Role:    model.RoleRegression,
		Target:  true,
		Summary: "Ridge regression (Hoerl and Kennard 1970): least squares plus `lambda` times the sum of squared coefficients, as scikit-learn's Ridge with `alpha`. Categorical inputs have a coefficient for every value.",
	}, readRidge, buildRidge)
}

type ridgeOptions struct {
	lambda      float64
	chosen      string // how lambda is chosen; empty where it is given
	standardize bool
	regressionOptions
}

func readRidge(r *param.Reader) ridgeOptions {
	lambda, chosen := r.NumberOrWord("lambda", 1, param.Between(0, 1e100), []string{lambdaAuto, lambdaFolds}, "The weight of the squared coefficients relative to the sum of squared errors. `auto` chooses it by generalised cross-validation (Golub, Heath and Wahba 1979), `folds` by the error on the folds of the project, each predicted from all others.")
	return ridgeOptions{
		lambda:            lambda,
		chosen:            chosen,
		standardize:       r.Boolean("standardize", false, scalePenalty),
		regressionOptions: readRegression(r),
	}
}

// buildRidge solves (X'X + lambda D) b = X'y with D the unit matrix or the diagonal
// of variances; the intercept is not penalised.
func buildRidge(ctx context.Context, d *model.Definition, o ridgeOptions, e *model.Evidence) (model.Model, error) {
	r, err := newRegression(d, o.regressionOptions, e, design.CodingFull)
	if err != nil {
		return nil, err
	}
	if o.chosen != "" {
		if o.lambda, err = r.chooseLambda(ctx, o); err != nil {
			return nil, err
		}
	}
	base := r.base(r.all)
	shrink := o.shrink(base)
	q, err := r.factorNormal(base, shrink, false)
	if err != nil {
		return nil, err
	}
	coef := q.solve()
	report := r.newReport(coef)
	// The effective degrees of freedom are the trace of the hat matrix (The Elements of
	// Statistical Learning, 2009, equation 3.50): p - lambda trace(D (X'X + lambda D)^-1).
	df := float64(r.terms())
	for i, x := range q.inverseDiagonal() {
		df -= shrink[i] * x.Float()
	}
	report.shrinkageReport = &shrinkageReport{Lambda: o.lambda, Chosen: o.chosen, DF: df, NonZero: r.terms()}
	report.AICc = model.Finite(r.aiccOf(coef, df))
	if report.CrossValidation, err = r.crossValidate(ctx, func(m *design.Moments) ([]dd.Number, error) {
		base := r.base(m)
		q, err := r.factorNormal(base, o.shrink(base), false)
		if err != nil {
			return nil, err
		}
		return q.solve(), nil
	}); err != nil {
		return nil, err
	}
	return r.newLinear(r.fitted(r.all, coef), report), nil
}

// shrink returns what is added to the diagonal of base moments.
func (o ridgeOptions) shrink(base *design.Moments) []float64 {
	out := make([]float64, base.N-1)
	for i := range out {
		out[i] = o.lambda
		if variance := base.At(i, i).Float() / base.Weight.Float(); o.standardize && variance > 0 {
			out[i] *= variance
		}
	}
	return out
}
