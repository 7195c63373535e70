package forest

import (
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// reading reads rows under a layout as rows of a forest: the values of the inputs, and
// the class. One that grows serves one goroutine at a time.
type reading struct {
	forest  *Forest
	layout  *stats.Layout
	grows   bool // new inputs, categories and classes are added to the forest
	selects func(attribute string) bool

	inputs []column
	target column
}

// column is where an attribute is in a layout.
type column struct {
	at      int // none where the layout does not have it
	nominal bool
	of      []int32  // by code: unknown, or the number of the name in the forest
	names   []string // of the codes from 1
}

const (
	none    = -1
	unknown = -1
)

// read returns the rows of a forest that does not grow.
func (f *Forest) read(layout *stats.Layout) *reading {
	r := &reading{forest: f}
	r.bind(layout)
	return r
}

// bind finds the columns under a layout.
func (r *reading) bind(layout *stats.Layout) {
	if r.layout == layout {
		return
	}
	r.layout = layout
	if r.grows {
		r.addInputs()
	}
	r.inputs = make([]column, len(r.forest.inputs))
	for i := range r.inputs {
		in := &r.forest.inputs[i]
		r.inputs[i] = columnOf(layout, in.name, in.nominal, &in.values)
	}
	t := r.forest.Target
	if r.forest.Numeric {
		if r.target = columnOf(layout, t, false, nil); r.target.at != none && layout.Numeric[r.target.at].Binary {
			r.target.at = none
		}
		return
	}
	if r.target = columnOf(layout, t, true, &r.forest.classes); r.target.at == none {
		r.target = columnOf(layout, t, false, nil)
		if r.target.at != none && !layout.Numeric[r.target.at].Binary {
			r.target.at = none
		}
	}
}

// addInputs adds the attributes that the forest does not have.
func (r *reading) addInputs() {
	f := r.forest
	add := func(name string, nominal bool) {
		has := slices.ContainsFunc(f.inputs, func(in input) bool { return in.name == name && in.nominal == nominal })
		if name != f.Target && !has && len(f.inputs) < maxNames && r.selects(name) {
			f.inputs = append(f.inputs, input{name: name, nominal: nominal})
		}
	}
	for i := range r.layout.Numeric {
		add(r.layout.Numeric[i].Name, false)
	}
	for i := range r.layout.Categorical {
		if c := &r.layout.Categorical[i]; !c.List {
			add(c.Name, true)
		}
	}
}

func columnOf(l *stats.Layout, name string, nominal bool, in *names) column {
	if !nominal {
		return column{at: l.NumericIndex(name)}
	}
	at := l.CategoricalIndex(name)
	if at == none || l.Categorical[at].List {
		return column{at: none}
	}
	c := column{at: at, nominal: true, names: l.Categorical[at].Values}
	c.of = append(make([]int32, 0, len(c.names)+1), in.of(other))
	for _, v := range c.names {
		c.of = append(c.of, in.of(v))
	}
	return c
}

// rowOf returns the values of the inputs in place of those of out: numbers, the numbers of
// categories in the forest, NaN for what is missing or unknown.
func (r *reading) rowOf(values []float64, codes []int32, out []float64) []float64 {
	out = out[:0]
	for i := range r.inputs {
		c := &r.inputs[i]
		v := math.NaN()
		switch {
		case c.at == none:
		case !c.nominal && c.at < len(values):
			v = values[c.at]
		case c.nominal && c.at < len(codes):
			if n := r.numberOf(c, codes[c.at], &r.forest.inputs[i].values); n != unknown {
				v = float64(n)
			}
		}
		out = append(out, v)
	}
	return out
}

// classOf returns the class of a row, or unknown.
func (r *reading) classOf(values []float64, codes []int32) int32 {
	c := &r.target
	switch {
	case c.at == none:
		return unknown
	case c.nominal:
		return r.numberOf(c, codes[c.at], &r.forest.classes)
	case math.IsNaN(values[c.at]):
		return unknown
	}
	return r.named(binary(values[c.at]), &r.forest.classes)
}

// numberOf returns the number in the forest of the value that a code stands for.
func (r *reading) numberOf(c *column, code int32, in *names) int32 {
	if code < 0 || int(code) >= len(c.of) {
		return unknown
	}
	if c.of[code] == unknown && r.grows {
		name := other
		if code > stats.Other {
			name = c.names[code-1]
		}
		c.of[code] = r.named(name, in)
	}
	return c.of[code]
}

func (r *reading) named(name string, in *names) int32 {
	if n := in.of(name); n != unknown || !r.grows {
		return n
	}
	return in.add(name)
}
