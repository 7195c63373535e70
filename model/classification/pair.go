package classification

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// linearPair is the short form of a linearClassifier of two classes whose
// terms are numeric columns: the log odds of the second class are odds plus
// the sum of what the columns add.
// Two numeric classes are the common case: it costs one multiplication a column,
// half of what two scores do, and no expansion of terms.
type linearPair struct {
	odds    float64
	columns []linearColumn
}

// linearColumn adds coef (x - middle) of a column, or missing where the row
// lacks it.
type linearColumn struct {
	column                int
	coef, middle, missing float64
}

// newLinearPair returns the short form of m, nil where it has none.
func newLinearPair(m *linearClassifier) *linearPair {
	p := len(m.mean)
	if len(m.classes) != 2 || m.imputer != nil || p != len(m.design.Inputs) {
		return nil
	}
	out := &linearPair{odds: m.level[1] - m.level[0], columns: make([]linearColumn, p)}
	for i := range out.columns {
		t := &m.design.Terms[i]
		if t.Categorical || t.Given != nil || t.Input != i {
			return nil
		}
		c := linearColumn{column: t.Column, coef: m.coef[p+i] - m.coef[i]}
		middle := (m.center[i] + m.center[p+i]) / 2
		c.middle, c.missing = m.mean[i]+middle, -c.coef*middle
		out.odds -= c.missing
		out.columns[i] = c
	}
	return out
}

// predict gives what Predict of the long form gives but for rounding. Contributions
// are those to the predicted class, so they turn with it.
func (l *linearPair) predict(m *linearClassifier, values []float64, result *model.Result) {
	result.Resize(len(l.columns))
	parts, sum := result.Contributions[:len(l.columns)], l.odds
	for i := range l.columns {
		c := &l.columns[i]
		part := c.missing
		if c.column < len(values) {
			if x := values[c.column]; !math.IsNaN(x) {
				part = c.coef * (x - c.middle)
			}
		}
		parts[i] = part
		sum += part
	}
	result.ResizeClasses(2)
	result.Probabilities[0], result.Probabilities[1] = 0, sum
	if class, _ := m.rule(result); class == 0 {
		for i := range parts {
			parts[i] = -parts[i]
		}
	}
}
