package keyed

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/paged"
)

// Examine reads every value that the state names and returns what is wrong with
// those that are damaged or gone. The error is that of a store that fails.
func (k *Keyed) Examine(ctx context.Context, values *paged.Values) (damage []error, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	_, _, damage, err = k.examine(ctx, values)
	return damage, err
}

// Mend gives up the values that Examine finds fault with: the keys in them begin
// anew, the statistics of all rows stay. The record must be stored next.
func (k *Keyed) Mend(ctx context.Context, values *paged.Values) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	_, err := k.giveUp(ctx, values)
	return err
}

// Restore is Mend that loses no key that is in memory: all of these go into the next
// record. It returns what Examine finds.
func (k *Keyed) Restore(ctx context.Context, values *paged.Values) (damage []error, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	damage, err = k.giveUp(ctx, values)
	if err != nil || len(damage) == 0 {
		return nil, err
	}
	for e := range k.entries.OldestFirst() {
		if e.Value.state != inRecord {
			k.change(&e.Value)
		}
	}
	return damage, nil
}

// giveUp forgets the values that are damaged or gone.
func (k *Keyed) giveUp(ctx context.Context, values *paged.Values) (damage []error, err error) {
	runs, pages, damage, err := k.examine(ctx, values)
	if err != nil || len(damage) == 0 {
		return nil, err
	}
	table := paged.Ref{}
	if len(pages) > 0 {
		if table, err = writeTable(ctx, values, pages); err != nil {
			return nil, err
		}
	} else {
		k.inPages = 0
	}
	k.garbage.Add(k.table)
	k.runs, k.pages.Refs, k.table = runs, pages, table
	return damage, nil
}

// examine returns the runs and the pages without what is damaged.
func (k *Keyed) examine(ctx context.Context, values *paged.Values) (runs, pages []paged.Ref, damage []error, err error) {
	for _, at := range k.runs {
		switch err := k.readable(ctx, values, at); {
		case err == nil:
			runs = append(runs, at)
		case isDamage(err):
			damage = append(damage, err)
		default:
			return nil, nil, nil, err
		}
	}
	if !k.table.Named() {
		return runs, nil, damage, nil
	}
	if pages, err = k.readTable(ctx, values); isDamage(err) {
		return runs, nil, append(damage, fmt.Errorf("table of all pages: %w", err)), nil
	} else if err != nil {
		return nil, nil, nil, err
	}
	found := make([]error, len(pages))
	_ = paged.Each(len(pages), func(i int) error {
		found[i] = k.readable(ctx, values, pages[i])
		return nil // each has an error of its own
	})
	for i, err := range found {
		switch {
		case err == nil:
		case isDamage(err):
			pages[i] = paged.Ref{}
			damage = append(damage, err)
		default:
			return nil, nil, nil, err
		}
	}
	return runs, pages, damage, nil
}

// readable reads the keys of a value.
func (k *Keyed) readable(ctx context.Context, values *paged.Values, at paged.Ref) error {
	blobs, err := values.ReadBlobs(ctx, at)
	if err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(blobs)) {
		r := wire.NewReader(blobs[key])
		if _, err := k.maker.Each.Decode(r); err != nil {
			return fmt.Errorf("value %q: key %.100q: %w", values.Key(at, 0), key, err)
		}
		if err := r.Close(); err != nil {
			return fmt.Errorf("value %q: key %.100q: %w", values.Key(at, 0), key, err)
		}
	}
	return nil
}

// isDamage tells damage from a store that fails.
func isDamage(err error) bool {
	return errors.Is(err, state.ErrNotFound) || errors.Is(err, wire.ErrCorrupt) || errors.Is(err, wire.ErrUnknownVersion)
}
