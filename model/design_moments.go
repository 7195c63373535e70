package model

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// moments are weight, means and centred cross products, the sums of
// w (xi-mean i)(xj-mean j), of some terms.
type moments struct {
	n      int
	weight dd.Number // of the rows
	mean   []dd.Number
	cross  []dd.Number // n by n, both triangles
	// extended says that the low words mean something.
	extended bool
	// pairwise says that rows lack values: each pair was taken from the rows
	// that have both, and weight is the smallest of a pair.
	pairwise bool
}

// at returns the cross product of terms i and j.
func (m *moments) at(i, j int) dd.Number { return m.cross[i*m.n+j] }

func (m *moments) set(i, j int, x dd.Number) { m.cross[i*m.n+j], m.cross[j*m.n+i] = x, x }

func newMoments(n int) *moments {
	return &moments{n: n, mean: make([]dd.Number, n), cross: make([]dd.Number, n*n), extended: true}
}

// means returns the means rounded.
func (m *moments) means() []float64 {
	out := make([]float64, len(m.mean))
	for i, x := range m.mean {
		out[i] = x.Float()
	}
	return out
}

// sub returns the moments of some of the terms.
func (m *moments) sub(terms []int) *moments {
	out := newMoments(len(terms))
	out.weight, out.extended, out.pairwise = m.weight, m.extended, m.pairwise
	for i, a := range terms {
		out.mean[i] = m.mean[a]
		for j, b := range terms {
			out.cross[i*out.n+j] = m.at(a, b)
		}
	}
	return out
}

// merge adds the moments of other rows (Chan, Golub, LeVeque 1983, equation
// 2.1). Where terms are pairwise the weights are the smallest ones, so the
// shares of the parts are approximate.
func (m *moments) merge(o *moments) {
	switch {
	case o.weight.IsZero():
		return
	case m.weight.IsZero():
		m.weight, m.extended, m.pairwise = o.weight, o.extended, o.pairwise
		copy(m.mean, o.mean)
		copy(m.cross, o.cross)
		return
	}
	weight := m.weight.Add(o.weight)
	share := o.weight.Div(weight)
	between := m.weight.Mul(share)
	difference := make([]dd.Number, m.n)
	for i := range difference {
		difference[i] = o.mean[i].Sub(m.mean[i])
		m.mean[i] = m.mean[i].Add(difference[i].Mul(share))
	}
	for i := range m.n {
		d := difference[i].Mul(between)
		for j := i; j < m.n; j++ {
			m.set(i, j, m.at(i, j).Add(o.at(i, j)).Add(d.Mul(difference[j])))
		}
	}
	m.weight = weight
	m.extended = m.extended && o.extended
	m.pairwise = m.pairwise || o.pairwise
}

// uncentred returns the same about 0 and not the means: what a model without
// an intercept is solved from.
func (m *moments) uncentred() *moments { return m.about(m.weight) }

// about returns the cross products and weight times the products of the means.
func (m *moments) about(weight dd.Number) *moments {
	out := newMoments(m.n)
	out.weight, out.extended, out.pairwise = m.weight, m.extended, m.pairwise
	for i := range m.n {
		scaled := m.mean[i].Mul(weight)
		for j := i; j < m.n; j++ {
			out.set(i, j, m.at(i, j).Add(scaled.Mul(m.mean[j])))
		}
	}
	return out
}

// moments reads the moments of the design's terms, followed by those of
// extra, off s, whose layout may be another than the design's as long as it
// has the same names. No rows give a weight of 0.
func (g *design) moments(s *stats.Summary, extra ...term) (*moments, error) {
	terms := make([]term, 0, len(g.terms)+len(extra))
	terms = append(append(terms, g.terms...), extra...)
	for i := range terms {
		if terms[i].given != nil {
			return nil, fmt.Errorf("product %q: %w of the whole project, only of its partitions", terms[i].name, errNotHeld)
		}
	}
	return g.momentsOf(s, terms)
}

// momentsOf reads the moments of plain terms off s. They are those of the
// complete rows where no row lacks a value or the design asks for it, and
// pairwise otherwise: the correlation of each pair from the rows that have both
// (R's cor with use = "pairwise.complete.obs"), mean and variance of each term
// from all its rows, brought to the smallest weight of a pair.
func (g *design) momentsOf(s *stats.Summary, terms []term) (*moments, error) {
	r := &momentReader{s: s, complete: g.complete, terms: terms, columns: make([]factor, len(terms)), out: newMoments(len(terms)), pairs: newPairReader(s)}
	for i := range terms {
		f, ok := relocated(terms[i].factor, g.layout, s.Layout())
		if !ok {
			return r.out, nil // no row has it
		}
		r.columns[i] = f
		if f.categorical {
			r.levels = append(r.levels, i)
		} else {
			r.numbers = append(r.numbers, i)
		}
	}
	if err := r.read(); err != nil {
		return nil, err
	}
	return r.out, nil
}

// relocated returns the factor under another layout, and false when that does
// not have it.
func relocated(f factor, from, to *stats.Layout) (factor, bool) {
	if from == to {
		return f, true
	}
	if !f.categorical {
		name := from.Numeric[f.column].Name
		if f.column >= len(to.Numeric) || to.Numeric[f.column].Name != name {
			f.column = to.NumericIndex(name)
		}
		return f, f.column >= 0
	}
	column := &from.Categorical[f.column]
	if f.column >= len(to.Categorical) || to.Categorical[f.column].Name != column.Name {
		f.column = to.CategoricalIndex(column.Name)
	}
	if f.column < 0 {
		return f, false
	}
	if f.code != stats.Other {
		// a level that no row has is one of weight 0, not a missing attribute
		if f.code = to.Categorical[f.column].Code(column.Label(f.code)); f.code == stats.Other {
			f.code = int32(len(to.Categorical[f.column].Values)) + 1
		}
	}
	return f, true
}
