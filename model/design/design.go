package design

import (
	"fmt"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/glob"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Coding says how a categorical input becomes columns.
type Coding int

const (
	// CodingReference leaves out the most frequent level, which the intercept
	// stands for.
	CodingReference Coding = iota
	// CodingFull has a column for each level, for models that shrink.
	CodingFull
)

// Design is how attributes become the columns of a linear model: each numeric
// input is one, each categorical input one indicator a level, each product of
// two attributes the products of their columns.
type Design struct {
	layout *stats.Layout // under which the columns are numbered
	Inputs []string      // the attributes that count: numeric, categorical, products
	Terms  []Term
	Known  [][]bool // by categorical column and code: which had rows; nil of other columns
	// Complete says that only rows that lack nothing count; else every pair of
	// terms is taken from the rows that have both.
	Complete bool
}

// Term is one column of a design.
type Term struct {
	Name  string
	Input int // index among the inputs
	Factor
	// Given is the other factor of a product, nil of a plain term.
	Given *Factor
}

// Factor is a numeric column, or the indicator of a level of a categorical one.
type Factor struct {
	Categorical bool
	Column      int
	Code        int32
}

// NewDesign resolves the inputs of a definition against what s has learned.
// The error wraps ErrDefinition when no rows can change that; an unknown attribute
// may still come. Lists are no inputs: the statistics do not hold how often
// two of their values occur together. A pattern passes over them.
// Terms come in the order of the layout's columns, whatever order the inputs were
// given in, so a definition of the same attributes gives the same model.
func NewDesign(d *model.Definition, s *stats.Summary, c Coding) (*Design, error) {
	g := &Design{layout: s.Layout()}
	g.Known = make([][]bool, len(g.layout.Categorical))
	if err := CheckInputs(d, g.layout); err != nil {
		return nil, err
	}
	for i := range g.layout.Numeric {
		if name := g.layout.Numeric[i].Name; d.Selects(name) {
			g.Terms = append(g.Terms, Term{Name: name, Input: g.inputOf(d, name), Factor: Factor{Column: i}})
		}
	}
	for i := range g.layout.Categorical {
		column := &g.layout.Categorical[i]
		if column.List || !d.Selects(column.Name) {
			continue
		}
		for _, f := range g.levels(s, i, c) {
			g.Terms = append(g.Terms, Term{Name: f.name(g.layout), Input: len(g.Inputs), Factor: f})
		}
		if len(g.Terms) > 0 && g.Terms[len(g.Terms)-1].Input == len(g.Inputs) {
			g.Inputs = append(g.Inputs, column.Name)
		}
	}
	if err := g.addProducts(d, s, c); err != nil {
		return nil, err
	}
	if len(g.Terms) == 0 {
		return nil, model.Later(fmt.Errorf("inputs %q match no attribute that can be an input", d.Inputs))
	}
	return g, nil
}

// inputOf returns the index of the input that a numeric column belongs to: the attribute
// itself, or for a computed column what it is computed of. Products and Fourier features,
// which are of several attributes, are inputs of their own behind these.
func (g *Design) inputOf(d *model.Definition, name string) (at int) {
	for _, input := range d.Origin(name) {
		if at = slices.Index(g.Inputs, input); at < 0 {
			at = len(g.Inputs)
			g.Inputs = append(g.Inputs, input)
		}
	}
	return at
}

// CheckInputs refuses the target among the inputs, and names that are neither
// attributes nor patterns.
func CheckInputs(d *model.Definition, l *stats.Layout) error {
	for i, input := range d.Inputs {
		if input == d.Target && d.Target != "" {
			return fmt.Errorf("%w: inputs.%d: %q is the target", model.ErrDefinition, i, input)
		}
		if k := l.CategoricalIndex(input); k >= 0 && l.Categorical[k].List {
			return fmt.Errorf("%w: inputs.%d: %q is a list: %w how often two of its values occur together", model.ErrDefinition, i, input, model.ErrNotHeld)
		}
		if hasAttribute(l, input) || isPattern(input) {
			continue
		}
		a, b, isProduct := productOf(l, input)
		if !isProduct {
			return model.Later(fmt.Errorf("inputs.%d: unknown attribute %q", i, input))
		}
		if a == d.Target || b == d.Target {
			return fmt.Errorf("%w: inputs.%d: %q has the target in it", model.ErrDefinition, i, input)
		}
	}
	return nil
}

func hasAttribute(l *stats.Layout, name string) bool {
	return l.NumericIndex(name) >= 0 || l.CategoricalIndex(name) >= 0
}

// isPattern reports whether an input is a pattern of path.Match. A pattern that
// matches nothing is no error: attributes may still come.
func isPattern(input string) bool { return glob.Is(input) }

// levels returns the indicators of the levels of a categorical column that
// have rows, stats.Other among them, and notes which codes these are.
// The most frequent level is the reference, as contrasts with a rare one have
// large variances. The first of equally frequent ones is taken.
func (g *Design) levels(s *stats.Summary, column int, c Coding) []Factor {
	counts, values := s.Categories(column), len(g.layout.Categorical[column].Values)
	known, reference := make([]bool, values+1), -1
	var levels []Factor
	for code := range int32(values + 1) {
		if !(counts.Count(code) > 0) {
			continue
		}
		known[code] = true
		if reference < 0 || counts.Count(code) > counts.Count(levels[reference].Code) {
			reference = len(levels)
		}
		levels = append(levels, Factor{Categorical: true, Column: column, Code: code})
	}
	g.Known[column] = known
	if c == CodingReference && reference >= 0 {
		return slices.Delete(levels, reference, reference+1)
	}
	return levels
}

// name is the attribute's, with "=" and the value for a level.
func (f Factor) name(l *stats.Layout) string {
	if !f.Categorical {
		return l.Numeric[f.Column].Name
	}
	label := model.OtherLabel
	if f.Code != stats.Other {
		label = l.Categorical[f.Column].Label(f.Code)
	}
	return l.Categorical[f.Column].Name + "=" + label
}

// NumericTarget returns the target of a regression as a term.
// A binary attribute is a number here, 0 or 1. Its input index is -1.
func NumericTarget(d *model.Definition, s *stats.Summary) (Term, error) {
	l := s.Layout()
	if i := l.NumericIndex(d.Target); i >= 0 {
		return Term{Name: d.Target, Input: -1, Factor: Factor{Column: i}}, nil
	}
	if l.CategoricalIndex(d.Target) >= 0 {
		return Term{}, fmt.Errorf("%w: target %q is categorical, and type %s predicts a number (declare it as attributes: { %q: continuous } before it is learned)", model.ErrDefinition, d.Target, d.Type, d.Target)
	}
	return Term{}, model.Later(fmt.Errorf("target: unknown attribute %q", d.Target))
}

// Numeric reports whether every term is a numeric column, so that rows bring no more.
func (g *Design) Numeric() bool {
	return !slices.ContainsFunc(g.Terms, func(t Term) bool { return t.Categorical || t.Given != nil })
}

// Names returns the names of the terms.
func (g *Design) Names() []string {
	names := make([]string, len(g.Terms))
	for i := range g.Terms {
		names[i] = g.Terms[i].Name
	}
	return names
}
