package stats

import (
	"fmt"
	"slices"
)

// Merge adds the other's bins. A different limit is an error that wraps
// ErrIncompatible.
func (h *Histogram) Merge(o *Histogram) error {
	if h.limit != o.limit {
		return fmt.Errorf("%w: histograms of %d and %d bins", ErrIncompatible, h.limit, o.limit)
	}
	if o.used == 0 {
		return nil
	}
	if o.shift > h.shift {
		h.foldAny(o.shift)
	}
	by := h.shift - o.shift
	if need := 2 * (h.used + 1); need > len(h.slots) {
		h.resize(max(16, len(h.slots)))
	}
	for _, s := range o.slots {
		if s.weight == 0 {
			continue
		}
		if key := s.key >> by; !h.bump(key, s.weight) {
			h.insert(key, s.weight)
			by = h.shift - o.shift
		}
	}
	h.weight += o.weight
	return nil
}

// foldAny folds an histogram that may still be empty.
func (h *Histogram) foldAny(shift uint8) {
	if h.used == 0 {
		h.shift = shift
		return
	}
	h.fold(shift)
}

// bump adds to an existing bin and reports whether there was one.
func (h *Histogram) bump(key uint64, w float64) bool {
	mask := uint64(len(h.slots) - 1)
	for i := hashKey(key) & mask; h.slots[i].weight != 0; i = (i + 1) & mask {
		if h.slots[i].key == key {
			h.slots[i].weight += w
			return true
		}
	}
	return false
}

// Subtract takes the other's bins away, exactly at the coarser resolution of
// the two. A bin that would become negative is an error that wraps
// ErrNotLearned; the histogram is then unchanged. Its resolution does not get
// finer again. An emptied histogram starts anew.
func (h *Histogram) Subtract(o *Histogram) error {
	if h.limit != o.limit {
		return fmt.Errorf("%w: histograms of %d and %d bins", ErrIncompatible, h.limit, o.limit)
	}
	if o.used == 0 {
		return nil
	}
	next := h.Clone()
	if o.shift > next.shift {
		next.foldAny(o.shift)
	}
	by := next.shift - o.shift
	left := map[uint64]float64{}
	for _, s := range next.slots {
		if s.weight != 0 {
			left[s.key] = s.weight
		}
	}
	for _, s := range o.slots {
		if s.weight == 0 {
			continue
		}
		key := s.key >> by
		rest := left[key] - s.weight
		if rest < -restTolerance*s.weight {
			return fmt.Errorf("%w: a bin of weight %v is to lose %v", ErrNotLearned, left[key], s.weight)
		}
		if rest <= restTolerance*s.weight {
			rest = 0
		}
		left[key] = rest
	}
	next.slots, next.used, next.weight = make([]slot, len(next.slots)), 0, 0
	for _, key := range sortedKeys(left) {
		if w := left[key]; w > 0 {
			next.put(key, w)
			next.weight += w
		}
	}
	if next.used == 0 {
		next = &Histogram{limit: h.limit}
	}
	*h = *next
	return nil
}

// restTolerance is how far, relative to what is taken, a weight may fall below
// zero by rounding: decayed weights are not integers.
const restTolerance = 1e-9

func sortedKeys(m map[uint64]float64) []uint64 {
	out := make([]uint64, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// Scale multiplies every weight by f, which must be positive and finite.
func (h *Histogram) Scale(f float64) error {
	if err := checkScale(f); err != nil {
		return err
	}
	h.weight = 0
	for i := range h.slots {
		h.slots[i].weight *= f
		h.weight += h.slots[i].weight
	}
	return nil
}

// Clone returns a deep copy.
func (h *Histogram) Clone() *Histogram {
	out := *h
	out.slots = slices.Clone(h.slots)
	return &out
}
