package regression

import (
	"context"
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/likelihood"
	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
	"github.com/rpconnect-sml/rpconnect-sml/model/glm"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// countedFrom says of a generalised linear model of which rows it is.
const countedFrom = " Its likelihood is kept from when the model is defined; where inputs and target have few values (at most 32 different numbers; a Poisson count any), it is fitted exactly to all rows."

func poissonEntry() model.Entry {
	return meanEntry(likelihood.Poisson, "Poisson regression of a count, the logarithm of whose mean is linear (McCullagh and Nelder, Generalized Linear Models, 1989, chapter 6), with an offset for the exposure, standard errors, p-values, ratios and a likelihood ratio test, as in statsmodels.")
}

func gammaEntry() model.Entry {
	return meanEntry(likelihood.Gamma, "Gamma regression of a positive number, the logarithm of whose mean is linear and whose spread is in proportion to the mean (McCullagh and Nelder, Generalized Linear Models, 1989, chapter 8), with standard errors by Pearson's dispersion, as in R and statsmodels.")
}

func quantileEntry() model.Entry {
	needs := func(d *model.Definition) (model.Needs, error) {
		o, err := model.ReadOptions(d, readQuantile)
		if err != nil {
			return model.Needs{}, err
		}
		need, err := glm.Need(d, o.Options, likelihood.Quantile, o.level)
		return model.Needs{Full: true, Likelihoods: []model.LikelihoodNeed{need}}, err
	}
	build := func(ctx context.Context, d *model.Definition, o quantileOptions, e *model.Evidence) (model.Model, error) {
		return buildGeneralised(ctx, d, o.generalisedOptions, e, likelihood.Quantile, o.level)
	}
	return model.NewEntry(model.Entry{
		Type: string(likelihood.Quantile), Role: model.RoleRegression, Target: true, Needs: needs,
		Summary: "Quantile regression (Koenker, Quantile Regression, 2005): a quantile of the target, such as the median, that is linear in the inputs, with standard errors by the sandwich of Powell." + countedFrom,
	}, readQuantile, build)
}

// quantileOptions are those of the generalised linear models and the quantile.
type quantileOptions struct {
	generalisedOptions
	level float64
}

func readQuantile(r *param.Reader) quantileOptions {
	return quantileOptions{
		level:              r.Number("quantile", 0.5, param.Between(0.001, 0.999), "The quantile that is predicted: 0.5 is the median, 0.9 what nine of ten rows stay below."),
		generalisedOptions: readGeneralised(r),
	}
}

func negativeBinomialEntry() model.Entry {
	return meanEntry(likelihood.NegativeBinomial, "Negative binomial regression of a count that varies more than a Poisson count: the variance is mu + alpha mu^2, and alpha is estimated with the coefficients (Cameron and Trivedi, Regression Analysis of Count Data, 2013, section 3.3), as in statsmodels.")
}

// meanEntry is the row of a model of the logarithm of a mean.
func meanEntry(family likelihood.Family, summary string) model.Entry {
	needs := func(d *model.Definition) (model.Needs, error) {
		o, err := model.ReadOptions(d, readGeneralised)
		if err != nil {
			return model.Needs{}, err
		}
		need, err := glm.Need(d, o.Options, family, 0)
		return model.Needs{Full: true, Likelihoods: []model.LikelihoodNeed{need}}, err
	}
	build := func(ctx context.Context, d *model.Definition, o generalisedOptions, e *model.Evidence) (model.Model, error) {
		return buildGeneralised(ctx, d, o, e, family, 0)
	}
	return model.NewEntry(model.Entry{Type: string(family), Role: model.RoleRegression, Target: true, Summary: summary + countedFrom, Needs: needs}, readGeneralised, build)
}

// generalisedOptions are those of the generalised linear models that predict a number.
type generalisedOptions struct {
	glm.Options
	interval string
	minRows  float64
}

func readGeneralised(r *param.Reader) generalisedOptions {
	return generalisedOptions{
		Options: glm.ReadOptions(r),
		interval: r.Choice("interval", intervalNone, []string{intervalNone, intervalConfidence},
			"The interval of each prediction: `confidence` (of what is predicted, not of the next value) or `none`."),
		minRows: model.MinRowsOption(r, "predicts"),
	}
}

// buildGeneralised fits a model to the likelihood that is kept for it.
func buildGeneralised(ctx context.Context, d *model.Definition, o generalisedOptions, e *model.Evidence, family likelihood.Family, level float64) (model.Model, error) {
	if _, err := design.NumericTarget(d, e.Summary); err != nil {
		return nil, err
	}
	if err := glm.CheckInputs(d, o.Options, e.Summary.Layout()); err != nil {
		return nil, err
	}
	need, err := glm.Need(d, o.Options, family, level)
	if err != nil {
		return nil, err
	}
	of := glm.EvidenceOf(&need, e)
	if of.Likelihood == nil {
		return nil, model.Later(fmt.Errorf("rows are counted for the likelihood from when the model is defined, and none has been since. Rows from before are not kept by combinations of values: %w", of.Lacks))
	}
	fit, err := of.Fit(ctx, o.Lambda)
	if err != nil {
		return nil, err
	}
	m := &generalised{predictor: glm.NewPredictor(fit, e.Summary.Layout()), report: fit.Report(o.Confidence), minRows: o.minRows, identity: family == likelihood.Quantile, scale: fit.Frame.Scale, centre: fit.Frame.Centre}
	if fit.Weight < o.minRows { // rows before the definition do not count
		m.minRows = e.Summary.Weight() + o.minRows - fit.Weight
	}
	if o.interval == intervalConfidence {
		m.variance, m.width = glm.NewVariance(fit), special.StudentQuantile((1-o.Confidence)/2, math.Inf(1))
	}
	return m, nil
}

// generalised is a generalised linear model. It is immutable once built.
type generalised struct {
	predictor     *glm.Predictor
	report        *glm.Report
	variance      *glm.Variance // nil without intervals
	width         float64       // of an interval, in standard errors
	minRows       float64
	identity      bool // the link; else the logarithm
	scale, centre float64
}

var _ model.Model = (*generalised)(nil)

// Inputs returns the attributes that count.
func (m *generalised) Inputs() []string { return m.predictor.Inputs() }

// MinRows returns the option min_rows, counted from when rows are.
func (m *generalised) MinRows() float64 { return m.minRows }

// Describe returns a glm.Report.
func (m *generalised) Describe() any { return m.report }

// Predict fills in the mean, or the quantile. Contributions are of the linear predictor,
// the logarithm of a mean: they add up to its distance from that of a row at the means.
func (m *generalised) Predict(values []float64, codes []int32, result *model.Result) {
	n := m.predictor.Terms()
	work := result.Work(n + m.predictor.Predictors())
	z, eta := work[:n], work[n:]
	offset := m.predictor.Row(values, codes, z)
	m.predictor.Predict(z, eta)
	at := eta[0] + offset/m.scale
	result.Prediction = m.mean(at)
	result.Resize(len(m.predictor.Inputs()))
	clear(result.Contributions)
	m.predictor.Share(z, 0, m.scale, result)
	result.HasInterval = m.variance != nil
	if result.HasInterval {
		half := m.width * math.Sqrt(max(m.variance.Of(z), 0))
		result.Interval = model.Interval{Low: m.mean(at - half), High: m.mean(at + half)}
		result.HasInterval = !math.IsNaN(half)
	}
}

// mean returns what a linear predictor stands for.
func (m *generalised) mean(eta float64) float64 {
	if m.identity {
		return m.centre + m.scale*eta
	}
	return math.Exp(min(eta, largestLogarithm))
}

// largestLogarithm keeps predictions finite: of what is far beyond all that was learned.
const largestLogarithm = 700
