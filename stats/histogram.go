package stats

import (
	"fmt"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
)

// DefaultBins is the bound on the non-empty bins of a histogram of which
// nothing else is said; MinBins and MaxBins are what it can be set to.
const (
	DefaultBins = 512
	MinBins     = 16
	MaxBins     = 1 << 16
)

// Histogram is a sketch of the distribution of one attribute: at most a given
// number of non-empty bins, whose width follows the data.
//
// A value's bin is its key shifted right by s, where the key is the float64
// with its bits reordered so that integer order is numeric order. The shift is
// the least one at which the values fill no more bins than allowed. So the
// state depends on the values only, not on their order or on how they were
// split and merged; up to that many distinct values stay exact (s = 0); tight
// data far from zero keep their resolution; and one absurd outlier costs one
// bin. Weights of bins are float64: integers are exact up to 2^53, other
// weights are subject to rounding.
//
// After Subtract the state is that of the values left at the resolution
// reached before: s does not shrink.
//
// A Histogram is not safe for concurrent use, except for the read-outs among
// themselves. It must be made by [NewHistogram] or [DecodeHistogram].
type Histogram struct {
	limit  int     // bound on the non-empty bins
	shift  uint    // s
	weight float64 // of all values
	n      int     // non-empty bins, or uncounted

	pages []page // by ascending key
	// index finds pages while values are added. It is as of the last
	// addition; indexed says whether pages have stayed in their places since.
	index   pageIndex
	indexed bool
}

// uncounted stands for a number of bins that is not known without counting and
// not above the limit.
const uncounted = -1

// NewHistogram returns an empty histogram of at most the given number of
// non-empty bins, MinBins to MaxBins.
func NewHistogram(bins int) (*Histogram, error) {
	if bins < MinBins || bins > MaxBins {
		return nil, fmt.Errorf("histogram bins is %d, want %d to %d", bins, MinBins, MaxBins)
	}
	return emptyHistogram(bins), nil
}

// emptyHistogram is NewHistogram for a number of bins that has been checked.
func emptyHistogram(bins int) *Histogram { return &Histogram{limit: bins} }

// Add takes value x with weight w. A value that is not finite, or a weight
// that is not positive and finite, is an error.
func (h *Histogram) Add(x, w float64) error {
	if !dd.Finite(x) {
		return fmt.Errorf("value is %v, not a finite number", x)
	}
	if !(w > 0) || math.IsInf(w, 0) {
		return fmt.Errorf("weight is %v, not a positive finite number", w)
	}
	h.add(x, w)
	return nil
}

// add takes a finite value with a positive finite weight.
func (h *Histogram) add(x, w float64) {
	values, weights := [1]float64{x}, [1]float64{w}
	h.AddColumn(values[:], 0, 1, 1, weights[:])
}

// AddColumn takes one column of n rows that are stored row by row: the values
// at column, column+stride and so on. Values that are not finite are skipped.
// weights holds one positive finite weight per row; nil means 1 each. Nothing
// is allocated unless a value falls where there was none before.
func (h *Histogram) AddColumn(values []float64, column, stride, n int, weights []float64) {
	h.reindex()
	inOrder := len(h.pages)
	w, total := 1.0, 0.0
	for i := 0; i < n; {
		// all that the loop needs, until an insertion changes it
		pages, slots := h.pages, h.index.slots
		mask, spread, shift := uint64(len(slots)-1), h.index.shift&63, h.shift&63
		for ; i < n; i++ {
			x := values[column+i*stride]
			if !dd.Finite(x) {
				continue
			}
			if weights != nil {
				w = weights[i]
			}
			bin := keyOf(x) >> shift
			key := bin >> pageBits
			var at *float64
			for s := key * fibonacci >> spread; ; s++ {
				place := slots[s&mask]
				if place == 0 {
					break
				}
				if p := &pages[place-1]; p.key == key {
					at = &p.weights[bin&3]
					break
				}
			}
			total += w
			if at == nil || *at == 0 {
				inOrder = h.insert(keyOf(x), w, inOrder)
				i++
				break
			}
			*at += w
		}
	}
	h.weight += total
	h.order(inOrder)
}

// insert adds a value by its full key where its bin is empty; when there are
// too many bins then, they are folded. A new page goes to the end, out of
// order; insert takes and returns how many pages are in order.
func (h *Histogram) insert(key uint64, w float64, inOrder int) int {
	if h.n = h.used(); h.n == h.limit {
		h.order(inOrder)
		keys := append(h.keys(), key>>h.shift)
		slices.Sort(keys)
		h.foldTo(h.shift + foldShift(keys, h.limit))
		h.n = h.used()
		inOrder = len(h.pages)
	}
	h.reindex()
	bin := key >> h.shift
	mask := uint64(len(h.index.slots) - 1)
	for s := bin >> pageBits * fibonacci >> h.index.shift; ; s++ {
		place := h.index.slots[s&mask]
		if place == 0 {
			break
		}
		if p := &h.pages[place-1]; p.key == bin>>pageBits {
			if p.weights[bin&3] == 0 {
				h.n++
			}
			p.weights[bin&3] += w
			return inOrder
		}
	}
	p := page{key: bin >> pageBits}
	p.weights[bin&3] = w
	h.pages = append(h.pages, p)
	h.n++
	if 2*(len(h.pages)+1) <= len(h.index.slots) {
		h.index.put(p.key, len(h.pages)-1)
	} else {
		h.index.build(h.pages)
	}
	return inOrder
}

// order puts the pages after the first inOrder where they belong.
func (h *Histogram) order(inOrder int) {
	if inOrder == len(h.pages) {
		return
	}
	added := slices.Clone(h.pages[inOrder:])
	slices.SortFunc(added, comparePages)
	h.pages = insertPages(h.pages[:inOrder], added)
	h.indexed = false
}

// reindex makes the index ready for use.
func (h *Histogram) reindex() {
	if !h.indexed {
		h.index.build(h.pages)
		h.indexed = true
	}
}

// keys returns the keys of the non-empty bins in ascending order.
func (h *Histogram) keys() []uint64 {
	keys := make([]uint64, 0, h.used()+1)
	for i := range h.pages {
		for k, w := range h.pages[i].weights {
			if w > 0 {
				keys = append(keys, h.pages[i].key<<pageBits|uint64(k))
			}
		}
	}
	return keys
}

// foldTo makes the bins coarser, up to the given shift.
func (h *Histogram) foldTo(shift uint) {
	h.pages = foldPages(h.pages, shift-h.shift)
	if cap(h.pages) > 2*len(h.pages) {
		h.pages = append(make([]page, 0, len(h.pages)+len(h.pages)/4), h.pages...)
	}
	h.n = uncounted
	h.shift, h.indexed = shift, false
}

// Clone returns a copy.
func (h *Histogram) Clone() *Histogram {
	return &Histogram{limit: h.limit, shift: h.shift, weight: h.weight, n: h.n, pages: slices.Clone(h.pages)}
}

// used returns the number of non-empty bins.
func (h *Histogram) used() int {
	if h.n == uncounted {
		return countUsed(h.pages)
	}
	return h.n
}

// Weight returns the weight of all values: their number when all weigh 1.
func (h *Histogram) Weight() float64 { return h.weight }
