package anomaly

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// tailModel is a model that adds up scores of the tails of each attribute: ecod
// and copod.
type tailModel struct {
	inputs  []string
	numeric []tailTable
	codes   []codeTails
	measure string // of ecod: the option tails
	shared  bool   // contributions are in proportion to the farther tail
	minRows float64
}

var _ model.Model = (*tailModel)(nil)

// newTailModel lays out the tables of all inputs, the numeric ones first.
func newTailModel(d *model.Definition, e *model.Evidence, measure string, minRows float64, score tailScore) (model.Model, error) {
	m, s := &tailModel{measure: measure, shared: measure == tailsHalf || measure == tailsSkewness, minRows: minRows}, e.Summary
	for i, c := range s.Layout().Numeric {
		if d.Selects(c.Name) {
			m.inputs, m.numeric = append(m.inputs, c.Name), append(m.numeric, newTailTable(s, i, score, m.shared))
		}
	}
	columns, names := codeInputs(d, s)
	for k, c := range columns {
		m.inputs = append(m.inputs, names[k])
		m.codes = append(m.codes, newCodeTails(s.Categories(c), c, len(s.Layout().Categorical[c].Values)))
	}
	if len(m.inputs) == 0 && s.Weight() > 0 {
		return nil, model.Later(fmt.Errorf("inputs %q match no attribute", d.Inputs))
	}
	for i := range m.numeric {
		m.numeric[i].stepCounts(float64(len(m.inputs)))
	}
	for i := range m.codes {
		m.codes[i].stepCounts(float64(len(m.inputs)))
	}
	return m, nil
}

// Inputs returns the numeric inputs, then the categorical ones.
func (m *tailModel) Inputs() []string { return m.inputs }

// MinRows returns the option min_rows.
func (m *tailModel) MinRows() float64 { return m.minRows }

// Predict adds up the inputs' scores. A step in a constant attribute counts as
// if all inputs had values that no row has had: what has never varied has no
// measure of far.  A missing value adds nothing, nor does an
// attribute that nothing is known of. The sum has no probability: attributes
// depend on each other.
//
// The contributions are the inputs' scores. Those of copod, and of ecod with
// skewness, which see the side to which an attribute is not skewed by half or not
// at all, are the score in proportion to how far out each value lies on the side
// where it is farther.
func (m *tailModel) Predict(values []float64, codes []int32, result *model.Result) {
	result.Resize(len(m.inputs))
	sum, total := 0.0, 0.0
	for i := range m.numeric {
		c, far := m.numeric[i].score(values)
		result.Contributions[i] = far
		sum, total = sum+c, total+far
	}
	for i := range m.codes {
		c := m.codes[i].score(codes)
		result.Contributions[len(m.numeric)+i] = c
		sum, total = sum+c, total+c
	}
	result.Score, result.PValue = sum, math.NaN()
	if m.shared && total > 0 {
		for i := range result.Contributions {
			result.Contributions[i] *= sum / total
		}
	}
}
