package regression

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// linear predicts with coefficients. The parts that inputs add are read off
// the row where they are numbers, and off a table by code where they are
// categories.
// It is immutable once built, so Predict is safe for concurrent use.
type linear struct {
	design *design.Design
	// fit has the coefficients of all terms; numbers and tables are the same by
	// column.
	fit     fit
	numbers []linearNumber
	tables  []linearTable
	// products says that terms must be expanded, as some are products.
	products bool
	imputer  *design.Imputer // nil for means
	interval *linearInterval
	clip     bool
	minRows  float64
	report   any
}

// linearNumber is a numeric input.
// A row without it counts as being at the mean, and so adds nothing.
type linearNumber struct {
	column, input int
	coef, mean    float64
}

// linearTable is what a categorical input adds, by code; a code past the table
// adds unseen, a missing one nothing.
type linearTable struct {
	column, input int
	add           []float64
	unseen        float64
}

var (
	_ model.Model = (*linear)(nil)
	_ model.Model = (*linear)(nil)
)

// newLinear makes the model of a fit; report is what Describe returns.
// The mean of every level's indicator is taken off all codes of the table, so a
// prediction costs one look-up for each categorical input, however many levels.
func (r *regression) newLinear(f fit, report any) *linear {
	m := &linear{design: r.design, fit: f, products: r.design.Products(), clip: r.clipNegative, minRows: r.minRows, report: report}
	if r.impute == design.ImputeConditional {
		m.imputer = design.NewImputer(r.all, r.terms())
	}
	byColumn := map[int]int{}
	for i := range r.design.Terms {
		t := &r.design.Terms[i]
		if m.products {
			break
		}
		if !t.Categorical {
			m.numbers = append(m.numbers, linearNumber{column: t.Column, input: t.Input, coef: f.coef[i], mean: f.mean[i]})
			continue
		}
		at, ok := byColumn[t.Column]
		if !ok {
			at = len(m.tables)
			byColumn[t.Column] = at
			m.tables = append(m.tables, linearTable{column: t.Column, input: t.Input, add: make([]float64, len(r.design.Known[t.Column]))})
		}
		table := &m.tables[at]
		table.add[t.Code] += f.coef[i]
		for code := range table.add {
			table.add[code] -= f.coef[i] * f.mean[i]
		}
	}
	for k := range m.tables {
		table := &m.tables[k]
		known := r.design.Known[table.column]
		// A code without rows is predicted as Other where that is a level of its own, and
		// else it adds nothing, as a missing value does.
		if known[stats.Other] {
			table.unseen = table.add[stats.Other]
		}
		for code := range table.add {
			if !known[code] {
				table.add[code] = table.unseen
			}
		}
	}
	return m
}

// Inputs returns the numeric inputs, the categorical ones, then the products.
func (m *linear) Inputs() []string { return m.design.Inputs }

// MinRows returns the option min_rows.
func (m *linear) MinRows() float64 { return m.minRows }

// Describe returns everything that is known of the model.
func (m *linear) Describe() any { return m.report }

// Predict adds up what the inputs add to the prediction at their means. A
// missing input adds nothing, or what is expected of it given the others.
func (m *linear) Predict(values []float64, codes []int32, result *model.Result) {
	result.Resize(len(m.design.Inputs))
	var sum float64
	if m.products || m.imputer != nil || m.interval != nil {
		sum = m.expanded(values, codes, result)
	} else {
		sum = m.direct(values, codes, result)
	}
	result.Prediction = m.fit.level + sum
	result.HasInterval = m.interval != nil
	if m.interval != nil {
		half := m.interval.half(result)
		result.Interval = model.Interval{Low: result.Prediction - half, High: result.Prediction + half}
	}
	if m.clip {
		clipNegative(result)
	}
}

// clipNegative replaces what is below 0 by 0.
// Contributions stay: they explain the prediction before it was clipped.
func clipNegative(result *model.Result) {
	result.Prediction = max(result.Prediction, 0)
	result.Interval.Low, result.Interval.High = max(result.Interval.Low, 0), max(result.Interval.High, 0)
}

// direct is for models whose terms need not be at hand together.
// A row may be shorter than the layout, when it was encoded before an attribute
// was found. What lies past its end counts as missing.
func (m *linear) direct(values []float64, codes []int32, result *model.Result) float64 {
	sum, parts := 0.0, result.Contributions
	clear(parts)
	for i := range m.numbers {
		n := &m.numbers[i]
		part := 0.0
		if n.column < len(values) {
			if x := values[n.column]; !math.IsNaN(x) {
				part = (x - n.mean) * n.coef
			}
		}
		parts[n.input] += part
		sum += part
	}
	for i := range m.tables {
		t := &m.tables[i]
		part := 0.0
		if t.column < len(codes) {
			if code := codes[t.column]; code >= 0 {
				part = t.unseen
				if int(code) < len(t.add) {
					part = t.add[code]
				}
			}
		}
		parts[t.input] = part
		sum += part
	}
	return sum
}

// expanded leaves the terms, without their means, at the start of the scratch.
// The interval reads them there afterwards. The cost is the number of terms, where
// that of direct is the number of inputs.
func (m *linear) expanded(values []float64, codes []int32, result *model.Result) float64 {
	p := len(m.design.Terms)
	work := result.Work(2 * p)
	row := work[:p]
	missing := m.design.Expand(values, codes, row)
	for i := range row {
		row[i] -= m.fit.mean[i]
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
	clear(result.Contributions)
	sum := 0.0
	for i, x := range row {
		part := x * m.fit.coef[i]
		result.Contributions[m.design.Terms[i].Input] += part
		sum += part
	}
	return sum
}

// linearInterval is the half-width of intervals.
// The half-width is factor sqrt(own + weight + |root x|²), the usual interval of
// least squares (Greene, Econometric Analysis, 7th ed., 2012, section 4.6).
type linearInterval struct {
	terms  int
	root   []float64 // rows by terms: the leverage of a centred row x is |root x|^2
	mean   []float64 // added to the centred row first; nil with an intercept
	factor float64   // quantile of t times sigma
	own    float64   // 1 for the next value, 0 for its expectation
	weight float64   // 1/n with an intercept, else 0
}

// half returns the half-width for the row whose centred terms are in the
// scratch of the result.
func (v *linearInterval) half(result *model.Result) float64 {
	p := v.terms
	work := result.Work(2 * p)
	row := work[:p]
	if v.mean != nil {
		row = work[p:]
		for i := range row {
			row[i] = work[i] + v.mean[i]
		}
	}
	h := v.own + v.weight
	for k := 0; k+p <= len(v.root); k += p {
		sum := 0.0
		for i, w := range v.root[k : k+p] {
			sum += w * row[i]
		}
		h += sum * sum
	}
	return v.factor * math.Sqrt(h)
}
