package wrap

import (
	"fmt"
	"maps"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// keyed holds one Additive per key: what windows, folds and partitions have in
// common. A key without rows does not exist.
type keyed[K int64 | string] struct {
	maker stats.Maker
	parts map[K]stats.Additive
	fresh stats.Additive // an empty part that stays empty, made when it is asked
}

func newKeyed[K int64 | string](maker stats.Maker) keyed[K] {
	return keyed[K]{maker: maker, parts: map[K]stats.Additive{}}
}

// keys returns the keys in order.
func (k *keyed[K]) keys() []K { return slices.Sorted(maps.Keys(k.parts)) }

// split gathers the rows of each key; keep is false for rows that go nowhere.
func (k *keyed[K]) split(rows *stats.Rows, keyOf func(i int) (key K, keep bool)) map[K]*stats.Rows {
	out := map[K]*stats.Rows{}
	for i := range rows.N {
		key, keep := keyOf(i)
		if !keep {
			continue
		}
		part := out[key]
		if part == nil {
			part = &stats.Rows{Numeric: rows.Numeric, Categorical: rows.Categorical, Forgotten: rows.Forgotten}
			out[key] = part
		}
		part.Append(rows, i)
	}
	return out
}

// apply runs change on a copy of each part that it touches and then puts all
// copies in place, so that a failure changes nothing. A missing part starts empty.
func (k *keyed[K]) apply(touched []K, change func(key K, part stats.Additive) error) error {
	next := make(map[K]stats.Additive, len(touched))
	for _, key := range touched {
		part, err := k.copyOf(key)
		if err != nil {
			return err
		}
		if err := change(key, part); err != nil {
			return err
		}
		next[key] = part
	}
	maps.Copy(k.parts, next)
	return nil
}

func (k *keyed[K]) copyOf(key K) (stats.Additive, error) {
	if part, ok := k.parts[key]; ok {
		return part.Clone(), nil
	}
	return k.maker.New()
}

// Accepts asks all parts, and an empty one for those that are still to come.
func (k *keyed[K]) Accepts(layout *stats.Layout, rows *stats.Rows) error {
	if k.fresh == nil {
		fresh, err := k.maker.New()
		if err != nil {
			return err
		}
		k.fresh = fresh
	}
	if err := stats.Accepts(k.fresh, layout, rows); err != nil {
		return err
	}
	for _, part := range k.parts {
		if err := stats.Accepts(part, layout, rows); err != nil {
			return err
		}
	}
	return nil
}

// learn adds rows that Accepts has let pass. Parts then take them without
// failing, so no copy is made.
func (k *keyed[K]) learn(layout *stats.Layout, rows map[K]*stats.Rows) error {
	for _, key := range slices.Sorted(maps.Keys(rows)) {
		part, ok := k.parts[key]
		if !ok {
			var err error
			if part, err = k.maker.New(); err != nil {
				return err
			}
			k.parts[key] = part
		}
		if err := part.Learn(layout, rows[key]); err != nil {
			return err
		}
	}
	return nil
}

// forget refuses rows of a key that does not exist, before any part is copied.
func (k *keyed[K]) forget(layout *stats.Layout, rows map[K]*stats.Rows) error {
	for key := range rows {
		if k.parts[key] == nil {
			return fmt.Errorf("%w: no rows under key %v", stats.ErrNotLearned, key)
		}
	}
	touched := slices.Sorted(maps.Keys(rows))
	if err := k.apply(touched, func(key K, part stats.Additive) error { return part.Forget(layout, rows[key]) }); err != nil {
		return err
	}
	k.dropEmpty(touched...)
	return nil
}

// dropEmpty removes those of the parts of which all rows have been taken away, as
// a key without rows does not exist.
func (k *keyed[K]) dropEmpty(keys ...K) {
	for _, key := range keys {
		if k.parts[key].Weight() == 0 {
			delete(k.parts, key)
		}
	}
}

func (k *keyed[K]) merge(o *keyed[K]) error {
	return k.apply(o.keys(), func(key K, part stats.Additive) error { return part.Merge(o.parts[key]) })
}

func (k *keyed[K]) subtract(o *keyed[K]) error {
	for key := range o.parts {
		if k.parts[key] == nil {
			return fmt.Errorf("%w: no rows under key %v", stats.ErrNotLearned, key)
		}
	}
	touched := o.keys()
	if err := k.apply(touched, func(key K, part stats.Additive) error { return part.Subtract(o.parts[key]) }); err != nil {
		return err
	}
	k.dropEmpty(touched...)
	return nil
}

// scale checks f itself, so that a bad factor is an error without parts too.
func (k *keyed[K]) scale(f float64) error {
	if err := stats.CheckScale(f); err != nil {
		return err
	}
	return k.apply(k.keys(), func(_ K, part stats.Additive) error { return part.Scale(f) })
}

func (k *keyed[K]) clone() keyed[K] {
	out := newKeyed[K](k.maker)
	for key, part := range k.parts {
		out.parts[key] = part.Clone()
	}
	return out
}

// Weight returns the weight of the rows of all parts.
func (k *keyed[K]) Weight() float64 {
	sum := 0.0
	for _, key := range k.keys() {
		sum += k.parts[key].Weight()
	}
	return sum
}

// collapse merges in the order of the keys, so its rounding is the same every time.
// It costs one merge for each part.
func (k *keyed[K]) collapse() (stats.Additive, error) {
	whole, err := k.maker.New()
	if err != nil {
		return nil, err
	}
	for _, key := range k.keys() {
		if err := whole.Merge(k.parts[key]); err != nil {
			return nil, err
		}
	}
	return whole, nil
}

// encode appends the number of parts, and of each key and bytes, in the order of
// the keys: equal statistics have equal bytes.
func (k *keyed[K]) encode(w *wire.Writer, putKey func(K)) {
	w.Uvarint(uint64(len(k.parts)))
	for _, key := range k.keys() {
		putKey(key)
		k.parts[key].Encode(w)
	}
}

// decode reads parts in ascending order of their keys.
func (k *keyed[K]) decode(r *wire.Reader, key func() K) error {
	var before K
	for i := range r.Count(2) {
		at := key()
		if i > 0 && at <= before {
			r.Fail("parts out of order")
		}
		if err := r.Err(); err != nil {
			return err
		}
		before = at
		part, err := k.maker.Decode(r)
		if err != nil {
			return err
		}
		k.parts[at] = part
	}
	return r.Err()
}
