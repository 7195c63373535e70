package stats

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// Encode appends the number of columns and codes up to the last ones that have
// a value; per code and column what there is: 0 for no rows, 1 for sums about a pivot,
// 2 for exact sums, 3 for both. The former are the pivot K and
// the sums of w, w(x-K) and w(x-K)^2, two float64 each. Minimum and maximum (NaN
// where they are not known) follow, then the exact sums and, where there are any, the histogram. How many
// bins these have is not written.
func (c *Conditional) Encode(w *wire.Writer) {
	columns, codes := c.Columns(), c.Codes()
	w.Uvarint(uint64(columns))
	w.Uvarint(uint64(codes))
	for _, row := range c.cells[:codes] {
		for j := range columns {
			if j >= len(row) || row[j].empty() {
				w.Byte(0)
				continue
			}
			row[j].encode(w)
			if c.bins > 0 {
				row[j].histogram.Encode(w)
			}
		}
	}
}

// encode appends a cell that is not empty, without its histogram.
func (c *cell) encode(w *wire.Writer) {
	w.Byte(c.what())
	if !c.weight.IsZero() {
		w.Float64(c.pivot)
		encodeNumber(w, c.weight)
		encodeNumber(w, c.sum)
		square := c.square
		if present(c.apart) == nil {
			square = notNegative(square)
		}
		encodeNumber(w, square)
	}
	w.Float64(c.min)
	w.Float64(c.max)
	if own := present(c.apart); own != nil {
		own.Encode(w)
	}
}

// decodeConditional reads one of a summary of that version, with histograms of
// that many bins.
func decodeConditional(r *wire.Reader, version byte, bins int) *Conditional {
	columns, codes := r.Count(1), r.Count(1)
	if r.Err() == nil && (codes > maxCode+1 || columns*codes > r.Remaining() || (columns == 0) != (codes == 0)) {
		r.Fail("%d columns given %d codes", columns, codes)
	}
	if r.Err() != nil {
		return &Conditional{bins: bins}
	}
	c := &Conditional{cells: make([][]cell, codes), bins: bins}
	for code := range c.cells {
		c.decodeRow(r, version, code, columns)
		if r.Err() != nil {
			return &Conditional{bins: bins}
		}
	}
	if c.Columns() != columns || c.Codes() != codes {
		r.Fail("%d columns given %d codes, of which %d and %d have values", columns, codes, c.Columns(), c.Codes())
		return &Conditional{bins: bins}
	}
	return c
}

// decodeRow reads the cells of one code; a row without any stays nil.
func (c *Conditional) decodeRow(r *wire.Reader, version byte, code, columns int) {
	for j := range columns {
		what := r.Byte()
		if r.Err() == nil && what > hasCentral|hasApart {
			r.Fail("cell of kind %d", what)
		}
		if what == 0 || r.Err() != nil {
			continue
		}
		at := cell{min: math.NaN(), max: math.NaN()}
		if what&hasCentral != 0 {
			at.pivot, at.weight, at.sum, at.square = r.Finite(), decodeNumber(r), decodeNumber(r), decodeNumber(r)
		}
		if version > 1 {
			at.min, at.max = r.Float64(), r.Float64()
		}
		if what&hasApart != 0 {
			at.decodeApart(r)
		}
		if c.bins > 0 {
			if at.histogram = DecodeHistogram(r); r.Err() == nil && at.histogram.limit != c.bins {
				r.Fail("conditional histogram of %d bins, not %d", at.histogram.limit, c.bins)
			}
		}
		unknown := math.IsNaN(at.min) && math.IsNaN(at.max)
		switch {
		case r.Err() != nil:
			return
		case math.Abs(at.pivot) > MaxMagnitude:
			r.Fail("pivot is %v", at.pivot)
		case !unknown && !(-MaxMagnitude <= at.min && at.min <= at.max && at.max <= MaxMagnitude):
			r.Fail("cell from %v to %v", at.min, at.max)
		case what&hasCentral != 0 && at.weight.Hi <= 0 || what == hasCentral && at.square.Hi < 0:
			r.Fail("cell of weight %v has squares %v", at.weight.Hi, at.square.Hi)
		}
		if c.cells[code] == nil {
			c.cells[code] = make([]cell, columns)
		}
		c.cells[code][j] = at
	}
}
