package threshold

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// tail is one side of the distribution.
type tail interface {
	// begins returns the value where the tail begins.
	begins() float64
	// threshold returns the value that the share alpha of the values exceeds.
	threshold(alpha float64) float64
	// probability returns that of x, given the share of the values beyond x for
	// where the tail does not reach.
	probability(x, beyond float64) float64
}

var (
	_ tail = (*peaksOverThreshold)(nil)
	_ tail = (*orderStatistics)(nil)
)

// Threshold is read off the statistics of the values so far; immutable and
// safe for concurrent use.
type Threshold struct {
	options      ThresholdOptions
	upper, lower float64
	above, below tail // nil for the method quantile; below is of turned-over values
	distribution *stats.ECDF
}

// NewThreshold reads a threshold off a histogram of all values and, for the
// method evt, their extremes. While they have less weight than the warm-up the
// error wraps stats.ErrTooFew. Where no tail can be fitted to the extremes, as
// to constants or to whole numbers with a short range, a side is taken from
// their order statistics instead; Method says so.
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
	if len(extremes.Upper()) == 0 {
		return nil, fmt.Errorf("%w: threshold of the extremes of no value", stats.ErrTooFew)
	}
	t.above = newTail(extremes.Upper(), extremes.Weight(), o.Quantile)
	t.upper = t.above.threshold(alpha)
	if o.TwoSided {
		t.below = newTail(turnedOver(extremes.Lower()), extremes.Weight(), o.Quantile)
		t.lower = -t.below.threshold(alpha)
	}
	return t, nil
}

// newTail fits a tail beyond the q-quantile to the largest values, ascending, or
// takes their order statistics where that fails. There must be a value.
func newTail(peaks []stats.Peak, weight, q float64) tail {
	if p, err := fitPeaks(peaks, weight, q); err == nil {
		return &p
	}
	return newOrderStatistics(peaks, weight, q)
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
	near := within(x, t.upper, t.above)
	if t.below != nil { // of values turned over
		near = near && within(-x, -t.lower, t.below)
	}
	return near
}

// within reports whether x is at most twice as far out as the upper threshold,
// from where the tail begins. A tail of order statistics without any width, as
// that of a constant, has no measure of far: then every x is.
func within(x, upper float64, side tail) bool {
	width := upper - side.begins()
	if _, fitted := side.(*peaksOverThreshold); !fitted && width == 0 {
		return true
	}
	return x-upper <= width
}

// Method returns how the threshold was found: the method asked for, or
// ThresholdOrder where evt fell back to order statistics on a side.
func (t *Threshold) Method() string {
	for _, side := range []tail{t.above, t.below} {
		if _, ok := side.(*orderStatistics); ok {
			return ThresholdOrder
		}
	}
	return t.options.Method
}

// PValue returns the probability of a value at least as high, twice that of
// the rarer side where both count, by the fitted tail where x lies in it and
// else by the values themselves. It is NaN for NaN. An alarm has less than
// Alpha, save one by the order statistics of so few values, n, that 1/(n+1) is
// more.
func (t *Threshold) PValue(x float64) float64 {
	if math.IsNaN(x) {
		return math.NaN()
	}
	above, below := 1-t.distribution.At(x), t.distribution.At(x)
	if t.above != nil {
		above = t.above.probability(x, above)
	}
	if !t.options.TwoSided {
		return above
	}
	if t.below != nil {
		below = t.below.probability(-x, below)
	}
	return min(1, 2*min(above, below))
}
