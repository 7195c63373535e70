package anomaly

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// anomalyReport is what an anomaly model's Describe gives; the parts that a type
// does not have are left out, what is undefined is null.
type anomalyReport struct {
	// Measure is the variant: of hba the way to choose bins, of ecod the tails,
	// of pca the measure, of zscore robust or standard.
	Measure string `json:"measure,omitempty"`
	// Estimator is that of the covariance; Rows the least weight of the rows
	// that a correlation is of.
	Estimator string   `json:"estimator,omitempty"`
	Rows      *float64 `json:"rows,omitempty"`
	// Attributes are parallel to the model's inputs.
	Attributes []attributeReport `json:"attributes,omitempty"`
	// Components are the eigenvectors of the correlations, the largest first.
	Components []componentReport `json:"components,omitempty"`
	// Chance says what the p-values are read off.
	Chance *chanceReport `json:"distribution,omitempty"`
	// Binning is that of a model that counts in cells; nil before it is fixed.
	Binning *cellsReport   `json:"frame,omitempty"`
	Members []memberReport `json:"members,omitempty"`
	Labels  *labelsReport  `json:"labels,omitempty"`
}

// attributeReport is what a model knows of one attribute.
type attributeReport struct {
	Attribute string `json:"attribute"`
	// Centre and Spread are what a value is measured by: mean and standard
	// deviation (divided by n), or median and 1.4826 median deviations.
	Centre *float64 `json:"centre,omitempty"`
	Spread *float64 `json:"spread,omitempty"`
	// Ignored says that it has no spread, so that it counts only where it takes a
	// step.
	Ignored bool `json:"ignored,omitempty"`
	// Bins is how many bins, or values of a categorical one, are told apart,
	// from Low to High.
	Bins int      `json:"bins,omitempty"`
	Low  *float64 `json:"low,omitempty"`
	High *float64 `json:"high,omitempty"`
	// Edges are those of bins that differ in width.
	Edges []float64 `json:"edges,omitempty"`
	// Skewness is the coefficient by its moments (m3 / m2^1.5).
	Skewness *float64 `json:"skewness,omitempty"`
	// LeastScore is that of the fullest bin or the most usual value, MostScore
	// the highest that the attribute can add, Below and Above what values
	// beyond all learned ones add.
	LeastScore *float64 `json:"least_score,omitempty"`
	MostScore  *float64 `json:"most_score,omitempty"`
	Below      *float64 `json:"score_below,omitempty"`
	Above      *float64 `json:"score_above,omitempty"`
	// Unseen is what a value that was never learned adds.
	Unseen *float64 `json:"score_unseen,omitempty"`
	// Leverage is the diagonal of the measure's matrix: what the square of a
	// deviation of this attribute alone counts, in units of its spread.
	Leverage *float64 `json:"leverage,omitempty"`
	// Weight is that of the attribute in the direction of the labels, per unit.
	Weight *float64 `json:"weight,omitempty"`
}

// componentReport is one principal component.
type componentReport struct {
	Eigenvalue *float64 `json:"eigenvalue"`
	// Explained is its share of the variance of the attributes, Cumulative that
	// with those before it.
	Explained  *float64 `json:"explained"`
	Cumulative *float64 `json:"cumulative"`
	// Weight is what the squared place along it, or the distance from its
	// vector with the measure weighted, counts in the score.
	Weight *float64 `json:"weight"`
	// Vector is parallel to the attributes that are not ignored.
	Vector []float64 `json:"vector"`
}

// chanceReport is the distribution of the scores of usual rows: Scale times
// chi-square, or Hotelling's, with Freedom degrees of freedom.
type chanceReport struct {
	Name    string   `json:"name"`
	Scale   *float64 `json:"scale,omitempty"`
	Freedom *float64 `json:"degrees_of_freedom"`
	// Rows is the second parameter of Hotelling's.
	Rows *float64 `json:"rows,omitempty"`
}

// cellsReport is a binning and what it has counted.
type cellsReport struct {
	Components int     `json:"components"`
	Cells      int     `json:"cells"`
	Counted    float64 `json:"rows_counted"`
	// Filled is the share of the cells that are not empty.
	Filled *float64 `json:"filled"`
	// LeastScore is the score of the fullest cell, MostScore of an empty one.
	LeastScore *float64 `json:"least_score"`
	MostScore  *float64 `json:"most_score"`
}

// memberReport is one member of an ensemble.
type memberReport struct {
	Type string `json:"type"`
	// Weight is the one that counts as a share of all; ScoreSpread the standard
	// deviation of its scores among rows drawn from the statistics; Factor, the
	// first over the second, is what its score is multiplied by.
	Weight      *float64 `json:"weight"`
	ScoreSpread *float64 `json:"score_spread"`
	Factor      *float64 `json:"factor"`
	MinRows     *float64 `json:"min_rows"`
	// Structure is how much higher it scores drawn rows than those it has counted,
	// in spreads; only of members that count rows in cells.
	Structure *float64 `json:"structure,omitempty"`
	// Floor is the score below which it counts nothing; only of members that know
	// one centre, or tails.
	Floor *float64 `json:"floor,omitempty"`
	// LeftOut is why the member does not count; empty for one that does.
	LeftOut string `json:"left_out,omitempty"`
	// Model is the member's own report.
	Model any `json:"model,omitempty"`
}

// labelsReport is what an ensemble has learned from labelled rows.
type labelsReport struct {
	Label string `json:"label"`
	// Anomalies is the weight of the rows with label 1, of all the Labelled
	// ones.
	Anomalies *float64 `json:"anomalies"`
	Labelled  *float64 `json:"labelled"`
	// Factor is what one spread along the direction adds to the score; null
	// while there are no labelled anomalies.
	Factor *float64 `json:"factor"`
	// Attributes have a weight each: the direction from the usual rows to the
	// anomalies.
	Attributes []attributeReport `json:"attributes,omitempty"`
}

// extremesOf returns the least and the largest, NaN for none.
func extremesOf(scores []float64) (least, most float64) {
	if len(scores) == 0 {
		return math.NaN(), math.NaN()
	}
	least, most = math.Inf(1), math.Inf(-1)
	for _, x := range scores {
		least, most = min(least, x), max(most, x)
	}
	return least, most
}

// report describes the table of a numeric attribute.
func (t *hbaNumeric) report(name string) attributeReport {
	r := attributeReport{Attribute: name, Bins: len(t.scores), Edges: t.edges}
	if len(t.scores) == 0 {
		r.Ignored = true
		return r
	}
	least, most := extremesOf(t.scores)
	r.LeastScore, r.MostScore = model.Finite(least), model.Finite(max(most, t.outside))
	r.Low, r.High, r.Below, r.Above = model.Finite(t.grid.low), model.Finite(t.grid.high), model.Finite(t.outside), model.Finite(t.outside)
	return r
}

// codesReport describes scores by code, the last of which has no value.
func codesReport(name string, scores []float64, unseen float64) attributeReport {
	least, most := extremesOf(scores)
	return attributeReport{Attribute: name, Bins: len(scores) - 1, LeastScore: model.Finite(least), MostScore: model.Finite(max(most, unseen)), Unseen: model.Finite(unseen)}
}

// Describe returns the bins and the range of the scores of each attribute.
func (m *hba) Describe() any {
	out := &anomalyReport{Measure: m.bins}
	for i := range m.numeric {
		out.Attributes = append(out.Attributes, m.numeric[i].report(m.inputs[i]))
	}
	for i := range m.codes {
		out.Attributes = append(out.Attributes, codesReport(m.inputs[len(m.numeric)+i], m.codes[i].scores, m.codes[i].unseen))
	}
	return out
}

// report describes the table of a numeric attribute.
func (t *tailTable) report(name string) attributeReport {
	r := attributeReport{Attribute: name, Bins: len(t.bins)}
	last := len(t.bins) - 1
	if last < 0 {
		r.Ignored = true
		return r
	}
	var all []float64
	for _, b := range t.bins {
		all = append(all, b.atLo, b.after)
	}
	least, most := extremesOf(all)
	r.LeastScore, r.MostScore = model.Finite(least), model.Finite(max(most, t.below))
	r.Low, r.High, r.Below, r.Above = model.Finite(t.bins[0].lo), model.Finite(t.bins[last].hi), model.Finite(t.below), model.Finite(t.bins[last].after)
	r.Skewness = model.Finite(t.skewness)
	return r
}

// Describe returns skewness, bins and the range of the scores of each attribute.
func (m *tailModel) Describe() any {
	out := &anomalyReport{Measure: m.measure}
	for i := range m.numeric {
		out.Attributes = append(out.Attributes, m.numeric[i].report(m.inputs[i]))
	}
	for i := range m.codes {
		out.Attributes = append(out.Attributes, codesReport(m.inputs[len(m.numeric)+i], m.codes[i].scores, m.codes[i].unseen))
	}
	return out
}

// Describe returns centre and spread of each attribute.
func (m *zscore) Describe() any {
	out := &anomalyReport{Measure: "standard", Chance: &chanceReport{Name: "chi-square", Freedom: model.Finite(m.spreads)}}
	if m.robust {
		out.Measure = "robust"
	}
	for i, name := range m.inputs {
		r := attributeReport{Attribute: name, Centre: model.Finite(m.centre[i]), Ignored: !(m.perUnit[i] > 0)}
		if !r.Ignored {
			r.Spread = model.Finite(1 / m.perUnit[i])
		}
		out.Attributes = append(out.Attributes, r)
	}
	return out
}

// report describes attributes and components; weights are by component,
// leverage, which may be nil, by column.
func (sp *spectrum) report(inputs []string, weights, leverage []float64) *anomalyReport {
	out := &anomalyReport{Rows: model.Finite(sp.n)}
	for _, name := range inputs {
		out.Attributes = append(out.Attributes, attributeReport{Attribute: name, Ignored: true})
	}
	for i, at := range sp.place {
		r := &out.Attributes[at]
		r.Ignored, r.Centre, r.Spread = false, model.Finite(sp.mean[i]), model.Finite(sp.spread[i])
		if leverage != nil {
			r.Leverage = model.Finite(leverage[i])
		}
	}
	total, sum := 0.0, 0.0
	for _, value := range sp.values {
		total += max(value, 0)
	}
	for k, value := range sp.values {
		sum += max(value, 0)
		out.Components = append(out.Components, componentReport{
			Eigenvalue: model.Finite(value), Explained: model.Finite(max(value, 0) / total), Cumulative: model.Finite(sum / total),
			Weight: model.Finite(weights[k]), Vector: sp.vector(k),
		})
	}
	return out
}

// diagonal returns what the square of each column alone counts.
func (f *form) diagonal() []float64 {
	p := len(f.columns)
	out := make([]float64, p)
	for i := range out {
		out[i] = f.m[i*p+i]
	}
	return out
}

// Describe returns the covariance's estimator and spectrum.
func (m *mahalanobis) Describe() any {
	out := m.spectrum.report(m.inputs, m.weights, m.form.diagonal())
	out.Estimator, out.Chance = m.estimator, &chanceReport{Name: "chi-square", Freedom: model.Finite(float64(len(m.form.columns)))}
	if m.n > 0 {
		out.Chance.Name, out.Chance.Rows = "hotelling", model.Finite(m.n)
	}
	return out
}

// Describe returns the spectrum and what each component counts.
func (m *pca) Describe() any {
	out := m.spectrum.report(m.inputs, m.weights, m.form.diagonal())
	out.Measure, out.Estimator = m.measure, m.estimator
	if m.scale > 0 {
		out.Chance = &chanceReport{Name: "chi-square", Scale: model.Finite(m.scale), Freedom: model.Finite(m.freedom)}
	}
	return out
}

// Describe returns the spectrum and what each component counts.
func (m *pcaDistances) Describe() any {
	out := m.spectrum.report(m.inputs, m.weights, nil)
	out.Measure, out.Estimator = pcaWeighted, m.estimator
	return out
}

// Describe returns the binning and how full it is; before it is fixed there is
// none.
func (m *cellCounts) Describe() any {
	if m.cells == nil {
		return &anomalyReport{}
	}
	f := m.cells.Binning()
	out := &anomalyReport{Binning: &cellsReport{Components: f.Components, Cells: f.Cells, Counted: m.counted, Filled: model.Finite(m.filled)}}
	least, most := extremesOf(m.scores)
	out.Binning.LeastScore, out.Binning.MostScore = model.Finite(least), model.Finite(most)
	for i, name := range f.Inputs {
		r := attributeReport{Attribute: name, Low: model.Finite(f.Low[i]), High: model.Finite(f.High[i])}
		out.Attributes = append(out.Attributes, r)
	}
	return out
}

// Describe returns the members, their calibration, and what the labels say.
func (m *ensemble) Describe() any {
	out := &anomalyReport{Labels: m.labelReport}
	for i := range m.members {
		b := &m.members[i]
		r := memberReport{Type: b.typ, Weight: model.Finite(b.weight), ScoreSpread: model.Finite(b.spread), Factor: model.Finite(b.factor), MinRows: model.Finite(b.model.MinRows()), Structure: b.structure}
		if b.model.MinRows() == math.MaxFloat64 {
			r.MinRows = nil
		}
		if b.floor > 0 {
			r.Floor = model.Finite(b.floor)
		}
		r.Model = b.model.Describe()
		out.Members = append(out.Members, r)
	}
	out.Members = append(out.Members, m.leftOut...)
	if l := m.labels; l != nil {
		labels := *m.labelReport
		labels.Factor = model.Finite(l.factor)
		for i, at := range l.place {
			labels.Attributes = append(labels.Attributes, attributeReport{Attribute: m.inputs[at], Centre: model.Finite(l.mean[i]), Weight: model.Finite(l.weights[i])})
		}
		out.Labels = &labels
	}
	return out
}
