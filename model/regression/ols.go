package regression

import (
	"context"
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// Kinds of interval.
const (
	intervalNone       = "none"
	intervalPrediction = "prediction"
	intervalConfidence = "confidence"
)

func olsEntry() model.Entry {
	return model.NewEntry(model.Entry{
		Type:    "ols",
		Role:    model.RoleRegression,
		Target:  true,
		Summary: "Ordinary least squares with its inference: standard errors, t, p and confidence intervals of the coefficients, R2, F, AIC, AICc and BIC (as statsmodels counts them: the variance is no parameter), VIF and the condition number. Solved in double-double where the statistics are extended.",
	}, readOLS, buildOLS)
}

// inferenceOptions are those of least squares but for those of all regressions.
type inferenceOptions struct {
	interval   string
	confidence float64
	pseudo     bool
}

// readInference reads the options of least squares; level is what a confidence
// interval is of.
// Both ols and power read them: a power's interval is of its median, as quantiles
// and not expectations pass through a monotone transform.
func readInference(r *param.Reader, level string) inferenceOptions {
	return inferenceOptions{
		interval: r.Choice("interval", intervalNone, []string{intervalNone, intervalPrediction, intervalConfidence},
			"The interval of each prediction: `prediction` (of the next value), `confidence` (of its "+level+") or `none`."),
		confidence: r.Number("confidence", 0.95, param.Between(0.5, 0.999999), "The probability of intervals of predictions and coefficients."),
		pseudo:     r.Boolean("pseudo_inverse", false, "Accept inputs that are linear combinations of others. They share a coefficient: the shortest solution in units of each input's standard deviation (Moore-Penrose)."),
	}
}

type olsOptions struct {
	inferenceOptions
	regressionOptions
}

func readOLS(r *param.Reader) olsOptions {
	return olsOptions{inferenceOptions: readInference(r, "expectation"), regressionOptions: readRegression(r)}
}

// buildOLS is fitOLS with the type of a builder. It must not return a nil *linear
// as a model, which would not compare equal to nil.
func buildOLS(ctx context.Context, d *model.Definition, o olsOptions, e *model.Evidence) (model.Model, error) {
	m, err := fitOLS(ctx, d, o, e)
	if err != nil {
		return nil, err
	}
	return m, nil
}

// fitOLS fits a linear model by least squares.
// Categories are coded against a reference level: with an intercept and without a
// penalty a column for every level would be aliased.
func fitOLS(ctx context.Context, d *model.Definition, o olsOptions, e *model.Evidence) (*linear, error) {
	r, err := newRegression(d, o.regressionOptions, e, design.CodingReference)
	if err != nil {
		return nil, err
	}
	if n := r.all.Weight.Float(); n < float64(r.parameters()) {
		return nil, fmt.Errorf("%v rows are too few for %d coefficients", n, r.parameters())
	}
	base := r.base(r.all)
	// Projected moments are singular where no input depends on others.
	q, err := r.factorNormal(base, nil, o.pseudo || base.Projected)
	if err != nil {
		return nil, err
	}
	coef := q.solve()
	report := r.newReport(coef)
	sigma := r.infer(report, q, base, coef, o.confidence)
	if report.CrossValidation, err = r.crossValidate(ctx, func(m *design.Moments) ([]dd.Number, error) {
		q, err := r.factorNormal(r.base(m), nil, o.pseudo)
		if err != nil {
			return nil, err
		}
		return q.solve(), nil
	}); err != nil {
		return nil, err
	}
	m := r.newLinear(r.fitted(r.all, coef), report)
	if o.interval == intervalNone {
		return m, nil
	}
	m.interval, err = r.newInterval(q, o, sigma, report.ResidualDF)
	return m, err
}

// infer fills in what follows from the assumption of independent normal errors
// of one variance (Greene, Econometric Analysis, 7th ed., 2012, chapters 4 and
// 5; D. Belsley, E. Kuh, R. Welsch, Regression Diagnostics, 1980, for VIF). It
// returns the residual standard error.
// Weights count as numbers of rows (frequency weights). Without a
// residual degree of freedom variances are NaN, which the report shows as null.
func (r *regression) infer(report *regressionReport, q *normal, base *design.Moments, coef []dd.Number, confidence float64) (sigma float64) {
	p, n := r.terms(), r.all.Weight.Float()
	k := float64(q.rank()) // coefficients, the intercept aside
	all := k
	if r.intercept {
		all++
	}
	df := n - all
	total := base.At(p, p)
	rss := residualSquares(base, coef)
	if rss.Hi < 0 {
		rss = dd.Number{}
	}
	// The divisor n - all makes the estimate of the error variance unbiased.
	variance := math.NaN()
	if df > 0 && !base.Projected { // which have no errors that are known
		variance = rss.Float() / df
	}
	sigma = math.Sqrt(variance)
	r2 := 1 - rss.Float()/total.Float()
	f := total.Sub(rss).Float() / k / variance
	// the log-likelihood at its maximum, where the error variance is rss/n
	logLik := -n / 2 * (math.Log(2*math.Pi*rss.Float()/n) + 1)
	i := &inferenceReport{
		AdjustedR2: model.Finite(1 - (1-r2)*(n-(all-k))/df), Sigma: model.Finite(sigma), ResidualDF: df,
		F: model.Finite(f), FP: model.Finite(special.Fisher(f, k, df).Upper), LogLik: model.Finite(logLik),
		AIC: model.Finite(2*all - 2*logLik), BIC: model.Finite(math.Log(n)*all - 2*logLik),
		Condition: model.Finite(1 / q.rcond), Rank: q.rank(), Confidence: confidence,
	}
	report.AICc = model.Finite(aicc(rss.Float(), n, all))
	report.inferenceReport = i
	diagonal := q.inverseDiagonal()
	vif := make([]float64, len(diagonal)) // of the moments, whatever the rows
	for j := range diagonal {
		vif[j] = diagonal[j].Mul(base.At(j, j)).Float()
	}
	if base.Pairwise && !base.Projected {
		var covariance []float64
		wider := 1.0
		if q.pseudo == nil {
			covariance = r.pairwiseCovariance(q.inverse(), base, coef)
		}
		if covariance != nil {
			wider = widen(diagonal, covariance, variance)
		}
		report.Warnings = append(report.Warnings, warnPairwise(covariance != nil, wider)...)
		q.covariance = covariance
	}
	r.inferCoefficients(report.Coefficients, q, sigma, diagonal, vif, df, confidence)
	return sigma
}

// inferCoefficients fills in the standard error of each coefficient, sigma times the
// root of its entry in the diagonal of the inverse, and what follows from it.
func (r *regression) inferCoefficients(terms []coefficientReport, q *normal, sigma float64, diagonal []dd.Number, vif []float64, df, confidence float64) {
	t := special.StudentQuantile((1-confidence)/2, df)
	set := func(c *coefficientReport, share float64, vif *float64) {
		se := sigma * math.Sqrt(max(share, 0))
		c.coefficientInference = &coefficientInference{
			StdError: model.Finite(se), T: model.Finite(c.Estimate / se), P: model.Finite(2 * special.Student(math.Abs(c.Estimate/se), df).Upper),
			Low: model.Finite(c.Estimate - t*se), High: model.Finite(c.Estimate + t*se), VIF: vif,
		}
	}
	if r.intercept {
		// The intercept is a prediction at 0, at a distance of minus the means from them:
		// its variance is sigma² (1/n + mean' S^-1 mean).
		share := q.quadratic(r.all.Mean[:r.terms()]).Add(dd.FromFloat(1).Div(r.all.Weight))
		set(&terms[0], share.Float(), nil)
		terms = terms[1:]
	}
	for j := range terms {
		if !r.intercept || q.pseudo != nil {
			vif[j] = math.NaN()
		}
		set(&terms[j], diagonal[j].Float(), model.Finite(vif[j]))
	}
}

// newInterval makes the intervals of predictions: t sigma sqrt(h) for the
// expectation, and t sigma sqrt(1+h) for the next value, h the leverage of the
// row. An input that the row lacks counts as known.
func (r *regression) newInterval(q *normal, o olsOptions, sigma, df float64) (*linearInterval, error) {
	if !(df > 0) {
		return nil, fmt.Errorf("interval: %s: %v rows leave no degree of freedom for %d coefficients", o.interval, r.all.Weight.Float(), r.parameters())
	}
	root, err := q.root()
	if q.covariance != nil && sigma > 0 {
		share := make([]float64, len(q.covariance))
		for i, x := range q.covariance {
			share[i] = x / (sigma * sigma)
		}
		root, err = rootOf(share, q.p)
	}
	if err != nil {
		return nil, err
	}
	v := &linearInterval{terms: r.terms(), root: root, factor: special.StudentQuantile((1-o.confidence)/2, df) * sigma}
	if o.interval == intervalPrediction {
		v.own = 1
	}
	if r.intercept {
		v.weight = 1 / r.all.Weight.Float()
	} else {
		v.mean = r.all.Means()[:r.terms()]
	}
	return v, nil
}
