package stats

import (
	"math/bits"
	"slices"
)

// slot is a key and the weight of what has it.
type slot struct {
	key    uint64
	weight float64
}

// weightTable adds weights up by key: open addressing with linear probing, at
// most half full. The keys must be below 2^64-1. The zero value is empty.
type weightTable struct {
	slots []slot // key+1 and weight; key 0 is an empty slot
	shift uint   // of the hash, 64 - log2(len(slots))
	n     int    // slots in use
}

// minSlots is the size of the first table; it doubles from there.
const minSlots = 16

// fibonacci is 2^64 divided by the golden ratio: multiplying by it spreads
// neighbouring keys evenly (D. E. Knuth, The Art of Computer Programming 3, 6.4).
const fibonacci = 0x9e3779b97f4a7c15

// find returns the slot that holds key, or the empty one where it belongs;
// the table must have slots.
func (t *weightTable) find(key uint64) *slot {
	tag, mask := key+1, uint64(len(t.slots)-1)
	for i := tag * fibonacci >> t.shift; ; i++ {
		s := &t.slots[i&mask]
		if s.key == tag || s.key == 0 {
			return s
		}
	}
}

// add adds w to the weight of key.
func (t *weightTable) add(key uint64, w float64) {
	t.reserve(t.n + 1)
	s := t.find(key)
	if s.key == 0 {
		s.key = key + 1
		t.n++
	}
	s.weight += w
}

// weight returns the weight of key, 0 when it has none.
func (t *weightTable) weight(key uint64) float64 {
	if t.n == 0 {
		return 0
	}
	return t.find(key).weight
}

// reserve makes room for n keys in all.
func (t *weightTable) reserve(n int) {
	if 2*n <= len(t.slots) {
		return
	}
	old := t.slots
	size := max(minSlots, 1<<bits.Len(uint(2*n-1)))
	t.slots = make([]slot, size)
	t.shift = uint(64 - bits.TrailingZeros(uint(size)))
	for _, s := range old {
		if s.key != 0 {
			*t.find(s.key - 1) = s
		}
	}
}

// reset puts weights, whose keys are distinct, in the place of what is there.
func (t *weightTable) reset(weights []slot) {
	clear(t.slots)
	t.reserve(len(weights))
	for _, s := range weights {
		*t.find(s.key) = slot{key: s.key + 1, weight: s.weight}
	}
	t.n = len(weights)
}

// all returns a copy of what is there, in no order.
func (t *weightTable) all() []slot {
	out := make([]slot, 0, t.n)
	for _, s := range t.slots {
		if s.key != 0 {
			out = append(out, slot{key: s.key - 1, weight: s.weight})
		}
	}
	return out
}

// sorted returns a copy of what is there by ascending key.
func (t *weightTable) sorted() []slot {
	out := t.all()
	slices.SortFunc(out, func(a, b slot) int {
		if a.key < b.key {
			return -1
		}
		return 1
	})
	return out
}

// dropZeros removes keys whose weight is 0.
func (t *weightTable) dropZeros() {
	left := slices.DeleteFunc(t.all(), func(s slot) bool { return s.weight == 0 })
	if len(left) < t.n {
		t.reset(left)
	}
}

// clone returns a copy.
func (t *weightTable) clone() weightTable {
	out := *t
	out.slots = slices.Clone(t.slots)
	return out
}
