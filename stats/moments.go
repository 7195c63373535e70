package stats

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
)

// MaxMagnitude bounds the values that moments and co-moments take: the fourth
// power of a larger one, summed over any number of rows, would overflow.
const MaxMagnitude = 1e72

// Moments is weight, mean, central sums of order 2 to 4, minimum and maximum
// of one attribute. The zero value is the empty statistic.
//
// The sums are kept in double-double; values far from the others, and the first few,
// are summed up exactly and apart, so that they can be forgotten as if they had never
// been there (moments_apart.go). Merging follows P. Pébay, Formulas for
// robust, one-pass parallel computation of covariances and arbitrary-order
// statistical moments, Sandia SAND2008-6212 (2008), equations 2.1 and 3.1.
// Deviations below about 1e-77 vanish from the fourth power.
type Moments struct {
	central
	min, max float64 // of all values; bounds of them where lost
	// lostMin and lostMax say that values have been forgotten that may have been the
	// extremes: none is beyond min and max, which need not be values.
	lostMin, lostMax bool
	apart            *apart // nil for none
	// bounded says that no value is far from the others which is within mostBounded: the
	// column is computed so. It is not stored.
	bounded bool
}

// central is weight, mean and central sums.
type central struct {
	weight     dd.Number // sum of w
	mean       dd.Number // sum of w x / weight
	m2, m3, m4 dd.Number // sums of w (x-mean)^k
}

// newMoments returns the empty statistic.
func newMoments() *Moments { return &Moments{} }

// Add takes value x with weight w. A value that is not finite or exceeds
// MaxMagnitude, or a weight that is not positive and finite, is an error.
func (m *Moments) Add(x, w float64) error {
	if !(math.Abs(x) <= MaxMagnitude) {
		return fmt.Errorf("value is %v, not a number of magnitude up to %g", x, float64(MaxMagnitude))
	}
	if !(w > 0) || math.IsInf(w, 0) {
		return fmt.Errorf("weight is %v, not a positive finite number", w)
	}
	return m.Merge(momentsOf(x, w))
}

// momentsOf returns the moments of one value.
func momentsOf(x, w float64) *Moments {
	x += 0 // -0 becomes 0
	return &Moments{central: central{weight: dd.FromFloat(w), mean: dd.FromFloat(x)}, min: x, max: x}
}

// Merge adds what o has seen. It fails, without effect, when a sum would become
// larger than 1e300.
func (m *Moments) Merge(o *Moments) error {
	if m != o && m.fitsWith(o) {
		m.combine(o)
		return nil
	}
	next := m.Clone()
	next.combine(o)
	if !next.isInRange() {
		return fmt.Errorf("moments of weight %v and %v overflow", m.Weight(), o.Weight())
	}
	*m = *next
	return nil
}

// Subtract takes away what o has seen, without rounding. More weight than there is,
// or all weight with another mean, gives an error that wraps ErrNotLearned. Where the
// least or the largest value may be among those taken away, it is not known any more;
// when the weight becomes 0 everything is reset.
func (m *Moments) Subtract(o *Moments) error {
	if o.Empty() {
		return nil
	}
	whole, part := m.total(), o.total()
	rest, err := restWeight(whole.weight, part.weight)
	if err != nil {
		return err
	}
	if rest.IsZero() {
		if err := sameMean(whole.mean, part.mean, m.min, m.max); err != nil {
			return err
		}
		*m = Moments{}
		return nil
	}
	next := m.Clone()
	next.remove(o)
	if err := meanWithin(next.total().mean, m.min, m.max, rest.Hi/whole.weight.Hi); err != nil {
		return err
	}
	*m = *next
	return nil
}

// meanWithin refuses to leave a mean that is outside of all values that there were. The
// smaller the share of the weight that is left, the larger is the rounding.
func meanWithin(mean dd.Number, low, high, share float64) error {
	const rounding, ample = 0x1p-30, 0x1p-16
	slack := rounding * max(math.Abs(low), math.Abs(high)) * max(1, ample/share)
	if mean.Hi < low-slack || mean.Hi > high+slack {
		return fmt.Errorf("%w: values are taken away whose rest would have the mean %v, and all were from %v to %v", ErrNotLearned, mean.Float(), low, high)
	}
	return nil
}

// restWeight returns the weight that is left when part is taken from whole. A
// rest within rounding of 0 is 0; a negative one wraps ErrNotLearned.
func restWeight(whole, part dd.Number) (dd.Number, error) {
	// weights are summed in double-double: what is left by exact
	// cancellation is far below this, a real row far above
	const rounding = 0x1p-60
	rest := whole.Sub(part)
	switch {
	case math.Abs(rest.Hi) <= rounding*part.Hi:
		return dd.Number{}, nil
	case rest.Hi < 0:
		return dd.Number{}, fmt.Errorf("%w: weight %v taken from %v", ErrNotLearned, part.Float(), whole.Float())
	default:
		return rest, nil
	}
}

// sameMean refuses to take all values away by others of another mean. Rounding is
// relative to the values that there have been.
func sameMean(whole, part dd.Number, values ...float64) error {
	const rounding = 0x1p-30
	scale := max(math.Abs(whole.Hi), math.Abs(part.Hi))
	for _, x := range values {
		if x = math.Abs(x); x > scale {
			scale = x
		}
	}
	if !(math.Abs(whole.Sub(part).Hi) <= rounding*scale) {
		return fmt.Errorf("%w: values of mean %v taken from ones of mean %v", ErrNotLearned, part.Float(), whole.Float())
	}
	return nil
}

// Scale multiplies the weight by f, which must be positive and finite and must
// leave the sums finite. A weight below 2^-500 vanishes: the statistic is then
// empty.
func (m *Moments) Scale(f float64) error {
	if err := CheckScale(f); err != nil {
		return err
	}
	if err := m.scalable(f); err != nil {
		return err
	}
	m.scale(f)
	return nil
}

// scalable returns the error that scaling by f would give.
func (m *Moments) scalable(f float64) error {
	next := m.central.scaled(f)
	if !next.isInRange() || m.apart != nil && !m.apart.scalable(f) {
		return fmt.Errorf("scale factor %v takes moments of weight %v out of range", f, m.Weight())
	}
	return nil
}

// scale multiplies the weight by a factor that scalable has let pass.
func (m *Moments) scale(f float64) {
	if m.Weight()*f < leastWeight {
		*m = Moments{}
		return
	}
	m.central = m.central.scaled(f)
	if m.apart == nil {
		return
	}
	if m.apart.scale(f); m.apart.sums.IsZero() { // rows that weighed little beside the others
		m.apart = nil
	}
}

func (c central) scaled(f float64) central {
	c.weight, c.m2 = c.weight.MulFloat(f), c.m2.MulFloat(f)
	c.m3, c.m4 = c.m3.MulFloat(f), c.m4.MulFloat(f)
	return c
}

// Clone returns a copy.
func (m *Moments) Clone() *Moments {
	c := *m
	if m.apart != nil {
		c.apart = m.apart.clone()
	}
	return &c
}

// isInRange reports whether all sums are in range.
func (m *Moments) isInRange() bool {
	return m.central.isInRange() && (m.apart == nil || m.apart.isInRange())
}

func (c *central) isInRange() bool {
	return inRange(c.weight.Hi) && inRange(c.mean.Hi) && inRange(c.m2.Hi) && inRange(c.m3.Hi) && inRange(c.m4.Hi)
}
