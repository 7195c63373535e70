package keyed

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

// Values are the immutable values of one shard in the store.
type Values struct {
	store    state.Store
	base     string
	maxValue int
}

// NewValues returns the values of a shard of the project whose keys begin with
// base. maxValue bounds the payload of a value in bytes, 0 meaning
// state.DefaultMaxValue.
func NewValues(store state.Store, base, shard string, maxValue int) *Values {
	if maxValue <= 0 {
		maxValue = state.DefaultMaxValue
	}
	return &Values{store: store, base: base + ".entities." + state.EscapeKey(shard), maxValue: maxValue}
}

// valueVersion is the version in the envelope of every value.
const valueVersion = 1

// ref names one value; the zero value names none.
type ref struct {
	nonce uint64
	parts uint64
}

func (v *Values) key(r ref, part uint64) string {
	return v.base + "." + strconv.FormatUint(r.nonce, 16) + "." + strconv.FormatUint(part, 10)
}

// read returns a value; the error wraps state.ErrStore when it is gone, as one
// is that a newer record no longer names.
func (v *Values) read(ctx context.Context, r ref) ([]byte, error) {
	var payload []byte
	for part := range r.parts {
		key := v.key(r, part)
		value, err := v.store.Get(ctx, key)
		if errors.Is(err, state.ErrNotFound) {
			return nil, fmt.Errorf("%w: value %q is gone: %w", state.ErrStore, key, err)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: get %q: %w", state.ErrStore, key, err)
		}
		version, chunk, err := wire.Open(value, wire.KindPart)
		if err == nil && version != valueVersion {
			err = fmt.Errorf("%w: %d, this build reads %d", wire.ErrUnknownVersion, version, valueVersion)
		}
		if err != nil {
			return nil, fmt.Errorf("value %q: %w", key, err)
		}
		if r.parts == 1 {
			return chunk, nil
		}
		payload = append(payload, chunk...)
	}
	return payload, nil
}

// write stores a payload under a name that no other writer takes.
func (v *Values) write(ctx context.Context, payload []byte) (ref, error) {
	r := ref{nonce: nonce()}
	for rest := payload; len(rest) > 0; r.parts++ {
		n := min(len(rest), v.maxValue)
		key := v.key(r, r.parts)
		if err := v.store.Set(ctx, key, wire.Seal(wire.KindPart, valueVersion, rest[:n])); err != nil {
			return ref{}, fmt.Errorf("%w: set %q: %w", state.ErrStore, key, err)
		}
		rest = rest[n:]
	}
	return r, nil
}

func (v *Values) remove(ctx context.Context, r ref) error {
	for part := range r.parts {
		if err := v.store.Delete(ctx, v.key(r, part)); err != nil {
			return fmt.Errorf("%w: delete %q: %w", state.ErrStore, v.key(r, part), err)
		}
	}
	return nil
}

// atATime is how many values are read or written at a time.
const atATime = 16

// each calls fn for 0 to n-1, several at a time.
func each(n int, fn func(i int) error) error {
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
