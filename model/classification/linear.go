package classification

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
)

// linearClassifier gives each class a score that is linear in the terms; the
// scores are logarithms of probabilities up to a common term. It is what lda
// and svm are built into.
// It is immutable once built, so Predict is safe for concurrent use.
type linearClassifier struct {
	verdict
	design *design.Design
	mean   []float64 // of the terms: what is taken from them, and stands for a missing one
	coef   []float64 // class by term
	level  []float64 // by class: the score of a row at the means
	// center is, class by term, where the class is from the means: what the
	// contributions of two classes are measured from the middle of.
	center  []float64
	imputer *design.Imputer // nil for means
	pair    *linearPair
	report  func() any
}

var (
	_ model.Classifier = (*linearClassifier)(nil)
	_ model.Model      = (*linearClassifier)(nil)
)

// Inputs returns the numeric inputs, the categorical ones, then the products.
func (m *linearClassifier) Inputs() []string { return m.design.Inputs }

// Describe returns everything that is known of the model.
func (m *linearClassifier) Describe() any { return m.report() }

// Predict fills in class, probabilities and contributions. The contribution of
// a term is the difference of the coefficients of the predicted class and of
// the most probable other one, times the distance of the term from the middle
// of both classes. They add up to the logarithm of the odds of these two, less
// that of their priors (of lda) or less the log odds of a row at the means (of
// svm).
// It costs the number of terms times that of classes, and allocates nothing once
// result has grown.
func (m *linearClassifier) Predict(values []float64, codes []int32, result *model.Result) {
	if m.pair != nil {
		m.pair.predict(m, values, result)
		return
	}
	p := len(m.mean)
	work := result.Work(2 * p)
	row := work[:p]
	missing := m.design.Expand(values, codes, row)
	for i, x := range m.mean {
		row[i] -= x
	}
	if missing {
		if m.imputer != nil {
			m.imputer.Complete(row, work[p:])
		}
		for i, x := range row {
			if math.IsNaN(x) {
				row[i] = 0
			}
		}
	}
	result.ResizeClasses(len(m.classes))
	for k, level := range m.level {
		result.Probabilities[k] = level + linalg.DotInFour(row, m.coef[k*p:(k+1)*p])
	}
	a, b := m.rule(result)
	result.Resize(len(m.design.Inputs))
	clear(result.Contributions)
	ca, cb := m.coef[a*p:(a+1)*p], m.coef[b*p:(b+1)*p]
	za, zb := m.center[a*p:(a+1)*p], m.center[b*p:(b+1)*p]
	for i, x := range row {
		result.Contributions[m.design.Terms[i].Input] += (ca[i] - cb[i]) * (x - (za[i]+zb[i])/2)
	}
}
