package keyed

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// Examine reads every value that the state names and returns what is wrong with
// those that are damaged or gone. The error is that of a store that fails.
func (k *Keyed) Examine(ctx context.Context, values *Values) (damage []error, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	_, _, damage, err = k.examine(ctx, values)
	return damage, err
}

// Mend gives up the values that Examine finds fault with: the keys in them begin
// anew, the statistics of all rows stay. The record must be stored next.
func (k *Keyed) Mend(ctx context.Context, values *Values) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	runs, pages, damage, err := k.examine(ctx, values)
	if err != nil || len(damage) == 0 {
		return err
	}
	table := ref{}
	if len(pages) > 0 {
		var w wire.Writer
		encodeRefs(&w, pages)
		if table, err = values.write(ctx, w.Bytes()); err != nil {
			return err
		}
	} else {
		k.paged = 0
	}
	if k.table.parts > 0 {
		k.obsolete = append(k.obsolete, k.table)
	}
	k.runs, k.pages, k.table = runs, pages, table
	return nil
}

// examine returns the runs and the pages without what is damaged.
func (k *Keyed) examine(ctx context.Context, values *Values) (runs, pages []ref, damage []error, err error) {
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
	if k.table.parts == 0 {
		return runs, nil, damage, nil
	}
	if pages, err = k.readTable(ctx, values); isDamage(err) {
		return runs, nil, append(damage, fmt.Errorf("table of all pages: %w", err)), nil
	} else if err != nil {
		return nil, nil, nil, err
	}
	found := make([]error, len(pages))
	_ = each(len(pages), func(i int) error {
		found[i] = k.readable(ctx, values, pages[i])
		return nil
	})
	for i, err := range found {
		switch {
		case err == nil:
		case isDamage(err):
			pages[i] = ref{}
			damage = append(damage, err)
		default:
			return nil, nil, nil, err
		}
	}
	return runs, pages, damage, nil
}

// readable reads the keys of a value.
func (k *Keyed) readable(ctx context.Context, values *Values, at ref) error {
	blobs, err := readBlobs(ctx, values, at)
	if err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(blobs)) {
		r := wire.NewReader(blobs[key])
		if _, err := k.maker.Each.Decode(r); err != nil {
			return fmt.Errorf("value %q: key %.100q: %w", values.key(at, 0), key, err)
		}
		if err := r.Close(); err != nil {
			return fmt.Errorf("value %q: key %.100q: %w", values.key(at, 0), key, err)
		}
	}
	return nil
}

// isDamage tells damage from a store that fails.
func isDamage(err error) bool {
	return errors.Is(err, state.ErrNotFound) || errors.Is(err, wire.ErrCorrupt) || errors.Is(err, wire.ErrUnknownVersion)
}
