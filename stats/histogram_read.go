package stats

import "math"

// Quantile returns the q-quantile, 0 <= q <= 1; NaN while there are no values.
// Where every bin is one value it is the least value x with F(x) >= q (type 1
// of Hyndman and Fan 1996), and the mean of that and the next where F(x) = q
// (type 2), so that the median of an even number of values is the usual one.
// Else the weight of a bin is spread evenly over it.
func (h *Histogram) Quantile(q float64) float64 {
	if h.used == 0 || !(q >= 0 && q <= 1) {
		return math.NaN()
	}
	bins := h.sorted()
	want, below := q*h.weight, 0.0
	for i, s := range bins {
		if below+s.weight < want && i < len(bins)-1 {
			below += s.weight
			continue
		}
		b := h.bin(s)
		if h.shift == 0 {
			if below+s.weight == want && i < len(bins)-1 {
				return b.Lo/2 + h.bin(bins[i+1]).Lo/2
			}
			return b.Lo
		}
		share := min(max((want-below)/s.weight, 0), 1)
		return b.Lo + share*(b.Hi-b.Lo)
	}
	return math.NaN()
}

// CDF returns the share of the values that are at most x; NaN while there are
// none. For many look-ups make an [ECDF].
func (h *Histogram) CDF(x float64) float64 {
	if h.used == 0 {
		return math.NaN()
	}
	return NewECDF(h).At(x)
}

// Density returns the weight between each two neighbouring edges, which must
// ascend; len(edges)-1 numbers. The weight of a bin is spread evenly over it,
// that of a single value belongs to the interval [edge, next) that holds it,
// and to the last one if it equals the last edge.
func (h *Histogram) Density(edges []float64) []float64 {
	out := make([]float64, max(len(edges)-1, 0))
	if len(out) == 0 {
		return out
	}
	k := 0
	for b := range h.Bins() {
		for k < len(out)-1 && b.Lo >= edges[k+1] {
			k++
		}
		if b.Lo == b.Hi {
			if b.Lo >= edges[0] && b.Lo <= edges[len(edges)-1] {
				out[k] += b.Weight
			}
			continue
		}
		for j := k; j < len(out) && edges[j] < b.Hi; j++ {
			lo, hi := max(b.Lo, edges[j]), min(b.Hi, edges[j+1])
			if hi > lo {
				out[j] += b.Weight * ((hi - lo) / (b.Hi - b.Lo))
			}
		}
	}
	return out
}
