package stats

import (
	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/kernel"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// maxDim bounds the columns of decoded co-moments.
const maxDim = 1 << 20

// Encode appends dimension, precision and a byte that says whether there is
// anything; if so the weight, per column the pivot (Extended only) and the sum
// or mean, and the upper triangle row by row: both words of each number when
// Extended, one float64 when Double.
func (c *Comoments) Encode(w *wire.Writer) {
	w.Uvarint(uint64(c.dim))
	w.Byte(byte(c.precision))
	w.Bool(!c.Empty())
	if c.Empty() {
		return
	}
	encodeNumber(w, c.weight)
	w.Float64s(c.pivot)
	for _, x := range c.first {
		encodeNumber(w, x)
	}
	panels := kernel.Panels(c.dim)
	for i := range c.dim {
		for j := i; j < c.dim; j++ {
			at := kernel.Offset(panels, i, j)
			w.Float64(c.hi[at])
			if c.precision == Extended {
				w.Float64(c.lo[at])
			}
		}
	}
}

// DecodeComoments reads what Encode wrote. Values that no statistic has leave
// an error in r.
func DecodeComoments(r *wire.Reader) *Comoments {
	dim, precision := r.Uvarint(), Precision(r.Byte())
	if r.Err() == nil && (dim > maxDim || precision > Double) {
		r.Fail("co-moments of %d columns, %v", dim, precision)
	}
	filled := r.Bool()
	if r.Err() != nil {
		return NewComoments(0, Double)
	}
	c := NewComoments(int(dim), precision)
	if !filled {
		return c
	}
	size := 8 * (c.dim*(c.dim+1)/2 + 2*c.dim + 2)
	if size > r.Remaining() {
		r.Fail("co-moments of %d columns in %d bytes", c.dim, r.Remaining())
		return NewComoments(0, Double)
	}
	c.allocate()
	c.decodeSums(r)
	if r.Err() != nil {
		return NewComoments(0, Double)
	}
	return c
}

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
	panels := kernel.Panels(c.dim)
	for i := range c.dim {
		for j := i; j < c.dim && r.Err() == nil; j++ {
			at := kernel.Offset(panels, i, j)
			var x dd.Number
			if c.precision == Extended {
				x = decodeNumber(r)
				c.lo[at] = x.Lo
			} else {
				x.Hi = r.Finite()
			}
			c.hi[at] = x.Hi
		}
	}
}
