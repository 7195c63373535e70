package statetest

import (
	"bytes"
	"context"
	"errors"

	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// Probe is what a store showed of its Add.
type Probe struct {
	// PutIfAbsent says that a second Add of the same key was refused and the
	// first value kept. It does not say that two at the same moment are told
	// apart: that is for the store's documentation.
	PutIfAbsent bool
	// Seen says in words what happened.
	Seen string
}

// ProbeAdd tries whether Add is put-if-absent at all, with a key of its own
// under the prefix, which is deleted again. The error is that of the store.
func ProbeAdd(ctx context.Context, store state.Store, prefix string) (Probe, error) {
	key, first, second := prefix+".probe", []byte("first"), []byte("second")
	if err := store.Add(ctx, key, first); err != nil {
		return Probe{}, err
	}
	defer func() { _ = store.Delete(ctx, key) }() // a key that stays says nothing about Add
	again := store.Add(ctx, key, second)
	if again != nil && !errors.Is(again, state.ErrExists) {
		return Probe{}, again
	}
	value, err := store.Get(ctx, key)
	switch {
	case errors.Is(err, state.ErrNotFound):
		return Probe{Seen: "a value that was added could not be read"}, nil
	case err != nil:
		return Probe{}, err
	case again == nil:
		return Probe{Seen: "a second add of the same key was accepted"}, nil
	case !bytes.Equal(value, first):
		return Probe{Seen: "a second add of the same key was refused, but the first value is not there"}, nil
	}
	return Probe{PutIfAbsent: true, Seen: "a second add of the same key was refused and the first value kept"}, nil
}
