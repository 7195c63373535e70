package stats

import (
	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/exact"
	"github.com/rpconnect-sml/rpconnect-sml/internal/kernel"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// maxDim bounds the columns of decoded co-moments.
const maxDim = 1 << 20

// Encode appends dimension, precision and a byte that says what there is: 0 for
// nothing, 1 for sums of blocks, 2 for exact sums of rows, 3 for both. Of blocks the weight, per column the pivot (Extended only) and the sum
// or mean, and the upper triangle row by row: when Extended the high words of a
// row and then its low words, when Double one float64 each. Then the exact sums.
func (c *Comoments) Encode(w *wire.Writer) {
	w.Uvarint(uint64(c.dim))
	w.Byte(byte(c.precision))
	what := byte(0)
	if !c.weight.IsZero() {
		what |= hasCentral
	}
	own := c.ownApart()
	if own != nil {
		what |= hasApart
	}
	w.Byte(what)
	if what&hasCentral != 0 {
		c.encodeBlocks(w)
	}
	if own != nil {
		own.Encode(w)
	}
}

func (c *Comoments) encodeBlocks(w *wire.Writer) {
	encodeNumber(w, c.weight)
	w.Float64s(c.pivot)
	for _, x := range c.first {
		encodeNumber(w, x)
	}
	row := make([]float64, c.dim)
	for i := range c.dim {
		w.Float64s(c.packRow(c.hi, i, row))
		if c.precision == Extended {
			w.Float64s(c.packRow(c.lo, i, row))
		}
	}
}

// packRow copies row i of the upper triangle from tiles to the end of row.
func (c *Comoments) packRow(tiles []float64, i int, row []float64) []float64 {
	panels := kernel.Panels(c.dim)
	for j := i; j < c.dim; {
		at := kernel.Offset(panels, i, j)
		j += copy(row[j:], tiles[at:at+kernel.Width-j%kernel.Width])
	}
	return row[i:]
}

// unpackRow does the reverse.
func (c *Comoments) unpackRow(tiles []float64, i int, row []float64) {
	panels := kernel.Panels(c.dim)
	for j := i; j < c.dim; {
		at := kernel.Offset(panels, i, j)
		j += copy(tiles[at:at+kernel.Width-j%kernel.Width], row[j:])
	}
}

// decodeComoments reads what Encode wrote. Values that no statistic has leave
// an error in r.
func decodeComoments(r *wire.Reader) *Comoments {
	dim, precision := r.Uvarint(), Precision(r.Byte())
	if r.Err() == nil && (dim > maxDim || precision > Double) {
		r.Fail("co-moments of %d columns, %v", dim, precision)
	}
	what := r.Byte()
	if r.Err() == nil && what > hasCentral|hasApart {
		r.Fail("co-moments of kind %d", what)
	}
	if r.Err() != nil {
		return newComoments(0, Double)
	}
	c := newComoments(int(dim), precision)
	if what&hasCentral != 0 {
		c.decodeBlocks(r)
	}
	if what&hasApart != 0 && r.Err() == nil {
		c.decodeApart(r)
	}
	if r.Err() != nil {
		return newComoments(0, Double)
	}
	return c
}

// decodeApart reads exact sums, of which there is at least one.
func (c *Comoments) decodeApart(r *wire.Reader) {
	sums := exact.DecodeProducts(r, c.dim)
	if r.Err() != nil {
		return
	}
	if c.apart = (&apartRows{sums: sums}); sums.IsZero() || sums.Exponent() > mostExponent {
		r.Fail("exact sums are 0, or larger than 2^%d", mostExponent)
	} else if !(c.Weight() > 0) {
		r.Fail("weight of co-moments is %v", c.Weight())
	}
}

// decodeBlocks reads the sums of blocks.
func (c *Comoments) decodeBlocks(r *wire.Reader) {
	// before any memory is taken: a damaged dimension must not ask for more than
	// the bytes can hold
	size := 8 * (c.dim*(c.dim+1)/2 + 2*c.dim + 2)
	if size > r.Remaining() {
		r.Fail("co-moments of %d columns in %d bytes", c.dim, r.Remaining())
		return
	}
	c.allocate()
	c.decodeSums(r)
}

// decodeSums reads what follows the dimension, row by row of the upper triangle.
func (c *Comoments) decodeSums(r *wire.Reader) {
	c.weight = decodeNumber(r)
	if r.Err() == nil && c.weight.Hi <= 0 {
		r.Fail("weight of co-moments is %v", c.weight.Hi)
	}
	for i := range c.pivot {
		c.pivot[i] = r.Finite()
	}
	for i := range c.first {
		c.first[i] = decodeNumber(r)
	}
	high, low := make([]float64, c.dim), make([]float64, c.dim)
	for i := 0; i < c.dim && r.Err() == nil; i++ {
		r.Float64s(high[i:])
		if c.precision == Extended {
			r.Float64s(low[i:])
			c.unpackRow(c.lo, i, low)
		}
		c.unpackRow(c.hi, i, high)
		for j := i; j < c.dim; j++ {
			if x := (dd.Number{Hi: high[j], Lo: low[j]}); !x.IsNormal() {
				r.Fail("co-moment of columns %d and %d is %v + %v", i, j, x.Hi, x.Lo)
			}
		}
	}
}
