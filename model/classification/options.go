package classification

import (
	"fmt"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/covariance"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
	"github.com/rpconnect-sml/rpconnect-sml/param"
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
// Exactly one of priors and given says what the priors are.
type classifierOptions struct {
	priors    string             // observed, uniform, or empty for given
	given     map[string]float64 // by class
	threshold float64            // 0 for none
	balanced  bool
	minRows   float64
}

// readClassifier reads the options of all classifiers that have priors.
func readClassifier(r *param.Reader) (o classifierOptions) {
	o.priors, o.given = r.Numbers("priors", priorsObserved, []string{priorsObserved, priorsUniform}, param.Above(0),
		"The assumed frequencies of the classes: as `observed`, `uniform`, or an object of weights by class. Weights are scaled to a sum of 1.")
	o.readVerdict(r)
	return o
}

// readVerdict reads how scores become a class.
// It is apart from the priors, as a proximal machine has none.
func (o *classifierOptions) readVerdict(r *param.Reader) {
	var word string
	o.threshold, word = r.NumberOrWord("threshold", 0, param.Between(0, 1), []string{thresholdBalanced},
		"With two classes: the lowest probability of the second class at which that class is predicted. Lower it for a class that is rare or costly to miss. `balanced` is the prior probability of the second class, so that both classes count as equally frequent. 0 predicts the more probable class.")
	o.balanced = word == thresholdBalanced
	o.minRows = model.MinRowsOption(r, "predicts")
}

// checkNumber refuses the options of classes where the target is a number.
func (o *classifierOptions) checkNumber(target string) error {
	if o.threshold != 0 || o.balanced {
		return fmt.Errorf("%w: options.threshold: it is of classes, and target %q is a number", model.ErrDefinition, target)
	}
	return nil
}

// priorsFor returns the probabilities of the classes of t.
// A given weight of a class without rows is ignored: the class may still come.
func (o *classifierOptions) priorsFor(t *classTarget) ([]float64, error) {
	out := slices.Clone(t.weight)
	switch {
	case o.given != nil:
		for k, class := range t.classes {
			w, ok := o.given[class]
			if !ok && t.binary {
				return nil, fmt.Errorf("%w: options.priors: target %q is binary, with the classes 0 and 1, and class %q has no weight", model.ErrDefinition, t.name, class)
			}
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
// A threshold for another number of classes than two is an error.
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
// The field names are those of the options, described in readJoint.
type jointOptions struct {
	classifierOptions
	covariance    covariance.CovarianceOptions
	missing       string
	impute        string
	rcond         float64
	pseudoInverse bool
	unbiased      bool
}

// readJoint reads the options of the classifiers that look at inputs together.
func readJoint(r *param.Reader) jointOptions {
	o := jointOptions{
		classifierOptions: readClassifier(r),
		missing:           readMissing(r),
		impute:            readImpute(r),
		rcond:             r.Number("rcond", 0, param.Between(0, 0.1), "The smallest reciprocal condition number of a covariance matrix that is accepted, and the smallest share of an input's variance that the other inputs may leave unexplained. 0 means 1e-14."),
		pseudoInverse:     r.Boolean("pseudo_inverse", false, "Accept inputs that other inputs determine. Directions in which no row varies within its class are left out."),
		unbiased:          r.Boolean("unbiased", true, "Divide the scatter by the number of rows less the number of estimated means, as in R's MASS. Otherwise divide it by the number of rows (maximum likelihood)."),
		covariance:        covariance.Read(r),
	}
	if o.rcond == 0 {
		o.rcond = design.RcondDouble
	}
	return o
}

// readMissing reads which rows are used when values are missing.
// Pairwise rows use all that was learned; complete ones guarantee a covariance that
// some rows have.
func readMissing(r *param.Reader) string {
	return r.Choice("missing", design.MissingPairwise, []string{design.MissingPairwise, design.MissingComplete},
		"Which rows are used when values are missing. `pairwise`: for each pair of attributes, the rows that have both. `complete`: only rows that have all numeric inputs and a numeric target.")
}

// readImpute reads what stands for an input that a row does not have.
// The expectation costs a solve for each new presence pattern, see design.Imputer.
func readImpute(r *param.Reader) string {
	return r.Choice("impute", design.ImputeMean, []string{design.ImputeMean, design.ImputeConditional},
		"The value of an input that a row does not have: the `mean` of the input, or its expectation given the inputs that the row has (`conditional`).")
}
