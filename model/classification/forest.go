package classification

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
	"github.com/rpconnect-sml/rpconnect-sml/model/pooled"
	"github.com/rpconnect-sml/rpconnect-sml/model/regression"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats/adaptive"
	"github.com/rpconnect-sml/rpconnect-sml/stats/forest"
)

func forestEntry() model.Entry {
	return model.NewEntry(model.Entry{
		Type:    "forest",
		Role:    model.RoleClassification,
		Numbers: true,
		Target:  true,
		Summary: "A forest of decision trees for two or more classes or for a number, grown from the rows as they pass, with cuts drawn at random and chosen by the Gini index or by the variance that is left (extra-trees; Geurts, Ernst and Wehenkel, 2006). " +
			"The nodes of a forest of a number have Bayesian linear models. Rows are counted in its nodes from the moment when the model is defined; a prediction is the mean over all prunings of each tree (context-tree weighting; Willems, Shtarkov and Tjalkens, 1995).",
		Needs: forestNeeds,
	}, readForest, buildForest)
}

// forestOptions are the options of a forest, in the fields of its Spec but for stop.
type forestOptions struct {
	classifierOptions
	spec    forest.Spec
	linear  int // of a number, as all of numbers
	numbers regression.ForestOptions
	stop    float64
	adapt   bool
}

// pooled returns the settings of a forest that adapts.
func (o *forestOptions) pooled() (*pooled.Settings, error) {
	rows := min(o.spec.SplitRows, mostRowsOfSplit)
	if rows == 1 {
		rows = 2
	}
	return &pooled.Settings{
		Spec: adaptive.Spec{
			Trees: o.spec.Trees, SplitRows: rows, Candidates: o.spec.Candidates, MaxNodes: o.spec.MaxNodes,
			Strength: o.spec.Strength, Stop: o.stop,
		},
		Threshold: o.threshold, Width: o.numbers.Width(), MinRows: o.minRows,
	}, nil
}

// rowsOfSplit is what split_rows is by default: a linear model has more coefficients than
// there are classes.
const (
	rowsOfSplit       = 10
	rowsOfSplitNumber = 20
	mostRowsOfSplit   = 100 // of one that adapts
)

func readForest(r *param.Reader) forestOptions {
	o := forestOptions{
		spec: forest.Spec{
			Trees:      r.Integer("trees", 10, param.Between(1, forest.MaxTrees), "The number of trees."),
			SplitRows:  r.Integer("split_rows", 0, param.Between(0, 1000), "The number of rows that a leaf must have seen before it is split; 1 is as 2. 0 is 10 for classes and 20 for a number. With `adapt`, 0 is 10 and more than 100 are as 100."),
			Candidates: r.Integer("candidates", 0, param.Between(0, 1000), "The number of random cuts that are tried at a split. 0 is twice the number of inputs."),
			MaxNodes:   r.Integer("max_nodes", 4096, param.Between(3, 1<<16), "The largest number of nodes of a tree. It is lower where there are so many classes that the counts of all trees would be more than four million, or so many linear inputs that their sums would be more than 29,000 for a tree or one million for all trees."),
			Strength:   r.Number("prior_strength", 1, param.Between(1e-3, 1e6), "The weight, in rows, of what a node takes over from the node above it."),
		},
		linear: r.Integer("max_linear_inputs", 16, param.Between(0, forest.MaxLinear), "Of a number: the largest number of numeric inputs with which the nodes have linear models of them. With more, each has the mean of its rows, which takes less memory and time."),
		stop:   r.Number("stop_prior", 0.2, param.Between(1e-6, 1-1e-6), "The prior probability that a tree ends in a node rather than below it."),
		adapt:  r.Boolean("adapt", false, "Follow a stream whose laws change: keep forests that forget at different speeds, and mix them by how well each has predicted the rows just before. Each shard then has its own, which learns row by row; rows cannot be taken away from it again."),
	}
	o.numbers = regression.ReadForest(r)
	o.readVerdict(r)
	o.numbers.Stop, o.numbers.MinRows = o.stop, o.minRows
	return o
}

// specs are the forests of a definition: of classes, and of a number. The one that the target is of
// grows. The ways to read it off are not part of its key, so that definitions that differ
// in them share one.
func (o *forestOptions) specs(d *model.Definition) (classes, number forest.Spec, err error) {
	classes = o.spec
	classes.Target = d.Target
	number = classes
	number.Numeric, number.MaxLinear = true, o.linear
	for spec, rows := range map[*forest.Spec]int{&classes: rowsOfSplit, &number: rowsOfSplitNumber} {
		if spec.SplitRows == 0 {
			spec.SplitRows = rows
		}
		spec.SplitRows = max(spec.SplitRows, 2) // one row is of one class
		text, err := json.Marshal(struct {
			Spec   forest.Spec
			Inputs []string
		}{*spec, d.Inputs})
		if err != nil {
			return classes, number, fmt.Errorf("options of model %q: %w", d.Name, err)
		}
		sum := sha256.Sum256(text)
		spec.Key = hex.EncodeToString(sum[:8])
	}
	return classes, number, nil
}

// forestNeeds are the forests of a definition, of which at most one grows.
func forestNeeds(d *model.Definition) (model.Needs, error) {
	o, err := model.ReadOptions(d, readForest)
	if err != nil {
		return model.Needs{}, err
	}
	if o.adapt {
		s, err := o.pooled()
		if err != nil {
			return model.Needs{}, err
		}
		return s.Needs(d)
	}
	classes, number, err := o.specs(d)
	if err != nil {
		return model.Needs{}, err
	}
	of := *d
	return model.Needs{Full: true, Forests: []model.ForestNeed{{Spec: classes, Selects: of.Selects}, {Spec: number, Selects: of.Selects}}}, nil
}

// forestModel is the built model: the trees of all forests of its key, each of which counts
// as much as the rows that it has seen.
type forestModel struct {
	verdict
	target string
	inputs []string
	groves []grove
	work   int // numbers that a prediction works with
}

// grove is a forest with its share, and the places of its classes and inputs among those
// of the model, -1 for a class that has no rows.
type grove struct {
	trees           *forest.Trees
	share           float64
	classes, inputs []int
}

var _ model.Classifier = (*forestModel)(nil)

// buildForest builds a forest of classes, or of a number where the target is one.
func buildForest(ctx context.Context, d *model.Definition, o forestOptions, e *model.Evidence) (model.Model, error) {
	if o.adapt {
		s, err := o.pooled()
		if err == nil && o.balanced {
			err = fmt.Errorf("%w: options.threshold: %s is read off the frequencies of the classes, which do not adapt: want a number", model.ErrDefinition, thresholdBalanced)
		}
		if err != nil {
			return nil, err
		}
		return pooled.Build(d, s, e)
	}
	classes, number, err := o.specs(d)
	if err != nil {
		return nil, err
	}
	l := e.Summary.Layout()
	if at := l.NumericIndex(d.Target); at >= 0 && !l.Numeric[at].Binary {
		if err := o.checkNumber(d.Target); err != nil {
			return nil, err
		}
		return regression.BuildForest(ctx, d, o.numbers, e, number.Key)
	}
	if err := o.numbers.CheckClasses(d.Target, l); err != nil {
		return nil, err
	}
	return buildClasses(d, o, e, classes.Key)
}

func buildClasses(d *model.Definition, o forestOptions, e *model.Evidence, key string) (model.Model, error) {
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
	m := &forestModel{target: d.Target}
	if m.verdict, err = o.verdictOn(t, priors); err != nil {
		return nil, err
	}
	counted := 0.0
	for _, f := range e.Forests {
		if f.Key != key || e.Tally == nil || e.Tally.Weight(f.ID) <= 0 {
			continue
		}
		trees, err := e.Tally.Read(f, e.Summary.Layout(), o.stop)
		if err != nil {
			return nil, model.Later(err)
		}
		m.add(trees, f.Inputs())
		counted += trees.Weight()
	}
	if len(m.groves) == 0 {
		return nil, model.Later(fmt.Errorf("no row with target %q has been counted in its trees: they grow, and rows are counted, from when the model is defined", d.Target))
	}
	for i := range m.groves {
		m.groves[i].share = m.groves[i].trees.Weight() / counted
	}
	m.minRows = e.Summary.Weight() - counted + o.minRows // so many of the rows have been counted
	return m, nil
}

// add takes a forest, with the inputs that the model does not have yet.
func (m *forestModel) add(trees *forest.Trees, inputs []string) {
	g := grove{trees: trees}
	for _, class := range trees.Classes() {
		g.classes = append(g.classes, slices.Index(m.classes, class))
	}
	m.inputs, g.inputs = model.Place(m.inputs, inputs)
	m.groves = append(m.groves, g)
	m.work = max(m.work, trees.Work()+max(len(g.classes), len(g.inputs)))
}

// Inputs returns the attributes that the trees may split by, in the order in which they
// came.
func (m *forestModel) Inputs() []string { return m.inputs }

// Predict takes the mean of the trees. The contribution of an input is the change of
// the probability of the predicted class by the splits by that input: they add up to
// the probability less that in the roots of the trees (Saabas, 2014).
func (m *forestModel) Predict(values []float64, codes []int32, result *model.Result) {
	result.ResizeClasses(len(m.classes))
	p := result.Probabilities
	clear(p)
	work := result.Work(m.work)
	for i := range m.groves {
		g := &m.groves[i]
		each, work := work[:len(g.classes)], work[len(g.classes):]
		clear(each)
		g.trees.Predict(values, codes, g.share, each, work)
		for k, at := range g.classes {
			if at >= 0 {
				p[at] += each[k]
			}
		}
	}
	for k := range p {
		p[k] = math.Log(p[k])
	}
	class, _ := m.rule(result)
	m.explain(values, codes, class, result)
}

func (m *forestModel) explain(values []float64, codes []int32, class int, result *model.Result) {
	result.Resize(len(m.inputs))
	clear(result.Contributions)
	work := result.Work(m.work)
	for i := range m.groves {
		g := &m.groves[i]
		of := slices.Index(g.classes, class)
		if of < 0 {
			continue
		}
		each, work := work[:len(g.inputs)], work[len(g.inputs):]
		clear(each)
		g.trees.Explain(values, codes, of, g.share, each, work)
		for k, at := range g.inputs {
			result.Contributions[at] += each[k]
		}
	}
}

// forestReport is what Describe returns of forest.
type forestReport struct {
	Target    string   `json:"target"`
	Threshold *float64 `json:"threshold,omitempty"`
	Classes   []string `json:"classes"`
	// Forests are those that were grown side by side: more than one where projects
	// with forests of their own have been merged.
	Forests []groveReport `json:"forests"`
}

// groveReport is one forest. Share is how much of a prediction it is, Classes are those
// of its own, in the order of the rows of its tree.
type groveReport struct {
	Share   float64  `json:"share"`
	Classes []string `json:"classes"`
	*forest.Report
}

// Describe returns what the trees are like, with the importance of inputs.
func (m *forestModel) Describe() any {
	r := forestReport{Target: m.target, Classes: m.classes}
	if m.threshold > 0 {
		r.Threshold = &m.threshold
	}
	for i := range m.groves {
		g := &m.groves[i]
		r.Forests = append(r.Forests, groveReport{Share: g.share, Classes: g.trees.Classes(), Report: g.trees.Report()})
	}
	return r
}
