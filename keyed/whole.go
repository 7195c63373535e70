package keyed

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Whole returns a copy that has every key in memory and names no values, so that
// its bytes are all there is to it. The error wraps state.ErrStore; it wraps
// state.ErrNotFound too where the owner of the shard has written meanwhile, or a
// value was lost.
func (k *Keyed) Whole(ctx context.Context, values *Values) (*Keyed, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.open(ctx, values); err != nil {
		return nil, err
	}
	found := make([]map[string][]byte, len(k.pages))
	err := each(len(k.pages), func(i int) (err error) {
		found[i], err = readBlobs(ctx, values, k.pages[i])
		return err
	})
	if err != nil {
		return nil, err
	}
	out := k.maker.over(k.inner.Clone())
	out.loaded = true
	for i, page := range found {
		for _, key := range slices.Sorted(maps.Keys(page)) {
			if k.entries[key] != nil {
				continue
			}
			if err := out.insert(key, page[key], inRecord); err != nil {
				return nil, err
			}
		}
		found[i] = nil
	}
	for _, key := range slices.Sorted(maps.Keys(k.entries)) {
		out.put(key, k.entries[key].statistic.Clone())
	}
	return out, nil
}

// put makes a statistic that of a key.
func (k *Keyed) put(key string, statistic stats.Additive) {
	e := k.entries[key]
	if e == nil {
		e = &entry{key: key}
		k.entries[key] = e
		k.append(e)
	}
	e.statistic = statistic
	k.touch(e)
}

// MergeKeys adds the keys of o. Both must be Whole. A key that k has not is laid
// out as layout says before, so that attributes that it has under other places
// are matched by name. The error wraps stats.ErrIncompatible; some keys may then
// have been added.
func (k *Keyed) MergeKeys(o *Keyed, layout *stats.Layout) error {
	none := &stats.Rows{Numeric: len(layout.Numeric), Categorical: len(layout.Categorical)}
	for _, key := range slices.Sorted(maps.Keys(o.entries)) {
		fresh, err := k.maker.Each.New()
		if err == nil {
			err = fresh.Learn(layout, none)
		}
		if own := k.entries[key]; err == nil && own != nil {
			err = fresh.Merge(own.statistic)
		}
		if err == nil {
			err = fresh.Merge(o.entries[key].statistic)
		}
		if err != nil {
			return fmt.Errorf("key %.100q: %w", key, err)
		}
		if s, ok := fresh.(*stats.Slim); ok {
			s.Share(layout)
		}
		k.put(key, fresh)
	}
	return nil
}

// SubtractKeys takes the keys of o away, both of which must be Whole. Those of
// which k has less stay as they are, and the error wraps stats.ErrNotLearned.
func (k *Keyed) SubtractKeys(o *Keyed) error {
	var failed []error
	for _, key := range slices.Sorted(maps.Keys(o.entries)) {
		e := k.entries[key]
		if e == nil {
			failed = append(failed, fmt.Errorf("key %.100q: %w", key, stats.ErrNotLearned))
			continue
		}
		if err := e.statistic.Subtract(o.entries[key].statistic); err != nil {
			failed = append(failed, fmt.Errorf("key %.100q: %w", key, err))
			continue
		}
		k.touch(e)
	}
	return errors.Join(failed...)
}

// Keys returns the number of keys in memory, which is that of all keys of one
// that is Whole.
func (k *Keyed) Keys() int { return k.Counters().Resident }

// Erase removes all values that the state names, the table of the pages last, so
// that it can be called again when the store fails. The record that names them
// must be erased next. The error wraps state.ErrStore.
func (k *Keyed) Erase(ctx context.Context, values *Values) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	all := slices.Concat(k.runs, k.obsolete)
	k.loaded = true // the keys of runs are not needed
	switch err := k.open(ctx, values); {
	case err == nil:
		all = append(all, k.pages...)
	case !errors.Is(err, state.ErrNotFound):
		return err
	}
	err := each(len(all), func(i int) error { return values.remove(ctx, all[i]) })
	if err != nil {
		return err
	}
	return values.remove(ctx, k.table)
}
