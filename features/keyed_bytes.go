package features

import (
	"errors"
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// errChanged is wrapped when a record was written for other features.
var errChanged = errors.New("state was kept for other features")

// keyedVersion is the first byte of an encoded state.
const keyedVersion = 1

// codec makes the state of shards.
type codec struct {
	plan    *Plan
	limits  Limits
	earlier []*Plan // whose state is carried over
}

var _ state.Codec[*keyed] = codec{}

// New returns the empty state.
func (c codec) New() (*keyed, error) { return newKeyed(c.plan, c.limits), nil }

// Encode writes format version (1), the plan's mark, the number of rows, keys
// (the one not used for longest first), remembered answers and pages.
func (k *keyed) Encode(w *wire.Writer) {
	w.Byte(keyedVersion)
	w.Uint64(k.plan.mark)
	w.Uvarint(k.rows)
	w.Uvarint(uint64(k.entities.Len()))
	for e := range k.entities.OldestFirst() {
		e.Value.encode(w)
	}
	w.Uvarint(uint64(k.answers.Len()))
	for offset, values := range k.answers.All() {
		w.Varint(offset)
		w.Float64s(values)
	}
	k.encodePages(w)
}

// Decode reads what Encode wrote. The error wraps wire.ErrCorrupt,
// wire.ErrUnknownVersion, or errChanged when the features are others.
func (c codec) Decode(r *wire.Reader) (*keyed, error) {
	k := newKeyed(c.plan, c.limits)
	if version := r.Byte(); r.Err() == nil && version != keyedVersion {
		return nil, fmt.Errorf("%w: %d, this build reads %d", wire.ErrUnknownVersion, version, keyedVersion)
	}
	mark := r.Uint64()
	if r.Err() == nil && mark != c.plan.mark {
		for _, p := range c.earlier {
			if p.mark == mark {
				k = newKeyed(p, c.limits)
			}
		}
		if k.plan.mark != mark {
			return nil, fmt.Errorf("%w: the mark is %016x, these features have %016x; give sml_features the features that the state has by now, as `sml alter --features` has set them, and start it again; or another `name`, under which their state begins anew", errChanged, mark, c.plan.mark)
		}
	}
	k.rows = r.Uvarint()
	for range r.Count(1) {
		e := k.plan.decodeEntity(r)
		if r.Err() != nil {
			return nil, r.Err()
		}
		if k.entities.Get(e.key) != nil {
			r.Fail("key %.100q occurs twice", e.key)
			return nil, r.Err()
		}
		k.entities.Add(e.key, e)
	}
	k.decodeAnswers(r)
	k.decodePages(r)
	if r.Err() != nil {
		return nil, r.Err()
	}
	if k.plan != c.plan {
		k = k.under(c.plan, c.limits)
	}
	return k, nil
}

func (k *keyed) decodeAnswers(r *wire.Reader) {
	width := len(k.plan.specs)
	for range r.Count(1 + 8*width) {
		offset, values := r.Varint(), make([]float64, width)
		r.Float64s(values)
		for _, x := range values {
			if math.IsInf(x, 0) {
				r.Fail("remembered feature is %v", x)
			}
		}
		if r.Err() != nil {
			return
		}
		k.answers.Add(offset, values, k.limits.Replay)
	}
}
