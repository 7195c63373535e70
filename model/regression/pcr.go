package regression

import (
	"context"
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// Kinds of principal components regression.
const (
	pcrFirst = "first"
	pcrFull  = "full"
)

func pcrEntry() model.Entry {
	return model.NewEntry(model.Entry{
		Type:    "pcr",
		Role:    model.RoleRegression,
		Target:  true,
		Summary: "Principal components regression: least squares on the first `q` principal components of the inputs (Massy 1965), or a lasso on the inputs and all their components together.",
	}, readPCR, buildPCR)
}

type pcrOptions struct {
	kind string
	q    int
	elasticOptions
}

// readPCR reads the options: those of the lasso without the path and the refit.
func readPCR(r *param.Reader) pcrOptions {
	o := pcrOptions{
		kind: r.Choice("kind", pcrFirst, []string{pcrFirst, pcrFull}, "`first`: the first `q` components. `full`: a lasso with the options below on inputs and components together, which selects among both."),
		q:    r.Integer("q", 2, param.Between(1, 1000), "The number of components of `first`, at most the rank of the inputs."),
	}
	o.elasticOptions = lassoOnly()
	o.readPenalty(r)
	o.standardize = r.Boolean("standardize", true, scaleInputs)
	o.readDescent(r)
	o.readSearch(r)
	o.regressionOptions = readInputs(r)
	o.rcond = r.Number("rcond", 0, rcondRange(), "The smallest variance of a component, as a share of that of the first; components below it are left out. 0 means 1e-14.")
	o.readPredictions(r)
	return o
}

// buildPCR returns a model of the inputs themselves: coefficients of components are
// turned back, so predictions and contributions need no projection.
func buildPCR(ctx context.Context, d *model.Definition, o pcrOptions, e *model.Evidence) (model.Model, error) {
	r, err := newRegression(d, o.regressionOptions, e, design.CodingFull)
	if err != nil {
		return nil, err
	}
	if o.kind == pcrFirst && o.q > r.terms() {
		return nil, r.tooFew(d, o.q)
	}
	fit := r.pcrFirst
	if o.kind == pcrFull {
		fit = r.pcrFull
	}
	coef, components, shrinkage, err := fit(ctx, r.all, o)
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
	if report.CrossValidation, err = r.crossValidate(ctx, func(m *design.Moments) ([]dd.Number, error) {
		coef, _, _, err := fit(ctx, m, o)
		return coef, err
	}); err != nil {
		return nil, err
	}
	return r.newLinear(r.fitted(r.all, coef), report), nil
}

// components returns the principal components of scaled inputs as rows, with
// their variances, those of a variance of 0, or below rcond of the first, left out.
// A component of no variance has a coefficient of 0/0, so it cannot be used.
func (r *regression) components(m *design.Moments, standardize bool) (s *scaled, values, vectors []float64, err error) {
	s = newScaled(r.base(m), standardize)
	values, vectors, err = linalg.Eigen(s.s, s.p)
	if err != nil {
		return nil, nil, nil, err
	}
	rank := 0
	for rank < len(values) && values[rank] > max(r.rcond, design.RcondDouble)*values[0] {
		rank++
	}
	return s, values[:rank], vectors[:rank*s.p], nil
}

// pcrFirst fits to the first q components: b = sum of v (v'c)/lambda.
// Here v is an eigenvector, lambda its eigenvalue and c the covariance with the
// target (The Elements of Statistical Learning, 2009, equation 3.61).
func (r *regression) pcrFirst(_ context.Context, m *design.Moments, o pcrOptions) ([]dd.Number, *componentsReport, *shrinkageReport, error) {
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
// The matrix is singular by construction. The lasso's penalty still picks a
// solution, and the descent needs no inverse.
func (r *regression) pcrFull(ctx context.Context, m *design.Moments, o pcrOptions) ([]dd.Number, *componentsReport, *shrinkageReport, error) {
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
		if r.projected {
			return nil, nil, nil, errProjected
		}
		best, _, err := q.search(ctx, o.searchOptions, o.descentOptions, n, r.withIntercept(0))
		if err != nil {
			return nil, nil, nil, err
		}
		if best.AICc == nil {
			return nil, nil, nil, fmt.Errorf("options.aicc: no lambda of the grid leaves enough of the %v rows", n)
		}
		o.lambda = best.Lambda
	}
	d, err := q.solve(ctx, o.lambda, 1, o.descentOptions)
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
