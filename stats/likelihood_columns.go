package stats

import (
	"math"
	"slices"
)

// likelihoodColumns is where the attributes of a likelihood are under a layout.
type likelihoodColumns struct {
	layout         *Layout
	target, offset likelihoodColumn
	weights        int                // numeric column, -1 for none
	inputs         []likelihoodColumn // of the frame, where there is one, else all that are selected

	names    []string // of target, offset and inputs, ascending
	columns  []likelihoodColumn
	values   []LikelihoodValue
	isWeight bool
}

// likelihoodColumn is where an attribute is; both are -1 where it is nowhere.
type likelihoodColumn struct {
	layout               *Layout
	numeric, categorical int
}

func columnOf(layout *Layout, name string) likelihoodColumn {
	c := likelihoodColumn{layout: layout, numeric: -1, categorical: -1}
	if name == "" {
		return c
	}
	if c.numeric = layout.NumericIndex(name); c.numeric < 0 {
		if k := layout.CategoricalIndex(name); k >= 0 && !layout.Categorical[k].List {
			c.categorical = k
		}
	}
	return c
}

// of returns what a row has of the attribute.
func (c likelihoodColumn) of(rows *Rows, i int) LikelihoodValue {
	switch {
	case c.numeric >= 0:
		if x := rows.Values[i*rows.Numeric+c.numeric]; !math.IsNaN(x) {
			return LikelihoodValue{Kind: LikelihoodNumber, Number: x}
		}
	case c.categorical >= 0:
		switch code := rows.Codes[i*rows.Categorical+c.categorical]; {
		case code == Other:
			return LikelihoodValue{Kind: LikelihoodOther}
		case code > Other:
			return LikelihoodValue{Kind: LikelihoodLabel, Label: c.layout.Categorical[c.categorical].Label(code)}
		}
	}
	return LikelihoodValue{}
}

// bindLikelihood finds the attributes of a use.
func bindLikelihood(layout *Layout, use *LikelihoodUse) *likelihoodColumns {
	c := &likelihoodColumns{layout: layout, target: columnOf(layout, use.Target), offset: columnOf(layout, use.Offset), weights: -1}
	if use.Weights != "" {
		c.weights, c.isWeight = layout.NumericIndex(use.Weights), true
	}
	if use.Frame != nil {
		for i := range use.Frame.Inputs {
			c.inputs = append(c.inputs, columnOf(layout, use.Frame.Inputs[i].Name))
		}
		c.values = make([]LikelihoodValue, len(c.inputs))
		return c
	}
	c.names = append(c.names, use.Target)
	if use.Offset != "" {
		c.names = append(c.names, use.Offset)
	}
	take := func(name string) {
		if name != use.Target && name != use.Offset && name != use.Weights && use.Selects(name) {
			c.names = append(c.names, name)
		}
	}
	for i := range layout.Numeric {
		take(layout.Numeric[i].Name)
	}
	for i := range layout.Categorical {
		if !layout.Categorical[i].List {
			take(layout.Categorical[i].Name)
		}
	}
	slices.Sort(c.names)
	c.names = slices.Compact(c.names)
	for _, name := range c.names {
		c.columns = append(c.columns, columnOf(layout, name))
	}
	c.values = make([]LikelihoodValue, len(c.columns))
	return c
}

// weight returns by what a row is weighted; false where it has no weight above 0.
func (c *likelihoodColumns) weight(row []float64) (float64, bool) {
	if !c.isWeight {
		return 1, true
	}
	if c.weights < 0 {
		return 0, false
	}
	w := row[c.weights]
	return w, w > 0 && w <= maxWeight
}

// of returns the values of the inputs of a frame, until the next call.
func (c *likelihoodColumns) of(rows *Rows, i int) []LikelihoodValue {
	for k, column := range c.inputs {
		c.values[k] = column.of(rows, i)
	}
	return c.values
}

// all returns the values of all attributes that are kept, until the next call.
func (c *likelihoodColumns) all(rows *Rows, i int) []LikelihoodValue {
	for k, column := range c.columns {
		c.values[k] = column.of(rows, i)
	}
	return c.values
}

// present returns the names of the attributes that a row has.
func (c *likelihoodColumns) present(values []LikelihoodValue) []string {
	out := make([]string, 0, len(values))
	for i, v := range values {
		if v.Kind != LikelihoodMissing {
			out = append(out, c.names[i])
		}
	}
	return out
}

// key appends the bytes of a row under names, which include those that it has.
func (c *likelihoodColumns) key(b []byte, names []string, values []LikelihoodValue) []byte {
	at := 0
	for _, name := range names {
		for at < len(c.names) && c.names[at] < name {
			at++
		}
		v := LikelihoodValue{}
		if at < len(c.names) && c.names[at] == name {
			v = values[at]
		}
		b = appendValue(b, v)
	}
	return b
}
