package stats

import (
	"fmt"
	"slices"
)

// Merge adds what o has seen. Another bound on the bins gives an error that
// wraps ErrIncompatible.
func (h *Histogram) Merge(o *Histogram) error {
	if err := h.mergeable(o); err != nil {
		return err
	}
	h.combine(o)
	return nil
}

// mergeable returns the error that merging o would give.
func (h *Histogram) mergeable(o *Histogram) error {
	if err := h.fits(o); err != nil {
		return err
	}
	if !inRange(h.weight + o.weight) {
		return fmt.Errorf("histograms of weight %v and %v overflow", h.weight, o.weight)
	}
	return nil
}

// combine merges o, which mergeable has let pass.
func (h *Histogram) combine(o *Histogram) {
	weight := h.weight + o.weight
	switch {
	case len(o.pages) == 0:
		return
	case len(h.pages) == 0:
		*h = *o.Clone()
		return
	case o.shift > h.shift:
		h.foldTo(o.shift)
	}
	// at the coarser shift of both the union may still have too many bins; its
	// shift is then the least at which it does not, as if all had been added at once
	h.addPages(o.pages, h.shift-o.shift)
	if len(h.pages)<<pageBits > h.limit && h.used() > h.limit {
		h.foldTo(h.shift + foldShift(h.keys(), h.limit))
	}
	h.weight = weight
}

// fits refuses another bound on the bins: the shift that follows from a bound
// would then depend on which histogram came first.
func (h *Histogram) fits(o *Histogram) error {
	if h.limit != o.limit {
		return fmt.Errorf("%w: histograms of %d and %d bins", ErrIncompatible, h.limit, o.limit)
	}
	return nil
}

// addPages adds ascending pages whose bins are finer by a shift. Those that
// the histogram has, mostly all of them, are added in place.
func (h *Histogram) addPages(pages []page, by uint) {
	var missing []page
	into, at := h.pages, 0
	for i := range pages {
		p := &pages[i]
		key := p.key >> (by & 63)
		for at < len(into) && into[at].key < key {
			at++
		}
		if at < len(into) && into[at].key == key {
			switch by {
			case 0: // add is not inlined, its parts are
				into[at].addSame(p)
			case 1:
				into[at].addHalf(p)
			default:
				into[at].add(p, by)
			}
			continue
		}
		if len(missing) == 0 || missing[len(missing)-1].key != key {
			missing = append(missing, page{key: key})
		}
		missing[len(missing)-1].add(p, by)
	}
	if len(missing) > 0 {
		h.pages = insertPages(into, missing)
		h.indexed = false
	}
	h.n = uncounted
}

// Subtract takes away what o has seen. It is exact for integer weights, at the
// coarser of both resolutions. More weight in a bin than there is gives an
// error that wraps ErrNotLearned, another bound on the bins one that wraps
// ErrIncompatible. The shift stays, except that it is reset when nothing is left.
func (h *Histogram) Subtract(o *Histogram) error { return h.subtract(o, 0) }

// subtract is Subtract where larger weights have been, of which slack can be left.
func (h *Histogram) subtract(o *Histogram, slack float64) error {
	if err := h.fits(o); err != nil {
		return err
	}
	if len(o.pages) == 0 {
		return nil
	}
	shift := max(h.shift, o.shift)
	left := foldPages(slices.Clone(h.pages), shift-h.shift)
	gone := o.pages
	if o.shift < shift {
		gone = foldPages(slices.Clone(gone), shift-o.shift)
	}
	at := 0
	for i := range gone {
		for at < len(left) && left[at].key < gone[i].key {
			at++
		}
		var whole page
		if at < len(left) && left[at].key == gone[i].key {
			whole = left[at]
		}
		for k, w := range gone[i].weights {
			rest, ok := subtractWeight(whole.weights[k], w, slack)
			if !ok {
				lo, hi := edges(gone[i].key<<pageBits|uint64(k), shift)
				return fmt.Errorf("%w: weight %v of values from %v to %v taken from %v", ErrNotLearned, w, lo, hi, whole.weights[k])
			}
			whole.weights[k] = rest
		}
		if at < len(left) && left[at].key == gone[i].key { // else traces were taken from nothing
			left[at].weights = whole.weights
		}
	}
	weight := h.weight - o.weight
	if !isInteger(h.weight) || !isInteger(o.weight) || slack > 0 { // to the rounding of the bins
		weight = 0
		for i := range left {
			for _, w := range left[i].weights {
				weight += w
			}
		}
	}
	h.replace(left, shift, weight)
	return nil
}

// replace puts pages, of which some may be empty, in the place of those there.
func (h *Histogram) replace(pages []page, shift uint, weight float64) {
	h.pages = slices.DeleteFunc(pages, func(p page) bool { return p.used() == 0 })
	h.shift, h.weight, h.n, h.indexed = shift, weight, countUsed(h.pages), false
	if len(h.pages) == 0 {
		h.shift = 0
	}
	// a weight far below that of the others has left no trace in the sum of all
	if !isInteger(weight) || weight == 0 {
		h.weight = 0
		for i := range h.pages {
			h.weight += h.pages[i].sum()
		}
	}
}

// checkedScale multiplies every weight by f, which must be positive and finite and
// must leave the weight finite. A bin whose weight becomes too small for a
// float64 vanishes, and a histogram whose weight falls below 2^-500 is emptied.
func (h *Histogram) checkedScale(f float64) error {
	if err := CheckScale(f); err != nil {
		return err
	}
	if err := h.scalable(f); err != nil {
		return err
	}
	h.scale(f)
	return nil
}

// scalable returns the error that scaling by f would give.
func (h *Histogram) scalable(f float64) error { return checkScaled(f, h.weight, "a histogram") }

// isInRange reports whether the weight is in range.
func (h *Histogram) isInRange() bool { return inRange(h.weight) }

// scale multiplies every weight by a factor that scalable has let pass.
func (h *Histogram) scale(f float64) {
	weight := h.weight * f
	if weight < leastWeight {
		*h = Histogram{limit: h.limit}
		return
	}
	before := h.used()
	for i := range h.pages {
		for k := range h.pages[i].weights {
			h.pages[i].weights[k] *= f
		}
	}
	h.weight = weight
	if countUsed(h.pages) < before {
		h.replace(h.pages, h.shift, h.weight)
	}
}
