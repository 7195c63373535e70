package wrap

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// DecayMaker makes statistics in which a row's weight halves every HalfLife of
// event time: forward decay (Cormode, Shkapenyuk, Srivastava, Xu, ICDE 2009),
// which still merges exactly.
type DecayMaker struct {
	Inner    stats.Maker
	HalfLife time.Duration
}

// New returns an empty decayed statistic; the half-life must be 1 ms or more.
func (m DecayMaker) New() (stats.Additive, error) {
	d, err := m.empty()
	if err != nil {
		return nil, err
	}
	return d, nil
}

// empty returns the statistic of no rows with the maker's checked settings.
func (m DecayMaker) empty() (*Decay, error) {
	if m.HalfLife < time.Millisecond {
		return nil, fmt.Errorf("decay half-life is %v, want 1ms or more", m.HalfLife)
	}
	inner, err := m.Inner.New()
	if err != nil {
		return nil, err
	}
	return &Decay{maker: m.Inner, halfLife: m.HalfLife, landmark: math.MinInt64, decayEnd: emptyDecayEnd(), inner: inner}, nil
}

// Decay weighs a row at time t by 2^((t-T)/h), where T is the time of the newest
// row and h the half-life. What is kept has weights relative to a landmark, the
// multiple of h below T, so that moving it scales by a power of two, which is
// exact: in which order rows come, and how they are split, does not change the
// result. Weight and Collapse take what is kept to T. A row far ahead of all others is
// held apart and does not count until another one is there (decayEnd).
//
// Each row says by which factor it has lost weight (stats.Rows.Factors), so that
// the statistics know how many rows they are worth.
type Decay struct {
	maker    stats.Maker
	halfLife time.Duration
	landmark int64 // in half-lives since 1970; math.MinInt64 before the second row
	decayEnd
	held  stats.Additive // the newest row at its own landmark while it is lone, else nil
	inner stats.Additive // all others
}

var (
	_ stats.Additive  = (*Decay)(nil)
	_ stats.Accepter  = (*Decay)(nil)
	_ stats.Collapser = (*Decay)(nil)
	_ stats.Fading    = (*Decay)(nil)
)

// maxHalfLives is how old rows may grow, in half-lives before the landmark,
// until they are dropped: they weigh less than 1e-60 then.
const maxHalfLives = 200

// advance moves the landmark to a later one.
func (d *Decay) advance(landmark int64) error {
	if landmark <= d.landmark {
		return nil
	}
	inner, err := d.movedTo(landmark)
	if err != nil {
		return err
	}
	d.inner, d.landmark = inner, landmark
	return nil
}

// movedTo returns the inner statistic as seen from a later landmark. The
// receiver's own is reused, which is safe as it is replaced.
func (d *Decay) movedTo(landmark int64) (stats.Additive, error) {
	switch {
	case landmark == d.landmark || d.landmark == math.MinInt64:
		return d.inner, nil
	case landmark-d.landmark > maxHalfLives:
		return d.maker.New()
	}
	return d.inner, d.inner.Scale(math.Ldexp(1, -int(landmark-d.landmark)))
}

// Learn adds the rows, which must have times, with their decayed weights.
func (d *Decay) Learn(layout *stats.Layout, rows *stats.Rows) error {
	if err := d.check(layout, rows); err != nil || rows.N == 0 {
		return err
	}
	next, err := d.accepted(layout, rows)
	if err != nil {
		return err
	}
	held := d.held
	if next.lone != nil {
		if held, err = d.maker.New(); err == nil {
			err = held.Learn(layout, next.lone)
		}
		if err != nil {
			return err
		}
	}
	if err := d.advance(next.landmark); err != nil {
		return err
	}
	if d.held != nil && next.joins {
		if err := mergeMoved(d.inner, d.held, d.period(d.newest), d.landmark); err != nil {
			return err
		}
		if next.lone == nil {
			held = nil
		}
	}
	d.decayEnd, d.held = next.end, held
	return d.inner.Learn(layout, next.others)
}

// Accepts refuses rows without times and those that become too heavy, and asks
// what decays.
func (d *Decay) Accepts(layout *stats.Layout, rows *stats.Rows) error {
	if err := d.check(layout, rows); err != nil || rows.N == 0 {
		return err
	}
	_, err := d.accepted(layout, rows)
	return err
}

// mergeMoved adds a statistic whose weights are of one landmark to another of a later
// one. One without a landmark has no rows.
func mergeMoved(to, from stats.Additive, landmark, later int64) error {
	if landmark == math.MinInt64 || landmark == later {
		return to.Merge(from)
	}
	if later-landmark > maxHalfLives {
		return nil
	}
	moved := from.Clone()
	if err := moved.Scale(math.Ldexp(1, -int(later-landmark))); err != nil {
		return err
	}
	return to.Merge(moved)
}

// mark returns the landmark of an end, math.MinInt64 where no row but a lone one is.
func (d *Decay) mark(e decayEnd) int64 {
	if e.second == math.MinInt64 {
		return math.MinInt64
	}
	return d.period(e.at(int64(d.halfLife)))
}

// period returns the half-life in which a time lies, counted from 1970.
func (d *Decay) period(t int64) int64 {
	if t == math.MinInt64 {
		return t
	}
	return floorDiv(t, int64(d.halfLife))
}

// rest is the part of a half-life by which a time is later than the beginning
// of its period.
func (d *Decay) rest(t, period int64) float64 {
	return float64(t-period*int64(d.halfLife)) / float64(d.halfLife)
}

// toEnd is the factor that takes weights from the landmark to the time of which they are.
func (d *Decay) toEnd() float64 {
	if d.landmark == math.MinInt64 {
		return 1
	}
	return 1 / math.Exp2(d.rest(d.at(int64(d.halfLife)), d.landmark))
}

// counting returns what counts, and the factor that takes its weights to the end: the
// only row of all, or all but a lone one.
func (d *Decay) counting() (stats.Additive, float64) {
	if d.landmark == math.MinInt64 && d.held != nil {
		return d.held, 1 / math.Exp2(d.rest(d.newest, d.period(d.newest)))
	}
	return d.inner, d.toEnd()
}

// decayStep is what rows make of a Decay.
type decayStep struct {
	end      decayEnd
	landmark int64
	lone     *stats.Rows // the row that is held apart from now on, nil for none
	others   *stats.Rows // with their weights at the landmark
	joins    bool        // the row that was held counts from now on
}

// accepted returns what the rows make of the statistic, which has been asked.
func (d *Decay) accepted(layout *stats.Layout, rows *stats.Rows) (next decayStep, err error) {
	next.end = d.decayEnd
	for _, t := range rows.Times {
		next.end.add(t)
	}
	next.landmark = d.mark(next.end)
	lone := next.end.lone(int64(d.halfLife))
	next.joins = !lone || next.end.newest != d.newest
	at := -1
	if lone && next.joins {
		at = slices.Index(rows.Times, next.end.newest)
		next.lone = d.weighted(rows, d.period(next.end.newest), func(i int) bool { return i == at })
	}
	next.others = d.weighted(rows, next.landmark, func(i int) bool { return i != at })
	if len(rows.Weights) > 0 { // else a row weighs less than 2
		if err := next.others.Validate(layout); err != nil {
			return next, err
		}
		if next.lone != nil {
			if err := next.lone.Validate(layout); err != nil {
				return next, err
			}
		}
	}
	if next.lone != nil {
		if err := stats.Accepts(d.inner, layout, next.lone); err != nil {
			return next, err
		}
	}
	return next, stats.Accepts(d.inner, layout, next.others)
}

// holds reports whether a row of that time is the one that is held apart.
func (d *Decay) holds(t int64) bool { return d.held != nil && t == d.newest }

// Forget takes the rows away with the weight that they have decayed to.
func (d *Decay) Forget(layout *stats.Layout, rows *stats.Rows) error {
	if err := d.check(layout, rows); err != nil || rows.N == 0 {
		return err
	}
	apart := false
	for _, t := range rows.Times {
		if d.holds(t) {
			apart = true
		} else if d.period(t) > d.landmark {
			return fmt.Errorf("%w: a row is newer than all that were learned", stats.ErrNotLearned)
		}
	}
	held := d.held
	if apart {
		held = d.held.Clone()
		if err := held.Forget(layout, d.weighted(rows, d.period(d.newest), func(i int) bool { return d.holds(rows.Times[i]) })); err != nil {
			return err
		}
	}
	if err := d.inner.Forget(layout, d.weighted(rows, d.landmark, func(i int) bool { return !d.holds(rows.Times[i]) })); err != nil {
		return err
	}
	d.held = held
	return nil
}

func (d *Decay) check(layout *stats.Layout, rows *stats.Rows) error {
	if err := rows.Validate(layout); err != nil {
		return err
	}
	if len(rows.Times) != rows.N {
		return fmt.Errorf("%w: decay needs the time of each row", stats.ErrIncompatible)
	}
	return nil
}

// weighted returns those of some rows that count at a landmark, with their weights: those
// that are not too old and whose weight has not become 0. The power of two is split into its whole and its fractional part so that the fraction
// rounds the same whatever the landmark is.
func (d *Decay) weighted(rows *stats.Rows, landmark int64, of func(i int) bool) *stats.Rows {
	out := &stats.Rows{Numeric: rows.Numeric, Categorical: rows.Categorical, Forgotten: rows.Forgotten}
	for i, t := range rows.Times {
		period := d.period(t)
		if !of(i) || landmark-period > maxHalfLives {
			continue
		}
		factor := math.Ldexp(math.Exp2(d.rest(t, period)), int(period-landmark))
		w := factor * rows.Weight(i)
		if w == 0 {
			continue
		}
		out.Append(rows, i)
		out.Weights = append(out.Weights[:out.N-1], w)
		out.Factors = append(out.Factors[:out.N-1], factor)
	}
	return out
}

// InWords names the kind of statistic, for errors.
func (*Decay) InWords() string { return "decayed statistics" }

// operand returns the other as a Decay of the same half-life: weights of another
// one cannot be brought to a common time.
func (d *Decay) operand(other stats.Additive) (*Decay, error) {
	o, ok := other.(*Decay)
	if !ok {
		return nil, fmt.Errorf("%w: %s and %s", stats.ErrIncompatible, d.InWords(), stats.InWords(other))
	}
	if o.halfLife != d.halfLife {
		return nil, fmt.Errorf("%w: half-lives %v and %v", stats.ErrIncompatible, d.halfLife, o.halfLife)
	}
	return o, nil
}

// Merge adds the other at the landmark of the rows of both.
func (d *Decay) Merge(other stats.Additive) error {
	o, err := d.operand(other)
	if err != nil {
		return err
	}
	next := &Decay{maker: d.maker, halfLife: d.halfLife, decayEnd: d.merged(o.decayEnd)}
	next.landmark = d.mark(next.decayEnd)
	if next.inner, err = d.others(next.landmark); err != nil {
		return err
	}
	if err := mergeMoved(next.inner, o.inner, o.landmark, next.landmark); err != nil {
		return err
	}
	for _, part := range []*Decay{d, o} {
		switch {
		case part.held == nil:
		case next.lone(int64(d.halfLife)) && part.newest == next.newest:
			next.held = part.held.Clone()
		default:
			if err := mergeMoved(next.inner, part.held, d.period(part.newest), next.landmark); err != nil {
				return err
			}
		}
	}
	*d = *next
	return nil
}

// others returns a copy of all rows but the one that is held, as seen from a later landmark.
func (d *Decay) others(landmark int64) (stats.Additive, error) {
	c := d.clone()
	if err := c.advance(landmark); err != nil {
		return nil, err
	}
	return c.inner, nil
}

// Subtract takes the other away, at the later of the two landmarks.
func (d *Decay) Subtract(other stats.Additive) error {
	o, err := d.operand(other)
	if err != nil {
		return err
	}
	next := d.clone()
	apart := o.held != nil && d.holds(o.newest)
	if apart {
		if err := next.held.Subtract(o.held); err != nil {
			return err
		}
	}
	theirs := o.landmark
	if o.held != nil && !apart {
		theirs = max(theirs, d.period(o.newest))
	}
	if theirs > next.landmark { // never of rows that were learned
		next.decayEnd = decayEnd{newest: max(d.newest, o.newest), second: max(d.newest, o.newest)}
		if err := next.advance(d.mark(next.decayEnd)); err != nil {
			return err
		}
		next.held = nil
	}
	sum, err := d.maker.New()
	if err != nil {
		return err
	}
	err = mergeMoved(sum, o.inner, o.landmark, next.landmark)
	if err == nil && o.held != nil && !apart {
		err = mergeMoved(sum, o.held, d.period(o.newest), next.landmark)
	}
	if err == nil {
		err = next.inner.Subtract(sum)
	}
	if err != nil {
		return err
	}
	*d = *next
	return nil
}

// Scale multiplies every weight by f.
func (d *Decay) Scale(f float64) error {
	held := d.held
	if held != nil {
		held = held.Clone()
		if err := held.Scale(f); err != nil {
			return err
		}
	}
	if err := d.inner.Scale(f); err != nil {
		return err
	}
	d.held = held
	return nil
}

// Clone returns a deep copy.
func (d *Decay) Clone() stats.Additive { return d.clone() }

func (d *Decay) clone() *Decay {
	c := &Decay{maker: d.maker, halfLife: d.halfLife, landmark: d.landmark, decayEnd: d.decayEnd, inner: d.inner.Clone()}
	if d.held != nil {
		c.held = d.held.Clone()
	}
	return c
}

// Weight returns the decayed weight of the rows that count, as of the end.
func (d *Decay) Weight() float64 {
	inner, f := d.counting()
	return inner.Weight() * f
}

// Collapse returns the inner statistic of the rows that count, with weights as of the
// end. It is a copy unless they are kept so.
func (d *Decay) Collapse() (stats.Additive, error) {
	inner, f := d.counting()
	if f == 1 {
		return inner, nil
	}
	out := inner.Clone()
	if err := out.Scale(f); err != nil {
		return nil, fmt.Errorf("weights as of the newest row: %w", err)
	}
	return out, nil
}

// Current returns the same as Collapse.
func (d *Decay) Current() (stats.Additive, error) { return d.Collapse() }
