package model

import (
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
)

func ridgeEntry() Entry {
	return Entry{
		Type:    "ridge",
		Role:    RoleRegression,
		Target:  true,
		Summary: "Ridge regression (Hoerl and Kennard 1970): least squares plus `lambda` times the sum of squared coefficients, as scikit-learn's Ridge with `alpha`. Categorical inputs have a coefficient for every value.",
		Options: slices.Concat([]Option{
			{Name: "lambda", Default: 1.0, Description: "The weight of the squared coefficients relative to the sum of squared errors, 0 or more."},
			{Name: "standardize", Default: false, Description: "Penalise each coefficient in units of the standard deviation (n) of its input."},
		}, regressionOptionRows()),
		check: func(d *Definition) error { _, err := ridgeOptionsOf(d); return err },
		build: buildRidge,
	}
}

type ridgeOptions struct {
	lambda      float64
	standardize bool
}

func ridgeOptionsOf(d *Definition) (o ridgeOptions, err error) {
	if o.lambda, err = d.number("lambda", 1, 0, 1e100); err != nil {
		return o, err
	}
	if o.standardize, err = d.truth("standardize", false); err != nil {
		return o, err
	}
	_, err = regressionOptionsOf(d)
	return o, err
}

func buildRidge(d *Definition, e *Evidence) (Model, error) {
	o, err := ridgeOptionsOf(d)
	if err != nil {
		return nil, err
	}
	r, err := newRegression(d, e, codingFull)
	if err != nil {
		return nil, err
	}
	base := r.base(r.all)
	shrink := o.shrink(base)
	q, err := r.factorNormal(base, shrink, false)
	if err != nil {
		return nil, err
	}
	coef := q.solve()
	report := r.newReport(coef)
	df := float64(r.terms())
	for i, x := range q.inverseDiagonal() {
		df -= shrink[i] * x.Float()
	}
	report.shrinkageReport = &shrinkageReport{Lambda: o.lambda, DF: df, NonZero: r.terms()}
	report.AICc = finite(r.aiccOf(coef, df))
	report.CrossValidation = r.crossValidate(func(m *moments) ([]dd.Number, error) {
		base := r.base(m)
		q, err := r.factorNormal(base, o.shrink(base), false)
		if err != nil {
			return nil, err
		}
		return q.solve(), nil
	})
	return r.newLinear(r.fitted(r.all, coef), report), nil
}

// shrink returns what is added to the diagonal of base moments.
func (o ridgeOptions) shrink(base *moments) []float64 {
	out := make([]float64, base.n-1)
	for i := range out {
		out[i] = o.lambda
		if variance := base.at(i, i).Float() / base.weight.Float(); o.standardize && variance > 0 {
			out[i] *= variance
		}
	}
	return out
}
