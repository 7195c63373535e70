package regression

import (
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// regressionOptions are those of all regressions.
// The field names are those of the options; the descriptions below define them.
type regressionOptions struct {
	intercept    bool
	missing      string
	impute       string
	rcond        float64 // 0 for the default of the precision
	clipNegative bool
	minRows      float64
}

// rcondRange bounds rcond.
func rcondRange() param.Range { return param.Between(0, 0.1) }

// readRegression reads the options of all regressions.
func readRegression(r *param.Reader) regressionOptions {
	o := readInputs(r)
	o.rcond = r.Number("rcond", 0, rcondRange(), "The smallest reciprocal condition number that is accepted, and the smallest share of an input's variance that the other inputs may leave unexplained. 0 means 1e-14, or 1e-26 when the statistics are extended.")
	o.readPredictions(r)
	return o
}

// readInputs reads what is made of the inputs.
func readInputs(r *param.Reader) regressionOptions {
	return regressionOptions{
		intercept: r.Boolean("intercept", true, "Fit an intercept. Without an intercept the model is fitted to the values and not to their distances from the means, and `r2` compares with 0 and not with the mean, as in R and statsmodels."),
		missing:   r.Choice("missing", design.MissingPairwise, []string{design.MissingPairwise, design.MissingComplete}, "Which rows are used when values are missing. `pairwise`: for each pair of attributes, the rows that have both; beside categorical inputs the covariances of numbers are those within the values of the categories, and the means of each number by value are taken at the shares of the values in all rows, so numbers may be missing more often at some values. Pairs of other rows may not fit together: they give a matrix with a negative eigenvalue, or say that a combination of inputs hardly varies. Then the rows that have all numbers are used where there are five for each coefficient, beside categories for the covariances within these, and otherwise the nearest matrix without a negative eigenvalue; `warnings` say so. Standard errors and intervals of `ols` and bands of `gam` allow for pairs of other rows, for values that are missing by chance; where that makes those of `ols` more than twice as wide, or is not worked out (above 64 terms, without an intercept, products, pairs that do not fit together), `warnings` say so. `complete`: only rows that have the target and all inputs; this works for numeric inputs only."),
		impute:    r.Choice("impute", design.ImputeMean, []string{design.ImputeMean, design.ImputeConditional}, "The value of an input that a row does not have: the `mean` of the input, or its expectation given the inputs that the row has (`conditional`: for a normal distribution with the learned covariance, Beale and Little 1975)."),
	}
}

// readPredictions reads what is made of predictions.
func (o *regressionOptions) readPredictions(r *param.Reader) {
	o.clipNegative = r.Boolean("clip_negative", false, "Replace predictions below 0 by 0.")
	o.minRows = model.MinRowsOption(r, "predicts")
}

// scalePenalty describes standardize where it is about the penalty, scaleInputs
// where it is about the inputs, centreInputs where these are centred too.
const (
	scalePenalty = "Penalise each coefficient in units of the standard deviation (n) of its input."
	scaleInputs  = "Divide each input by its standard deviation."
	centreInputs = "Centre each input and divide it by its standard deviation first."
)
