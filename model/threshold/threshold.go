package threshold

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Threshold is read off the statistics of the values so far; immutable and
// safe for concurrent use.
type Threshold struct {
	options      ThresholdOptions
	upper, lower float64
	above, below *peaksOverThreshold // of the method evt; below for turned-over values
	distribution *stats.ECDF
}

// NewThreshold reads a threshold off a histogram of all values and, for the
// method evt, their extremes. While they have less weight than the warm-up, or
// too few different extremes, the error wraps stats.ErrTooFew.
func NewThreshold(o ThresholdOptions, histogram *stats.Histogram, extremes *stats.Exceedances) (*Threshold, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	if w := histogram.Weight(); w < o.WarmUp {
		return nil, fmt.Errorf("%w: threshold of %v values, the warm-up is %v", stats.ErrTooFew, w, o.WarmUp)
	}
	t := &Threshold{options: o, distribution: stats.NewECDF(histogram), lower: math.Inf(-1)}
	alpha := o.side()
	if o.Method == ThresholdQuantile {
		t.upper = histogram.Quantile(1 - alpha)
		if o.TwoSided {
			t.lower = histogram.Quantile(alpha)
		}
		return t, nil
	}
	if extremes == nil {
		return nil, fmt.Errorf("threshold method %s needs the extremes of the values", o.Method)
	}
	if t.above, err = newPeaks(extremes.Upper(), extremes.Weight(), o.Quantile); err != nil {
		return nil, fmt.Errorf("upper threshold: %w", err)
	}
	t.upper = t.above.threshold(alpha)
	if o.TwoSided {
		if t.below, err = newPeaks(turnedOver(extremes.Lower()), extremes.Weight(), o.Quantile); err != nil {
			return nil, fmt.Errorf("lower threshold: %w", err)
		}
		t.lower = -t.below.threshold(alpha)
	}
	return t, nil
}

func newPeaks(peaks []stats.Peak, weight, q float64) (*peaksOverThreshold, error) {
	p, err := fitPeaks(peaks, weight, q)
	return &p, err
}

// turnedOver returns the negative values, ascending again.
func turnedOver(peaks []stats.Peak) []stats.Peak {
	out := make([]stats.Peak, len(peaks))
	for i, p := range peaks {
		out[len(peaks)-1-i] = stats.Peak{Value: -p.Value, Weight: p.Weight}
	}
	return out
}

// side is the alpha of one side.
func (o ThresholdOptions) side() float64 {
	if o.TwoSided {
		return o.Alpha / 2
	}
	return o.Alpha
}

// Upper returns the value above which there is an alarm.
func (t *Threshold) Upper() float64 { return t.upper }

// Lower returns the value below which there is an alarm, -Inf when one-sided.
func (t *Threshold) Lower() float64 { return t.lower }

// IsAnomaly reports whether a value is an alarm; NaN is none.
func (t *Threshold) IsAnomaly(x float64) bool { return x > t.upper || x < t.lower }

// absurd is the share of alpha below which the probability of a value says that
// it is of another kind than those of which the tail is made.
const absurd = 0.05

// IsUsual reports whether a value belongs into the statistics that the next
// threshold is read off: all but those whose probability is far below alpha and
// that lie more than twice as far out as the threshold does, both from where the
// tail begins. Leaving out every alarm, as SPOT does, would cut the tail a
// little shorter with each new threshold; leaving out what a fitted tail that
// ends holds for impossible would keep an end that is too near for ever.
func (t *Threshold) IsUsual(x float64) bool {
	return t.PValue(x) >= absurd*t.options.Alpha || t.nearEnough(x)
}

func (t *Threshold) nearEnough(x float64) bool {
	if t.above == nil {
		return false
	}
	near := x-t.upper <= t.upper-t.above.initial
	if t.below != nil { // of values turned over
		near = near && t.lower-x <= -t.below.initial-t.lower
	}
	return near
}

// Quantile returns the share of the values that are at most x.
func (t *Threshold) Quantile(x float64) float64 { return t.distribution.At(x) }

// PValue returns the probability of a value at least as high, twice that of
// the rarer side where both count, by the fitted tail where x lies in it and
// else by the values themselves. It is NaN for NaN. An alarm has less than
// Alpha.
func (t *Threshold) PValue(x float64) float64 {
	if math.IsNaN(x) {
		return math.NaN()
	}
	above := t.tail(t.above, x, 1-t.distribution.At(x))
	if !t.options.TwoSided {
		return above
	}
	return min(1, 2*min(above, t.tail(t.below, -x, t.distribution.At(x))))
}

// tail is the fitted probability of more than x beyond the initial threshold,
// and else the given one, which is not less than the tail's share.
func (t *Threshold) tail(p *peaksOverThreshold, x, empirical float64) float64 {
	switch {
	case p == nil:
		return empirical
	case x > p.initial:
		return p.tail(x)
	default:
		return max(empirical, p.share)
	}
}
