package stats

import "sort"

// ECDF is the distribution of a histogram at one moment, laid out for look-ups:
// immutable and safe for concurrent use. It is piecewise linear: the weight of
// a bin is spread evenly over it, that of a single value sits at the value.
type ECDF struct {
	lo, hi []float64 // edges of the bins, ascending
	cum    []float64 // weight up to and with the bin
}

// NewECDF lays out the bins of h. It takes time in proportion to their number.
func NewECDF(h *Histogram) *ECDF {
	e := &ECDF{}
	sum := 0.0
	for bin := range h.Bins() {
		sum += bin.Weight
		e.lo, e.hi, e.cum = append(e.lo, bin.Lo), append(e.hi, bin.Hi), append(e.cum, sum)
	}
	return e
}

// Weight returns the weight of all values.
func (e *ECDF) Weight() float64 {
	if len(e.cum) == 0 {
		return 0
	}
	return e.cum[len(e.cum)-1]
}

// At returns the share of the values that are at most x, and 0 while there are
// none.
func (e *ECDF) At(x float64) float64 {
	i := sort.Search(len(e.lo), func(i int) bool { return e.lo[i] > x }) - 1
	if i < 0 {
		return 0
	}
	below := 0.0
	if i > 0 {
		below = e.cum[i-1]
	}
	share := 1.0
	if x < e.hi[i] && e.hi[i] > e.lo[i] {
		share = (x - e.lo[i]) / (e.hi[i] - e.lo[i])
	}
	return (below + share*(e.cum[i]-below)) / e.Weight()
}

// Quantile returns the least x with At(x) >= q for 0 < q <= 1, and the lowest
// edge for q = 0. It must not be asked while there are no values; it gives 0 then.
func (e *ECDF) Quantile(q float64) float64 {
	if len(e.cum) == 0 {
		return 0
	}
	want := q * e.Weight()
	i := min(sort.SearchFloat64s(e.cum, want), len(e.cum)-1)
	below := 0.0
	if i > 0 {
		below = e.cum[i-1]
	}
	share := min(max((want-below)/(e.cum[i]-below), 0), 1)
	return e.lo[i] + share*(e.hi[i]-e.lo[i])
}
