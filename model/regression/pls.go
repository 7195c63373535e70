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

func plsEntry() model.Entry {
	return model.Entry{
		Type:    "pls",
		Role:    model.RoleRegression,
		Target:  true,
		Summary: "Partial least squares of one target with `q` components, from the covariance (the improved kernel algorithm of Dayal and MacGregor, J. Chemometrics 11, 1997), as scikit-learn's PLSRegression.",
		Options: slices.Concat([]model.Option{
			{Name: "q", Default: 2, Description: "The number of components, 1 to 1000, at most the number of inputs. The model has fewer when these already explain everything that can be explained."},
			{Name: "standardize", Default: true, Description: "Divide each input by its standard deviation."},
		}, regressionOptionRows()),
		Check: func(d *model.Definition) error { _, err := plsOptionsOf(d); return err },
		Build: buildPLS,
	}
}

type plsOptions struct {
	q           int
	standardize bool
}

func plsOptionsOf(d *model.Definition) (o plsOptions, err error) {
	if o.q, err = d.Whole("q", 2, 1, 1000); err != nil {
		return o, err
	}
	if o.standardize, err = d.Flag("standardize", true); err != nil {
		return o, err
	}
	_, err = regressionOptionsOf(d)
	return o, err
}

func buildPLS(d *model.Definition, e *model.Evidence) (model.Model, error) {
	o, err := plsOptionsOf(d)
	if err != nil {
		return nil, err
	}
	r, err := newRegression(d, e, design.CodingFull)
	if err != nil {
		return nil, err
	}
	if o.q > r.terms() {
		return nil, fmt.Errorf("options.q: %d components of %d inputs", o.q, r.terms())
	}
	coef, components := r.pls(r.all, o)
	report := r.newReport(coef)
	report.componentsReport = components
	report.CrossValidation = r.crossValidate(func(m *design.Moments) ([]dd.Number, error) {
		coef, _ := r.pls(m, o)
		return coef, nil
	})
	return r.newLinear(r.fitted(r.all, coef), report), nil
}

// pls fits to moments. With weights w, loadings p and rotations r = w, each
// made orthogonal to the loadings before, the coefficients are the sum of r q
// (Dayal and MacGregor, algorithm 2, of one target).
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
