package model

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// coding says how a categorical input becomes columns.
type coding int

const (
	// codingReference leaves out the most frequent level, which the intercept
	// stands for.
	codingReference coding = iota
	// codingFull has a column for each level, for models that shrink.
	codingFull
)

// errNotHeld is wrapped by errors about products of attributes that the
// statistics do not hold.
var errNotHeld = errors.New("the statistics do not hold it")

// design is how attributes become the columns of a linear model: each numeric
// input is one, each categorical input one indicator a level, each product of
// two attributes the products of their columns.
type design struct {
	layout *stats.Layout // under which the columns are numbered
	inputs []string      // the attributes that count: numeric, categorical, products
	terms  []term
	known  [][]bool // by categorical column and code: which had rows; nil of other columns
	// complete says that only rows that lack nothing count; else every pair of
	// terms is taken from the rows that have both.
	complete bool
}

// term is one column of a design.
type term struct {
	name  string
	input int // index among the inputs
	factor
	// given is the other factor of a product, nil of a plain term.
	given *factor
}

// factor is a numeric column, or the indicator of a level of a categorical one.
type factor struct {
	categorical bool
	column      int
	code        int32
}

// newDesign resolves the inputs of a definition against what s has learned.
// The error wraps ErrDefinition when no rows can mend it; an unknown attribute
// may still come. Lists are no inputs: the statistics do not hold how often
// two of their values occur together. A pattern passes over them.
func newDesign(d *Definition, s *stats.Summary, c coding) (*design, error) {
	g := &design{layout: s.Layout()}
	g.known = make([][]bool, len(g.layout.Categorical))
	if err := checkInputs(d, g.layout); err != nil {
		return nil, err
	}
	for i := range g.layout.Numeric {
		if name := g.layout.Numeric[i].Name; d.selects(name) {
			g.terms = append(g.terms, term{name: name, input: len(g.inputs), factor: factor{column: i}})
			g.inputs = append(g.inputs, name)
		}
	}
	for i := range g.layout.Categorical {
		column := &g.layout.Categorical[i]
		if column.List || !d.selects(column.Name) {
			continue
		}
		for _, f := range g.levels(s, i, c) {
			g.terms = append(g.terms, term{name: f.name(g.layout), input: len(g.inputs), factor: f})
		}
		if len(g.terms) > 0 && g.terms[len(g.terms)-1].input == len(g.inputs) {
			g.inputs = append(g.inputs, column.Name)
		}
	}
	if err := g.addProducts(d, s, c); err != nil {
		return nil, err
	}
	if len(g.terms) == 0 {
		return nil, fmt.Errorf("inputs %q match no attribute that can be an input", d.Inputs)
	}
	return g, nil
}

// checkInputs refuses the target among the inputs, and names that are neither
// attributes nor patterns.
func checkInputs(d *Definition, l *stats.Layout) error {
	for i, input := range d.Inputs {
		if input == d.Target && d.Target != "" {
			return fmt.Errorf("%w: inputs.%d: %q is the target", ErrDefinition, i, input)
		}
		if k := l.CategoricalIndex(input); k >= 0 && l.Categorical[k].List {
			return fmt.Errorf("%w: inputs.%d: %q is a list: %w how often two of its values occur together", ErrDefinition, i, input, errNotHeld)
		}
		if hasAttribute(l, input) || isPattern(input) {
			continue
		}
		a, b, isProduct := productOf(l, input)
		if !isProduct {
			return fmt.Errorf("inputs.%d: unknown attribute %q", i, input)
		}
		if a == d.Target || b == d.Target {
			return fmt.Errorf("%w: inputs.%d: %q has the target in it", ErrDefinition, i, input)
		}
	}
	return nil
}

func hasAttribute(l *stats.Layout, name string) bool {
	return l.NumericIndex(name) >= 0 || l.CategoricalIndex(name) >= 0
}

func isPattern(input string) bool { return strings.ContainsAny(input, `*?[\`) }

// levels returns the indicators of the levels of a categorical column that
// have rows, stats.Other among them, and notes which codes these are.
func (g *design) levels(s *stats.Summary, column int, c coding) []factor {
	counts, values := s.Categories(column), len(g.layout.Categorical[column].Values)
	known, reference := make([]bool, values+1), -1
	var levels []factor
	for code := range int32(values + 1) {
		if !(counts.Count(code) > 0) {
			continue
		}
		known[code] = true
		if reference < 0 || counts.Count(code) > counts.Count(levels[reference].code) {
			reference = len(levels)
		}
		levels = append(levels, factor{categorical: true, column: column, code: code})
	}
	g.known[column] = known
	if c == codingReference && reference >= 0 {
		return slices.Delete(levels, reference, reference+1)
	}
	return levels
}

// otherLabel names the level of the values that the dictionary has no room for.
const otherLabel = "(other)"

func (f factor) name(l *stats.Layout) string {
	if !f.categorical {
		return l.Numeric[f.column].Name
	}
	label := otherLabel
	if f.code != stats.Other {
		label = l.Categorical[f.column].Label(f.code)
	}
	return l.Categorical[f.column].Name + "=" + label
}

// numericTarget returns the target of a regression as a term.
func numericTarget(d *Definition, s *stats.Summary) (term, error) {
	l := s.Layout()
	if i := l.NumericIndex(d.Target); i >= 0 {
		return term{name: d.Target, input: -1, factor: factor{column: i}}, nil
	}
	if l.CategoricalIndex(d.Target) >= 0 {
		return term{}, fmt.Errorf("%w: target %q is categorical, and type %s predicts a number", ErrDefinition, d.Target, d.Type)
	}
	return term{}, fmt.Errorf("target: unknown attribute %q", d.Target)
}

// names returns the names of the terms.
func (g *design) names() []string {
	names := make([]string, len(g.terms))
	for i := range g.terms {
		names[i] = g.terms[i].name
	}
	return names
}
