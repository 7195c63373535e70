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
		{Name: "priors", Default: priorsObserved, Description: "How frequent the classes are taken to be: as `observed`, `uniform`, or an object of weights by class, all above 0, which are brought to a sum of 1."},
		{Name: "threshold", Default: 0.0, Description: "With two classes, the least probability of the second one at which it is predicted, for a class that is rare or dear to miss; `balanced` is the probability that the priors give it, so that both count as equally frequent. 0: the more probable class."},
		{Name: "min_rows", Default: model.DefaultMinRows, Description: "How many rows must have been learned before there is a prediction."},
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
		{Name: "missing", Default: design.MissingPairwise, Description: "Which rows count where rows lack values. `pairwise`: each pair of attributes is taken from the rows that have both. `complete`: only rows that have all numeric inputs and a numeric target."},
		{Name: "impute", Default: design.ImputeMean, Description: "What stands for an input that a row lacks: its `mean`, or its expectation given the inputs that the row has (`conditional`)."},
		{Name: "rcond", Default: 0.0, Description: "The least reciprocal condition number of a covariance matrix, and the least share of its variance by which an input may differ from a combination of the others. 0: 1e-14."},
		{Name: "pseudo_inverse", Default: false, Description: "Whether inputs that others determine are allowed: the directions in which no row varies within the classes are left out."},
		{Name: "unbiased", Default: true, Description: "Whether scatter is divided by the rows less the means that were estimated, as in R's MASS, or by the rows (maximum likelihood)."},
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
