package stats

import (
	"fmt"
	"iter"
	"math"
	"slices"
)

// DefaultBins is how many non-empty bins a histogram may have by default.
const DefaultBins = 512

// Histogram counts values in bins that adapt to them. A float64's bits, put in
// an order that integers have too and shifted right by s, are its bin. When
// more than the limit of bins are in use, s grows by one and neighbours fold.
// So s is the least shift with which the values fit, and the state depends on
// the values only, not on their order or on how they were split.
//
// While s is 0 every bin is one value and all answers are exact.
//
// A bin of shift s spans 2^s neighbouring float64, so the resolution follows
// the data's spread, and one absurd value costs one bin.
type Histogram struct {
	limit  int
	shift  uint8
	weight float64
	used   int
	slots  []slot // a power of two; open addressing, linear probing
}

// slot is one bin; weight 0 marks a free one.
type slot struct {
	key    uint64
	weight float64
}

// maxShift keeps sign and some of the exponent; with it 16 bins suffice always.
const maxShift = 60

// NewHistogram returns an empty histogram of at most limit non-empty bins, 16
// to 65536.
func NewHistogram(limit int) (*Histogram, error) {
	if limit < 16 || limit > 1<<16 {
		return nil, fmt.Errorf("histogram bins is %d, want 16 to 65536", limit)
	}
	return &Histogram{limit: limit}, nil
}

// orderedBits maps a finite float64 to an integer of the same order; -0 is 0.
func orderedBits(x float64) uint64 {
	b := math.Float64bits(x + 0)
	return b ^ (uint64(int64(b)>>63) | 1<<63)
}

// fromOrdered is the inverse of orderedBits.
func fromOrdered(k uint64) float64 {
	if k>>63 != 0 {
		return math.Float64frombits(k ^ 1<<63)
	}
	return math.Float64frombits(^k)
}

// Add counts x with weight w. NaN, infinities and weights that are not
// positive and finite are errors.
func (h *Histogram) Add(x, w float64) error {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return fmt.Errorf("value is %v, not a finite number", x)
	}
	if !(w > 0) || math.IsInf(w, 0) {
		return fmt.Errorf("weight is %v, not a positive finite number", w)
	}
	h.add(orderedBits(x), w)
	return nil
}

// AddColumn counts column offset of n row-major rows of the given stride. NaN
// is skipped; other values must be finite. A nil weights means 1 each.
func (h *Histogram) AddColumn(values []float64, offset, stride, n int, weights []float64) {
	at := offset
	for i := range n {
		x := values[at]
		at += stride
		if x != x {
			continue
		}
		w := 1.0
		if len(weights) > 0 {
			w = weights[i]
		}
		h.add(orderedBits(x), w)
	}
}

// hashKey spreads neighbouring keys over the table (Fibonacci hashing, Knuth).
func hashKey(key uint64) uint64 { return key * 0x9e3779b97f4a7c15 >> 32 }

func (h *Histogram) add(bits uint64, w float64) {
	h.weight += w
	key := bits >> h.shift
	mask := uint64(len(h.slots) - 1)
	if len(h.slots) > 0 {
		for i := hashKey(key) & mask; h.slots[i].weight != 0; i = (i + 1) & mask {
			if h.slots[i].key == key {
				h.slots[i].weight += w
				return
			}
		}
	}
	h.insert(key, w)
}

// insert takes a free slot for a new key and folds when there are too many.
func (h *Histogram) insert(key uint64, w float64) {
	if 2*(h.used+1) > len(h.slots) {
		h.resize(max(16, 2*len(h.slots)))
	}
	mask := uint64(len(h.slots) - 1)
	i := hashKey(key) & mask
	for h.slots[i].weight != 0 {
		i = (i + 1) & mask
	}
	h.slots[i] = slot{key: key, weight: w}
	h.used++
	for h.used > h.limit && h.shift < maxShift {
		h.fold(h.shift + 1)
	}
}

func (h *Histogram) resize(size int) {
	old := h.slots
	h.slots = make([]slot, size)
	mask := uint64(size - 1)
	for _, s := range old {
		if s.weight == 0 {
			continue
		}
		i := hashKey(s.key) & mask
		for h.slots[i].weight != 0 {
			i = (i + 1) & mask
		}
		h.slots[i] = s
	}
}

// fold raises the shift; bins that become one are added up.
func (h *Histogram) fold(shift uint8) {
	by := shift - h.shift
	old := h.slots
	h.slots, h.used, h.shift = make([]slot, len(old)), 0, shift
	for _, s := range old {
		if s.weight != 0 {
			h.put(s.key>>by, s.weight)
		}
	}
}

// put adds to the bin of key, which may exist, without folding.
func (h *Histogram) put(key uint64, w float64) {
	mask := uint64(len(h.slots) - 1)
	i := hashKey(key) & mask
	for h.slots[i].weight != 0 {
		if h.slots[i].key == key {
			h.slots[i].weight += w
			return
		}
		i = (i + 1) & mask
	}
	h.slots[i] = slot{key: key, weight: w}
	h.used++
}

// Limit returns how many non-empty bins the histogram may have.
func (h *Histogram) Limit() int { return h.limit }

// Len returns how many non-empty bins it has.
func (h *Histogram) Len() int { return h.used }

// Shift returns the present shift; 0 means that every bin is one value.
func (h *Histogram) Shift() int { return int(h.shift) }

// Weight returns the weight of all values.
func (h *Histogram) Weight() float64 { return h.weight }

// sorted returns the non-empty bins by key.
func (h *Histogram) sorted() []slot {
	out := make([]slot, 0, h.used)
	for _, s := range h.slots {
		if s.weight != 0 {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b slot) int {
		if a.key < b.key {
			return -1
		}
		return 1
	})
	return out
}

// Bin is one non-empty bin: the values from Lo to Hi, both included. Where
// both are equal the bin is that one value.
type Bin struct {
	Lo, Hi, Weight float64
}

// Bins yields the non-empty bins in increasing order.
func (h *Histogram) Bins() iter.Seq[Bin] {
	return func(yield func(Bin) bool) {
		for _, s := range h.sorted() {
			if !yield(h.bin(s)) {
				return
			}
		}
	}
}

// bin returns a slot's edges; those beyond the finite numbers are cut off.
func (h *Histogram) bin(s slot) Bin {
	lo := s.key << h.shift
	hi := lo | (1<<h.shift - 1)
	clamp := func(k uint64) float64 {
		x := fromOrdered(k)
		switch {
		case k>>63 == 0 && !(x >= -math.MaxFloat64):
			return -math.MaxFloat64
		case k>>63 != 0 && !(x <= math.MaxFloat64):
			return math.MaxFloat64
		}
		return x + 0
	}
	return Bin{Lo: clamp(lo), Hi: clamp(hi), Weight: s.weight}
}
