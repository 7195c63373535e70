package features

import (
	"errors"
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// ErrChanged is wrapped when a record was written for other features.
var ErrChanged = errors.New("state was kept for other features")

// keyedVersion is the first byte of an encoded Keyed.
const keyedVersion = 1

// Maker makes the state of shards.
type Maker struct {
	Plan   *Plan
	Limits Limits
}

var _ state.Codec[*Keyed] = Maker{}

// New returns the empty state.
func (m Maker) New() (*Keyed, error) { return NewKeyed(m.Plan, m.Limits), nil }

// Encode writes format version (1), the plan's mark, the number of rows, keys
// (the one not used for longest first), remembered answers and pages.
func (k *Keyed) Encode(w *wire.Writer) {
	w.Byte(keyedVersion)
	w.Uint64(k.plan.mark)
	w.Uvarint(k.rows)
	w.Uvarint(uint64(len(k.entities)))
	for e := k.oldest; e != nil; e = e.newer {
		e.encode(w)
	}
	w.Uvarint(uint64(len(k.answers)))
	for _, a := range k.answers {
		w.Varint(a.offset)
		w.Float64s(a.values)
	}
	k.encodePages(w)
}

// Decode reads what Encode wrote. The error wraps wire.ErrCorrupt,
// wire.ErrUnknownVersion, or ErrChanged when the features are others.
func (m Maker) Decode(r *wire.Reader) (*Keyed, error) {
	k := NewKeyed(m.Plan, m.Limits)
	if version := r.Byte(); r.Err() == nil && version != keyedVersion {
		return nil, fmt.Errorf("%w: %d, this build reads %d", wire.ErrUnknownVersion, version, keyedVersion)
	}
	if mark := r.Uint64(); r.Err() == nil && mark != m.Plan.mark {
		return nil, fmt.Errorf("%w: the mark is %016x, these features have %016x", ErrChanged, mark, m.Plan.mark)
	}
	k.rows = r.Uvarint()
	for range r.Count(1) {
		e := m.Plan.decodeEntity(r)
		if r.Err() != nil {
			return nil, r.Err()
		}
		if k.entities[e.key] != nil {
			r.Fail("key %.100q occurs twice", e.key)
			return nil, r.Err()
		}
		k.entities[e.key] = e
		k.append(e)
	}
	k.decodeAnswers(r)
	k.decodePages(r)
	if r.Err() != nil {
		return nil, r.Err()
	}
	return k, nil
}

func (k *Keyed) decodeAnswers(r *wire.Reader) {
	width := len(k.plan.specs)
	for range r.Count(1 + 8*width) {
		a := answer{offset: r.Varint(), values: make([]float64, width)}
		r.Float64s(a.values)
		for _, x := range a.values {
			if math.IsInf(x, 0) {
				r.Fail("remembered feature is %v", x)
			}
		}
		if r.Err() != nil {
			return
		}
		k.answers = append(k.answers, a)
	}
	k.answers = k.answers[max(0, len(k.answers)-k.limits.Replay):]
}

// Clone returns a deep copy.
func (k *Keyed) Clone() *Keyed {
	var w wire.Writer
	k.Encode(&w)
	copied, err := Maker{Plan: k.plan, Limits: k.limits}.Decode(wire.NewReader(w.Bytes()))
	if err != nil {
		return NewKeyed(k.plan, k.limits) // cannot be: Decode reads what Encode writes
	}
	return copied
}
