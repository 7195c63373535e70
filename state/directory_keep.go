package state

import (
	"bytes"
	"context"
	"slices"
)

// Keep makes sure that slots that were read are still in the store: all of them, or
// else the next few, so that all are looked at in turn. When one is gone, everything
// that is known is registered again, and Keep reports so. The error wraps ErrStore.
func (d *Directory) Keep(ctx context.Context, all bool) (restored bool, err error) {
	whole, known, err := d.look(ctx, all)
	if err != nil || whole {
		return false, err
	}
	for _, e := range known {
		if err := d.put(ctx, e); err != nil {
			return false, err
		}
	}
	return true, nil
}

// look reports whether slots are in the store as they were read. Otherwise it forgets
// what was read, and returns it.
func (d *Directory) look(ctx context.Context, all bool) (whole bool, known []Entry, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := len(d.slots)
	if !all {
		n = min(n, readAhead)
	}
	slots := make([]int, n)
	for i := range slots {
		slots[i] = (d.looked + i) % len(d.slots)
	}
	values, err := d.read(ctx, slots)
	if err != nil {
		return false, nil, err
	}
	for i, slot := range slots {
		if d.slots[slot] != (Entry{}) && !bytes.Equal(values[i], encodeEntry(d.slots[slot])) {
			known = slices.Clone(d.entries)
			d.entries, d.at, d.next, d.torn, d.slots, d.looked = nil, map[string]int{}, 0, nil, nil, 0
			return false, known, nil
		}
	}
	if n > 0 {
		d.looked = (d.looked + n) % len(d.slots)
	}
	return true, nil, nil
}
