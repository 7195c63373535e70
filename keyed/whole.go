package keyed

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/paged"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Whole returns a copy that has every key in memory and names no values, so that
// its bytes are all there is to it. The error wraps state.ErrStore; it wraps
// state.ErrNotFound too where the owner of the shard has written meanwhile, or a
// value was lost.
func (k *Keyed) Whole(ctx context.Context, values *paged.Values) (*Keyed, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.open(ctx, values); err != nil {
		return nil, err
	}
	found, err := k.pages.All(ctx, values)
	if err != nil {
		return nil, err
	}
	out := k.maker.over(k.inner.Clone())
	out.loaded = true
	for i, page := range found {
		for _, key := range slices.Sorted(maps.Keys(page)) {
			if k.entries.Get(key) != nil {
				continue
			}
			if err := out.insert(key, page[key], inRecord); err != nil {
				return nil, err
			}
		}
		found[i] = nil
	}
	for _, e := range k.alphabetical() {
		out.put(e.Key, e.Value.statistic.Clone())
	}
	return out, nil
}

// put makes a statistic that of a key.
func (k *Keyed) put(key string, statistic stats.Additive) {
	e := k.entries.Get(key)
	if e == nil {
		e = k.entries.Add(key, entry{})
	}
	e.Value.statistic = statistic
	k.change(&e.Value)
}

// alphabetical returns the entries in memory in the order of their keys.
func (k *Keyed) alphabetical() []*paged.Entry[entry] {
	return slices.SortedFunc(k.entries.OldestFirst(), func(a, b *paged.Entry[entry]) int { return cmp.Compare(a.Key, b.Key) })
}

// MergeKeys adds the keys of o. Both must be Whole. A key that k has not is laid
// out as layout says before, so that attributes that it has under other places
// are matched by name. The error wraps stats.ErrIncompatible; some keys may then
// have been added.
func (k *Keyed) MergeKeys(o *Keyed, layout *stats.Layout) error {
	none := &stats.Rows{Numeric: len(layout.Numeric), Categorical: len(layout.Categorical)}
	for _, other := range o.alphabetical() {
		fresh, err := k.maker.Each.New()
		if err == nil {
			err = fresh.Learn(layout, none)
		}
		if own := k.entries.Get(other.Key); err == nil && own != nil {
			err = fresh.Merge(own.Value.statistic)
		}
		if err == nil {
			err = fresh.Merge(other.Value.statistic)
		}
		if err != nil {
			return fmt.Errorf("key %.100q: %w", other.Key, err)
		}
		if s, ok := fresh.(*stats.Slim); ok {
			s.Share(layout)
		}
		k.put(other.Key, fresh)
	}
	return nil
}

// SubtractKeys takes the keys of o away, both of which must be Whole. Those of
// which k has less stay as they are, and the error wraps stats.ErrNotLearned.
func (k *Keyed) SubtractKeys(o *Keyed) error {
	var failed []error
	for _, other := range o.alphabetical() {
		e := k.entries.Get(other.Key)
		if e == nil {
			failed = append(failed, fmt.Errorf("key %.100q: %w", other.Key, stats.ErrNotLearned))
			continue
		}
		if err := e.Value.statistic.Subtract(other.Value.statistic); err != nil {
			failed = append(failed, fmt.Errorf("key %.100q: %w", other.Key, err))
			continue
		}
		k.change(&e.Value)
	}
	return errors.Join(failed...)
}

// Keys returns the number of keys in memory, which is that of all keys of one
// that is Whole.
func (k *Keyed) Keys() int { return k.Counters().Resident }

// Erase removes all values that the state names, the table of the pages last, so
// that it can be called again when the store fails. The record that names them
// must be erased next. The error wraps state.ErrStore.
func (k *Keyed) Erase(ctx context.Context, values *paged.Values) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	all := slices.Concat(k.runs, k.garbage.Refs())
	k.loaded = true // the keys of runs are not needed
	switch err := k.open(ctx, values); {
	case err == nil:
		all = append(all, k.pages.Refs...)
	case !errors.Is(err, state.ErrNotFound):
		return err
	}
	if err := values.RemoveAll(ctx, all); err != nil {
		return err
	}
	return values.Remove(ctx, k.table)
}
