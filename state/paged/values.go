package paged

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"

	"golang.org/x/sync/errgroup"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// Layout says how the values of one kind of record are named. It is part of the
// format of that record.
type Layout struct {
	// Name is the component of the keys that tells the kind from others.
	Name string
	// Numbered puts the number of its page into the name of a value.
	Numbered bool
}

// Ref names one value. The zero value names none.
type Ref struct {
	Page  int    // of a Layout that is Numbered, else 0
	Nonce uint64 // by which no two writers name a value alike
	Parts uint64 // keys of the store that hold the value
}

// Named reports whether there is a value.
func (r Ref) Named() bool { return r.Parts > 0 }

// Values are the values beside one record in the store. They are safe for
// concurrent use.
type Values struct {
	store    state.Store
	base     string
	layout   Layout
	maxValue int
}

// NewValues returns the values of a shard whose record has keys that begin with
// base. maxValue bounds the bytes of a value under one key, without the envelope;
// 0 means state.DefaultMaxValue. It may change from one process to the next.
func NewValues(store state.Store, base string, layout Layout, shard string, maxValue int) *Values {
	if maxValue <= 0 {
		maxValue = state.DefaultMaxValue
	}
	return &Values{store: store, base: base + "." + layout.Name + "." + state.EscapeKey(shard), layout: layout, maxValue: maxValue}
}

// valueVersion is the version in the envelope of every part of a value.
const valueVersion = 1

// Key returns the key of the store that holds one part of a value.
func (v *Values) Key(r Ref, part uint64) string {
	key := v.base
	if v.layout.Numbered {
		key += "." + strconv.Itoa(r.Page)
	}
	return key + "." + strconv.FormatUint(r.Nonce, 16) + "." + strconv.FormatUint(part, 10)
}

// Read returns a value, empty for a Ref that names none. The error wraps
// state.ErrStore when it is worth trying again, and state.ErrNotFound too when
// the value is gone, as one is that a newer record does not name. A value that is
// damaged wraps wire.ErrCorrupt or wire.ErrUnknownVersion.
func (v *Values) Read(ctx context.Context, r Ref) ([]byte, error) {
	var value []byte
	for part := range r.Parts {
		piece, err := v.readPart(ctx, v.Key(r, part))
		if err != nil {
			return nil, err
		}
		if r.Parts == 1 {
			return piece, nil
		}
		value = append(value, piece...)
	}
	return value, nil
}

func (v *Values) readPart(ctx context.Context, key string) ([]byte, error) {
	sealed, err := v.store.Get(ctx, key)
	if errors.Is(err, state.ErrNotFound) {
		return nil, fmt.Errorf("%w: value %q is gone: %w", state.ErrStore, key, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: get %q: %w", state.ErrStore, key, err)
	}
	version, piece, err := wire.Open(sealed, wire.KindPart)
	if err == nil && version != valueVersion {
		err = fmt.Errorf("%w: %d, this build reads %d", wire.ErrUnknownVersion, version, valueVersion)
	}
	if err != nil {
		return nil, fmt.Errorf("value %q: %w", key, err)
	}
	return piece, nil
}

// Write stores a value under a new name and returns the name, that of page page
// in a Layout that is Numbered. An empty value has no name. The error wraps
// state.ErrStore; what was written until then is removed as far as the store
// takes it.
func (v *Values) Write(ctx context.Context, page int, value []byte) (Ref, error) {
	r := Ref{Nonce: nonce()}
	if v.layout.Numbered {
		r.Page = page
	}
	for rest := value; len(rest) > 0; r.Parts++ {
		n := min(len(rest), v.maxValue)
		key := v.Key(r, r.Parts)
		if err := v.store.Set(ctx, key, wire.Seal(wire.KindPart, valueVersion, rest[:n])); err != nil {
			err = fmt.Errorf("%w: set %q: %w", state.ErrStore, key, err)
			if left := v.Remove(ctx, r); left != nil {
				err = fmt.Errorf("%w (parts that nothing names stay: %w)", err, left)
			}
			return Ref{}, err
		}
		rest = rest[n:]
	}
	if !r.Named() {
		return Ref{}, nil
	}
	return r, nil
}

// Remove removes a value; that it is gone already is no error. The error wraps
// state.ErrStore: some parts may then be gone, and Remove can be called again.
func (v *Values) Remove(ctx context.Context, r Ref) error {
	for part := range r.Parts {
		if err := v.store.Delete(ctx, v.Key(r, part)); err != nil {
			return fmt.Errorf("%w: delete %q: %w", state.ErrStore, v.Key(r, part), err)
		}
	}
	return nil
}

// RemoveAll removes values, several at a time. The error is that of Remove.
func (v *Values) RemoveAll(ctx context.Context, refs []Ref) error {
	return Each(len(refs), func(i int) error { return v.Remove(ctx, refs[i]) })
}

// atATime is how many values are read, written or removed at a time.
const atATime = 16

// Each calls fn for 0 to n-1, several at a time, and returns the first error
// when all calls have returned.
func Each(n int, fn func(i int) error) error {
	if n == 1 {
		return fn(0)
	}
	var group errgroup.Group
	group.SetLimit(atATime)
	for i := range n {
		group.Go(func() error { return fn(i) })
	}
	return group.Wait()
}

// nonce returns a number that no two writers share.
func nonce() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails, as crypto/rand documents
	return binary.LittleEndian.Uint64(b[:])
}
