package regression

import (
	"fmt"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
)

// Kinds of principal components regression.
const (
	pcrFirst = "first"
	pcrFull  = "full"
)

func pcrEntry() model.Entry {
	return model.Entry{
		Type:    "pcr",
		Role:    model.RoleRegression,
		Target:  true,
		Summary: "Principal components regression: least squares on the first `q` principal components of the inputs (Massy 1965), or a lasso on the inputs and all their components together.",
		Options: slices.Concat([]model.Option{
			{Name: "kind", Default: pcrFirst, Description: "`first`: the first `q` components. `full`: a lasso with the options below on inputs and components together, which selects among both."},
			{Name: "q", Default: 2, Description: "The number of components of `first`, 1 to 1000, at most the rank of the inputs."},
		}, pcrElasticRows(), regressionOptionRows()),
		Check: func(d *model.Definition) error { _, err := pcrOptionsOf(d); return err },
		Build: buildPCR,
	}
}

// pcrElasticRows are the options of the lasso but for the path and the refit;
// the inputs are standardised unless that is switched off.
func pcrElasticRows() []model.Option {
	rows := elasticOptionRows()
	rows = slices.DeleteFunc(rows, func(o model.Option) bool { return o.Name == "path" || o.Name == "debias" })
	for i := range rows {
		if rows[i].Name == "standardize" {
			rows[i].Default = true
			rows[i].Description = "Divide each input by its standard deviation."
		}
	}
	return rows
}

type pcrOptions struct {
	kind string
	q    int
	elasticOptions
}

func pcrOptionsOf(d *model.Definition) (o pcrOptions, err error) {
	if o.elasticOptions, err = elasticOptionsOf(d, 1); err != nil {
		return o, err
	}
	if o.kind, err = d.Text("kind", pcrFirst, pcrFirst, pcrFull); err != nil {
		return o, err
	}
	if o.q, err = d.Whole("q", 2, 1, 1000); err != nil {
		return o, err
	}
	o.standardize, err = d.Flag("standardize", true)
	return o, err
}

func buildPCR(d *model.Definition, e *model.Evidence) (model.Model, error) {
	o, err := pcrOptionsOf(d)
	if err != nil {
		return nil, err
	}
	r, err := newRegression(d, e, design.CodingFull)
	if err != nil {
		return nil, err
	}
	if o.kind == pcrFirst && o.q > r.terms() {
		return nil, fmt.Errorf("options.q: %d components of %d inputs", o.q, r.terms())
	}
	fit := r.pcrFirst
	if o.kind == pcrFull {
		fit = r.pcrFull
	}
	coef, components, shrinkage, err := fit(r.all, o)
	if err != nil {
		return nil, err
	}
	report := r.newReport(coef)
	report.componentsReport, report.shrinkageReport = components, shrinkage
	if shrinkage != nil {
		report.AICc = model.Finite(r.aiccOf(coef, shrinkage.DF))
	} else {
		report.AICc = model.Finite(r.aiccOf(coef, float64(components.Components)))
	}
	report.CrossValidation = r.crossValidate(func(m *design.Moments) ([]dd.Number, error) {
		coef, _, _, err := fit(m, o)
		return coef, err
	})
	return r.newLinear(r.fitted(r.all, coef), report), nil
}

// components returns the principal components of scaled inputs as rows, with
// their variances, those of a variance of 0 left out.
func (r *regression) components(m *design.Moments, standardize bool) (s *scaled, values, vectors []float64, err error) {
	s = newScaled(r.base(m), standardize)
	values, vectors, err = linalg.Eigen(s.s, s.p)
	if err != nil {
		return nil, nil, nil, err
	}
	rank := 0
	for rank < len(values) && values[rank] > design.RcondDouble*values[0] {
		rank++
	}
	return s, values[:rank], vectors[:rank*s.p], nil
}

// pcrFirst fits to the first q components: b = sum of v (v'c)/lambda.
func (r *regression) pcrFirst(m *design.Moments, o pcrOptions) ([]dd.Number, *componentsReport, *shrinkageReport, error) {
	s, values, vectors, err := r.components(m, o.standardize)
	if err != nil {
		return nil, nil, nil, err
	}
	if o.q > len(values) {
		return nil, nil, nil, fmt.Errorf("options.q: %d components of inputs of rank %d", o.q, len(values))
	}
	total := 0.0
	for _, v := range values {
		total += v
	}
	b, out := make([]float64, s.p), &componentsReport{Components: o.q}
	for k := range o.q {
		v := vectors[k*s.p : (k+1)*s.p]
		f := linalg.Dot(v, s.c) / values[k]
		for i := range b {
			b[i] += f * v[i]
		}
		out.Explained = append(out.Explained, values[k]/total)
		out.R2With = append(out.R2With, s.r2(b))
	}
	return s.coefficients(b), out, nil, nil
}

// pcrFull fits a lasso to [X XW], W the components, whose cross products are
// [I W]'S[I W]: XW is uncorrelated with itself and XW'X is W times its
// variances. The components are in units of their standard deviation.
func (r *regression) pcrFull(m *design.Moments, o pcrOptions) ([]dd.Number, *componentsReport, *shrinkageReport, error) {
	s, values, vectors, err := r.components(m, o.standardize)
	if err != nil {
		return nil, nil, nil, err
	}
	p, k := s.p, len(values)
	q := &gram{p: p + k, g: make([]float64, (p+k)*(p+k)), c: make([]float64, p+k), yy: s.yy, unit: make([]float64, p+k)}
	for i := range p {
		copy(q.g[i*q.p:], s.s[i*p:(i+1)*p])
		q.c[i], q.unit[i] = s.c[i], 1
	}
	for a, variance := range values {
		v, spread, at := vectors[a*p:(a+1)*p], math.Sqrt(variance), p+a
		q.unit[at] = spread
		q.g[at*q.p+at] = 1
		q.c[at] = linalg.Dot(v, s.c) / spread
		for i := range p {
			q.g[at*q.p+i], q.g[i*q.p+at] = v[i]*spread, v[i]*spread
		}
	}
	n := m.Weight.Float()
	out := &shrinkageReport{}
	if o.aicc {
		best, _, err := q.search(o.searchOptions, o.descentOptions, n, r.withIntercept(0))
		if err != nil {
			return nil, nil, nil, err
		}
		if best.AICc == nil {
			return nil, nil, nil, fmt.Errorf("options.aicc: no lambda of the grid leaves enough of the %v rows", n)
		}
		o.lambda = best.Lambda
	}
	d, err := q.solve(o.lambda, 1, o.descentOptions)
	if err != nil {
		return nil, nil, nil, err
	}
	out.Lambda, out.DF, out.NonZero, out.Iterations = o.lambda, d.freedom(0), len(d.active()), d.used
	all := d.coefficients()
	b := all[:p]
	used := 0
	for a := range values {
		f := all[p+a]
		if f != 0 {
			used++
		}
		for i := range b {
			b[i] += f * vectors[a*p+i]
		}
	}
	return s.coefficients(b), &componentsReport{Components: used}, out, nil
}
