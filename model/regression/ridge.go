package regression

import (
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
)

func ridgeEntry() model.Entry {
	return model.Entry{
		Type:    "ridge",
		Role:    model.RoleRegression,
		Target:  true,
		Summary: "Ridge regression (Hoerl and Kennard 1970): least squares plus `lambda` times the sum of squared coefficients, as scikit-learn's Ridge with `alpha`. Categorical inputs have a coefficient for every value.",
		Options: slices.Concat([]model.Option{
			{Name: "lambda", Default: 1.0, Description: "The weight of the squared coefficients relative to the sum of squared errors, 0 or more."},
			{Name: "standardize", Default: false, Description: "Penalise each coefficient in units of the standard deviation (n) of its input."},
		}, regressionOptionRows()),
		Check: func(d *model.Definition) error { _, err := ridgeOptionsOf(d); return err },
		Build: buildRidge,
	}
}

type ridgeOptions struct {
	lambda      float64
	standardize bool
}

func ridgeOptionsOf(d *model.Definition) (o ridgeOptions, err error) {
	if o.lambda, err = d.Number("lambda", 1, 0, 1e100); err != nil {
		return o, err
	}
	if o.standardize, err = d.Flag("standardize", false); err != nil {
		return o, err
	}
	_, err = regressionOptionsOf(d)
	return o, err
}

func buildRidge(d *model.Definition, e *model.Evidence) (model.Model, error) {
	o, err := ridgeOptionsOf(d)
	if err != nil {
		return nil, err
	}
	r, err := newRegression(d, e, design.CodingFull)
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
	report.AICc = model.Finite(r.aiccOf(coef, df))
	report.CrossValidation = r.crossValidate(func(m *design.Moments) ([]dd.Number, error) {
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
