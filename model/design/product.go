package design

import (
	"fmt"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// productOf splits an input such as a:b into two known attributes.
// Names may hold colons themselves, so every colon is tried; the first that splits
// into two attributes counts.
func productOf(l *stats.Layout, input string) (a, b string, ok bool) {
	for i, r := range input {
		if a, b = input[:i], input[min(i+1, len(input)):]; r == ':' && hasAttribute(l, a) && hasAttribute(l, b) {
			return a, b, true
		}
	}
	return "", "", false
}

// addProducts adds the products among the inputs. Their cross products with
// other columns are sums of three factors, which the statistics hold only of a
// partitioned project, for products with the attribute that it is partitioned
// by.
func (g *Design) addProducts(d *model.Definition, s *stats.Summary, c Coding) error {
	for _, input := range d.Inputs {
		if hasAttribute(g.layout, input) || isPattern(input) {
			continue
		}
		a, b, _ := productOf(g.layout, input)
		if a == b {
			return fmt.Errorf("input %q: %w of squares", input, model.ErrNotHeld)
		}
		left, err := g.factors(s, a, c)
		if err != nil {
			return fmt.Errorf("input %q: %w", input, err)
		}
		right, err := g.factors(s, b, c)
		if err != nil {
			return fmt.Errorf("input %q: %w", input, err)
		}
		for _, x := range left {
			for _, y := range right {
				name := x.name(g.layout) + ":" + y.name(g.layout)
				g.Terms = append(g.Terms, Term{Name: name, Input: len(g.Inputs), Factor: x, Given: &y})
			}
		}
		g.Inputs = append(g.Inputs, input)
	}
	return nil
}

// factors returns an attribute's column, or the indicators of its levels.
func (g *Design) factors(s *stats.Summary, name string, c Coding) ([]Factor, error) {
	if i := g.layout.NumericIndex(name); i >= 0 {
		return []Factor{{Column: i}}, nil
	}
	i := g.layout.CategoricalIndex(name)
	if g.layout.Categorical[i].List {
		return nil, fmt.Errorf("attribute %q is a list: %w of products", name, model.ErrNotHeld)
	}
	return g.levels(s, i, c), nil
}

// Products reports whether the design has any.
func (g *Design) Products() bool {
	return slices.ContainsFunc(g.Terms, func(t Term) bool { return t.Given != nil })
}

// MomentsGiven reads the moments of a design with products, all of which have
// the attribute by which p is partitioned as a factor. In each part that
// factor is a constant, so the product is the other factor, or 0; the parts
// are then merged.
func (g *Design) MomentsGiven(p *model.Partition, extra ...Term) (*Moments, error) {
	if p == nil {
		return nil, fmt.Errorf("product %q: %w of a project that is not partitioned", g.FirstProduct(), model.ErrNotHeld)
	}
	terms := make([]Term, 0, len(g.Terms)+len(extra))
	terms = append(append(terms, g.Terms...), extra...)
	out := NewMoments(len(terms))
	for v, s := range p.Summaries {
		part, err := g.part(p, p.Values[v], s, terms)
		if err != nil {
			return nil, err
		}
		out.Merge(part)
	}
	return out, nil
}

// FirstProduct names the first term that is a product, for errors; empty when
// there is none.
func (g *Design) FirstProduct() string {
	for i := range g.Terms {
		if g.Terms[i].Given != nil {
			return g.Terms[i].Name
		}
	}
	return ""
}

// part reads the moments of all terms in the rows that have one value of the
// attribute of the partition.
func (g *Design) part(p *model.Partition, value string, s *stats.Summary, terms []Term) (*Moments, error) {
	var plain []Term
	source := make([]int, len(terms)) // index in plain, -1 for a constant
	constant := make([]float64, len(terms))
	factors := make([]float64, len(terms))
	for i := range terms {
		t := &terms[i]
		rest, f := t.Factor, 1.0
		if t.Given != nil {
			var held bool
			if rest, f, held = g.split(p.Attribute, value, t); !held {
				return nil, fmt.Errorf("product %q: %w of a project partitioned by %q", t.Name, model.ErrNotHeld, p.Attribute)
			}
		}
		factors[i], source[i] = f, -1
		if x, isConstant := g.constantIn(p.Attribute, value, rest); isConstant {
			constant[i] = x * f
			continue
		}
		source[i] = slices.IndexFunc(plain, func(o Term) bool { return o.Factor == rest })
		if source[i] < 0 {
			source[i] = len(plain)
			plain = append(plain, Term{Name: t.Name, Factor: rest})
		}
	}
	inner, err := g.momentsOf(s, plain)
	if err != nil {
		return nil, err
	}
	out := NewMoments(len(terms))
	out.Weight, out.Extended, out.Pairwise = inner.Weight, inner.Extended, inner.Pairwise
	for i := range terms {
		if source[i] < 0 {
			out.Mean[i] = dd.FromFloat(constant[i])
			continue
		}
		out.Mean[i] = inner.Mean[source[i]].MulFloat(factors[i])
		for j := range i + 1 {
			if source[j] >= 0 {
				out.set(i, j, inner.At(source[i], source[j]).MulFloat(factors[i]*factors[j]))
			}
		}
	}
	return out, nil
}

// split returns the factor of a product that varies within a part, and the
// value that the other one has there.
func (g *Design) split(attribute, value string, t *Term) (rest Factor, f float64, held bool) {
	if x, ok := g.constantIn(attribute, value, *t.Given); ok {
		return t.Factor, x, true
	}
	x, ok := g.constantIn(attribute, value, t.Factor)
	return *t.Given, x, ok
}

// constantIn returns the value that a factor has in the rows with that value
// of the attribute; false when it is a factor of another one.
func (g *Design) constantIn(attribute, value string, f Factor) (float64, bool) {
	if f.Categorical {
		column := &g.layout.Categorical[f.Column]
		if column.Name != attribute {
			return 0, false
		}
		if column.Label(f.Code) == value && f.Code != stats.Other {
			return 1, true
		}
		return 0, true
	}
	column := &g.layout.Numeric[f.Column]
	if column.Name != attribute || !column.Binary {
		return 0, false
	}
	if value == "1" {
		return 1, true
	}
	return 0, true
}
