package stats

import (
	"fmt"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// Conditional holds weight, mean and second moment of numeric columns given
// each code of a categorical (or binary) column: what analyses of variance,
// naive Bayes and discriminants read. A cell counts the rows that have both.
//
// The sums are kept in double-double about one fixed pivot per column, the
// first value seen, so adding and subtracting lose nothing that matters.
type Conditional struct {
	pivots []float64
	known  []bool         // whether a column has its pivot
	cells  [][]cellMoment // by code, then by column
}

// cellMoment is the raw moments of one cell about the column's pivot.
type cellMoment struct {
	weight, first, second dd.Number
}

// Cell is what is known of a numeric column given one code: the weight of the
// rows, their mean and the sum of squares about it, also in double-double.
type Cell struct {
	Weight, Mean, M2 float64
	MeanDD, M2DD     dd.Number
}

// NewConditional returns an empty table.
func NewConditional() *Conditional { return &Conditional{} }

// AddRow counts a row with that code: all of its numeric values but NaN, with
// weight w, which must be positive.
func (c *Conditional) AddRow(code int32, values []float64, w float64) {
	c.growColumns(len(values))
	cells := c.row(code, len(values))
	for j, v := range values {
		if v != v {
			continue
		}
		if !c.known[j] {
			c.known[j], c.pivots[j] = true, v
		}
		cells[j].add(dd.Diff(v, c.pivots[j]), w)
	}
}

func (m *cellMoment) add(d dd.Number, w float64) {
	wd := d.MulFloat(w)
	m.weight = m.weight.AddFloat(w)
	m.first = m.first.Add(wd)
	m.second = m.second.Add(wd.Mul(d))
}

func (c *Conditional) growColumns(n int) {
	for len(c.pivots) < n {
		c.pivots, c.known = append(c.pivots, 0), append(c.known, false)
	}
}

// row returns the cells of a code, at least n of them.
func (c *Conditional) row(code int32, n int) []cellMoment {
	for len(c.cells) <= int(code) {
		c.cells = append(c.cells, nil)
	}
	for len(c.cells[code]) < n {
		c.cells[code] = append(c.cells[code], cellMoment{})
	}
	return c.cells[code]
}

// Cell returns the moments of a column given a code; empty when there are no
// such rows.
func (c *Conditional) Cell(code int32, column int) Cell {
	if code < 0 || int(code) >= len(c.cells) || column < 0 || column >= len(c.cells[code]) {
		return Cell{}
	}
	m := &c.cells[code][column]
	if m.weight.Hi <= 0 {
		return Cell{}
	}
	shift := m.first.Div(m.weight)
	mean := shift.AddFloat(c.pivots[column])
	m2 := m.second.Sub(m.first.Mul(shift))
	if m2.Hi < 0 {
		m2 = dd.Number{}
	}
	return Cell{Weight: m.weight.Float(), Mean: mean.Float(), M2: m2.Float(), MeanDD: mean, M2DD: m2}
}

// MergeMapped adds the other's cells; its code k is codes[k] here and its
// column j is columns[j]; nil means the same.
func (c *Conditional) MergeMapped(o *Conditional, codes, columns []int32) error {
	return c.combine(o, codes, columns, 1)
}

// SubtractMapped takes the other's cells away. A weight that would become
// negative is an error that wraps ErrNotLearned; nothing is changed then.
func (c *Conditional) SubtractMapped(o *Conditional, codes, columns []int32) error {
	next := c.Clone()
	if err := next.combine(o, codes, columns, -1); err != nil {
		return err
	}
	*c = *next
	return nil
}

func (c *Conditional) combine(o *Conditional, codes, columns []int32, sign float64) error {
	if err := checkCodes(codes, len(o.cells)); err != nil {
		return err
	}
	if columns != nil && len(columns) < len(o.pivots) {
		return fmt.Errorf("%w: %d columns mapped of %d", ErrIncompatible, len(columns), len(o.pivots))
	}
	for code := range o.cells {
		for j := range o.cells[code] {
			from := &o.cells[code][j]
			if from.weight.IsZero() {
				continue
			}
			at := int(mapped(columns, j))
			c.growColumns(at + 1)
			if !c.known[at] {
				c.known[at], c.pivots[at] = true, o.pivots[j]
			}
			into := &c.row(mapped(codes, code), at+1)[at]
			if err := into.combine(from, dd.Diff(o.pivots[j], c.pivots[at]), sign); err != nil {
				return err
			}
		}
	}
	return nil
}

// combine adds or takes away a cell whose pivot lies d above the receiver's.
func (m *cellMoment) combine(o *cellMoment, d dd.Number, sign float64) error {
	second := o.second.Add(o.first.Mul(d).MulPow2(2)).Add(o.weight.Mul(d).Mul(d))
	first := o.first.Add(o.weight.Mul(d))
	if sign < 0 {
		rest, err := restOf(m.weight.Float(), o.weight.Float())
		if err != nil {
			return err
		}
		if rest == 0 {
			*m = cellMoment{}
			return nil
		}
	}
	m.weight = m.weight.Add(o.weight.MulPow2(sign))
	m.first = m.first.Add(first.MulPow2(sign))
	m.second = m.second.Add(second.MulPow2(sign))
	return nil
}

// Scale multiplies every weight by f, which must be positive and finite.
func (c *Conditional) Scale(f float64) error {
	if err := checkScale(f); err != nil {
		return err
	}
	for _, cells := range c.cells {
		for j := range cells {
			m := &cells[j]
			m.weight, m.first, m.second = m.weight.MulFloat(f), m.first.MulFloat(f), m.second.MulFloat(f)
		}
	}
	return nil
}

// Clone returns a deep copy.
func (c *Conditional) Clone() *Conditional {
	out := &Conditional{pivots: slices.Clone(c.pivots), known: slices.Clone(c.known)}
	for _, cells := range c.cells {
		out.cells = append(out.cells, slices.Clone(cells))
	}
	return out
}

// Encode appends the pivots, then of each code its cells; an empty cell is one byte.
func (c *Conditional) Encode(w *wire.Writer) {
	w.Uvarint(uint64(len(c.pivots)))
	for j, known := range c.known {
		w.Bool(known)
		if known {
			w.Float64(c.pivots[j])
		}
	}
	w.Uvarint(uint64(len(c.cells)))
	for _, cells := range c.cells {
		w.Uvarint(uint64(len(cells)))
		for j := range cells {
			m := &cells[j]
			w.Bool(!m.weight.IsZero())
			if !m.weight.IsZero() {
				encodeNumber(w, m.weight)
				encodeNumber(w, m.first)
				encodeNumber(w, m.second)
			}
		}
	}
}

// DecodeConditional reads what Encode wrote; damage is recorded in r.
func DecodeConditional(r *wire.Reader) *Conditional {
	n := r.Count(1)
	c := &Conditional{pivots: make([]float64, n), known: make([]bool, n)}
	for j := range n {
		if c.known[j] = r.Bool(); c.known[j] {
			c.pivots[j] = r.Finite()
		}
	}
	c.cells = make([][]cellMoment, r.Count(1))
	for code := range c.cells {
		if cells := r.Count(1); cells > 0 {
			c.cells[code] = make([]cellMoment, cells)
		}
		if len(c.cells[code]) > n {
			r.Fail("%d conditional moments for %d columns", len(c.cells[code]), n)
		}
		for j := range c.cells[code] {
			if !r.Bool() {
				continue
			}
			m := &c.cells[code][j]
			m.weight, m.first, m.second = decodeNumber(r), decodeNumber(r), decodeNumber(r)
			if r.Err() == nil && (!(m.weight.Hi > 0) || !c.known[j]) {
				r.Fail("conditional moments of weight %v", m.weight.Float())
			}
		}
		if r.Err() != nil {
			return c
		}
	}
	return c
}
