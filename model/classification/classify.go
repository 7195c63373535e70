package classification

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// classTarget is the attribute that a classifier predicts: categorical, or
// binary with the classes "0" and "1".
// The order of classes, weights and codes is the same everywhere in a model.
type classTarget struct {
	name    string
	classes []string
	weight  []float64 // by class, above 0
	// binary says that column is numeric; else codes are the classes' in it.
	binary bool
	column int
	codes  []int32
}

// newClassTarget resolves the target against what s has learned. The classes
// are those that have rows, in the order of the layout's values; values that
// are beyond the capacity of the dictionary are one class more, the last.
func newClassTarget(d *model.Definition, s *stats.Summary) (*classTarget, error) {
	l := s.Layout()
	t := &classTarget{name: d.Target}
	if t.column = l.NumericIndex(d.Target); t.column >= 0 {
		if !l.Numeric[t.column].Binary {
			return nil, fmt.Errorf("%w: target %q is continuous, and type %s predicts a class", model.ErrDefinition, d.Target, d.Type)
		}
		t.binary = true
		if m := s.Moments(t.column); m.Weight() > 0 {
			ones := m.Weight() * m.Mean()
			t.add("0", 0, m.Weight()-ones)
			t.add("1", 1, ones)
		}
		return t, t.check()
	}
	if t.column = l.CategoricalIndex(d.Target); t.column < 0 {
		return nil, model.Later(fmt.Errorf("target: unknown attribute %q", d.Target))
	}
	column := &l.Categorical[t.column]
	if column.List {
		return nil, fmt.Errorf("%w: target %q is a list, and type %s predicts one class", model.ErrDefinition, d.Target, d.Type)
	}
	counts := s.Categories(t.column)
	for i, value := range column.Values {
		t.add(value, int32(i+1), counts.Count(int32(i+1)))
	}
	t.add(model.OtherLabel, stats.Other, counts.Count(stats.Other))
	return t, t.check()
}

// leastClass is the weight below which a class is what rounding left of one
// that was forgotten.
// It is far below one row, and far above the rounding of sums of many.
const leastClass = 1e-9

// add takes a class that has rows. A class without rows has no mean and no prior.
func (t *classTarget) add(class string, code int32, weight float64) {
	if weight > leastClass {
		t.classes, t.codes, t.weight = append(t.classes, class), append(t.codes, code), append(t.weight, weight)
	}
}

// check refuses a target of fewer than two classes, which nothing separates.
func (t *classTarget) check() error {
	switch len(t.classes) {
	case 0:
		return model.Later(fmt.Errorf("no row has the target %q", t.name))
	case 1:
		return model.Later(fmt.Errorf("target %q has one class only: %q in all %v rows", t.name, t.classes[0], t.weight[0]))
	}
	return nil
}

// terms returns the indicators of the classes; of a binary target one, that
// of "1".
// Their cross products with the inputs are what the means of the classes are read
// off. The input index -1 says that they are no inputs.
func (t *classTarget) terms() []design.Term {
	if t.binary {
		return []design.Term{{Name: t.name, Input: -1, Factor: design.Factor{Column: t.column}}}
	}
	terms := make([]design.Term, len(t.codes))
	for k, code := range t.codes {
		terms[k] = design.Term{Name: t.classes[k], Input: -1, Factor: design.Factor{Categorical: true, Column: t.column, Code: code}}
	}
	return terms
}

// total returns the weight of all classes.
func (t *classTarget) total() float64 {
	sum := 0.0
	for _, w := range t.weight {
		sum += w
	}
	return sum
}

// verdict turns the scores of classes into probabilities and a class.
// It is embedded in every classifier and holds what all of them have in common.
type verdict struct {
	classes []string
	// threshold is the least probability of the second of two classes at which
	// it is predicted; 0 for the more probable one.
	threshold float64
	minRows   float64
}

// Classes returns the classes that had rows, in the order of the layout's
// values.
func (v *verdict) Classes() []string { return v.classes }

// MinRows returns the option min_rows.
func (v *verdict) MinRows() float64 { return v.minRows }

// rule turns the logarithms of the probabilities, up to a common term, that
// are in result.Probabilities into these, fills in the class and returns it
// and the most probable other one. A score of NaN, which only infinite
// numbers in a row give, is that of an impossible class.
// The largest score is taken off before the exponential, so none overflows and the
// sum is at least 1 (the log-sum-exp rule).
func (v *verdict) rule(result *model.Result) (class, other int) {
	p := result.Probabilities
	class, other = 0, 1
	for k, x := range p {
		if math.IsNaN(x) {
			p[k] = math.Inf(-1)
		}
		if p[k] > p[class] {
			class = k
		}
	}
	if class == other {
		other = 0
	}
	for k, x := range p {
		if k != class && x > p[other] {
			other = k
		}
	}
	top, sum := p[class], 0.0
	// infinite scores cannot be subtracted from each other
	if math.IsInf(top, 0) {
		top = 0
	}
	for k, x := range p {
		p[k] = math.Exp(min(x-top, 0))
		sum += p[k]
	}
	for k := range p {
		if sum > 0 {
			p[k] /= sum
		} else {
			p[k] = 1 / float64(len(p))
		}
	}
	if v.threshold > 0 {
		class = v.Decide(p)
		other = 1 - class
	}
	result.Class = class
	return class, other
}

// Decide returns the most probable class, or with a threshold the second one where it has
// at least that probability.
// A threshold exists with two classes only, see verdictOn.
func (v *verdict) Decide(probabilities []float64) int {
	return model.Decide(probabilities, v.threshold)
}
