package anomaly

import (
	"context"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/covariance"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

func mahalanobisEntry() model.Entry {
	return model.NewEntry(model.Entry{
		Type:    "mahalanobis",
		Role:    model.RoleAnomaly,
		Summary: "Squared Mahalanobis distance of the numeric attributes from their mean, with the decomposition of Mason, Tracy and Young as contributions.",
	}, readMahalanobis, buildMahalanobis)
}

type mahalanobisOptions struct {
	covariance covariance.CovarianceOptions
	minRows    float64
}

func readMahalanobis(r *param.Reader) mahalanobisOptions {
	return mahalanobisOptions{covariance: covariance.Read(r), minRows: readMinRows(r)}
}

// mahalanobis is the built model: the inverse correlations as a form.
type mahalanobis struct {
	inputs  []string
	form    form
	steps   steps   // of the constant inputs
	n       float64 // rows, for Hotelling's distribution; 0 for chi-square
	minRows float64

	estimator string
	spectrum  *spectrum
	weights   []float64 // by component
}

var _ model.Model = (*mahalanobis)(nil)

func buildMahalanobis(ctx context.Context, d *model.Definition, o mahalanobisOptions, e *model.Evidence) (model.Model, error) {
	m := &mahalanobis{}
	columns, names, err := numericInputs(d, e.Summary)
	if err != nil {
		return nil, err
	}
	m.inputs = names
	m.minRows = max(o.minRows, float64(len(names)+2))
	sp, err := spectrumOf(e.Summary, columns)
	if err != nil {
		return nil, err
	}
	m.n = sp.n
	if o.covariance.Estimator != covariance.CovarianceEmpirical && len(sp.values) > 0 {
		if sp, err = sp.estimated(ctx, o.covariance, e.Summary); err != nil {
			return nil, err
		}
		m.n = 0
	}
	weights := make([]float64, len(sp.values))
	for k, value := range sp.values {
		weights[k] = 1 / max(value, sp.least)
	}
	m.form, m.steps = sp.form(weights), constantsOf(e.Summary, columns)
	m.estimator, m.spectrum, m.weights = o.covariance.Name(), sp, weights
	return m, nil
}

// Inputs returns the numeric inputs.
func (m *mahalanobis) Inputs() []string { return m.inputs }

// MinRows returns the option min_rows, at least two more than there are inputs.
func (m *mahalanobis) MinRows() float64 { return m.minRows }

// Predict measures the distance among the attributes that the row has. A step in
// an attribute that is constant adds as many as there are rows. The probability is Hotelling's, for
// normal rows; with an estimator that shrinks it is that of chi-square.
func (m *mahalanobis) Predict(values []float64, _ []int32, result *model.Result) {
	result.Resize(len(m.inputs))
	clear(result.Contributions)
	score, present := m.form.predict(values, result.Contributions, result)
	score += m.steps.squares(values, result.Contributions)
	result.Score, result.PValue = math.Min(score, math.MaxFloat64), hotellingTail(score, present, m.n)
}
