package classification

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// bayesReader reads the distributions of inputs by class off a summary.
// It reads marginal statistics given the class only, so it works without joint
// moments of the inputs.
type bayesReader struct {
	s          *stats.Summary
	target     *classTarget
	laplace    float64
	continuous bool // binary inputs are continuous

	names  []string
	normal []bayesNormal
	tables []bayesTable
	values [][]string // by table: what its codes from 1 on mean
}

// read takes the continuous inputs first, then the binary ones, then the
// categorical ones; lists are no inputs.
func (r *bayesReader) read(d *model.Definition) {
	l := r.s.Layout()
	for i := range l.Numeric {
		if c := &l.Numeric[i]; d.Selects(c.Name) && (!c.Binary || r.continuous) {
			r.names = append(r.names, c.Name)
			r.normal = append(r.normal, r.normalOf(i))
		}
	}
	for i := range l.Numeric {
		if c := &l.Numeric[i]; d.Selects(c.Name) && c.Binary && !r.continuous {
			r.names = append(r.names, c.Name)
			r.tables, r.values = append(r.tables, r.binaryTable(i)), append(r.values, nil)
		}
	}
	for i := range l.Categorical {
		if c := &l.Categorical[i]; d.Selects(c.Name) && !c.List {
			r.names = append(r.names, c.Name)
			r.tables, r.values = append(r.tables, r.categoryTable(i)), append(r.values, c.Values)
		}
	}
}

// cell returns what is known of a numeric column in class k.
// Statistics are kept given a category and given a binary attribute; between two
// binary attributes they follow from the co-moment.
func (r *bayesReader) cell(column, k int) (weight, mean, m2 float64) {
	t := r.target
	if !t.binary {
		c := r.s.GivenCategory(t.column).Cell(t.codes[k], column)
		return c.Weight, c.Mean, c.M2
	}
	l := r.s.Layout()
	if !l.Numeric[column].Binary {
		at := 0
		for i := range column {
			if !l.Numeric[i].Binary {
				at++
			}
		}
		c := r.s.GivenBinary(t.column).Cell(int32(k), at)
		return c.Weight, c.Mean, c.M2
	}
	// of two binary columns the table follows from the co-moment
	p := r.s.Pair(column, t.column)
	both := p.Cij.Add(p.MeanI.Mul(p.MeanJ).MulFloat(p.N))
	ones := p.MeanI.MulFloat(p.N)
	weight = p.MeanJ.MulFloat(p.N).Float()
	x := both.Float()
	if k == 0 {
		x = ones.Sub(both).Float()
		weight = p.N - weight
	}
	// the class has lost its rows by forgetting, or none of them has the input
	if !(weight > leastClass) {
		return 0, 0, 0
	}
	mean = min(max(x/weight, 0), 1)
	return weight, mean, weight * mean * (1 - mean)
}

// normalOf reads a continuous input. A class without values of it has the
// distribution of all rows.
// Variances are over the class's weight (maximum likelihood), as in scikit-learn.
func (r *bayesReader) normalOf(column int) bayesNormal {
	n := bayesNormal{column: column}
	all := r.s.Moments(column)
	if all.Weight() == 0 {
		return n
	}
	for k := range r.target.classes {
		w, mean, m2 := r.cell(column, k)
		if w > 0 {
			n.mean, n.variance = append(n.mean, mean), append(n.variance, m2/w)
			continue
		}
		n.mean, n.variance = append(n.mean, all.Mean()), append(n.variance, all.Variance(0))
	}
	return n
}

// smooth adds to each variance a share of the largest one of a continuous
// input. An input that still has a class without variance tells nothing.
// The share is of the largest variance, as in scikit-learn's var_smoothing, so an
// input that is constant in a class does not decide alone.
func (r *bayesReader) smooth(smoothing float64) {
	largest := 0.0
	for i := range r.normal {
		if m := r.s.Moments(r.normal[i].column); m.Weight() > 0 {
			largest = max(largest, m.Variance(0))
		}
	}
	for i := range r.normal {
		n := &r.normal[i]
		level, perUnit := make([]float64, len(n.variance)), make([]float64, len(n.variance))
		usable := len(n.variance) > 0
		for k := range n.variance {
			n.variance[k] += smoothing * largest
			v := n.variance[k]
			level[k], perUnit[k] = -math.Log(2*math.Pi*v)/2, 1/(2*v)
			usable = usable && v > 0 && !math.IsInf(perUnit[k], 0)
		}
		if usable {
			n.level, n.perUnit = level, perUnit
		}
	}
}

// binaryTable reads the weights of 0 and 1.
// Both values are known from the start: a binary attribute can have no others.
func (r *bayesReader) binaryTable(column int) bayesTable {
	t := bayesTable{column: column, binary: true, known: []bool{true, true}}
	zeros, ones := make([]float64, 0, len(r.target.classes)), make([]float64, 0, len(r.target.classes))
	for k := range r.target.classes {
		w, mean, _ := r.cell(column, k)
		zeros, ones = append(zeros, w*(1-mean)), append(ones, w*mean)
	}
	t.weights = append(zeros, ones...)
	t.fill(len(r.target.classes), r.laplace)
	return t
}

// categoryTable reads the weights of the codes of a categorical input.
func (r *bayesReader) categoryTable(column int) bayesTable {
	classes := len(r.target.classes)
	counts, values := r.s.Categories(column), len(r.s.Layout().Categorical[column].Values)
	t := bayesTable{column: column, known: make([]bool, values+1), weights: make([]float64, (values+1)*classes)}
	for code := range int32(values + 1) {
		t.known[code] = counts.Count(code) > 0
		for k := range classes {
			t.weights[int(code)*classes+k] = r.together(column, code, k)
		}
	}
	t.fill(classes, r.laplace)
	return t
}

// together returns the weight of the rows of class k with a code.
func (r *bayesReader) together(column int, code int32, k int) float64 {
	t := r.target
	if t.binary {
		c := r.s.GivenCategory(column).Cell(code, t.column)
		ones := c.MeanDD().Mul(c.WeightDD())
		if k == 1 {
			return max(ones.Float(), 0)
		}
		return max(c.WeightDD().Sub(ones).Float(), 0)
	}
	if t.column < column {
		return r.s.Contingency(t.column, column).Count(t.codes[k], code)
	}
	return r.s.Contingency(column, t.column).Count(code, t.codes[k])
}

// fill turns weights into logarithms of the smoothed shares.
// It is (weight + laplace) over the class's weight plus laplace for each known value
// (Lidstone; 1 is Laplace's rule of succession).
func (t *bayesTable) fill(classes int, laplace float64) {
	t.logs = make([]float64, len(t.weights))
	levels := 0.0
	for _, known := range t.known {
		if known {
			levels++
		}
	}
	for k := range classes {
		sum := laplace * levels
		for code := range t.known {
			sum += t.weights[code*classes+k]
		}
		for code, known := range t.known {
			if known && sum > 0 {
				t.logs[code*classes+k] = math.Log((t.weights[code*classes+k] + laplace) / sum)
			}
		}
	}
}
