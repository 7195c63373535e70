package classification

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/covariance"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
)

// Priors by name.
const (
	priorsObserved = "observed"
	priorsUniform  = "uniform"
)

// thresholdBalanced is the threshold at which both classes count as equally
// frequent.
const thresholdBalanced = "balanced"

// classifierOptions are those of all classifiers.
type classifierOptions struct {
	priors    string             // observed, uniform, or empty for given
	given     map[string]float64 // by class
	threshold float64            // 0 for none
	balanced  bool
	minRows   float64
}

func classifierOptionRows() []model.Option {
	return []model.Option{
		{Name: "priors", Default: priorsObserved, Description: "The assumed frequencies of the classes: as `observed`, `uniform`, or an object of weights by class. Weights are above 0 and are scaled to a sum of 1."},
		{Name: "threshold", Default: 0.0, Description: "With two classes: the lowest probability of the second class at which that class is predicted. Lower it for a class that is rare or costly to miss. `balanced` is the prior probability of the second class, so that both classes count as equally frequent. 0 predicts the more probable class."},
		{Name: "min_rows", Default: model.DefaultMinRows, Description: "The number of rows that must have been learned before the model predicts."},
	}
}

func classifierOptionsOf(d *model.Definition) (o classifierOptions, err error) {
	switch v := d.Options["priors"].(type) {
	case nil:
		o.priors = priorsObserved
	case string:
		if v != priorsObserved && v != priorsUniform {
			return o, fmt.Errorf("options.priors: %q, want %s, %s or an object of weights by class", v, priorsObserved, priorsUniform)
		}
		o.priors = v
	case map[string]any:
		if o.given, err = priorsOf(v); err != nil {
			return o, err
		}
	default:
		return o, fmt.Errorf("options.priors: %v, want %s, %s or an object of weights by class", v, priorsObserved, priorsUniform)
	}
	if text, ok := d.Options["threshold"].(string); ok && text == thresholdBalanced {
		o.balanced = true
	} else if o.threshold, err = d.Number("threshold", 0, 0, 1); err != nil {
		return o, fmt.Errorf("%w, or %s", err, thresholdBalanced)
	}
	o.minRows, err = d.Number("min_rows", model.DefaultMinRows, 0, 1e12)
	return o, err
}

func priorsOf(weights map[string]any) (map[string]float64, error) {
	out := make(map[string]float64, len(weights))
	for _, class := range slices.Sorted(maps.Keys(weights)) {
		f, ok := model.AsFloat(weights[class])
		if !ok || !(f > 0) || math.IsInf(f, 0) {
			return nil, fmt.Errorf("options.priors.%s: %v, want a number above 0", class, weights[class])
		}
		out[class] = f
	}
	return out, nil
}

// priorsFor returns the probabilities of the classes of t.
func (o *classifierOptions) priorsFor(t *classTarget) ([]float64, error) {
	out := slices.Clone(t.weight)
	switch {
	case o.given != nil:
		for k, class := range t.classes {
			w, ok := o.given[class]
			if !ok {
				return nil, fmt.Errorf("options.priors: class %q of target %q has rows and no weight", class, t.name)
			}
			out[k] = w
		}
	case o.priors == priorsUniform:
		for k := range out {
			out[k] = 1
		}
	}
	sum := 0.0
	for _, w := range out {
		sum += w
	}
	for k := range out {
		out[k] /= sum
	}
	return out, nil
}

// verdictOn returns how scores of the classes of t become a class.
func (o *classifierOptions) verdictOn(t *classTarget, priors []float64) (verdict, error) {
	v := verdict{classes: t.classes, threshold: o.threshold, minRows: o.minRows}
	if o.balanced {
		v.threshold = priors[1]
	}
	if v.threshold > 0 && len(t.classes) != 2 {
		return v, fmt.Errorf("options.threshold: target %q has %d classes, and a threshold is for two", t.name, len(t.classes))
	}
	return v, nil
}

// jointOptions are those of the classifiers that look at inputs together.
type jointOptions struct {
	classifierOptions
	covariance    covariance.CovarianceOptions
	missing       string
	impute        string
	rcond         float64
	pseudoInverse bool
	unbiased      bool
}

func jointOptionRows() []model.Option {
	return append(classifierOptionRows(), []model.Option{
		{Name: "missing", Default: design.MissingPairwise, Description: "Which rows are used when values are missing. `pairwise`: for each pair of attributes, the rows that have both. `complete`: only rows that have all numeric inputs and a numeric target."},
		{Name: "impute", Default: design.ImputeMean, Description: "The value of an input that a row does not have: the `mean` of the input, or its expectation given the inputs that the row has (`conditional`)."},
		{Name: "rcond", Default: 0.0, Description: "The smallest reciprocal condition number of a covariance matrix that is accepted, and the smallest share of an input's variance that the other inputs may leave unexplained. 0 means 1e-14."},
		{Name: "pseudo_inverse", Default: false, Description: "Accept inputs that other inputs determine. Directions in which no row varies within its class are left out."},
		{Name: "unbiased", Default: true, Description: "Divide the scatter by the number of rows less the number of estimated means, as in R's MASS. Otherwise divide it by the number of rows (maximum likelihood)."},
	}...)
}

func jointOptionsOf(d *model.Definition) (o jointOptions, err error) {
	if o.classifierOptions, err = classifierOptionsOf(d); err != nil {
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
	if o.rcond == 0 {
		o.rcond = design.RcondDouble
	}
	if o.pseudoInverse, err = d.Flag("pseudo_inverse", false); err != nil {
		return o, err
	}
	if o.unbiased, err = d.Flag("unbiased", true); err != nil {
		return o, err
	}
	return o, nil
}
