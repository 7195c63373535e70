package stats

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// cellBytes is the size of a cell that is not empty: a flag and six float64.
const cellBytes = 1 + 6*8

// Encode appends the number of columns and codes up to the last ones that have
// a value; per column whether it has a pivot, and the pivot; per code and
// column whether the cell has rows and, if so, the sums of w, w(x-K) and
// w(x-K)^2, two float64 each.
func (c *Conditional) Encode(w *wire.Writer) {
	columns, codes := c.Columns(), c.Codes()
	w.Uvarint(uint64(columns))
	w.Uvarint(uint64(codes))
	for _, pivot := range c.pivots[:columns] {
		w.Bool(pivot == pivot)
		if pivot == pivot {
			w.Float64(pivot)
		}
	}
	for _, row := range c.cells[:codes] {
		for j := range columns {
			filled := j < len(row) && !row[j].weight.IsZero()
			w.Bool(filled)
			if filled {
				encodeNumber(w, row[j].weight)
				encodeNumber(w, row[j].sum)
				encodeNumber(w, row[j].square)
			}
		}
	}
}

// DecodeConditional reads what Encode wrote. Values that no statistic has
// leave an error in r.
func DecodeConditional(r *wire.Reader) *Conditional {
	c := &Conditional{}
	columns, codes := r.Count(1), r.Count(1)
	if r.Err() == nil && (codes > MaxCode+1 || columns*codes > r.Remaining() || (columns == 0) != (codes == 0)) {
		r.Fail("%d columns given %d codes", columns, codes)
	}
	if r.Err() != nil {
		return c
	}
	c.pivots, c.cells = make([]float64, columns), make([][]cell, codes)
	for j := range c.pivots {
		c.pivots[j] = math.NaN()
		if !r.Bool() {
			continue
		}
		if c.pivots[j] = r.Finite(); math.Abs(c.pivots[j]) > MaxMagnitude {
			r.Fail("pivot is %v", c.pivots[j])
		}
	}
	for code := range c.cells {
		c.decodeRow(r, code)
		if r.Err() != nil {
			return &Conditional{}
		}
	}
	if c.Columns() != columns || c.Codes() != codes {
		r.Fail("%d columns given %d codes, of which %d and %d have values", columns, codes, c.Columns(), c.Codes())
		return &Conditional{}
	}
	return c
}

// decodeRow reads the cells of one code; a row without any stays nil.
func (c *Conditional) decodeRow(r *wire.Reader, code int) {
	for j, pivot := range c.pivots {
		if !r.Bool() {
			continue
		}
		if c.cells[code] == nil {
			c.cells[code] = make([]cell, len(c.pivots))
		}
		at := cell{weight: decodeNumber(r), sum: decodeNumber(r), square: decodeNumber(r)}
		switch {
		case r.Err() != nil:
		case at.weight.Hi <= 0 || at.square.Hi < 0:
			r.Fail("cell of weight %v has squares %v", at.weight.Hi, at.square.Hi)
		case pivot != pivot:
			r.Fail("cell of a column without pivot")
		}
		c.cells[code][j] = at
	}
}
