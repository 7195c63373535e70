package regression

import (
	"context"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

func plsEntry() model.Entry {
	return model.NewEntry(model.Entry{
		Type:    "pls",
		Role:    model.RoleRegression,
		Target:  true,
		Summary: "Partial least squares of one target with `q` components, from the covariance (the improved kernel algorithm of Dayal and MacGregor, J. Chemometrics 11, 1997), as scikit-learn's PLSRegression.",
	}, readPLS, buildPLS)
}

type plsOptions struct {
	q           int
	standardize bool
	regressionOptions
}

func readPLS(r *param.Reader) plsOptions {
	o := plsOptions{
		q:                 r.Integer("q", 2, param.Between(1, 1000), "The number of components, at most the number of inputs. The model has fewer when these already explain everything that can be explained."),
		standardize:       r.Boolean("standardize", true, scaleInputs),
		regressionOptions: readInputs(r),
	}
	r.Idle(param.Parameter{Name: "rcond", Kind: param.KindNumber, Range: rcondRange()}) // no matrix is inverted
	o.readPredictions(r)
	return o
}

// buildPLS gives no AICc: partial least squares is not linear in the target, so the
// number of components is not its degrees of freedom.
func buildPLS(ctx context.Context, d *model.Definition, o plsOptions, e *model.Evidence) (model.Model, error) {
	r, err := newRegression(d, o.regressionOptions, e, design.CodingFull)
	if err != nil {
		return nil, err
	}
	if o.q > r.terms() {
		return nil, r.tooFew(d, o.q)
	}
	coef, components := r.pls(r.all, o)
	report := r.newReport(coef)
	report.componentsReport = components
	if report.CrossValidation, err = r.crossValidate(ctx, func(m *design.Moments) ([]dd.Number, error) {
		coef, _ := r.pls(m, o)
		return coef, nil
	}); err != nil {
		return nil, err
	}
	return r.newLinear(r.fitted(r.all, coef), report), nil
}

// pls fits to moments. With weights w, loadings p and rotations r = w, each
// made orthogonal to the loadings before, the coefficients are the sum of r q
// (Dayal and MacGregor, algorithm 2, of one target).
// It needs the covariance only, and costs p² a component for p inputs.
func (r *regression) pls(m *design.Moments, o plsOptions) ([]dd.Number, *componentsReport) {
	s := newScaled(r.base(m), o.standardize)
	rest := append([]float64(nil), s.c...) // covariance of the deflated inputs with the target
	first := math.Sqrt(linalg.Dot(rest, rest))
	b := make([]float64, s.p)
	var rotations, loadings [][]float64
	out := &componentsReport{}
	for range o.q {
		// what is left of the covariance is rounding: nothing more to explain
		const nothing = 1e-13
		w := append([]float64(nil), rest...)
		if length := normalise(w); !(length > nothing*first) {
			break
		}
		rotation := append([]float64(nil), w...)
		for k, loading := range loadings {
			f := linalg.Dot(loading, w)
			for i := range rotation {
				rotation[i] -= f * rotations[k][i]
			}
		}
		// tt is the variance of the component's scores, image/tt its loading.
		image := s.times(rotation)
		tt := linalg.Dot(rotation, image)
		if !(tt > 0) {
			break
		}
		q := linalg.Dot(rotation, s.c) / tt
		for i := range image {
			b[i] += q * rotation[i]
			rest[i] -= image[i] * q
			image[i] /= tt
		}
		rotations, loadings = append(rotations, rotation), append(loadings, image)
		out.R2With = append(out.R2With, s.r2(b))
	}
	out.Components = len(rotations)
	return s.coefficients(b), out
}
