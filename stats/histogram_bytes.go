package stats

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// Encode appends limit, shift, number of bins, and of each bin, by key, the
// distance to the key before and the weight: twice the weight as an integer
// when it is whole, else 1 and the float64.
func (h *Histogram) Encode(w *wire.Writer) {
	w.Uvarint(uint64(h.limit))
	w.Byte(h.shift)
	w.Uvarint(uint64(h.used))
	before := uint64(0)
	for _, s := range h.sorted() {
		w.Uvarint(s.key - before)
		before = s.key
		encodeWeight(w, s.weight)
	}
}

// DecodeHistogram reads what Encode wrote; damage is recorded in r.
func DecodeHistogram(r *wire.Reader) *Histogram {
	h := &Histogram{limit: int(r.Uvarint()), shift: r.Byte()}
	n := r.Count(2)
	if r.Err() != nil {
		return h
	}
	if h.limit < 16 || h.limit > 1<<16 || h.shift > maxShift || n > h.limit {
		r.Fail("histogram of limit %d, shift %d with %d bins", h.limit, h.shift, n)
		return h
	}
	size := 16
	for size < 2*(n+1) {
		size *= 2
	}
	h.slots = make([]slot, size)
	key := uint64(0)
	for i := range n {
		delta := r.Uvarint()
		if i > 0 && delta == 0 || delta > math.MaxUint64>>h.shift-key {
			r.Fail("histogram bins out of order")
			return h
		}
		key += delta
		weight := decodeWeight(r)
		if r.Err() != nil {
			return h
		}
		h.put(key, weight)
		h.weight += weight
	}
	return h
}

// maxWhole bounds the weights that are written as integers.
const maxWhole = 1 << 53

func encodeWeight(w *wire.Writer, weight float64) {
	if weight == math.Trunc(weight) && weight < maxWhole {
		w.Uvarint(2 * uint64(weight))
		return
	}
	w.Uvarint(1)
	w.Float64(weight)
}

// decodeWeight reads a positive finite weight.
func decodeWeight(r *wire.Reader) float64 {
	u := r.Uvarint()
	weight := float64(u / 2)
	if u&1 != 0 {
		weight = r.Float64()
		if u != 1 || weight == math.Trunc(weight) && weight < maxWhole {
			r.Fail("weight %v in the form of a fraction", weight)
		}
	}
	if r.Err() == nil && (!(weight > 0) || math.IsInf(weight, 0) || u&1 == 0 && u/2 >= maxWhole) {
		r.Fail("weight is %v", weight)
	}
	return weight
}
