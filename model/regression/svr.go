package regression

import (
	"context"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

func svrEntry() model.Entry {
	return model.NewEntry(model.Entry{
		Type:    "svr",
		Role:    model.RoleRegression,
		Target:  true,
		Summary: "Proximal support vector regression, linear: the analogue of the proximal classifier of Fung and Mangasarian (KDD 2001), `nu` times the squared errors plus the squares of the coefficients and of the intercept, half each.",
	}, readSVR, buildSVR)
}

type svrOptions struct {
	nu          float64
	standardize bool
	regressionOptions
}

func readSVR(r *param.Reader) svrOptions {
	return svrOptions{
		nu:                r.Number("nu", 1, param.Between(1e-100, 1e100), "The weight of the squared errors."),
		standardize:       r.Boolean("standardize", true, centreInputs),
		regressionOptions: readRegression(r),
	}
}

// buildSVR is ridge regression whose intercept is shrunk too: the squared loss of
// the proximal machine has no insensitive band, so every row is a support vector.
func buildSVR(ctx context.Context, d *model.Definition, o svrOptions, e *model.Evidence) (model.Model, error) {
	r, err := newRegression(d, o.regressionOptions, e, design.CodingFull)
	if err != nil {
		return nil, err
	}
	if r.intercept {
		r.level = o.level
	}
	coef, err := r.svr(r.all, o)
	if err != nil {
		return nil, err
	}
	report := r.newReport(coef)
	if report.CrossValidation, err = r.crossValidate(ctx, func(m *design.Moments) ([]dd.Number, error) { return r.svr(m, o) }); err != nil {
		return nil, err
	}
	return r.newLinear(r.fitted(r.all, coef), report), nil
}

// svr solves (I/nu + E'E) r = E'y, E = [X 1], for the coefficients: with the
// intercept eliminated E'E is the centred cross products and n/(nu n + 1) times
// the product of the means, which are 0 when the inputs are centred first.
func (r *regression) svr(m *design.Moments, o svrOptions) ([]dd.Number, error) {
	base := m
	switch {
	case !r.intercept:
		base = m.Uncentred()
	case !o.standardize:
		base = m.About(m.Weight.Div(m.Weight.MulFloat(o.nu).AddFloat(1)))
	}
	q, err := r.factorNormal(base, ridgeOptions{lambda: 1 / o.nu, standardize: o.standardize}.shrink(r.base(m)), false)
	if err != nil {
		return nil, err
	}
	return q.solve(), nil
}

// level is the prediction at the means: the best intercept given the
// coefficients is the mean residual, shrunk by nu n/(nu n + 1).
func (o svrOptions) level(m *design.Moments, coef []dd.Number) dd.Number {
	p := len(coef)
	var at dd.Number
	if !o.standardize {
		for i := range p {
			at = at.Add(coef[i].Mul(m.Mean[i]))
		}
	}
	weight := m.Weight.MulFloat(o.nu)
	return at.Add(m.Mean[p].Sub(at).Mul(weight.Div(weight.AddFloat(1))))
}
