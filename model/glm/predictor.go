package glm

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Predictor makes linear predictors of encoded rows. It is immutable.
type Predictor struct {
	inputs  []string
	columns []predictorColumn
	means   []float64 // of the terms
	frame   *stats.LikelihoodFrame
	// Parameters are those of the fit.
	Parameters []float64
	offset     int // numeric column; -1 for none
	of         []int
}

// predictorColumn is an input under a layout.
type predictorColumn struct {
	numeric, categorical int // column; -1 for none
	at                   int // of the first term
	centre, scale        float64
	levels               []stats.LikelihoodLevel
	byCode               []int // place among the levels, -1 for a value that is none
}

// NewPredictor finds the inputs of a fit under a layout.
func NewPredictor(f *Fit, layout *stats.Layout) *Predictor {
	p := &Predictor{frame: f.Frame, means: f.Means, Parameters: f.Parameters, offset: -1}
	if f.Frame.Offset != "" {
		p.offset = layout.NumericIndex(f.Frame.Offset)
	}
	at := 0
	for i := range f.Frame.Inputs {
		in := &f.Frame.Inputs[i]
		c := predictorColumn{numeric: -1, categorical: -1, at: at, centre: in.Centre, scale: in.Scale, levels: in.Levels}
		n := 1
		if in.Levels == nil {
			c.numeric = layout.NumericIndex(in.Name)
		} else {
			n = len(in.Levels) - 1
			if c.categorical = layout.CategoricalIndex(in.Name); c.categorical >= 0 {
				c.byCode = codes(&layout.Categorical[c.categorical], in.Levels)
			}
		}
		for range n {
			p.of = append(p.of, i)
		}
		at += n
		p.columns, p.inputs = append(p.columns, c), append(p.inputs, in.Name)
	}
	return p
}

// codes returns the place of each value of a column among levels. A value that is none of
// them is other where that is one, else -1.
func codes(column *stats.CategoricalColumn, levels []stats.LikelihoodLevel) []int {
	out := make([]int, len(column.Values)+1)
	other := -1
	for k := range levels {
		if levels[k].Other {
			other = k
		}
	}
	for code := range out {
		out[code] = other
		for k := range levels {
			if code > 0 && !levels[k].Other && levels[k].Label == column.Values[code-1] {
				out[code] = k
			}
		}
	}
	return out
}

// Inputs returns the attributes that count. They must not be changed.
func (p *Predictor) Inputs() []string { return p.inputs }

// Terms returns how many numbers Row fills in.
func (p *Predictor) Terms() int { return len(p.of) + 1 }

// Row fills z with the terms of a row, 1 for the intercept last, and returns the offset.
// What the row lacks is at its mean.
func (p *Predictor) Row(values []float64, codes []int32, z []float64) (offset float64) {
	for i := range p.columns {
		c := &p.columns[i]
		if c.levels == nil {
			z[c.at] = p.means[c.at]
			if c.numeric >= 0 && c.numeric < len(values) {
				if x := (values[c.numeric] - c.centre) / c.scale; !math.IsNaN(x) {
					z[c.at] = x
				}
			}
			continue
		}
		level := -1
		if c.categorical >= 0 && c.categorical < len(codes) {
			if code := codes[c.categorical]; code >= 0 && int(code) < len(c.byCode) {
				level = c.byCode[code]
			}
		}
		for k := 1; k < len(c.levels); k++ {
			at, l := c.at+k-1, &c.levels[k]
			switch {
			case level < 0:
				z[at] = p.means[at]
			case level == k:
				z[at] = (1 - l.Centre) / l.Scale
			default:
				z[at] = -l.Centre / l.Scale
			}
		}
	}
	z[len(p.of)] = 1
	if p.offset >= 0 && p.offset < len(values) && !math.IsNaN(values[p.offset]) {
		return values[p.offset]
	}
	return 0
}

// Share adds f times what each input adds to the predictor of which the parameters begin at
// a place: its coefficients times how far its terms are from their means.
func (p *Predictor) Share(z []float64, first int, f float64, result *model.Result) {
	for j, input := range p.of {
		result.Contributions[input] += f * p.Parameters[first+j] * (z[j] - p.means[j])
	}
}

// Predictors returns how many linear predictors there are.
func (p *Predictor) Predictors() int { return p.frame.Kernel.Predictors() }

// Predict fills in the linear predictors of a row of terms, its offset aside.
func (p *Predictor) Predict(z, eta []float64) { p.frame.Predict(p.Parameters, z, eta) }

// NewVariance returns what works out the variance of the first predictor of a row of terms:
// that of its expectation. It is NaN where errors are unknown.
func NewVariance(f *Fit) *Variance {
	n, terms := len(f.Parameters), f.Frame.Terms()+1
	v := &Variance{terms: terms, matrix: make([]float64, terms*terms)}
	for i := range terms {
		for j := range terms {
			if !f.isFixed(i) && !f.isFixed(j) {
				v.matrix[i*terms+j] = f.Covariance[i*n+j]
			}
		}
	}
	return v
}

// Variance is a quadratic form of the terms of a row.
type Variance struct {
	terms  int
	matrix []float64
}

// Of returns the variance of a row of terms.
func (v *Variance) Of(z []float64) float64 {
	sum := 0.0
	for i, x := range z[:v.terms] {
		for j, y := range z[:v.terms] {
			sum += x * y * v.matrix[i*v.terms+j]
		}
	}
	return sum
}
