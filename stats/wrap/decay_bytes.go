package wrap

import (
	"fmt"
	"math"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Decode reads what Decay.Encode wrote.
func (m DecayMaker) Decode(r *wire.Reader) (stats.Additive, error) {
	d, err := m.empty()
	if err != nil {
		return nil, err
	}
	form := r.Varint()
	halfLife := form
	if form == decayTimed || form == decayEnded {
		halfLife = r.Varint()
	}
	if h := time.Duration(halfLife); r.Err() == nil && h != d.halfLife {
		return nil, fmt.Errorf("%w: stored project decays with half-life %v, the settings say %v", stats.ErrIncompatible, h, d.halfLife)
	}
	if err := d.decodeTime(r, form); err != nil {
		return nil, err
	}
	if form == decayEnded && r.Bool() {
		if d.held, err = m.Inner.Decode(r); err != nil {
			return nil, err
		}
	}
	d.inner, err = m.Inner.Decode(r)
	return d, err
}

// What the bytes begin with that hold the time of the newest row, and those that hold
// that of the second newest too. They are no half-lives, with which they began before.
const (
	decayTimed = -2
	decayEnded = -3
)

// decodeTime reads the landmark and the times of the two newest rows. Bytes without the
// second hold a newest row that counts, and those without either that of the landmark.
func (d *Decay) decodeTime(r *wire.Reader, form int64) error {
	d.landmark = r.Varint()
	switch {
	case form == decayTimed || form == decayEnded:
		d.newest = r.Varint()
	case d.landmark != math.MinInt64:
		d.newest = d.landmark * int64(d.halfLife)
	}
	d.second = d.newest
	if form == decayEnded {
		d.second = r.Varint()
	}
	if r.Err() == nil && (d.second > d.newest || d.mark(d.decayEnd) != d.landmark) {
		return fmt.Errorf("%w: landmark is %d, the two newest rows of the times %d and %d", wire.ErrCorrupt, d.landmark, d.newest, d.second)
	}
	return nil
}

// Encode appends a mark of the format, half-life, landmark, the times of the two newest
// rows, the row that is held apart, if any, and the inner statistic.
func (d *Decay) Encode(w *wire.Writer) {
	w.Varint(decayEnded)
	w.Varint(int64(d.halfLife))
	w.Varint(d.landmark)
	w.Varint(d.newest)
	w.Varint(d.second)
	w.Bool(d.held != nil)
	if d.held != nil {
		d.held.Encode(w)
	}
	d.inner.Encode(w)
}
