package stats

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// Encode appends the number of columns and codes up to the last ones that have
// a value; per code and column whether there are rows and, if so, the pivot K
// and the sums of w, w(x-K) and w(x-K)^2, two float64 each.
func (c *Conditional) Encode(w *wire.Writer) {
	columns, codes := c.Columns(), c.Codes()
	w.Uvarint(uint64(columns))
	w.Uvarint(uint64(codes))
	for _, row := range c.cells[:codes] {
		for j := range columns {
			filled := j < len(row) && !row[j].weight.IsZero()
			w.Bool(filled)
			if filled {
				w.Float64(row[j].pivot)
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
	columns, codes := r.Count(1), r.Count(1)
	if r.Err() == nil && (codes > MaxCode+1 || columns*codes > r.Remaining() || (columns == 0) != (codes == 0)) {
		r.Fail("%d columns given %d codes", columns, codes)
	}
	if r.Err() != nil {
		return &Conditional{}
	}
	c := &Conditional{cells: make([][]cell, codes)}
	for code := range c.cells {
		c.decodeRow(r, code, columns)
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
func (c *Conditional) decodeRow(r *wire.Reader, code, columns int) {
	for j := range columns {
		if !r.Bool() {
			continue
		}
		at := cell{pivot: r.Finite(), weight: decodeNumber(r), sum: decodeNumber(r), square: decodeNumber(r)}
		switch {
		case r.Err() != nil:
			return
		case math.Abs(at.pivot) > MaxMagnitude:
			r.Fail("pivot is %v", at.pivot)
		case at.weight.Hi <= 0 || at.square.Hi < 0:
			r.Fail("cell of weight %v has squares %v", at.weight.Hi, at.square.Hi)
		}
		if c.cells[code] == nil {
			c.cells[code] = make([]cell, columns)
		}
		c.cells[code][j] = at
	}
}
