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
		{Name: "intercept", Default: true, Description: "Whether the model has an intercept. Without one it is fitted to the values and not to their distance from the means, and `r2` is about 0, as in R and statsmodels."},
		{Name: "missing", Default: design.MissingPairwise, Description: "Which rows count where rows lack values. `pairwise`: each pair of attributes is taken from the rows that have both, which can give a matrix that no rows have; that is an error. `complete`: only rows that have the target and all inputs, which is held of numeric ones only."},
		{Name: "impute", Default: design.ImputeMean, Description: "What stands for an input that a row lacks: its `mean`, or its expectation given the inputs that the row has (`conditional`; of a normal distribution with the learned covariance, Beale and Little 1975)."},
		{Name: "rcond", Default: 0.0, Description: "The least reciprocal condition number, and the least share of its variance by which an input may differ from a combination of the others. 0: 1e-14, and 1e-26 where the statistics are extended."},
		{Name: "clip_negative", Default: false, Description: "Whether predictions below 0 become 0."},
		{Name: "min_rows", Default: model.DefaultMinRows, Description: "How many rows must have been learned before there is a prediction."},
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
