package glm

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/likelihood"
	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Report is what Describe returns of a generalised linear model. What is undefined is
// null.
type Report struct {
	Target string `json:"target"`
	Family string `json:"family"`
	Link   string `json:"link"`
	// Method is `rows` where all rows are kept as they are, `sums` where none is, and
	// else `rows and sums`; `cells` where each combination of values is kept of all rows,
	// those before the model was defined included.
	Method string `json:"method"`
	// Reason names the attributes for which Method is not `cells`, and says why.
	Reason string `json:"reason,omitempty"`
	// Rows is the weight of those that were counted, Exact of
	// those of them that are kept as they are, LeftOut of those that could not be counted.
	Rows    float64 `json:"rows"`
	Exact   float64 `json:"exact_rows"`
	LeftOut float64 `json:"left_out"`
	// Classes are those of a logistic model; the coefficients are log odds against the
	// first.
	Classes      []string      `json:"classes,omitempty"`
	Coefficients []Coefficient `json:"coefficients"`
	// LogLikelihood is the largest, NullLogLikelihood that with intercepts only: of rows
	// and cells exactly, of sums as their polynomial has it. LR is twice the difference, over the dispersion, with its degrees of freedom and p-value.
	LogLikelihood     *float64 `json:"log_likelihood"`
	NullLogLikelihood *float64 `json:"null_log_likelihood"`
	LR                *float64 `json:"likelihood_ratio"`
	LRDF              int      `json:"likelihood_ratio_df"`
	LRP               *float64 `json:"likelihood_ratio_p"`
	// PseudoR2 is McFadden's: 1 less the ratio of both log-likelihoods.
	PseudoR2 *float64 `json:"pseudo_r2,omitempty"`
	AIC      *float64 `json:"aic"`
	BIC      *float64 `json:"bic"`
	// Deviance is twice what a model that fits every row has more; of logistic, poisson
	// and gamma.
	Deviance *float64 `json:"deviance,omitempty"`
	// Dispersion is Pearson's estimate, of gamma.
	Dispersion *float64 `json:"dispersion,omitempty"`
	// Alpha is the overdispersion of the negative binomial: the variance is mu + alpha
	// mu^2.
	Alpha      *float64 `json:"alpha,omitempty"`
	AlphaError *float64 `json:"alpha_std_error,omitempty"`
	Level      *float64 `json:"quantile,omitempty"`
	Lambda     float64  `json:"lambda"`
	Confidence float64  `json:"confidence"`
	Warnings   []string `json:"warnings,omitempty"`
}

// Coefficient is one coefficient, of an intercept or a term, in units of the attributes.
// Low and High are the confidence interval, P is two-sided (Wald).
type Coefficient struct {
	// Class is the one whose odds it is of, with more than two.
	Class    string   `json:"class,omitempty"`
	Name     string   `json:"name"`
	Estimate float64  `json:"estimate"`
	StdError *float64 `json:"std_error"`
	Z        *float64 `json:"z"`
	P        *float64 `json:"p"`
	Low      *float64 `json:"low"`
	High     *float64 `json:"high"`
	// OddsRatio is the exponential of a logistic coefficient, Ratio that of one with a
	// logarithmic link: by which factor the odds, or the mean, change with one unit.
	OddsRatio     *float64 `json:"odds_ratio,omitempty"`
	OddsRatioLow  *float64 `json:"odds_ratio_low,omitempty"`
	OddsRatioHigh *float64 `json:"odds_ratio_high,omitempty"`
	Ratio         *float64 `json:"ratio,omitempty"`
	RatioLow      *float64 `json:"ratio_low,omitempty"`
	RatioHigh     *float64 `json:"ratio_high,omitempty"`
	// Aliased says that other terms determine this one: it is left out.
	Aliased bool `json:"aliased,omitempty"`
}

// interceptName names the intercept among the coefficients.
const interceptName = "(intercept)"

// Report describes the fit, with confidence intervals of that probability.
func (f *Fit) Report(confidence float64) *Report {
	k := f.Frame.Kernel
	r := &Report{
		Target: f.Frame.Target, Family: string(k.Family), Link: link(k.Family), Method: f.method(), Reason: f.Reason, Rows: f.Weight, Exact: f.Exact, LeftOut: f.Left,
		Classes: f.Frame.Classes, Lambda: f.Lambda, Confidence: confidence, Warnings: f.Warnings,
		Coefficients: f.coefficients(confidence),
	}
	f.test(r)
	switch k.Family {
	case likelihood.Gamma:
		r.Dispersion = model.Finite(f.Dispersion)
	case likelihood.NegativeBinomial:
		n := len(f.Parameters)
		alpha := math.Exp(f.Parameters[n-1])
		r.Alpha, r.AlphaError = model.Finite(alpha), model.Finite(alpha*math.Sqrt(f.Covariance[n*n-1]))
	case likelihood.Quantile:
		r.Level = model.Finite(k.Level)
	}
	return r
}

func (f *Fit) method() string {
	if f.Cells {
		return "cells"
	}
	switch f.Exact {
	case f.Weight:
		return "rows"
	case 0:
		return "sums"
	}
	return "rows and sums"
}

func link(family likelihood.Family) string {
	switch family {
	case likelihood.Logistic:
		return "logit"
	case likelihood.Quantile:
		return "identity"
	}
	return "log"
}

// test fills in what the log-likelihoods say.
func (f *Fit) test(r *Report) {
	k, parameters := f.Frame.Kernel, 0
	for i := range f.Parameters {
		if !f.isFixed(i) {
			parameters++
		}
	}
	if k.Family == likelihood.Quantile {
		return
	}
	intercepts := k.Predictors()
	r.LRDF = parameters - intercepts
	if k.Family != likelihood.Gamma {
		r.LogLikelihood, r.NullLogLikelihood = model.Finite(f.LogLikelihood), model.Finite(f.Null)
		r.PseudoR2 = model.Finite(1 - f.LogLikelihood/f.Null)
		r.AIC = model.Finite(2*float64(parameters) - 2*f.LogLikelihood)
		r.BIC = model.Finite(math.Log(f.Weight)*float64(parameters) - 2*f.LogLikelihood)
	}
	lr := max(2*(f.LogLikelihood-f.Null)/f.Dispersion, 0)
	if math.IsNaN(f.Null) {
		lr = math.NaN()
	}
	if r.LR = model.Finite(lr); r.LRDF > 0 && r.LR != nil {
		r.LRP = model.Finite(special.ChiSquare(lr, float64(r.LRDF)).Upper)
	}
	switch o := f.outcomes; k.Family {
	case likelihood.Logistic:
		r.Deviance = model.Finite(-2 * f.LogLikelihood)
	case likelihood.Poisson:
		r.Deviance = model.Finite(2 * (o[2] - o[0] - o[1] - f.LogLikelihood))
	case likelihood.Gamma:
		r.Deviance = model.Finite(2 * (-f.Weight - o[1] - f.LogLikelihood))
	}
}

// isFixed reports whether a parameter is fixed as its term is determined by others.
func (f *Fit) isFixed(parameter int) bool {
	at := 0
	for a := range f.Frame.Kernel.Predictors() {
		if f.Frame.Kernel.Full(a) {
			if terms := len(f.Aliased); parameter < at+terms {
				return parameter >= at && f.Aliased[parameter-at]
			}
			at += len(f.Aliased)
		}
		if parameter == at {
			return false
		}
		at++
	}
	return false
}

// coefficients returns those of all predictors with terms, in units of the attributes.
func (f *Fit) coefficients(confidence float64) []Coefficient {
	var out []Coefficient
	centres, scales, names := terms(f.Frame)
	z := special.StudentQuantile((1-confidence)/2, math.Inf(1))
	unit := f.Frame.Scale // of a quantile; else 1
	at, n := 0, len(f.Parameters)
	for a := range f.Frame.Kernel.Predictors() {
		if !f.Frame.Kernel.Full(a) {
			at++
			continue
		}
		class := ""
		if f.Frame.Kernel.Classes > 2 {
			class = f.Frame.Classes[a+1]
		}
		last := at + len(names)
		estimate, direction := f.Parameters[last], make([]float64, len(names)+1)
		direction[len(names)] = 1
		for j := range names {
			direction[j] = -centres[j] / scales[j]
			estimate += f.Parameters[at+j] * direction[j]
		}
		variance := 0.0
		for i, x := range direction {
			for j, y := range direction {
				if v := f.Covariance[(at+i)*n+at+j]; !f.isFixed(at+i) && !f.isFixed(at+j) {
					variance += x * y * v
				}
			}
		}
		out = append(out, f.coefficient(class, interceptName, estimate*unit+f.Frame.Centre, math.Sqrt(variance)*unit, z))
		for j, name := range names {
			se := math.Sqrt(f.Covariance[(at+j)*n+at+j]) / scales[j]
			c := f.coefficient(class, name, f.Parameters[at+j]/scales[j]*unit, se*unit, z)
			c.Aliased = f.Aliased[j]
			out = append(out, c)
		}
		at = last + 1
	}
	return out
}

func (f *Fit) coefficient(class, name string, estimate, se, z float64) Coefficient {
	c := Coefficient{
		Class: class, Name: name, Estimate: estimate, StdError: model.Finite(se), Z: model.Finite(estimate / se),
		P:   model.Finite(2 * special.Normal(math.Abs(estimate/se)).Upper),
		Low: model.Finite(estimate - z*se), High: model.Finite(estimate + z*se),
	}
	ratio, low, high := model.Finite(math.Exp(estimate)), model.Finite(math.Exp(estimate-z*se)), model.Finite(math.Exp(estimate+z*se))
	switch f.Frame.Kernel.Family {
	case likelihood.Logistic:
		c.OddsRatio, c.OddsRatioLow, c.OddsRatioHigh = ratio, low, high
	case likelihood.Quantile:
	default:
		c.Ratio, c.RatioLow, c.RatioHigh = ratio, low, high
	}
	return c
}

// terms returns the centre, scale and name of each term.
func terms(f *stats.LikelihoodFrame) (centres, scales []float64, names []string) {
	for i := range f.Inputs {
		in := &f.Inputs[i]
		if in.Levels == nil {
			centres, scales, names = append(centres, in.Centre), append(scales, in.Scale), append(names, in.Name)
			continue
		}
		for _, l := range in.Levels[1:] {
			centres, scales, names = append(centres, l.Centre), append(scales, l.Scale), append(names, in.Name+"="+l.Label)
		}
	}
	return centres, scales, names
}
