package anomaly

import (
	"context"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/covariance"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// What pca measures.
const (
	pcaCombined = "combined"
	pcaT2       = "t2"
	pcaSPE      = "spe"
	pcaShyu     = "major_minor"
	pcaWeighted = "weighted"
)

// Shyu and others take as major the components that explain half of the
// variance, and as minor those with an eigenvalue below 0.2.
const minorBelow = 0.2

func pcaEntry() model.Entry {
	return model.NewEntry(model.Entry{
		Type:    "pca",
		Role:    model.RoleAnomaly,
		Summary: "Principal components of the numeric attributes: how far a row lies out within the plane of the major components, and how far it lies off that plane.",
	}, readPCA, buildPCA)
}

type pcaOptions struct {
	measure   string
	explained float64
	estimate  covariance.CovarianceOptions
	minRows   float64
}

func readPCA(r *param.Reader) pcaOptions {
	return pcaOptions{
		measure: r.Choice("measure", pcaCombined, []string{pcaCombined, pcaT2, pcaSPE, pcaShyu, pcaWeighted},
			"`t2`: squared distance within the major components, in units of their standard deviations. `spe`: squared distance from their plane (Jackson and Mudholkar 1979). `combined`: both, each over its expectation (Yue and Qin 2001). `major_minor`: squared distance in standard deviations along the major components and along the components with an eigenvalue below 0.2 (Shyu and others 2003). `weighted`: sum of the distances from the component vectors over their share of the variance, as PyOD does."),
		estimate:  covariance.Read(r),
		explained: r.Number("explained", 0.9, param.Between(0.01, 1), "The smallest share of the variance that the major components explain. Shyu and others take 0.5."),
		minRows:   readMinRows(r),
	}
}

// pca is the built model: a form in the space of the components. The score is
// scale times a chi-square of freedom degrees, by the first two moments (Box,
// Annals of Mathematical Statistics 1954), were the rows normal.
type pca struct {
	inputs         []string
	form           form
	steps          steps // of the constant inputs
	scale, freedom float64
	minRows        float64

	measure, estimator string
	spectrum           *spectrum
	weights            []float64 // by component
}

var _ model.Model = (*pca)(nil)

func buildPCA(ctx context.Context, d *model.Definition, o pcaOptions, e *model.Evidence) (model.Model, error) {
	columns, names, err := numericInputs(d, e.Summary)
	if err != nil {
		return nil, err
	}
	sp, err := spectrumOf(e.Summary, columns)
	if err != nil {
		return nil, err
	}
	if o.estimate.Estimator != covariance.CovarianceEmpirical && len(sp.values) > 0 {
		if sp, err = sp.estimated(ctx, o.estimate, e.Summary); err != nil {
			return nil, err
		}
	}
	o.minRows = max(o.minRows, float64(len(names)+2))
	if o.measure == pcaWeighted {
		m := newPCAWeighted(e.Summary, names, sp, o.minRows)
		m.steps = constantsOf(e.Summary, columns)
		m.steps.weight = max(1, float64(len(sp.values)))
		m.estimator = o.estimate.Name()
		return m, nil
	}
	m := &pca{inputs: names, minRows: o.minRows, steps: constantsOf(e.Summary, columns)}
	weights := componentWeights(sp, o)
	if o.measure == pcaCombined {
		// the distances are over their expectations, which add up to 2 for all
		m.steps.weight = 1 / max(1, float64(len(sp.values))/2)
	}
	m.form = sp.form(weights)
	m.measure, m.estimator, m.spectrum, m.weights = o.measure, o.estimate.Name(), sp, weights
	if o.measure == pcaT2 {
		inverse := make([]float64, len(sp.values))
		for k, value := range sp.values {
			inverse[k] = 1 / max(value, sp.least)
		}
		m.form.precision = sp.form(inverse).m
	}
	first, second := 0.0, 0.0
	for k, w := range weights {
		x := w * max(sp.values[k], 0)
		first, second = first+x, second+x*x
	}
	if first > 0 {
		m.scale, m.freedom = second/first, first*first/second
	}
	return m, nil
}

// componentWeights returns what the square along each component counts.
func componentWeights(sp *spectrum, o pcaOptions) []float64 {
	p := len(sp.values)
	weights := make([]float64, p)
	major, sum := 0, 0.0
	for major < p && sum < o.explained*float64(p) {
		sum += sp.values[major]
		major++
	}
	rest := 0.0
	for _, value := range sp.values[major:] {
		rest += max(value, sp.least)
	}
	for k, value := range sp.values {
		inverse := 1 / max(value, sp.least)
		switch {
		case k < major && o.measure == pcaCombined:
			weights[k] = inverse / float64(major)
		case k < major && o.measure != pcaSPE:
			weights[k] = inverse
		case k >= major && o.measure == pcaCombined:
			weights[k] = 1 / rest
		case k >= major && o.measure == pcaSPE:
			weights[k] = 1
		case k >= major && o.measure == pcaShyu && value < minorBelow:
			weights[k] = inverse
		}
	}
	return weights
}

// Inputs returns the numeric inputs.
func (m *pca) Inputs() []string { return m.inputs }

// MinRows returns the option min_rows, at least two more than there are inputs.
func (m *pca) MinRows() float64 { return m.minRows }

// Predict measures the form among the attributes that the row has. The
// probability is that of normal rows which have all attributes, else NaN.
func (m *pca) Predict(values []float64, _ []int32, result *model.Result) {
	result.Resize(len(m.inputs))
	clear(result.Contributions)
	score, present := m.form.predict(values, result.Contributions, result)
	score = min(score+m.steps.squares(values, result.Contributions), math.MaxFloat64)
	result.Score, result.PValue = score, math.NaN()
	if m.scale > 0 && present == len(m.form.columns) {
		result.PValue = special.ChiSquare(score/m.scale, m.freedom).Upper
	}
}
