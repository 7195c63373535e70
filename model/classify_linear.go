package model

// linearClassifier gives each class a score that is linear in the terms; the
// scores are logarithms of probabilities up to a common term. It is what lda
// and svm are built into.
type linearClassifier struct {
	verdict
	design *design
	mean   []float64 // of the terms: what is taken from them, and stands for a missing one
	coef   []float64 // class by term
	level  []float64 // by class: the score of a row at the means
	// center is, class by term, where the class is from the means: what the
	// contributions of two classes are measured from the middle of.
	center  []float64
	imputer *imputer // nil for means
	pair    *linearPair
	report  func() any
}

var (
	_ Classifier = (*linearClassifier)(nil)
	_ Describer  = (*linearClassifier)(nil)
)

// Inputs returns the numeric inputs, the categorical ones, then the products.
func (m *linearClassifier) Inputs() []string { return m.design.inputs }

// Describe returns everything that is known of the model.
func (m *linearClassifier) Describe() any { return m.report() }

// Predict fills in class, probabilities and contributions. The contribution of
// a term is the difference of the coefficients of the predicted class and of
// the most probable other one, times the distance of the term from the middle
// of both classes. They add up to the logarithm of the odds of these two, less
// that of their priors (of lda) or less the log odds of a row at the means (of
// svm).
func (m *linearClassifier) Predict(values []float64, codes []int32, result *Result) {
	if m.pair != nil {
		m.pair.predict(m, values, result)
		return
	}
	p := len(m.mean)
	work := result.work(2 * p)
	row := work[:p]
	missing := m.design.expand(values, codes, row)
	for i, x := range m.mean {
		row[i] -= x
	}
	if missing {
		if m.imputer != nil {
			m.imputer.complete(row, work[p:])
		}
		for i, x := range row {
			if x != x {
				row[i] = 0
			}
		}
	}
	result.resizeClasses(len(m.classes))
	for k, level := range m.level {
		result.Probabilities[k] = level + scalarProduct(row, m.coef[k*p:(k+1)*p])
	}
	a, b := m.rule(result)
	result.resize(len(m.design.inputs))
	clear(result.Contributions)
	ca, cb := m.coef[a*p:(a+1)*p], m.coef[b*p:(b+1)*p]
	za, zb := m.center[a*p:(a+1)*p], m.center[b*p:(b+1)*p]
	for i, x := range row {
		result.Contributions[m.design.terms[i].input] += (ca[i] - cb[i]) * (x - (za[i]+zb[i])/2)
	}
}

// scalarProduct sums in four parts, which do not wait for each other.
func scalarProduct(x, y []float64) float64 {
	y = y[:len(x)]
	var a, b, c, d float64
	for len(x) >= 4 {
		a += x[0] * y[0]
		b += x[1] * y[1]
		c += x[2] * y[2]
		d += x[3] * y[3]
		x, y = x[4:], y[4:]
	}
	for i, v := range x {
		a += v * y[i]
	}
	return a + b + (c + d)
}
