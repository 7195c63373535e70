package regression

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

func powerEntry() model.Entry {
	return model.NewEntry(model.Entry{
		Type:    "power",
		Role:    model.RoleRegression,
		Target:  true,
		Summary: "Least squares on a power of the target (Yeo and Johnson 2000), the power with the highest profile likelihood among the powers that the project keeps. It brings the errors closer to a normal distribution. `power` of `sml_learn` says for which attributes powers are kept. Predictions and intervals are transformed back.",
	}, readPower, buildPower)
}

// What a power model predicts.
const (
	predictMedian = "median"
	predictMean   = "mean"
)

type powerOptions struct {
	olsOptions
	predict string
}

func readPower(r *param.Reader) (o powerOptions) {
	o.inferenceOptions = readInference(r, "median")
	o.predict = r.Choice("predict", predictMedian, []string{predictMedian, predictMean},
		"What is predicted: the `median`, which is the back-transformed prediction, or the `mean`, which also uses the variance of the errors as if they were normal (after N. Duan, Smearing estimate, JASA 78, 1983).")
	o.regressionOptions = readRegression(r)
	return o
}

// power is a linear model of a power of the target.
// The embedded linear model is of the transformed target; its contributions and
// intervals are on that scale until Predict turns them back.
type power struct {
	*linear
	lambda float64
	level  float64 // prediction at the means of the inputs
	sigma  float64 // of the errors, 0 where the median is predicted
	clip   bool    // predictions below 0
	report *powerReport
}

var _ model.Model = (*power)(nil)

// powerReport is what is known of a power model: what is known of the linear
// one, on the scale of the power, and the choice of the power.
type powerReport struct {
	Lambda float64           `json:"lambda"`
	Path   []powerLikelihood `json:"powers"`
	Linear any               `json:"transformed"`
	Target string            `json:"target"`
	// R2 is that of the power.
	R2 *float64 `json:"r2"`
}

// powerLikelihood is the log-likelihood of the rows under one power.
type powerLikelihood struct {
	Lambda        float64  `json:"lambda"`
	LogLikelihood *float64 `json:"log_likelihood"`
}

// buildPower fits every power that the project keeps and takes the one with
// the highest log-likelihood of the untransformed target (Yeo and Johnson 2000,
// equation 3.1): that of least squares, and lambda - 1 times the sum of
// sign(y) log(|y|+1).
func buildPower(ctx context.Context, d *model.Definition, o powerOptions, e *model.Evidence) (model.Model, error) {
	if _, err := design.NumericTarget(d, e.Summary); err != nil {
		return nil, err
	}
	if slices.Contains(d.Inputs, d.Target) {
		return nil, fmt.Errorf("%w: target %q is among the inputs", model.ErrDefinition, d.Target)
	}
	layout := e.Summary.Layout()
	names := make([]string, len(layout.Numeric))
	for i, c := range layout.Numeric {
		names[i] = c.Name
	}
	// The powers of the target are numeric columns of their own, learned with the rows,
	// as the moments of a power do not follow from those of the target.
	lambdas, jacobian := model.PowersOf(d.Target, names), layout.NumericIndex(model.JacobianColumn(d.Target))
	if len(lambdas) == 0 || jacobian < 0 {
		return nil, fmt.Errorf("powers of target %q: %w: list it under `power` of sml_learn", d.Target, model.ErrNotHeld)
	}
	slices.Sort(lambdas)
	moments := e.Summary.Moments(jacobian)
	sum := moments.Mean() * moments.Weight()
	out := &power{report: &powerReport{Target: d.Target}, clip: o.clipNegative}
	best := math.Inf(-1)
	var failed []error
	for _, lambda := range lambdas {
		at := powerLikelihood{Lambda: lambda}
		m, report, err := fitPower(ctx, d, o.olsOptions, e, lambda)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err == nil && report.LogLik != nil {
			// Likelihoods of different powers compare only on one scale: the second term is
			// the logarithm of the transform's Jacobian, summed over the rows.
			likelihood := *report.LogLik + (lambda-1)*sum
			at.LogLikelihood = model.Finite(likelihood)
			if likelihood > best {
				best, out.linear, out.lambda, out.report.R2 = likelihood, m, lambda, report.R2
				if report.Sigma != nil && o.predict == predictMean {
					out.sigma = *report.Sigma
				}
			}
		}
		failed = append(failed, err)
		out.report.Path = append(out.report.Path, at)
	}
	if out.linear == nil {
		return nil, fmt.Errorf("no power of target %q can be fitted: %w", d.Target, errors.Join(failed...))
	}
	out.report.Lambda, out.report.Linear = out.lambda, out.linear.Describe()
	out.level = out.back(out.fit.level)
	return out, nil
}

// fitPower fits least squares to one power.
// The untransformed target is kept out of the inputs, which would explain the power.
func fitPower(ctx context.Context, d *model.Definition, o olsOptions, e *model.Evidence, lambda float64) (*linear, *regressionReport, error) {
	transformed := *d
	transformed.Target, transformed.Without = model.PowerColumn(d.Target, lambda), d.Target
	o.clipNegative = false // of the power; predictions are clipped once turned back
	l, err := fitOLS(ctx, &transformed, o, e)
	if err != nil {
		return nil, nil, err
	}
	report, ok := l.report.(*regressionReport)
	if !ok || report.inferenceReport == nil {
		return nil, nil, fmt.Errorf("least squares of %q has no likelihood", transformed.Target)
	}
	return l, report, nil
}

// Nodes and weights of the Gauss-Hermite rule of five points for the standard
// normal distribution (M. Abramowitz and I. Stegun, table 25.10, scaled).
var (
	hermiteNodes   = [5]float64{-2.856970013872806, -1.355626179974266, 0, 1.355626179974266, 2.856970013872806}
	hermiteWeights = [5]float64{0.01125741132772069, 0.2220759220056126, 0.5333333333333333, 0.2220759220056126, 0.01125741132772069}
)

// back turns a prediction of the power back: into the median, or with sigma
// into the mean.
// The mean of a transformed normal value has no closed form for most powers; five
// nodes integrate polynomials up to degree 9 exactly.
func (m *power) back(z float64) float64 {
	if m.sigma == 0 {
		return model.InverseYeoJohnson(z, m.lambda)
	}
	sum := 0.0
	for i, x := range hermiteNodes {
		sum += hermiteWeights[i] * model.InverseYeoJohnson(z+x*m.sigma, m.lambda)
	}
	return sum
}

// Describe returns everything that is known of the model.
func (m *power) Describe() any { return m.report }

// Predict predicts the power and turns it back. Contributions are shared out as
// they are on the scale of the power; they add up to the distance from the
// prediction at the means of the inputs.
func (m *power) Predict(values []float64, codes []int32, result *model.Result) {
	m.linear.Predict(values, codes, result)
	z := result.Prediction
	result.Prediction = m.back(z)
	share := 0.0
	if distance := z - m.fit.level; distance != 0 {
		share = (result.Prediction - m.level) / distance
	}
	for i := range result.Contributions {
		result.Contributions[i] *= share
	}
	if result.HasInterval {
		result.Interval.Low = model.InverseYeoJohnson(result.Interval.Low, m.lambda)
		result.Interval.High = model.InverseYeoJohnson(result.Interval.High, m.lambda)
	}
	if m.clip {
		clipNegative(result)
	}
}
