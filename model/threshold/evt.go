package threshold

import (
	"fmt"
	"sort"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// peaksOverThreshold is the tail of a distribution beyond an initial threshold
// (Pickands 1975; SPOT of Siffer and others, KDD 2017, equation 1). Values of a
// lower tail are turned over first.
type peaksOverThreshold struct {
	initial float64
	share   float64 // of all values beyond initial
	excess  pareto
	// order is the values beyond initial, ascending, of a tail that ends, each
	// with the probability of more in place of its weight.
	order []stats.Peak
}

// endsBelow is the shape below which a tail ends so abruptly that the standard
// theory of estimation fails (Smith, Biometrika 1985). As far as there are
// values, these are then better than any fit: the expected probability beyond
// the k-th largest of n is k/(n+1), whatever the distribution.
const endsBelow = -0.5

// fitPeaks fits the tail of the values above the q-quantile, as far as peaks,
// ascending, reach; weight is that of all values.
func fitPeaks(peaks []stats.Peak, weight, q float64) (peaksOverThreshold, error) {
	var p peaksOverThreshold
	if !(weight > 0) {
		return p, fmt.Errorf("%w: no values", stats.ErrTooFew)
	}
	most, beyond, first := (1-q)*weight, 0.0, len(peaks)
	for first > 0 && beyond+peaks[first-1].Weight <= most {
		first--
		beyond += peaks[first].Weight
	}
	if first == 0 && first < len(peaks) {
		first++ // all are beyond: the least one is the threshold
		beyond -= peaks[0].Weight
	}
	if first == len(peaks) {
		return p, fmt.Errorf("%w: %d different values, and the largest has a share of more than %v", stats.ErrTooFew, len(peaks), 1-q)
	}
	p.initial, p.share = peaks[first-1].Value, beyond/weight
	excesses := make([]stats.Peak, 0, len(peaks)-first)
	for _, peak := range peaks[first:] {
		excesses = append(excesses, stats.Peak{Value: peak.Value - p.initial, Weight: peak.Weight})
	}
	var err error
	if p.excess, err = fitPareto(excesses); err != nil || p.excess.shape >= endsBelow {
		return p, err
	}
	own := beyond / float64(len(excesses)) // 1 for single rows
	for _, peak := range peaks[first:] {
		p.order = append(p.order, stats.Peak{Value: peak.Value, Weight: (beyond - peak.Weight + own) / (weight + own)})
		beyond -= peak.Weight
	}
	return p, nil
}

// begins returns the initial threshold.
func (p *peaksOverThreshold) begins() float64 { return p.initial }

// probability returns that of more than x beyond the initial threshold, and
// else the share given, which is not less than that of the tail.
func (p *peaksOverThreshold) probability(x, beyond float64) float64 {
	if x > p.initial {
		return p.tail(x)
	}
	return max(beyond, p.share)
}

// threshold returns the value that is exceeded with probability alpha; it is
// not below the initial one.
func (p *peaksOverThreshold) threshold(alpha float64) float64 {
	if alpha >= p.share {
		return p.initial
	}
	if p.order == nil {
		return p.initial + p.excess.excess(alpha/p.share)
	}
	last := p.order[len(p.order)-1]
	if alpha < last.Weight {
		return p.initial + p.excess.excess(alpha/last.Weight*p.excess.tail(last.Value-p.initial))
	}
	before := stats.Peak{Value: p.initial, Weight: p.share}
	for _, peak := range p.order {
		if peak.Weight <= alpha {
			return interpolated(alpha, before.Weight, peak.Weight, before.Value, peak.Value)
		}
		before = peak
	}
	return last.Value
}

// tail returns the probability of more than x, which is above the initial
// threshold.
func (p *peaksOverThreshold) tail(x float64) float64 {
	if p.order == nil {
		return p.share * p.excess.tail(x-p.initial)
	}
	before := stats.Peak{Value: p.initial, Weight: p.share}
	i := sort.Search(len(p.order), func(i int) bool { return p.order[i].Value >= x })
	if i == len(p.order) {
		last := p.order[i-1]
		return last.Weight * p.excess.tail(x-p.initial) / p.excess.tail(last.Value-p.initial)
	}
	if i > 0 {
		before = p.order[i-1]
	}
	return interpolated(x, before.Value, p.order[i].Value, before.Weight, p.order[i].Weight)
}

// interpolated returns what lies between u and v as x lies between a and b.
func interpolated(x, a, b, u, v float64) float64 {
	if a == b {
		return v
	}
	return u + (v-u)*(x-a)/(b-a)
}
