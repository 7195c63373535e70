package regression

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/forest"
)

// ForestOptions are those of a forest that are about a number which it predicts.
type ForestOptions struct {
	// Stop is the prior probability that a tree ends in a node, MinRows how many rows must have
	// been counted. Both are options of forests of classes too.
	Stop, MinRows float64

	interval   string
	confidence float64
}

// ReadForest reads the options that forests of classes do not have.
func ReadForest(r *param.Reader) ForestOptions {
	return ForestOptions{
		interval:   r.Choice("interval", intervalNone, []string{intervalNone, intervalPrediction}, "Of a number: the interval of each prediction, `prediction` (of the next value) or `none`."),
		confidence: r.Number("confidence", 0.95, param.Between(0.5, 0.999999), "Of a number: the probability of intervals."),
	}
}

// CheckClasses refuses what a model of classes does not have, where the layout says that the
// target has classes. A target that it does not have yet may become a number.
func (o *ForestOptions) CheckClasses(target string, l *stats.Layout) error {
	at := l.NumericIndex(target)
	classes := l.CategoricalIndex(target) >= 0 || at >= 0 && l.Numeric[at].Binary
	if o.interval == intervalPrediction && classes {
		return fmt.Errorf("%w: options.interval: %s is of a number, and target %q is none", model.ErrDefinition, o.interval, target)
	}
	return nil
}

// Width returns how many standard deviations of a normal distribution the interval of a
// prediction reaches to either side, 0 where none is asked for.
func (o *ForestOptions) Width() float64 {
	if o.interval != intervalPrediction {
		return 0
	}
	return math.Sqrt2 * math.Erfinv(o.confidence)
}

// forestModel is the built model: the trees of all forests of its key, each of which counts as much
// as the rows that it has seen.
type forestModel struct {
	target  string
	inputs  []string
	groves  []numberGrove
	width   float64 // of an interval in standard deviations, 0 for none
	minRows float64
	work    int
}

// numberGrove is a forest with its share, and the places of its inputs among those of the model.
type numberGrove struct {
	trees  *forest.Numbers
	share  float64
	inputs []int
}

var _ model.Model = (*forestModel)(nil)

// BuildForest reads the trees of a key off the counts of the evidence.
func BuildForest(_ context.Context, d *model.Definition, o ForestOptions, e *model.Evidence, key string) (model.Model, error) {
	if _, err := design.NumericTarget(d, e.Summary); err != nil {
		return nil, err
	}
	if err := design.CheckInputs(d, e.Summary.Layout()); err != nil {
		return nil, err
	}
	m := &forestModel{target: d.Target, width: o.Width()}
	counted := 0.0
	for _, f := range e.Forests {
		if f.Key != key || e.Tally == nil || e.Tally.Weight(f.ID) <= 0 {
			continue
		}
		trees, err := e.Tally.ReadNumbers(f, e.Summary.Layout(), o.Stop, m.width > 0)
		if err != nil {
			return nil, model.Later(err)
		}
		m.add(trees, f.Inputs())
		counted += trees.Weight()
	}
	if len(m.groves) == 0 {
		return nil, model.Later(fmt.Errorf("no row with target %q has been counted in its trees: they grow, and rows are counted, from when the model is defined and the target is a number", d.Target))
	}
	if !slices.ContainsFunc(m.groves, func(g numberGrove) bool { return g.trees.Varies() }) {
		return nil, model.Later(fmt.Errorf("target %q is constant: %v in all %v rows that have been counted", d.Target, m.groves[0].trees.Base(), counted))
	}
	for i := range m.groves {
		m.groves[i].share = m.groves[i].trees.Weight() / counted
	}
	m.minRows = e.Summary.Weight() - counted + o.MinRows // so many of the rows have been counted
	return m, nil
}

// add takes a forest, with the inputs that the model does not have yet.
func (m *forestModel) add(trees *forest.Numbers, inputs []string) {
	g := numberGrove{trees: trees}
	m.inputs, g.inputs = model.Place(m.inputs, inputs)
	m.groves = append(m.groves, g)
	m.work = max(m.work, trees.Work()+len(g.inputs))
}

// Inputs returns the attributes that the trees may split by, in the order in which they
// came.
func (m *forestModel) Inputs() []string { return m.inputs }

// MinRows returns how many rows must have been learned so that min_rows have been counted.
func (m *forestModel) MinRows() float64 { return m.minRows }

// Predict takes the mean of the trees, with the interval of the next value. The contributions
// add up to the prediction less that at the means of all rows (forest.Numbers.Explain).
func (m *forestModel) Predict(values []float64, codes []int32, result *model.Result) {
	result.Resize(len(m.inputs))
	clear(result.Contributions)
	work := result.Work(m.work)
	mean, low, high := 0.0, 0.0, 0.0
	for i := range m.groves {
		g := &m.groves[i]
		p := g.trees.Predict(values, codes, work)
		mean += g.share * p
		if m.width > 0 {
			half := m.width * g.trees.Spread(values, codes, work)
			low, high = low+g.share*(p-half), high+g.share*(p+half)
		}
		each, work := work[:len(g.inputs)], work[len(g.inputs):]
		clear(each)
		g.trees.Explain(values, codes, g.share, each, work)
		for k, at := range g.inputs {
			result.Contributions[at] += each[k]
		}
	}
	result.Prediction = mean
	result.HasInterval = m.width > 0
	if result.HasInterval {
		result.Interval = model.Interval{Low: low, High: high}
	}
}

// forestReport is what Describe returns of a forest of a number.
type forestReport struct {
	Target string `json:"target"`
	// Forests are those that were grown side by side: more than one where projects
	// with forests of their own have been merged.
	Forests []groveReport `json:"forests"`
}

// groveReport is one forest. Share is how much of a prediction it is, Base what
// contributions are differences from.
type groveReport struct {
	Share float64 `json:"share"`
	Base  float64 `json:"base"`
	*forest.Report
}

// Describe returns what the trees are like, with the importance of inputs.
func (m *forestModel) Describe() any {
	r := forestReport{Target: m.target}
	for i := range m.groves {
		g := &m.groves[i]
		r.Forests = append(r.Forests, groveReport{Share: g.share, Base: g.trees.Base(), Report: g.trees.Report()})
	}
	return r
}
