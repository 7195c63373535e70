package stats

import (
	"fmt"
	"iter"
	"math"
	"sort"
)

// Bin is a non-empty bin of a histogram: the weight of the values x with
// Lo <= x < Hi, or of the single value Lo = Hi. In a histogram with a shift the
// latter is 0, together with the subnormal numbers above it.
type Bin struct {
	Lo, Hi, Weight float64
}

// Bins iterates over the non-empty bins in ascending order.
func (h *Histogram) Bins() iter.Seq[Bin] {
	return func(yield func(Bin) bool) {
		for i := range h.pages {
			p := &h.pages[i]
			for k, w := range p.weights {
				if w == 0 {
					continue
				}
				lo, hi := edges(p.key<<pageBits|uint64(k), h.shift)
				if !yield(Bin{Lo: lo, Hi: hi, Weight: w}) {
					return
				}
			}
		}
	}
}

// Min returns the lower edge of the first bin, the least value itself when the
// shift is 0; NaN while there are no values.
func (h *Histogram) Min() float64 {
	for b := range h.Bins() {
		return b.Lo
	}
	return math.NaN()
}

// Max returns the upper edge of the last bin, the largest value itself when
// the shift is 0; NaN while there are no values.
func (h *Histogram) Max() float64 {
	last := math.NaN()
	for b := range h.Bins() {
		last = b.Hi
	}
	return last
}

// Quantile returns the q-quantile; NaN while there are no values or when q is
// not within 0 to 1.
//
// With integer weights it is that of R's type 7, the default of R and NumPy:
// linear between the order statistics around rank q*(n-1). The values of a bin
// are taken to lie evenly in it, so the result is exact when the shift is 0.
// Other weights are not numbers of observations: then it is the inverse of
// [Histogram.CDF], the least x of which CDF(x) >= q, which does not change
// when all weights are scaled.
func (h *Histogram) Quantile(q float64) float64 {
	if !(q >= 0 && q <= 1) || len(h.pages) == 0 {
		return math.NaN()
	}
	if !h.counts() {
		return h.valueAt(q * h.weight)
	}
	// observation i stands in the middle of its share of the bin
	rank := q * (h.weight - 1)
	below := math.Floor(rank)
	lo := h.valueAt(below + 0.5)
	if below == rank {
		return lo
	}
	return lo + (rank-below)*(h.valueAt(below+1.5)-lo)
}

// counts reports whether all weights are integers.
func (h *Histogram) counts() bool {
	for i := range h.pages {
		for _, w := range h.pages[i].weights {
			if !isInteger(w) {
				return false
			}
		}
	}
	return true
}

// valueAt returns the least value up to which there is that much weight.
func (h *Histogram) valueAt(weight float64) float64 {
	sum, last := 0.0, Bin{}
	for b := range h.Bins() {
		if weight <= sum+b.Weight {
			if b.Lo == b.Hi {
				return b.Lo
			}
			share := max((weight-sum)/b.Weight, 0)
			return b.Lo*(1-share) + b.Hi*share // a width may overflow
		}
		sum += b.Weight
		last = b
	}
	return last.Hi
}

// Rank returns the weight of the values that are at most x. The values of a
// bin that x divides are taken to lie evenly in it.
func (h *Histogram) Rank(x float64) float64 {
	sum := 0.0
	for b := range h.Bins() {
		if x < b.Lo {
			break
		}
		sum += b.Weight * shareBelow(b, x)
	}
	return sum
}

// shareBelow returns the share of the bin's weight that is at most x.
func shareBelow(b Bin, x float64) float64 {
	switch {
	case x >= b.Hi:
		return 1
	case x < b.Lo:
		return 0
	default:
		return (x/2 - b.Lo/2) / (b.Hi/2 - b.Lo/2) // halves, as a width may overflow
	}
}

// CDF returns the share of the values that are at most x; NaN while there are
// no values.
func (h *Histogram) CDF(x float64) float64 {
	if len(h.pages) == 0 {
		return math.NaN()
	}
	return min(h.Rank(x)/h.weight, 1)
}

// Rebin returns the weight in each of the cells between neighbouring edges,
// which must ascend and be at least two: cell i holds edges[i] <= x < edges[i+1],
// the last one its upper edge too. The weight of a bin is spread evenly over
// it; what lies outside all cells is left out.
func (h *Histogram) Rebin(edges []float64) ([]float64, error) {
	if len(edges) < 2 {
		return nil, fmt.Errorf("%d edges make no cell, want at least 2", len(edges))
	}
	for i := 1; i < len(edges); i++ {
		if !(edges[i-1] < edges[i]) {
			return nil, fmt.Errorf("edge %d is %v after %v, want an ascending number", i, edges[i], edges[i-1])
		}
	}
	cells := make([]float64, len(edges)-1)
	for b := range h.Bins() {
		rebin(cells, edges, b)
	}
	return cells, nil
}

// rebin spreads one bin over the cells.
func rebin(cells, edges []float64, b Bin) {
	last := len(cells) - 1
	i := max(sort.Search(len(edges), func(i int) bool { return edges[i] > b.Lo })-1, 0)
	if b.Lo == b.Hi {
		if b.Lo >= edges[0] && b.Lo <= edges[last+1] {
			cells[min(i, last)] += b.Weight
		}
		return
	}
	for ; i <= last && edges[i] < b.Hi; i++ {
		cells[i] += b.Weight * (shareBelow(b, edges[i+1]) - shareBelow(b, edges[i]))
	}
}
