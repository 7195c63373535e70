package stats

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// maxShift is the largest shift that MinBins bins can need.
const maxShift = 60

// Encode appends the bound on the bins, the shift, the number of bins and, if
// there are any, all their weight, then per bin by ascending key the distance
// to the key before (the first key itself) and the weight.
func (h *Histogram) Encode(w *wire.Writer) {
	w.Uvarint(uint64(h.limit))
	w.Byte(byte(h.shift))
	w.Uvarint(uint64(h.used()))
	if len(h.pages) == 0 {
		return
	}
	encodeWeight(w, h.weight)
	before := uint64(0)
	for i := range h.pages {
		for k, weight := range h.pages[i].weights {
			if weight > 0 {
				key := h.pages[i].key<<pageBits | uint64(k)
				w.Uvarint(key - before)
				encodeWeight(w, weight)
				before = key
			}
		}
	}
}

// DecodeHistogram reads what Encode wrote. Values that no histogram has leave
// an error in r; the result is then nil.
func DecodeHistogram(r *wire.Reader) *Histogram {
	limit := r.Uvarint()
	shift := uint(r.Byte())
	n := r.Count(2)
	switch {
	case r.Err() != nil:
	case limit < MinBins || limit > MaxBins:
		r.Fail("histogram bins is %d", limit)
	case shift > maxShift || n == 0 && shift > 0:
		r.Fail("histogram of %d bins has shift %d", n, shift)
	case uint64(n) > limit:
		r.Fail("histogram of at most %d bins has %d", limit, n)
	}
	if r.Err() != nil {
		return nil
	}
	h := &Histogram{limit: int(limit), shift: shift}
	if n == 0 {
		return h
	}
	h.weight = decodeWeight(r)
	h.decodeBins(r, n)
	if r.Err() != nil {
		return nil
	}
	return h
}

// decodeBins reads n bins and refuses those that no values fall into, and a
// weight of all that is not theirs.
func (h *Histogram) decodeBins(r *wire.Reader, n int) {
	key, sum := uint64(0), 0.0
	for i := range n {
		delta := r.Uvarint()
		if key += delta; i > 0 && delta == 0 || key < delta {
			r.Fail("keys of bins do not ascend")
		}
		if key < minKey>>h.shift || key > maxKey>>h.shift || h.shift == 0 && key == negativeZeroKey {
			r.Fail("key of bin is %d", key)
		}
		weight := decodeWeight(r)
		if r.Err() != nil {
			return
		}
		if last := len(h.pages) - 1; last < 0 || h.pages[last].key != key>>pageBits {
			h.pages = append(h.pages, page{key: key >> pageBits})
		}
		h.pages[len(h.pages)-1].weights[key&3] = weight
		sum += weight
	}
	h.n = n
	// sums of non-integers differ by rounding
	const rounding = 1e-6
	if !(math.Abs(sum-h.weight) <= rounding*h.weight) {
		r.Fail("weight %v of bins that hold %v", h.weight, sum)
	}
}
