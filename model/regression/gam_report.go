package regression

import (
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
)

// gamReport is what Describe returns of an additive model.
type gamReport struct {
	*regressionReport
	// DF is the effective degrees of freedom, the intercept aside, GCV the generalised
	// cross-validation, Sigma the residual standard error.
	DF    float64  `json:"df"`
	GCV   *float64 `json:"gcv"`
	Sigma *float64 `json:"sigma"`
	// Confidence is that of the bands.
	Confidence float64       `json:"confidence"`
	Curves     []curveReport `json:"curves"`
	// Pairs are those that options.pairs has chosen, the most explaining one first.
	Pairs []pairReport `json:"pairs,omitempty"`
}

// curveReport is the curve of one input: what it adds to the prediction, 0 on the mean of
// all rows.
type curveReport struct {
	Input  string  `json:"input"`
	Basis  string  `json:"basis"`
	Lambda float64 `json:"lambda"`
	// DF is its effective degrees of freedom: 1 is a straight line.
	DF float64 `json:"df"`
	// Points are the curve between its outer knots. Low and High are its band (D. Nychka,
	// Bayesian Confidence Intervals for Smoothing Splines, JASA 83, 1988; Wood 2017,
	// section 6.10).
	Points []curvePoint `json:"points"`
}

type curvePoint struct {
	X    float64  `json:"x"`
	Y    float64  `json:"y"`
	Low  *float64 `json:"low"`
	High *float64 `json:"high"`
}

// curvePoints is how many points a curve of cubics has; one of hats has its knots.
const curvePoints = 33

// warnNoBands says why curves have no bands.
const warnNoBands = "rows lack values: bands are left out, as the errors of pairs of other rows are not known (above 64 terms, without an intercept, or where the pairs do not fit together)"

// describe returns the coefficients at the lambdas, and what is known of the model.
func (f *additive) describe() ([]dd.Number, *gamReport, error) {
	r := f.regression
	base := r.base(r.all)
	fit, err := f.fit(base, f.lambdas)
	if err != nil {
		return nil, nil, err
	}
	coef := extendedOf(fit.coef)
	report := &gamReport{regressionReport: r.newReport(coef), GCV: model.Finite(fit.gcv), Confidence: f.options.confidence}
	for _, x := range fit.df {
		report.DF += x
	}
	report.AICc = model.Finite(r.aiccOf(coef, report.DF))
	n := base.Weight.Float()
	free := n - r.withIntercept(report.DF)
	variance := fit.rss / free
	if !(free > 0) {
		variance = math.NaN()
	}
	report.Sigma = model.Finite(math.Sqrt(variance))
	width := math.NaN()
	if free > 0 {
		width = special.StudentQuantile((1-f.options.confidence)/2, free)
	}
	errors := f.errors(fit, base, coef, variance)
	if errors == nil {
		width = math.NaN()
		report.Warnings = append(report.Warnings, warnNoBands)
	}
	for k := range f.smooths {
		report.Curves = append(report.Curves, f.curve(k, fit, errors, width))
	}
	return coef, report, nil
}

// errors returns the covariance of the coefficients, p by p: sigma^2 (X'X + S)^-1, in which the bias
// of the penalty counts as an error (Wood 2017, section 6.10). Where rows lack values, the
// errors that it has without the penalty, sigma^2 (X'X + S)^-1 X'X (X'X + S)^-1, give place to those
// of pairs of other rows. It is nil, and a warning says so, where these are not known.
func (f *additive) errors(fit *additiveFit, base *design.Moments, coef []dd.Number, variance float64) []float64 {
	p, out := len(fit.coef), slices.Clone(fit.inverse)
	for i := range out {
		out[i] *= variance
	}
	if !base.Pairwise {
		return out
	}
	pairs := f.regression.pairwiseCovariance(slices.Clone(fit.inverse), base, coef)
	if base.Projected || pairs == nil {
		return nil
	}
	cross := make([]float64, p*p)
	for i := range p {
		for j := range p {
			cross[i*p+j] = variance * base.At(i, j).Float()
		}
	}
	for i, x := range sandwich(fit.inverse, cross, p) {
		out[i] += pairs[i] - x
	}
	return out
}

// curve reads the curve of a smooth off the coefficients.
func (f *additive) curve(k int, fit *additiveFit, errors []float64, width float64) curveReport {
	s, p := &f.smooths[k], len(fit.coef)
	out := curveReport{Input: s.name, Basis: "hats", Lambda: f.lambdas[k]}
	knots := s.expansion.Knots
	low, high := knots[0], knots[len(knots)-1]
	points := knots
	if s.expansion.Kind == expansion.Natural {
		out.Basis, points = "natural", nil
		for i := range curvePoints {
			points = append(points, low+(high-low)*float64(i)/(curvePoints-1))
		}
	}
	for i := range s.size {
		out.DF += fit.df[s.first+i]
	}
	row := make([]float64, s.size)
	for _, x := range points {
		s.expansion.Compute([]float64{x}, row, math.MaxFloat64)
		y, square := 0.0, 0.0
		for i := range row {
			row[i] -= f.regression.all.Mean[s.first+i].Float()
			y += row[i] * fit.coef[s.first+i]
		}
		for i, a := range row {
			for j, b := range row {
				if errors != nil {
					square += a * b * errors[(s.first+i)*p+s.first+j]
				}
			}
		}
		half := width * math.Sqrt(max(square, 0))
		out.Points = append(out.Points, curvePoint{X: x, Y: y, Low: model.Finite(y - half), High: model.Finite(y + half)})
	}
	return out
}
