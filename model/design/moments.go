package design

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Moments are weight, means and centred cross products, the sums of
// w (xi-mean i)(xj-mean j), of some terms.
type Moments struct {
	N      int
	Weight dd.Number // of the rows
	Mean   []dd.Number
	Cross  []dd.Number // n by n, both triangles
	// Extended says that the low words mean something.
	Extended bool
	// Pairwise says that rows lack values: each pair was taken from the rows
	// that have both, and weight is the smallest of a pair.
	Pairwise bool
	// Rows is the weight of all rows and Present the share of them that has each
	// term, where Pairwise is set and the terms are read off one summary.
	Rows    float64
	Present []float64
	// Projected says that Definite has changed the cross products.
	Projected bool
}

// At returns the cross product of terms i and j.
func (m *Moments) At(i, j int) dd.Number { return m.Cross[i*m.N+j] }

func (m *Moments) set(i, j int, x dd.Number) { m.Cross[i*m.N+j], m.Cross[j*m.N+i] = x, x }

// NewMoments returns the moments of no rows of n terms, neutral in Merge. They count
// as extended, so that merging does not lower the precision of what is added.
func NewMoments(n int) *Moments {
	return &Moments{N: n, Mean: make([]dd.Number, n), Cross: make([]dd.Number, n*n), Extended: true}
}

// Means returns the means rounded.
func (m *Moments) Means() []float64 {
	out := make([]float64, len(m.Mean))
	for i, x := range m.Mean {
		out[i] = x.Float()
	}
	return out
}

// Sub returns the moments of some of the terms.
func (m *Moments) Sub(terms []int) *Moments {
	out := NewMoments(len(terms))
	out.Weight, out.Extended, out.Pairwise, out.Projected = m.Weight, m.Extended, m.Pairwise, m.Projected
	for i, a := range terms {
		out.Mean[i] = m.Mean[a]
		for j, b := range terms {
			out.Cross[i*out.N+j] = m.At(a, b)
		}
	}
	return out
}

// Merge adds the moments of other rows (Chan, Golub, LeVeque 1983, equation
// 2.1). Where terms are pairwise the weights are the smallest ones, so the
// shares of the parts are approximate.
// Both must have the same terms in the same order. o is not changed.
func (m *Moments) Merge(o *Moments) {
	switch {
	case o.Weight.IsZero():
		return
	case m.Weight.IsZero():
		m.Weight, m.Extended, m.Pairwise = o.Weight, o.Extended, o.Pairwise
		copy(m.Mean, o.Mean)
		copy(m.Cross, o.Cross)
		return
	}
	weight := m.Weight.Add(o.Weight)
	share := o.Weight.Div(weight)
	between := m.Weight.Mul(share)
	difference := make([]dd.Number, m.N)
	for i := range difference {
		difference[i] = o.Mean[i].Sub(m.Mean[i])
		m.Mean[i] = m.Mean[i].Add(difference[i].Mul(share))
	}
	for i := range m.N {
		d := difference[i].Mul(between)
		for j := i; j < m.N; j++ {
			m.set(i, j, m.At(i, j).Add(o.At(i, j)).Add(d.Mul(difference[j])))
		}
	}
	m.Weight = weight
	m.Extended = m.Extended && o.Extended
	m.Pairwise = m.Pairwise || o.Pairwise
}

// Uncentred returns the same about 0 and not the means: what a model without
// an intercept is solved from.
func (m *Moments) Uncentred() *Moments { return m.About(m.Weight) }

// About returns the cross products and weight times the products of the means.
// The weight of the rows gives the products about 0. A smaller one gives those of a
// model whose intercept is shrunk.
func (m *Moments) About(weight dd.Number) *Moments {
	out := NewMoments(m.N)
	out.Weight, out.Extended, out.Pairwise, out.Projected = m.Weight, m.Extended, m.Pairwise, m.Projected
	for i := range m.N {
		scaled := m.Mean[i].Mul(weight)
		for j := i; j < m.N; j++ {
			out.set(i, j, m.At(i, j).Add(scaled.Mul(m.Mean[j])))
		}
	}
	return out
}

// Moments reads the moments of the design's terms, followed by those of
// extra, off s, whose layout may be another than the design's as long as it
// has the same names. No rows give a weight of 0.
func (g *Design) Moments(s *stats.Summary, extra ...Term) (*Moments, error) {
	terms := make([]Term, 0, len(g.Terms)+len(extra))
	terms = append(append(terms, g.Terms...), extra...)
	for i := range terms {
		if terms[i].Given != nil {
			return nil, fmt.Errorf("product %q: %w of the whole project, only of its partitions", terms[i].Name, model.ErrNotHeld)
		}
	}
	return g.momentsOf(s, terms)
}

// momentsOf reads the moments of plain terms off s. They are those of the
// complete rows where no row lacks a value or the design asks for it, and
// pairwise otherwise: the correlation of each pair from the rows that have both
// (R's cor with use = "pairwise.complete.obs"), mean and variance of each term
// from all its rows, brought to the smallest weight of a pair.
func (g *Design) momentsOf(s *stats.Summary, terms []Term) (*Moments, error) {
	r := &momentReader{s: s, complete: g.Complete, terms: terms, columns: make([]Factor, len(terms)), out: NewMoments(len(terms)), pairs: newPairReader(s)}
	for i := range terms {
		f, ok := relocated(terms[i].Factor, g.layout, s.Layout())
		if !ok {
			return r.out, nil // no row has it
		}
		r.columns[i] = f
		if f.Categorical {
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
func relocated(f Factor, from, to *stats.Layout) (Factor, bool) {
	if from == to {
		return f, true
	}
	if !f.Categorical {
		name := from.Numeric[f.Column].Name
		if f.Column >= len(to.Numeric) || to.Numeric[f.Column].Name != name {
			f.Column = to.NumericIndex(name)
		}
		return f, f.Column >= 0
	}
	column := &from.Categorical[f.Column]
	if f.Column >= len(to.Categorical) || to.Categorical[f.Column].Name != column.Name {
		f.Column = to.CategoricalIndex(column.Name)
	}
	if f.Column < 0 {
		return f, false
	}
	if f.Code != stats.Other {
		// a level that no row has is one of weight 0, not a missing attribute
		if f.Code = to.Categorical[f.Column].Code(column.Label(f.Code)); f.Code == stats.Other {
			f.Code = int32(len(to.Categorical[f.Column].Values)) + 1
		}
	}
	return f, true
}

// Clone returns a deep copy.
func (m *Moments) Clone() *Moments {
	out := NewMoments(m.N)
	out.Weight, out.Extended, out.Pairwise, out.Projected = m.Weight, m.Extended, m.Pairwise, m.Projected
	copy(out.Mean, m.Mean)
	copy(out.Cross, m.Cross)
	return out
}
