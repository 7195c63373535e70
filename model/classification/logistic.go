package classification

import (
	"context"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/likelihood"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/glm"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

func logisticEntry() model.Entry {
	return model.NewEntry(model.Entry{
		Type:    "logistic",
		Role:    model.RoleClassification,
		Target:  true,
		Summary: "Logistic regression of two or more classes (Agresti, Categorical Data Analysis, 2013), with standard errors, p-values, odds ratios and a likelihood ratio test, as in statsmodels. Of inputs with few values (categories, yes or no, at most 32 different numbers) it is fitted exactly to all rows; else its likelihood is kept from when the model is defined, and before that lda stands in for it.",
		Needs:   logisticNeeds,
	}, readLogistic, buildLogistic)
}

// logisticOptions are those of logistic regression.
type logisticOptions struct {
	glm.Options
	classifierOptions // without priors
}

func readLogistic(r *param.Reader) logisticOptions {
	o := logisticOptions{Options: glm.ReadOptions(r)}
	o.readVerdict(r)
	return o
}

// logisticNeeds is the likelihood of the rows since the definition. What stands in before
// that needs a full summary.
func logisticNeeds(d *model.Definition) (model.Needs, error) {
	o, err := model.ReadOptions(d, readLogistic)
	if err != nil {
		return model.Needs{}, err
	}
	need, err := glm.Need(d, o.Options, likelihood.Logistic, 0)
	need.Optional = true
	return model.Needs{Full: true, Likelihoods: []model.LikelihoodNeed{need}}, err
}

// buildLogistic maximises the likelihood. Where the project has learned rows enough, and
// too few of them since the model was defined, the linear discriminant stands in.
func buildLogistic(ctx context.Context, d *model.Definition, o logisticOptions, e *model.Evidence) (model.Model, error) {
	t, err := newClassTarget(d, e.Summary)
	if err != nil {
		return nil, err
	}
	if err := glm.CheckInputs(d, o.Options, e.Summary.Layout()); err != nil {
		return nil, err
	}
	if o.Offset != "" && len(t.classes) > 2 {
		return nil, fmt.Errorf("%w: options.offset: target %q has %d classes, and an offset is for two", model.ErrDefinition, d.Target, len(t.classes))
	}
	need, err := glm.Need(d, o.Options, likelihood.Logistic, 0)
	if err != nil {
		return nil, err
	}
	of := glm.EvidenceOf(&need, e)
	if of.Likelihood == nil || !of.Cells && of.Weight() < o.minRows && of.Weight()+of.Left < counted*e.Summary.Weight() {
		return buildStandIn(ctx, d, o, e, &of)
	}
	fit, err := of.Fit(ctx, o.Lambda)
	if err != nil {
		return nil, err
	}
	return newLogistic(t, o, fit, e.Summary.Layout())
}

// counted is the share of the rows that a likelihood has had from the start.
const counted = 0.9

// logistic is the model.
type logistic struct {
	verdict
	predictor *glm.Predictor
	place     []int // of the classes of the fit, among the classes of the results
	class     []int // the other way round
	report    *glm.Report
}

var _ model.Classifier = (*logistic)(nil)

// newLogistic makes the model of a fit. Its classes are in the order of the layout.
func newLogistic(t *classTarget, o logisticOptions, fit *glm.Fit, layout *stats.Layout) (model.Model, error) {
	known := fit.Frame.Classes
	m := &logistic{predictor: glm.NewPredictor(fit, layout), report: fit.Report(o.Confidence), place: make([]int, len(known))}
	take := func(k int) {
		m.place[k] = len(m.class)
		m.class = append(m.class, k)
	}
	taken := make([]bool, len(known))
	var share []float64
	for i, class := range t.classes {
		for k, name := range known {
			if name == class {
				taken[k] = true
				take(k)
				share = append(share, t.weight[i])
			}
		}
	}
	for k := range known {
		if !taken[k] {
			take(k)
			share = append(share, 0)
		}
	}
	ordered := &classTarget{name: t.name}
	for _, k := range m.class {
		ordered.classes = append(ordered.classes, known[k])
	}
	sum := 0.0
	for _, w := range share {
		sum += w
	}
	for k := range share {
		share[k] /= sum
	}
	var err error
	m.verdict, err = o.verdictOn(ordered, share)
	return m, err
}

// Inputs returns the attributes that count.
func (m *logistic) Inputs() []string { return m.predictor.Inputs() }

// Describe returns a glm.Report.
func (m *logistic) Describe() any { return m.report }

// Predict fills in class, probabilities and contributions: what each input adds to the
// log odds of the predicted class against the most probable other one.
func (m *logistic) Predict(values []float64, codes []int32, result *model.Result) {
	n := m.predictor.Terms()
	classes := len(m.classes)
	work := result.Work(n + classes - 1)
	z, eta := work[:n], work[n:]
	offset := m.predictor.Row(values, codes, z)
	m.predictor.Predict(z, eta)
	eta[0] += offset
	result.ResizeClasses(classes)
	result.Probabilities[m.place[0]] = 0
	for k, x := range eta {
		result.Probabilities[m.place[k+1]] = x
	}
	a, b := m.rule(result)
	result.Resize(len(m.predictor.Inputs()))
	clear(result.Contributions)
	m.share(z, m.class[a], 1, result)
	m.share(z, m.class[b], -1, result)
}

// share adds what the inputs add to the log odds of a class of the fit against its first.
func (m *logistic) share(z []float64, class int, sign float64, result *model.Result) {
	if class > 0 {
		m.predictor.Share(z, (class-1)*len(z), sign, result)
	}
}

// standIn is a linear discriminant in place of a logistic model.
type standIn struct {
	model.Classifier
	reason string
}

// standInReport is what Describe returns of it.
type standInReport struct {
	Method string `json:"method"`
	Reason string `json:"reason"`
	Lda    any    `json:"lda"`
}

// Describe says that it stands in, and why.
func (m *standIn) Describe() any {
	return standInReport{Method: "lda", Reason: m.reason, Lda: m.Classifier.Describe()}
}

// buildStandIn builds the linear discriminant. Its probabilities are those of normal
// inputs with one covariance, for which the log odds are linear too.
func buildStandIn(ctx context.Context, d *model.Definition, o logisticOptions, e *model.Evidence, of *glm.Evidence) (model.Model, error) {
	joint := readJoint(param.NewReader(nil, param.Typed))
	joint.threshold, joint.balanced, joint.minRows = o.threshold, o.balanced, o.minRows
	joint.pseudoInverse = true
	m, err := buildLDA(ctx, d, ldaOptions{jointOptions: joint}, e)
	if err != nil {
		return nil, err
	}
	rows := 0.0
	if of.Likelihood != nil {
		rows = of.Weight()
	}
	c, ok := m.(model.Classifier)
	if !ok {
		return m, nil
	}
	return &standIn{Classifier: c, reason: fmt.Sprintf("rows are counted for the likelihood from when the model is defined: %v of %v are. Until min_rows are, this is lda, whose log odds are linear too; its probabilities are right for normal inputs. Rows from before are not kept by combinations of values: %v", rows, e.Summary.Weight(), of.Lacks)}, nil
}
