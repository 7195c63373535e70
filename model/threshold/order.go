package threshold

import (
	"math"
	"sort"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// orderStatistics is the tail of a distribution by its largest values alone: the
// k-th largest of n is exceeded with probability k/(n+1), whatever the
// distribution (David and Nagaraja, Order Statistics, 3rd ed., 2003, section
// 2.5). It stands in for peaksOverThreshold where no distribution can be fitted:
// the values are constant, whole numbers with a short range, or piled up on one
// value. Values of a lower tail are turned over first.
type orderStatistics struct {
	weight float64      // of all values
	peaks  []stats.Peak // ascending; weights are of all values at least as high
	from   float64      // where the tail begins: the quantile that a fit begins at
	// fade is the distance over which the probability falls to 1/e beyond the
	// largest value; 0 where the tail has no width.
	fade float64
}

// newOrderStatistics reads the tail off the largest values, ascending, of a
// stream of the given weight; q is the quantile where the tail begins. Where all
// of that is one value the tail begins at the median.
func newOrderStatistics(peaks []stats.Peak, weight, q float64) *orderStatistics {
	o := &orderStatistics{weight: weight, peaks: make([]stats.Peak, len(peaks))}
	sum := 0.0
	for i := len(peaks) - 1; i >= 0; i-- {
		sum += peaks[i].Weight
		o.peaks[i] = stats.Peak{Value: peaks[i].Value, Weight: sum}
	}
	begins, last := o.above(1-q), len(o.peaks)-1
	if begins == last {
		begins = o.above(0.5)
	}
	o.from = o.peaks[begins].Value
	if falls := math.Log(o.peaks[begins].Weight / o.peaks[last].Weight); falls > 0 {
		o.fade = (o.peaks[last].Value - o.from) / falls
	}
	return o
}

// above returns the index of the least value that at most the given share of
// the values exceeds.
func (o *orderStatistics) above(share float64) int {
	i := len(o.peaks) - 1
	for i > 0 && o.peaks[i].Weight <= share*o.weight {
		i--
	}
	return i
}

// threshold returns the least value that at most the share alpha of the values
// exceeds.
func (o *orderStatistics) threshold(alpha float64) float64 { return o.peaks[o.above(alpha)].Value }

// begins returns where the tail begins.
func (o *orderStatistics) begins() float64 { return o.from }

// probability returns that of at least x. Beyond the largest value it falls as
// it does on the way there; below the values kept it is the share given.
func (o *orderStatistics) probability(x, beyond float64) float64 {
	i := sort.Search(len(o.peaks), func(i int) bool { return o.peaks[i].Value >= x })
	if i < len(o.peaks) {
		p := min(1, (o.peaks[i].Weight+1)/(o.weight+1))
		if x < o.peaks[0].Value {
			return max(beyond, p)
		}
		return p
	}
	p := 1 / (o.weight + 1)
	if o.fade > 0 {
		p *= math.Exp(-(x - o.peaks[i-1].Value) / o.fade)
	}
	return p
}
