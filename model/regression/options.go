package regression

import (
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
)

// regressionOptions are those of all regressions.
type regressionOptions struct {
	intercept    bool
	missing      string
	impute       string
	rcond        float64 // 0 for the default of the precision
	clipNegative bool
	minRows      float64
}

// regressionOptionRows are the catalogue's rows of the options of all regressions.
func regressionOptionRows() []model.Option {
	return []model.Option{
		{Name: "intercept", Default: true, Description: "Fit an intercept. Without an intercept the model is fitted to the values and not to their distances from the means, and `r2` compares with 0 and not with the mean, as in R and statsmodels."},
		{Name: "missing", Default: design.MissingPairwise, Description: "Which rows are used when values are missing. `pairwise`: for each pair of attributes, the rows that have both. This can give a matrix that is not positive definite, which is an error. `complete`: only rows that have the target and all inputs; this works for numeric inputs only."},
		{Name: "impute", Default: design.ImputeMean, Description: "The value of an input that a row does not have: the `mean` of the input, or its expectation given the inputs that the row has (`conditional`: for a normal distribution with the learned covariance, Beale and Little 1975)."},
		{Name: "rcond", Default: 0.0, Description: "The smallest reciprocal condition number that is accepted, and the smallest share of an input's variance that the other inputs may leave unexplained. 0 means 1e-14, or 1e-26 when the statistics are extended."},
		{Name: "clip_negative", Default: false, Description: "Replace predictions below 0 by 0."},
		{Name: "min_rows", Default: model.DefaultMinRows, Description: "The number of rows that must have been learned before the model predicts."},
	}
}

func regressionOptionsOf(d *model.Definition) (o regressionOptions, err error) {
	if o.intercept, err = d.Flag("intercept", true); err != nil {
		return o, err
	}
	if o.missing, err = d.Text("missing", design.MissingPairwise, design.MissingPairwise, design.MissingComplete); err != nil {
		return o, err
	}
	if o.impute, err = d.Text("impute", design.ImputeMean, design.ImputeMean, design.ImputeConditional); err != nil {
		return o, err
	}
	if o.rcond, err = d.Number("rcond", 0, 0, 0.1); err != nil {
		return o, err
	}
	if o.clipNegative, err = d.Flag("clip_negative", false); err != nil {
		return o, err
	}
	o.minRows, err = d.Number("min_rows", model.DefaultMinRows, 0, 1e12)
	return o, err
}
