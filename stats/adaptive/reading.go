package adaptive

import (
	"math"
	"slices"
	"strconv"

	"github.com/rpconnect-sml/rpconnect-sml/internal/hash"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// input is an attribute that models may use. Categories are told apart by a hash of their
// value, so that there is no list of them.
type input struct {
	name    string
	nominal bool
}

// reading reads rows under a layout as rows of a pool: the values of the inputs, numbers or
// hashes of categories, NaN where a row lacks one.
type reading struct {
	layout *stats.Layout
	inputs []column
	target column
}

// column is where an attribute is in a layout.
type column struct {
	at      int       // none where the layout does not have it
	nominal bool      // it is categorical
	of      []float64 // of an input, by code: the hash of the value
	class   []int32   // of the target, by code: the class, or none
}

const none = -1

// hashed is the number that stands for a category in a row: 52 bits.
func hashed(value string) float64 {
	return float64(hash.Mix(hash.String(hash.Offset, value)) >> 12)
}

// bind finds the columns of the pool's inputs and target under a layout.
func (r *reading) bind(p *Pool, layout *stats.Layout) {
	if r.layout == layout && len(r.inputs) == len(p.inputs) {
		return
	}
	r.layout = layout
	r.inputs = r.inputs[:0]
	for _, in := range p.inputs {
		r.inputs = append(r.inputs, columnOf(layout, in))
	}
	r.target = columnOf(layout, input{name: p.spec.Target, nominal: true})
	if r.target.at == none {
		r.target = columnOf(layout, input{name: p.spec.Target})
		return
	}
	r.target.class = make([]int32, len(r.target.of))
	for i := range r.target.class {
		r.target.class[i] = none
	}
}

func columnOf(l *stats.Layout, in input) column {
	if !in.nominal {
		return column{at: l.NumericIndex(in.name)}
	}
	at := l.CategoricalIndex(in.name)
	if at == none || l.Categorical[at].List {
		return column{at: none, nominal: true}
	}
	c := column{at: at, nominal: true, of: make([]float64, 0, len(l.Categorical[at].Values)+1)}
	c.of = append(c.of, hashed(otherLabel))
	for _, v := range l.Categorical[at].Values {
		c.of = append(c.of, hashed(v))
	}
	return c
}

// row writes the values of the inputs to out, which is as long.
func (r *reading) row(values []float64, codes []int32, out []float64) {
	for i := range r.inputs {
		c := &r.inputs[i]
		out[i] = math.NaN()
		switch {
		case c.at == none:
		case !c.nominal:
			if c.at < len(values) && !math.IsInf(values[c.at], 0) {
				out[i] = values[c.at]
			}
		case c.at < len(codes):
			if code := codes[c.at]; code >= 0 && int(code) < len(c.of) {
				out[i] = c.of[code]
			}
		}
	}
}

// otherLabel is the class and category of all values that a dictionary has no room for.
const otherLabel = "(other)"

// Classes of rows: none where the row has no target, unknown where it is new and not to be
// added.
const unknown = -2

// classOf returns the class of a row, which it adds when it is new and adds says so.
func (p *Pool) classOf(r *reading, values []float64, codes []int32, adds bool) int32 {
	c := &r.target
	if c.at == none {
		return none
	}
	if !c.nominal {
		// a target that has become continuous has no classes
		if c.at >= len(values) || math.IsNaN(values[c.at]) || !r.layout.Numeric[c.at].Binary {
			return none
		}
		return p.classNamed(binaryName(values[c.at]), adds)
	}
	if c.at >= len(codes) || codes[c.at] < 0 || int(codes[c.at]) >= len(c.class) {
		return none
	}
	code := codes[c.at]
	if c.class[code] < 0 {
		name := otherLabel
		if code != stats.Other {
			name = r.layout.Categorical[c.at].Label(code)
		}
		c.class[code] = p.classNamed(name, adds)
	}
	return c.class[code]
}

// binaryName is the class of a value of a binary target.
func binaryName(v float64) string {
	switch v {
	case 0:
		return "0"
	case 1:
		return "1"
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// classNamed returns the class of that name, which it adds when it is new. All that come when
// there are maxClasses-1 are `(other)`, which there is once.
func (p *Pool) classNamed(name string, adds bool) int32 {
	for i, c := range p.classes {
		if c == name {
			return int32(i)
		}
	}
	if !adds {
		return unknown
	}
	if len(p.classes) >= maxClasses-1 {
		if at := slices.Index(p.classes, otherLabel); at >= 0 {
			return int32(at)
		}
		name = otherLabel
	}
	p.classes = append(p.classes, name)
	for _, f := range p.forests {
		for _, t := range f.trees {
			if len(t.nodes) > p.mostNodes(f) { // it has grown while there were fewer classes
				p.shrink(f, t)
			} else {
				t.addClass(len(p.classes))
			}
		}
	}
	return int32(len(p.classes) - 1)
}

// addInputs adds the attributes of the layout that are new and that selects chooses. Rows from
// before lack them.
func (p *Pool) addInputs(layout *stats.Layout, selects func(attribute string) bool) {
	add := func(name string, nominal bool) {
		if name == p.spec.Target || len(p.inputs) >= maxInputs || selects != nil && !selects(name) {
			return
		}
		for _, in := range p.inputs {
			if in.name == name && in.nominal == nominal {
				return
			}
		}
		p.inputs = append(p.inputs, input{name: name, nominal: nominal})
	}
	before := len(p.inputs)
	for i := range layout.Numeric {
		add(layout.Numeric[i].Name, false)
	}
	for i := range layout.Categorical {
		if !layout.Categorical[i].List {
			add(layout.Categorical[i].Name, true)
		}
	}
	if len(p.inputs) > before {
		p.ring.widen(len(p.inputs))
	}
}

func (in *input) encode(w *wire.Writer) {
	w.String(in.name)
	w.Bool(in.nominal)
}
