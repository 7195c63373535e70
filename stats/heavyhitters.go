package stats

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// HeavyHitters finds the values that have the most weight, with a bounded
// number of counters: the summary of J. Misra and D. Gries, Finding repeated
// elements, Sci. Comput. Program. 2 (1982), merged as by P. K. Agarwal et al.,
// Mergeable summaries, PODS 2012, section 3.
//
// With k counters every estimate is too low by at most the Error of [HeavyHitter],
// which is at most Weight()/(k+1); a value of more weight than that is never missing. The
// bound survives any tree of merges; the counters themselves depend on the
// order. Values cannot be taken away.
type HeavyHitters struct {
	limit    int // k
	counters map[string]float64
	weight   float64 // of all values
	dropped  float64 // what was taken off every counter, in all
}

// HeavyHitter is a value and what is known of its weight, which lies between
// Estimate and Estimate+Error.
type HeavyHitter struct {
	Value           string
	Estimate, Error float64
}

// maxCounters bounds what NewHeavyHitters takes.
const maxCounters = 1 << 20

// emptyHeavyHitters is NewHeavyHitters for a number of counters that is in range.
func emptyHeavyHitters(k int) *HeavyHitters {
	return &HeavyHitters{limit: k, counters: map[string]float64{}}
}

// add takes a value with a weight that Add has let pass.
func (h *HeavyHitters) add(value string, w float64) {
	h.counters[value] += w
	h.weight += w
	h.clear(2 * h.limit)
}

// clear brings more counters than allowed down to k: the weight of the k+1st
// is taken off all, and those with nothing left are dropped. Each clearance
// takes that weight at least k+1 times, which is what bounds the error.
func (h *HeavyHitters) clear(allowed int) {
	if len(h.counters) <= allowed {
		return
	}
	weights := slices.Sorted(maps.Values(h.counters))
	off := weights[len(weights)-1-h.limit]
	for value, w := range h.counters {
		if w <= off {
			delete(h.counters, value)
			continue
		}
		h.counters[value] = w - off
	}
	h.dropped += off
}

// merge adds what o has seen. Another number of counters gives an error that
// wraps ErrIncompatible.
func (h *HeavyHitters) merge(o *HeavyHitters) error {
	if h.limit != o.limit {
		return fmt.Errorf("%w: heavy hitters of %d and %d counters", ErrIncompatible, h.limit, o.limit)
	}
	if !inRange(h.weight + o.weight) {
		return fmt.Errorf("heavy hitters of weight %v and %v overflow", h.weight, o.weight)
	}
	for value, w := range o.counters {
		h.counters[value] += w
	}
	h.weight += o.weight
	h.dropped += o.dropped
	h.clear(2 * h.limit)
	return nil
}

// scalable returns the error that scaling by f would give.
func (h *HeavyHitters) scalable(f float64) error { return checkScaled(f, h.weight, "heavy hitters") }

// scale multiplies every weight by a factor that scalable has let pass.
func (h *HeavyHitters) scale(f float64) {
	if h.weight*f < leastWeight {
		*h = *emptyHeavyHitters(h.limit)
		return
	}
	for value, w := range h.counters {
		if w *= f; w > 0 {
			h.counters[value] = w
		} else {
			delete(h.counters, value)
		}
	}
	h.weight *= f
	h.dropped *= f
}

// clone returns a copy.
func (h *HeavyHitters) clone() *HeavyHitters {
	out := *h
	out.counters = maps.Clone(h.counters)
	return &out
}

// Top returns up to n values by falling estimate, equal ones by value; n is
// bounded by the counters in use.
func (h *HeavyHitters) Top(n int) []HeavyHitter {
	all := make([]HeavyHitter, 0, len(h.counters))
	for value, w := range h.counters {
		all = append(all, HeavyHitter{Value: value, Estimate: w, Error: h.dropped})
	}
	slices.SortFunc(all, func(a, b HeavyHitter) int {
		return cmp.Or(cmp.Compare(b.Estimate, a.Estimate), cmp.Compare(a.Value, b.Value))
	})
	return all[:min(max(n, 0), len(all))]
}

// Weight returns the weight of all values.
func (h *HeavyHitters) Weight() float64 { return h.weight }

// Encode appends k, the weight, what was taken off the counters, their number
// and, by ascending value, the value and its counter.
func (h *HeavyHitters) Encode(w *wire.Writer) {
	w.Uvarint(uint64(h.limit))
	encodeWeight(w, h.weight)
	encodeWeight(w, h.dropped)
	w.Uvarint(uint64(len(h.counters)))
	for _, value := range slices.Sorted(maps.Keys(h.counters)) {
		w.String(value)
		encodeWeight(w, h.counters[value])
	}
}

// decodeHeavyHitters reads what Encode wrote. Values that no statistic has
// leave an error in r; the result is then nil.
func decodeHeavyHitters(r *wire.Reader) *HeavyHitters {
	limit := r.Uvarint()
	if r.Err() == nil && (limit < 1 || limit > maxCounters) {
		r.Fail("counters is %d", limit)
	}
	h := &HeavyHitters{limit: int(min(limit, maxCounters)), weight: decodeWeightOrZero(r), dropped: decodeWeightOrZero(r)}
	n := r.Count(2)
	if n > 2*h.limit {
		r.Fail("%d counters in use of %d", n, h.limit)
		n = 0
	}
	h.counters = make(map[string]float64, n)
	before, sum := "", 0.0
	for i := range n {
		value, w := r.String(), decodeWeight(r)
		if r.Err() != nil {
			return nil
		}
		if i > 0 && value <= before {
			r.Fail("values do not ascend")
		}
		h.counters[value] = w
		before = value
		sum += w
	}
	// each unit of error was taken off k+1 counters; sums of non-integers
	// differ by rounding
	const rounding = 1e-6
	if r.Err() == nil && sum+h.dropped*float64(h.limit+1) > h.weight*(1+rounding) {
		r.Fail("weight %v of counters that hold %v with error %v", h.weight, sum, h.dropped)
	}
	if r.Err() != nil {
		return nil
	}
	return h
}
