package stats

import (
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// encode appends the blocks, in the order of their presence bits, and the
// overflow.
func (p *patterns) encode(w *wire.Writer, _ int) {
	masks := make([]string, 0, len(p.byMask))
	for mask := range p.byMask {
		masks = append(masks, mask)
	}
	slices.Sort(masks)
	w.Uvarint(uint64(len(masks)))
	for _, mask := range masks {
		w.Blob([]byte(mask))
		p.blocks[p.byMask[mask]].comoments.Encode(w)
	}
	p.encodeOverflow(w, masks)
}

// decode accepts the one order that encode writes, so that equal statistics have
// equal bytes.
func (p *patterns) decode(r *wire.Reader, _ int, _ byte) {
	before := ""
	for i := range r.Count(2) {
		mask := r.Blob()
		if i > 0 && string(mask) <= before {
			r.Fail("pattern blocks out of order")
		}
		before = string(mask)
		columns := maskColumns(mask)
		if len(mask) > 0 && mask[len(mask)-1] == 0 || len(columns) > 0 && int(columns[len(columns)-1]) >= p.columns {
			r.Fail("pattern block of columns that the layout does not have")
		}
		como := decodeComoments(r)
		if r.Err() == nil && (como.dimension() != len(columns) || como.Precision() != p.precision(len(columns))) {
			r.Fail("pattern block of %d columns holds co-moments of %d", len(columns), como.dimension())
		}
		if r.Err() != nil {
			return
		}
		p.addBlock(columns, como)
	}
	p.decodeOverflow(r)
}

// What is written before the overflow.
const (
	noOverflow     = 0
	plainOverflow  = 1 // of any block it may have rows
	markedOverflow = 2 // after it, a bit for each block of which it has none
)

// encodeOverflow appends the overflow, and which blocks are whole.
func (p *patterns) encodeOverflow(w *wire.Writer, masks []string) {
	if p.overflow == nil {
		w.Byte(noOverflow)
		return
	}
	whole, any := make([]byte, (len(masks)+7)/8), false
	for i, mask := range masks {
		if p.blocks[p.byMask[mask]].whole {
			whole[i/8] |= 1 << (i % 8)
			any = true
		}
	}
	if !any {
		w.Byte(plainOverflow)
		p.overflow.Encode(w)
		return
	}
	w.Byte(markedOverflow)
	p.overflow.Encode(w)
	for _, bits := range whole {
		w.Byte(bits)
	}
}

// decodeOverflow reads what encodeOverflow wrote, after the blocks.
func (p *patterns) decodeOverflow(r *wire.Reader) {
	kind := r.Byte()
	if kind == noOverflow || r.Err() != nil {
		return
	}
	if kind > markedOverflow {
		r.Fail("overflow of kind %d", kind)
		return
	}
	p.overflow = decodePairwise(r)
	if r.Err() == nil && p.overflow.dim() != p.columns {
		r.Fail("overflow block of %d columns, layout of %d", p.overflow.dim(), p.columns)
	}
	for _, b := range p.blocks {
		b.whole = false
	}
	if kind == plainOverflow {
		return
	}
	any := false
	for i := 0; i < len(p.blocks) && r.Err() == nil; i += 8 {
		bits := r.Byte()
		any = any || bits != 0
		for k := range 8 {
			if set := bits&(1<<k) != 0; set && i+k < len(p.blocks) {
				p.blocks[i+k].whole = true
			} else if set {
				r.Fail("mark of pattern block %d of %d", i+k, len(p.blocks))
			}
		}
	}
	if r.Err() == nil && !any {
		r.Fail("an overflow with marks has none")
	}
}
