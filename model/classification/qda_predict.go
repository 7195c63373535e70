package classification

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
)

// quadraticClassifier gives each class the logarithm of its normal density.
type quadraticClassifier struct {
	verdict
	design  *design.Design
	mean    []float64       // of the terms, which stands for a missing one
	center  []float64       // class by term: its mean, from mean
	form    []float64       // by class the inverse of its covariance, term by term
	level   []float64       // by class: log prior - log determinant / 2
	share   []float64       // class by term: its part of the log determinant
	imputer *design.Imputer // nil for means
	report  func() any
}

var (
	_ model.Classifier = (*quadraticClassifier)(nil)
	_ model.Model      = (*quadraticClassifier)(nil)
)

// Inputs returns the numeric inputs, then the categorical ones.
func (m *quadraticClassifier) Inputs() []string { return m.design.Inputs }

// Describe returns everything that is known of the model.
func (m *quadraticClassifier) Describe() any { return m.report() }

// Predict fills in class, probabilities and contributions. The contribution of
// a term is half the difference of its parts of the squared Mahalanobis
// distances from, and of the log determinants of, the predicted class and the
// most probable other one; that of the distance z'Mz is z_i (Mz)_i, that of
// the determinant the logarithm of the variance and an equal part of that of
// the correlations. They add up to the log odds of these two, less that of
// their priors.
// It costs p² multiplications for each class of p terms.
func (m *quadraticClassifier) Predict(values []float64, codes []int32, result *model.Result) {
	p, classes := len(m.mean), len(m.classes)
	work := result.Work(2*p + classes*p)
	row, parts := work[:p], work[2*p:]
	missing := m.design.Expand(values, codes, row)
	for i, x := range m.mean {
		row[i] -= x
	}
	if missing {
		if m.imputer != nil {
			m.imputer.Complete(row, work[p:2*p])
		}
		for i, x := range row {
			if math.IsNaN(x) {
				row[i] = 0
			}
		}
	}
	z := work[p : 2*p]
	result.ResizeClasses(classes)
	for k, level := range m.level {
		center, form := m.center[k*p:(k+1)*p], m.form[k*p*p:(k+1)*p*p]
		for i, x := range row {
			z[i] = x - center[i]
		}
		distance := 0.0
		for i, x := range z {
			part := x * linalg.DotInFour(z, form[i*p:(i+1)*p])
			parts[k*p+i] = part + m.share[k*p+i]
			distance += part
		}
		result.Probabilities[k] = level - distance/2
	}
	a, b := m.rule(result)
	result.Resize(len(m.design.Inputs))
	clear(result.Contributions)
	for i := range p {
		result.Contributions[m.design.Terms[i].Input] += (parts[b*p+i] - parts[a*p+i]) / 2
	}
}

// qdaReport is what Describe returns of qda.
// Pooling is the option: the share of the pooled covariance in each class's own.
type qdaReport struct {
	classifierReport
	Pooling float64 `json:"pooling"`
}

// qdaReport has a covariance for each class, and no discriminants: these are of a
// common covariance.
func (g *groups) qdaReport(m *quadraticClassifier, s []*inverted, priors []float64, pooling float64) qdaReport {
	r := qdaReport{classifierReport: g.describe(&m.verdict, priors), Pooling: pooling}
	for k := range r.Classes {
		r.Classes[k].Covariance = s[k].describe()
		r.Classes[k].LogDeterminant = model.Finite(s[k].factor.LogDet())
	}
	return r
}
