package wrap

import (
	"fmt"
	"math"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
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
	return &Decay{maker: m.Inner, halfLife: m.HalfLife, landmark: math.MinInt64, newest: math.MinInt64, inner: inner}, nil
}

// Decode reads what Decay.Encode wrote.
func (m DecayMaker) Decode(r *wire.Reader) (stats.Additive, error) {
	d, err := m.empty()
	if err != nil {
		return nil, err
	}
	halfLife := r.Varint()
	timed := halfLife == decayTimed
	if timed {
		halfLife = r.Varint()
	}
	if h := time.Duration(halfLife); r.Err() == nil && h != d.halfLife {
		return nil, fmt.Errorf("%w: stored project decays with half-life %v, the settings say %v", stats.ErrIncompatible, h, d.halfLife)
	}
	if err := d.decodeTime(r, timed); err != nil {
		return nil, err
	}
	d.inner, err = m.Inner.Decode(r)
	return d, err
}

// decayTimed is what the bytes begin with that hold the time of the newest row.
// It is not a half-life, with which they began before.
const decayTimed = -2

// decodeTime reads the landmark and, when there is one, the time of the newest
// row, which is else that of the landmark.
func (d *Decay) decodeTime(r *wire.Reader, timed bool) error {
	d.landmark = r.Varint()
	switch {
	case timed:
		d.newest = r.Varint()
	case d.landmark != math.MinInt64:
		d.newest = d.landmark * int64(d.halfLife)
	}
	if r.Err() == nil && d.period(d.newest) != d.landmark {
		return fmt.Errorf("%w: landmark is %d, the newest row of time %d", wire.ErrCorrupt, d.landmark, d.newest)
	}
	return nil
}

// Decay weighs a row at time t by 2^((t-T)/h), where T is the time of the newest
// row and h the half-life. What is kept has weights relative to a landmark, the
// multiple of h below T, so that moving it scales by a power of two, which is
// exact: in which order rows come, and how they are split, does not change the
// result. Weight and Collapse take what is kept to T.
//
// Each row says by which factor it has lost weight (stats.Rows.Factors), so that
// the statistics know how many rows they are worth.
type Decay struct {
	maker    stats.Maker
	halfLife time.Duration
	landmark int64 // in half-lives since 1970; math.MinInt64 before the first row
	newest   int64 // time of the newest row; math.MinInt64 before the first
	inner    stats.Additive
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
	weighted, newest, err := d.accepted(layout, rows)
	if err != nil {
		return err
	}
	if err := d.advance(d.period(newest)); err != nil {
		return err
	}
	d.newest = newest
	return d.inner.Learn(layout, weighted)
}

// Accepts refuses rows without times and those that become too heavy, and asks
// what decays.
func (d *Decay) Accepts(layout *stats.Layout, rows *stats.Rows) error {
	if err := d.check(layout, rows); err != nil || rows.N == 0 {
		return err
	}
	_, _, err := d.accepted(layout, rows)
	return err
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

// toNewest is the factor that takes weights from the landmark to the newest row.
func (d *Decay) toNewest() float64 {
	if d.newest == math.MinInt64 {
		return 1
	}
	return 1 / math.Exp2(d.rest(d.newest, d.landmark))
}

// accepted returns the rows with the weights that they have at the landmark to
// which they move the statistic, and the time of the newest row then.
func (d *Decay) accepted(layout *stats.Layout, rows *stats.Rows) (weighted *stats.Rows, newest int64, err error) {
	newest = d.newest
	for _, t := range rows.Times {
		newest = max(newest, t)
	}
	weighted = d.weighted(rows, d.period(newest))
	if len(rows.Weights) > 0 { // else a row weighs less than 2
		if err := weighted.Validate(layout); err != nil {
			return nil, 0, err
		}
	}
	return weighted, newest, stats.Accepts(d.inner, layout, weighted)
}

// Forget takes the rows away with the weight that they have decayed to.
func (d *Decay) Forget(layout *stats.Layout, rows *stats.Rows) error {
	if err := d.check(layout, rows); err != nil || rows.N == 0 {
		return err
	}
	for _, t := range rows.Times {
		if d.period(t) > d.landmark {
			return fmt.Errorf("%w: a row is newer than all that were learned", stats.ErrNotLearned)
		}
	}
	return d.inner.Forget(layout, d.weighted(rows, d.landmark))
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

// weighted returns the rows that count at a landmark, with their weights: those
// that are not too old and whose weight has not become 0. The power of two is split into its whole and its fractional part so that the fraction
// rounds the same whatever the landmark is.
func (d *Decay) weighted(rows *stats.Rows, landmark int64) *stats.Rows {
	out := &stats.Rows{Numeric: rows.Numeric, Categorical: rows.Categorical, Forgotten: rows.Forgotten}
	for i, t := range rows.Times {
		period := d.period(t)
		if landmark-period > maxHalfLives {
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

// operand returns the other as a Decay of the same half-life: weights of another
// one cannot be brought to a common time.
func (d *Decay) operand(other stats.Additive) (*Decay, error) {
	o, ok := other.(*Decay)
	if !ok {
		return nil, fmt.Errorf("%w: a decayed statistic and a %T", stats.ErrIncompatible, other)
	}
	if o.halfLife != d.halfLife {
		return nil, fmt.Errorf("%w: half-lives %v and %v", stats.ErrIncompatible, d.halfLife, o.halfLife)
	}
	return o, nil
}

// aligned returns copies of both inner statistics at the later landmark.
func (d *Decay) aligned(o *Decay) (mine, theirs stats.Additive, landmark int64, err error) {
	a, b := d.clone(), o.clone()
	landmark = max(a.landmark, b.landmark)
	if err := a.advance(landmark); err != nil {
		return nil, nil, 0, err
	}
	if err := b.advance(landmark); err != nil {
		return nil, nil, 0, err
	}
	return a.inner, b.inner, landmark, nil
}

// Merge adds the other at the later of the two landmarks.
func (d *Decay) Merge(other stats.Additive) error {
	return d.combine(other, func(mine, theirs stats.Additive) error { return mine.Merge(theirs) })
}

// Subtract takes the other away at the later of the two landmarks.
func (d *Decay) Subtract(other stats.Additive) error {
	return d.combine(other, func(mine, theirs stats.Additive) error { return mine.Subtract(theirs) })
}

// combine works on copies, so a failure changes neither operand.
func (d *Decay) combine(other stats.Additive, verb func(mine, theirs stats.Additive) error) error {
	o, err := d.operand(other)
	if err != nil {
		return err
	}
	mine, theirs, landmark, err := d.aligned(o)
	if err != nil {
		return err
	}
	if err := verb(mine, theirs); err != nil {
		return err
	}
	d.inner, d.landmark, d.newest = mine, landmark, max(d.newest, o.newest)
	return nil
}

// Scale multiplies every weight by f.
func (d *Decay) Scale(f float64) error { return d.inner.Scale(f) }

// Clone returns a deep copy.
func (d *Decay) Clone() stats.Additive { return d.clone() }

func (d *Decay) clone() *Decay {
	return &Decay{maker: d.maker, halfLife: d.halfLife, landmark: d.landmark, newest: d.newest, inner: d.inner.Clone()}
}

// Weight returns the decayed weight of all rows, as of the newest.
func (d *Decay) Weight() float64 { return d.inner.Weight() * d.toNewest() }

// Collapse returns the inner statistic, with weights as of the newest row. It is
// a copy unless they are kept so.
func (d *Decay) Collapse() (stats.Additive, error) {
	f := d.toNewest()
	if f == 1 {
		return d.inner, nil
	}
	out := d.inner.Clone()
	if err := out.Scale(f); err != nil {
		return nil, fmt.Errorf("weights as of the newest row: %w", err)
	}
	return out, nil
}

// Current returns the same as Collapse.
func (d *Decay) Current() (stats.Additive, error) { return d.Collapse() }

// Encode appends a mark of the format, half-life, landmark, the time of the
// newest row and the inner statistic.
func (d *Decay) Encode(w *wire.Writer) {
	w.Varint(decayTimed)
	w.Varint(int64(d.halfLife))
	w.Varint(d.landmark)
	w.Varint(d.newest)
	d.inner.Encode(w)
}
