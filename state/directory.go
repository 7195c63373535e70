package state

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// Entry is one shard of a project.
type Entry struct {
	ID string
	// Ended says that the shard will not be learned any more.
	Ended bool
}

// Directory lists the shards of a project: slots <base>.dir.<n>, contiguous
// from 0, claimed with Add, never changed or deleted. Of two slots with the
// same id the later counts. A slot that is cut short (its writer was killed)
// is looked at again every time and otherwise passed over: who writes it
// registers again. A directory that is kept reads each slot once, so that
// registering n shards with it takes about n operations. It is safe for
// concurrent use.
type Directory struct {
	access access
	base   string

	mu      sync.Mutex
	entries []Entry        // in order of first appearance
	at      map[string]int // of entries, by id
	next    int            // slot
	torn    []int          // slots before next that were cut short
	slots   []Entry        // as they were read, the zero value for one that was cut short
	looked  int            // slot that Keep looks at next

	mine map[string]bool // ids that this one has registered, or tried to
}

// NewDirectory returns the directory of a project. It reads nothing.
func NewDirectory(store Store, base string) *Directory {
	return &Directory{access: access{store}, base: directoryBase(base), at: map[string]int{}}
}

// List returns all shards in the order of their registration, reading only
// slots that it has not read. The error wraps ErrStore, or wire.ErrCorrupt for
// a damaged slot.
func (d *Directory) List(ctx context.Context) ([]Entry, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.follow(ctx); err != nil {
		return nil, err
	}
	return slices.Clone(d.entries), nil
}

// Register makes sure that the shard is listed.
func (d *Directory) Register(ctx context.Context, id string) error {
	_, err := d.register(ctx, id)
	return err
}

// register makes sure that the shard is listed, and reports whether it was by others.
func (d *Directory) register(ctx context.Context, id string) (before bool, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.follow(ctx); err != nil {
		return false, err
	}
	if i, ok := d.at[id]; ok && d.entries[i] == (Entry{ID: id}) {
		return !d.mine[id], nil
	} else if !ok {
		if d.mine == nil {
			d.mine = map[string]bool{}
		}
		d.mine[id] = true // from now on, though the answer to the write may be lost
	}
	return !d.mine[id], d.putLocked(ctx, Entry{ID: id})
}

// End lists the shard as ended; Register takes that back.
func (d *Directory) End(ctx context.Context, id string) error {
	return d.put(ctx, Entry{ID: id, Ended: true})
}

func (d *Directory) put(ctx context.Context, e Entry) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.putLocked(ctx, e)
}

// putLocked is put with the lock held.
func (d *Directory) putLocked(ctx context.Context, e Entry) error {
	for {
		if err := d.follow(ctx); err != nil {
			return err
		}
		if i, ok := d.at[e.ID]; ok && d.entries[i] == e {
			return nil
		}
		if err := d.access.add(ctx, d.key(d.next), encodeEntry(e)); err != nil && !errors.Is(err, ErrExists) {
			return err
		}
	}
}

func (d *Directory) key(slot int) string { return d.base + "." + strconv.Itoa(slot) }

// follow reads the slots that are new and those that were cut short. Slots are
// contiguous, so it reads ahead in steps that double up to readAhead.
func (d *Directory) follow(ctx context.Context) error {
	torn := d.torn
	d.torn = nil
	values, err := d.read(ctx, torn)
	if err != nil {
		d.torn = torn
		return err
	}
	for i, slot := range torn {
		if _, err := d.take(slot, values[i]); err != nil {
			d.torn = torn
			return err
		}
	}
	for step := 1; ; step = min(2*step, readAhead) {
		slots := make([]int, step)
		for i := range slots {
			slots[i] = d.next + i
		}
		values, err := d.read(ctx, slots)
		if err != nil {
			return err
		}
		for i, slot := range slots {
			present, err := d.take(slot, values[i])
			if err != nil || !present {
				return err
			}
			d.next = slot + 1
		}
	}
}

// readAhead bounds how many slots are read at a time.
const readAhead = 16

// read returns the values of slots, nil for those that do not exist.
func (d *Directory) read(ctx context.Context, slots []int) ([][]byte, error) {
	values := make([][]byte, len(slots))
	failed := make([]error, len(slots))
	var group errgroup.Group
	group.SetLimit(readAhead)
	for i, slot := range slots {
		group.Go(func() error {
			value, err := d.access.get(ctx, d.key(slot))
			switch {
			case errors.Is(err, ErrNotFound):
			case err != nil:
				failed[i] = err
			default:
				values[i] = append([]byte{}, value...)
			}
			return nil
		})
	}
	_ = group.Wait() // each has an error of its own
	return values, errors.Join(failed...)
}

// take takes over one slot and reports whether it is there at all.
func (d *Directory) take(slot int, value []byte) (present bool, err error) {
	if value == nil {
		return false, nil
	}
	for len(d.slots) <= slot {
		d.slots = append(d.slots, Entry{})
	}
	if cutShort(value) {
		d.torn = append(d.torn, slot)
		return true, nil
	}
	e, err := decodeEntry(value)
	if err != nil {
		return true, fmt.Errorf("shard directory %q: %w", d.key(slot), err)
	}
	d.slots[slot] = e
	if i, ok := d.at[e.ID]; ok {
		d.entries[i] = e
		return true, nil
	}
	d.at[e.ID] = len(d.entries)
	d.entries = append(d.entries, e)
	return true, nil
}

// cutShort reports whether value ends before its envelope does.
func cutShort(value []byte) bool {
	empty := wire.Seal(wire.KindDirectory, recordVersion, nil)
	if len(value) < len(empty) {
		return true
	}
	const lengthAt = 6 // magic (4), version (1), kind (1)
	return binary.LittleEndian.Uint64(value[lengthAt:]) > uint64(len(value)-len(empty))
}

// encodeEntry seals the id and whether the shard has ended.
func encodeEntry(e Entry) []byte {
	var w wire.Writer
	w.String(e.ID)
	w.Bool(e.Ended)
	return wire.Seal(wire.KindDirectory, recordVersion, w.Bytes())
}

func decodeEntry(value []byte) (Entry, error) {
	format, payload, err := wire.Open(value, wire.KindDirectory)
	if err != nil {
		return Entry{}, err
	}
	if format != recordVersion {
		return Entry{}, fmt.Errorf("%w: %d, this build reads %d", wire.ErrUnknownVersion, format, recordVersion)
	}
	r := wire.NewReader(payload)
	e := Entry{ID: r.String(), Ended: r.Bool()}
	return e, r.Close()
}
