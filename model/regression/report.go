package regression

import (
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// interceptName names the intercept among the coefficients.
const interceptName = "(intercept)"

// regressionReport is what Describe returns of a regression. What a type does
// not know is left out, and what is undefined is null.
type regressionReport struct {
	Target string `json:"target"`
	// Rows is the weight of the rows; where they lack values, the smallest
	// weight of a pair of attributes, and Pairwise is true.
	Rows         float64             `json:"rows"`
	Pairwise     bool                `json:"pairwise,omitempty"`
	Precision    string              `json:"precision"`
	Coefficients []coefficientReport `json:"coefficients"`
	R2           *float64            `json:"r2"`
	RMSE         *float64            `json:"rmse"`
	AICc         *float64            `json:"aicc"`
	*inferenceReport
	*shrinkageReport
	*componentsReport
	CrossValidation *crossValidationReport `json:"cross_validation,omitempty"`
	// Warnings are what to know before the coefficients and their errors are used.
	Warnings []string `json:"warnings,omitempty"`
}

// coefficientReport is one coefficient, of the intercept or of a term.
type coefficientReport struct {
	Name     string  `json:"name"`
	Estimate float64 `json:"estimate"`
	*coefficientInference
}

// coefficientInference is what ordinary least squares knows of a coefficient.
// Low and High are the confidence interval; P is two-sided, against a coefficient
// of 0; VIF is absent of the intercept and where it is undefined.
type coefficientInference struct {
	StdError *float64 `json:"std_error"`
	T        *float64 `json:"t"`
	P        *float64 `json:"p"`
	Low      *float64 `json:"low"`
	High     *float64 `json:"high"`
	VIF      *float64 `json:"vif,omitempty"`
}

// inferenceReport is what ordinary least squares knows of the whole.
// Sigma is the residual standard error, F tests that all coefficients but the
// intercept are 0, and Condition is that of the inputs scaled to a unit diagonal.
type inferenceReport struct {
	AdjustedR2 *float64 `json:"adjusted_r2"`
	Sigma      *float64 `json:"sigma"`
	ResidualDF float64  `json:"residual_df"`
	F          *float64 `json:"f"`
	FP         *float64 `json:"f_p"`
	LogLik     *float64 `json:"log_likelihood"`
	AIC        *float64 `json:"aic"`
	BIC        *float64 `json:"bic"`
	Condition  *float64 `json:"condition"`
	Rank       int      `json:"rank"`
	Confidence float64  `json:"confidence"`
}

// newReport describes coefficients fitted to the moments of all rows.
func (r *regression) newReport(coef []dd.Number) *regressionReport {
	base := r.base(r.all)
	rss := max(residualSquares(base, coef).Float(), 0)
	if r.level != nil {
		// A level that is not the mean of the target leaves residuals with a mean.
		bias := r.all.Mean[r.terms()].Sub(r.level(r.all, coef)).Float()
		rss += bias * bias * r.all.Weight.Float()
	}
	out := &regressionReport{
		Target: r.target, Rows: r.all.Weight.Float(), Pairwise: r.all.Pairwise, Precision: "double", Warnings: slices.Clone(r.warnings),
		R2:   model.Finite(1 - rss/base.At(r.terms(), r.terms()).Float()),
		RMSE: model.Finite(math.Sqrt(rss / r.all.Weight.Float())),
	}
	if r.all.Extended {
		out.Precision = "extended"
	}
	if r.intercept {
		out.Coefficients = append(out.Coefficients, coefficientReport{Name: interceptName, Estimate: r.interceptOf(r.all, coef).Float()})
	}
	for i, name := range r.names {
		out.Coefficients = append(out.Coefficients, coefficientReport{Name: name, Estimate: coef[i].Float()})
	}
	return out
}
