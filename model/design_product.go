package model

import (
	"fmt"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// productOf splits an input such as a:b into two known attributes.
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
func (g *design) addProducts(d *Definition, s *stats.Summary, c coding) error {
	for _, input := range d.Inputs {
		if hasAttribute(g.layout, input) || isPattern(input) {
			continue
		}
		a, b, _ := productOf(g.layout, input)
		if a == b {
			return fmt.Errorf("input %q: %w of squares", input, errNotHeld)
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
				g.terms = append(g.terms, term{name: name, input: len(g.inputs), factor: x, given: &y})
			}
		}
		g.inputs = append(g.inputs, input)
	}
	return nil
}

// factors returns an attribute's column, or the indicators of its levels.
func (g *design) factors(s *stats.Summary, name string, c coding) ([]factor, error) {
	if i := g.layout.NumericIndex(name); i >= 0 {
		return []factor{{column: i}}, nil
	}
	i := g.layout.CategoricalIndex(name)
	if g.layout.Categorical[i].List {
		return nil, fmt.Errorf("attribute %q is a list: %w of products", name, errNotHeld)
	}
	return g.levels(s, i, c), nil
}

// products reports whether the design has any.
func (g *design) products() bool {
	return slices.ContainsFunc(g.terms, func(t term) bool { return t.given != nil })
}

// momentsGiven reads the moments of a design with products, all of which have
// the attribute by which p is partitioned as a factor. In each part that
// factor is a constant, so the product is the other factor, or 0; the parts
// are then merged.
func (g *design) momentsGiven(p *Partition, extra ...term) (*moments, error) {
	if p == nil {
		return nil, fmt.Errorf("product %q: %w of a project that is not partitioned", g.firstProduct(), errNotHeld)
	}
	terms := make([]term, 0, len(g.terms)+len(extra))
	terms = append(append(terms, g.terms...), extra...)
	out := newMoments(len(terms))
	for v, s := range p.Summaries {
		part, err := g.part(p, p.Values[v], s, terms)
		if err != nil {
			return nil, err
		}
		out.merge(part)
	}
	return out, nil
}

func (g *design) firstProduct() string {
	for i := range g.terms {
		if g.terms[i].given != nil {
			return g.terms[i].name
		}
	}
	return ""
}

// part reads the moments of all terms in the rows that have one value of the
// attribute of the partition.
func (g *design) part(p *Partition, value string, s *stats.Summary, terms []term) (*moments, error) {
	var plain []term
	source := make([]int, len(terms)) // index in plain, -1 for a constant
	constant := make([]float64, len(terms))
	factors := make([]float64, len(terms))
	for i := range terms {
		t := &terms[i]
		rest, f := t.factor, 1.0
		if t.given != nil {
			var held bool
			if rest, f, held = g.split(p.Attribute, value, t); !held {
				return nil, fmt.Errorf("product %q: %w of a project partitioned by %q", t.name, errNotHeld, p.Attribute)
			}
		}
		factors[i], source[i] = f, -1
		if x, isConstant := g.constantIn(p.Attribute, value, rest); isConstant {
			constant[i] = x * f
			continue
		}
		source[i] = slices.IndexFunc(plain, func(o term) bool { return o.factor == rest })
		if source[i] < 0 {
			source[i] = len(plain)
			plain = append(plain, term{name: t.name, factor: rest})
		}
	}
	inner, err := g.momentsOf(s, plain)
	if err != nil {
		return nil, err
	}
	out := newMoments(len(terms))
	out.weight, out.extended, out.pairwise = inner.weight, inner.extended, inner.pairwise
	for i := range terms {
		if source[i] < 0 {
			out.mean[i] = dd.FromFloat(constant[i])
			continue
		}
		out.mean[i] = inner.mean[source[i]].MulFloat(factors[i])
		for j := range i + 1 {
			if source[j] >= 0 {
				out.set(i, j, inner.at(source[i], source[j]).MulFloat(factors[i]*factors[j]))
			}
		}
	}
	return out, nil
}

// split returns the factor of a product that varies within a part, and the
// value that the other one has there.
func (g *design) split(attribute, value string, t *term) (rest factor, f float64, held bool) {
	if x, ok := g.constantIn(attribute, value, *t.given); ok {
		return t.factor, x, true
	}
	x, ok := g.constantIn(attribute, value, t.factor)
	return *t.given, x, ok
}

// constantIn returns the value that a factor has in the rows with that value
// of the attribute; false when it is a factor of another one.
func (g *design) constantIn(attribute, value string, f factor) (float64, bool) {
	if f.categorical {
		column := &g.layout.Categorical[f.column]
		if column.Name != attribute {
			return 0, false
		}
		if column.Label(f.code) == value && f.code != stats.Other {
			return 1, true
		}
		return 0, true
	}
	column := &g.layout.Numeric[f.column]
	if column.Name != attribute || !column.Binary {
		return 0, false
	}
	if value == "1" {
		return 1, true
	}
	return 0, true
}
