package glm

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/glob"
	"github.com/rpconnect-sml/rpconnect-sml/internal/likelihood"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Options are those of all generalised linear models.
type Options struct {
	Offset, Weights string
	Complete        bool
	ExactRows       int
	// Lambda is the ridge penalty; 0 for none unless the maximum needs one.
	Lambda     float64
	Confidence float64
}

// defaultExactRows is how many rows that differ are kept as they are.
const defaultExactRows = 2048

// Ways to take rows that lack an input.
const (
	missingMean     = "mean"
	missingComplete = "complete"
)

// ReadOptions declares the options and reads them.
func ReadOptions(r *param.Reader) Options {
	return Options{
		Offset:    r.Attribute("offset", param.Optional, "A numeric attribute that is added to the linear predictor with a coefficient of 1, such as the logarithm of an exposure. It is no input. A row without it is left out; a prediction without it takes 0."),
		Weights:   r.Attribute("weights", param.Optional, "A numeric attribute by which rows are weighted: a row of weight 3 counts as three equal rows. It is no input. A row without a weight above 0 is left out."),
		Complete:  r.Choice("missing", missingMean, []string{missingMean, missingComplete}, "What is made of a row that lacks an input when it is learned. `mean`: the input counts as being at its mean. `complete`: the row is left out. A prediction takes the mean.") == missingComplete,
		ExactRows: r.Integer("exact_rows", defaultExactRows, param.Between(1, 100_000), "The number of different rows that are kept as they are, of all shards together. Up to that number, and for good where no more rows differ (categories), the fit is the maximum of the likelihood to the last digits. Beyond it rows are added to sums, and the fit is asymptotically equal to the maximum."),
		Lambda:    r.Number("lambda", 0, param.Between(0, 1e6), "The ridge penalty lambda/2 times the sum of the squared coefficients of the standardised inputs, as 1/C of scikit-learn. With 0 there is none, unless the likelihood has no maximum (the classes are separated): then it is 1, and `warnings` say so."),
		Confidence: r.Number("confidence", 0.95, param.Between(0.5, 0.999999),
			"The probability of the confidence intervals of coefficients."),
	}
}

// Need returns the likelihood that a definition needs. An offset or weights that are the
// target or an input, or both the same, are an error.
func Need(d *model.Definition, o Options, family likelihood.Family, level float64) (model.LikelihoodNeed, error) {
	spec, err := specOf(d, o, family, level)
	if err != nil {
		return model.LikelihoodNeed{}, err
	}
	return model.LikelihoodNeed{LikelihoodSpec: spec, Settle: settling(spec)}, nil
}

// specOf returns which rows are kept, under a key that is a digest of all that decides it:
// definitions that differ in their names or in what is made of the rows share them.
func specOf(d *model.Definition, o Options, family likelihood.Family, level float64) (stats.LikelihoodSpec, error) {
	for _, f := range []struct{ option, attribute string }{{"offset", o.Offset}, {"weights", o.Weights}} {
		if f.attribute != "" && f.attribute == d.Target {
			return stats.LikelihoodSpec{}, fmt.Errorf("options.%s: %q is the target", f.option, f.attribute)
		}
		if f.attribute != "" && slices.Contains(d.Inputs, f.attribute) {
			return stats.LikelihoodSpec{}, fmt.Errorf("options.%s: %q is in `inputs`: leave it out of one of them", f.option, f.attribute)
		}
	}
	if o.Offset != "" && o.Offset == o.Weights {
		return stats.LikelihoodSpec{}, fmt.Errorf("options.weights: %q is the offset", o.Weights)
	}
	text, err := json.Marshal(struct {
		Family          likelihood.Family
		Level           float64
		Target          string
		Inputs          []string
		Without         string
		Offset, Weights string
		Complete        bool
		Rows            int
	}{family, level, d.Target, d.Inputs, d.Without, o.Offset, o.Weights, o.Complete, o.ExactRows})
	if err != nil {
		return stats.LikelihoodSpec{}, fmt.Errorf("options: %w", err)
	}
	sum := sha256.Sum256(text)
	of := *d
	return stats.LikelihoodSpec{
		Key: hex.EncodeToString(sum[:8]), Family: family, Level: level, Target: d.Target, Selects: of.Selects,
		Offset: o.Offset, Weights: o.Weights, Complete: o.Complete, Rows: o.ExactRows,
	}, nil
}

// CheckInputs refuses the target among the inputs, lists, products, names that are
// neither attributes nor patterns, and an offset or weights that are no numbers.
func CheckInputs(d *model.Definition, o Options, l *stats.Layout) error {
	for _, f := range []struct{ option, attribute string }{{"offset", o.Offset}, {"weights", o.Weights}} {
		if f.attribute != "" && l.CategoricalIndex(f.attribute) >= 0 {
			return fmt.Errorf("%w: options.%s: attribute %q is not numeric", model.ErrDefinition, f.option, f.attribute)
		}
	}
	if err := design.CheckInputs(d, l); err != nil {
		return err
	}
	for i, input := range d.Inputs {
		if !glob.Is(input) && l.NumericIndex(input) < 0 && l.CategoricalIndex(input) < 0 {
			return fmt.Errorf("%w: inputs.%d: %q is a product of attributes, and type %s has none", model.ErrDefinition, i, input, d.Type)
		}
	}
	return nil
}
