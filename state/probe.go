package state

import (
	"bytes"
	"context"
	"errors"
	"fmt"
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
// under the prefix, which is deleted again. Failures wrap ErrStore.
func ProbeAdd(ctx context.Context, store Store, prefix string) (Probe, error) {
	a := access{store}
	key := fmt.Sprintf("%s.probe.%016x", prefix, randomNonce())
	first, second := mark("first"), mark("second")
	if err := a.add(ctx, key, first); err != nil {
		return Probe{}, err
	}
	defer func() { _ = a.remove(ctx, key) }() // a key that stays says nothing about Add
	again := a.add(ctx, key, second)
	if again != nil && !errors.Is(again, ErrExists) {
		return Probe{}, again
	}
	value, err := a.get(ctx, key)
	switch {
	case errors.Is(err, ErrNotFound):
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
