package anomaly

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Bounds on the number of bins of equal width that bins: auto chooses, and on
// the values that have a bin of their own.
const (
	minAutoBins = 10
	maxAutoBins = 256
	maxAtoms    = 4
)

// autoBins is where bins: auto lays its bins: the width follows the middle of the
// distribution, never its range, so that one huge value, or a sentinel, does not
// put all others into one bin.
type autoBins struct {
	low, high float64
	count     int
	// atoms are bins of the sketch that have at least half of the weight, or of
	// what the atoms before leave: bins of their own, and the others follow the
	// rest.
	atoms []stats.Bin
	rest  weightedBins
}

// autoBinsOf lays bins over a histogram that has values.
func autoBinsOf(h *stats.Histogram) autoBins {
	var all autoBins
	bins := binsOf(h)
	for len(all.atoms) < maxAtoms && len(bins.list) > 1 {
		i := bins.fullest()
		if bins.list[i].Weight < bins.total/2 {
			break
		}
		all.atoms = append(all.atoms, bins.list[i])
		bins = bins.without(i)
	}
	all.rest = bins
	all.low, all.high = bins.list[0].Lo, bins.list[len(bins.list)-1].Hi
	all.count = maxAutoBins
	width := bins.width()
	if !(width > 0) || math.IsInf(all.high-all.low, 0) {
		return all
	}
	if (all.high-all.low)/width > maxAutoBins {
		all.low, all.high = bins.core(autoReach)
	}
	all.count = int(min(max((all.high-all.low)/width, minAutoBins), maxAutoBins))
	return all
}

// autoReach is how far from the quartiles bins: auto reach, in interquartile
// ranges, where there are too few bins for all values: beyond, values are scored
// by what is around them.
const autoReach = 60

// weightedBins are bins of a sketch.
type weightedBins struct {
	list  []stats.Bin // ascending
	total float64
}

func binsOf(h *stats.Histogram) weightedBins {
	var out weightedBins
	for b := range h.Bins() {
		out.list = append(out.list, b)
		out.total += b.Weight
	}
	return out
}

// without returns the bins without bin i.
func (w weightedBins) without(i int) weightedBins {
	list := append(append([]stats.Bin(nil), w.list[:i]...), w.list[i+1:]...)
	return weightedBins{list: list, total: w.total - w.list[i].Weight}
}

// fullest returns the index of the bin of the most weight.
func (w weightedBins) fullest() int {
	at := 0
	for i, b := range w.list {
		if b.Weight > w.list[at].Weight {
			at = i
		}
	}
	return at
}

// quantile returns the least value up to which there is the share q.
func (w weightedBins) quantile(q float64) float64 {
	sum := 0.0
	for _, b := range w.list {
		if sum+b.Weight >= q*w.total {
			return b.Lo + (b.Hi-b.Lo)*max(0, q*w.total-sum)/b.Weight
		}
		sum += b.Weight
	}
	return w.list[len(w.list)-1].Hi
}

// width is twice the interquartile range over the cube root of the weight
// (Freedman and Diaconis, On the histogram as a density estimator, 1981); 0 where
// there is none.
func (w weightedBins) width() float64 { return 2 * w.middle() / math.Cbrt(w.total) }

// middle is the interquartile range. Where the middle half is one value, a wider
// range takes its place, in the scale in which both are equal for a normal
// distribution; 0 where all that is not beyond 0.5 % on either side is one value.
func (w weightedBins) middle() float64 {
	for _, r := range []struct{ tail, overQuartiles float64 }{
		{0.25, 1},
		{0.1, 1.9000}, // Phi^-1(0.9) / Phi^-1(0.75)
		{0.025, 2.9058},
		{0.005, 3.8189},
	} {
		if span := (w.quantile(1-r.tail) - w.quantile(r.tail)) / r.overQuartiles; span > 0 {
			return span
		}
	}
	return 0
}

// core returns where all values lie that are not farther from the quartiles than
// reach times the interquartile range: without sentinels, for one.
func (w weightedBins) core(reach float64) (low, high float64) {
	least, most := w.quantile(0.25)-reach*w.middle(), w.quantile(0.75)+reach*w.middle()
	low, high = w.list[len(w.list)-1].Hi, w.list[0].Lo
	for _, b := range w.list {
		if b.Hi >= least && b.Lo <= most {
			low, high = min(low, b.Lo), max(high, b.Hi)
		}
	}
	return low, high
}

// constant reports whether there is one value only.
func (w weightedBins) constant() bool { return len(w.list) == 1 && w.list[0].Lo == w.list[0].Hi }
