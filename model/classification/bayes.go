package classification

import (
	"context"
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

func bayesEntry() model.Entry {
	return model.NewEntry(model.Entry{
		Type:    "naive_bayes",
		Role:    model.RoleClassification,
		Target:  true,
		Summary: "Naive Bayes: continuous inputs are normal in each class (as scikit-learn's GaussianNB), binary and categorical ones have the frequencies of their values (CategoricalNB), and all inputs are assumed to be independent.",
	}, readBayes, buildBayes)
}

// Ways to count binary inputs.
const (
	binaryCategories = "categories"
	binaryContinuous = "continuous"
)

// laplace is in rows, smoothing a share of the largest variance.
type bayesOptions struct {
	classifierOptions
	laplace, smoothing float64
	binaryContinuous   bool
}

// A number of rows is added to each value, so that a value that no row of a class
// has does not rule the class out.
func readBayes(r *param.Reader) bayesOptions {
	return bayesOptions{
		classifierOptions: readClassifier(r),
		laplace:           r.Number("laplace", 1, param.Between(0, 1e9), "The number of rows that is added to each value of a binary or categorical input in each class."),
		smoothing:         r.Number("smoothing", 1e-9, param.Between(0, 1e9), "The amount that is added to each variance, as a share of the largest variance of a continuous input."),
		binaryContinuous:  r.Choice("binary", binaryCategories, []string{binaryCategories, binaryContinuous}, "How binary inputs are treated: as `categories`, or as `continuous` inputs.") == binaryContinuous,
	}
}

// naiveBayes is the built model: per input a table of log likelihoods.
// It is immutable once built, so Predict is safe for concurrent use.
type naiveBayes struct {
	verdict
	inputs []string
	prior  []float64 // logarithms, by class
	normal []bayesNormal
	tables []bayesTable // binary, then categorical
	report func() any
}

var (
	_ model.Classifier = (*naiveBayes)(nil)
	_ model.Model      = (*naiveBayes)(nil)
)

// buildBayes reads each input given the class (The Elements of Statistical Learning,
// 2009, section 6.6.3). It inverts nothing, so no input can be aliased.
func buildBayes(_ context.Context, d *model.Definition, o bayesOptions, e *model.Evidence) (model.Model, error) {
	if err := design.CheckInputs(d, e.Summary.Layout()); err != nil {
		return nil, err
	}
	t, err := newClassTarget(d, e.Summary)
	if err != nil {
		return nil, err
	}
	priors, err := o.priorsFor(t)
	if err != nil {
		return nil, err
	}
	m := &naiveBayes{prior: make([]float64, len(priors))}
	if m.verdict, err = o.verdictOn(t, priors); err != nil {
		return nil, err
	}
	for k, prior := range priors {
		m.prior[k] = math.Log(prior)
	}
	r := &bayesReader{s: e.Summary, target: t, laplace: o.laplace, continuous: o.binaryContinuous}
	r.read(d)
	if len(r.names) == 0 {
		return nil, model.Later(fmt.Errorf("inputs %q match no attribute that can be an input", d.Inputs))
	}
	r.smooth(o.smoothing)
	m.inputs, m.normal, m.tables = r.names, r.normal, r.tables
	values := r.values
	m.report = func() any { return m.describe(t, priors, values) }
	return m, nil
}

// Inputs returns the continuous inputs, the binary ones, then the categorical.
func (m *naiveBayes) Inputs() []string { return m.inputs }

// Describe returns everything that is known of the model.
func (m *naiveBayes) Describe() any { return m.report() }

// Predict adds up the log likelihoods. The contribution of an input is the
// difference of that of the predicted class and that of the most probable
// other one; they add up to the log odds of these two, less that of their
// priors. A missing value adds nothing, nor does a value that had no row when
// the model was built.
func (m *naiveBayes) Predict(values []float64, codes []int32, result *model.Result) {
	classes := len(m.prior)
	parts := result.Work(len(m.inputs) * classes)
	clear(parts)
	result.ResizeClasses(classes)
	scores := result.Probabilities
	copy(scores, m.prior)
	for i := range m.normal {
		at := parts[i*classes : (i+1)*classes]
		m.normal[i].add(values, at)
		for k, x := range at {
			scores[k] += x
		}
	}
	for i := range m.tables {
		at := parts[(len(m.normal)+i)*classes:][:classes]
		m.tables[i].add(values, codes, at)
		for k, x := range at {
			scores[k] += x
		}
	}
	a, b := m.rule(result)
	result.Resize(len(m.inputs))
	for i := range m.inputs {
		result.Contributions[i] = parts[i*classes+a] - parts[i*classes+b]
		if c := result.Contributions[i]; math.IsNaN(c) { // impossible in both
			result.Contributions[i] = 0
		}
	}
}

// bayesNormal is a continuous input: its distribution in each class.
// level and perUnit are empty where a class has no variance left.
type bayesNormal struct {
	column         int
	mean, variance []float64 // by class
	level, perUnit []float64 // -log(2 pi variance)/2 and 1/(2 variance)
}

// add puts the logarithm of the density in each class into parts. An input that
// tells nothing has no level and adds 0 to every class.
func (n *bayesNormal) add(values []float64, parts []float64) {
	if n.column >= len(values) || len(n.level) == 0 {
		return
	}
	x := values[n.column]
	if math.IsNaN(x) {
		return
	}
	for k, level := range n.level {
		d := x - n.mean[k]
		parts[k] = level - d*d*n.perUnit[k]
	}
}

// bayesTable is a binary or categorical input: log likelihoods by code and
// class. A code without rows is not known and adds nothing.
type bayesTable struct {
	column  int
	binary  bool
	known   []bool
	weights []float64 // code by class
	logs    []float64
}

// add puts the log likelihoods of the row's value into parts. A code without rows
// counts as Other where that has rows.
func (t *bayesTable) add(values []float64, codes []int32, parts []float64) {
	code := -1
	switch {
	case !t.binary && t.column < len(codes):
		code = int(codes[t.column])
	case t.binary && t.column < len(values) && (values[t.column] == 0 || values[t.column] == 1):
		code = int(values[t.column])
	}
	if code >= len(t.known) && !t.binary {
		code = int(stats.Other) // which stands for the values that came later
	}
	if code < 0 || code >= len(t.known) {
		return
	}
	if !t.known[code] {
		if code = 0; t.binary || !t.known[0] {
			return
		}
	}
	copy(parts, t.logs[code*len(parts):])
}
