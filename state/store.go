package state

import (
	"context"
	"errors"
	"fmt"
)

// ErrNotFound is wrapped when a key does not exist.
var ErrNotFound = errors.New("key not found")

// ErrExists is wrapped when Add finds the key taken.
var ErrExists = errors.New("key exists")

// ErrStore is wrapped when the store itself failed. Whether an Add or a Set
// that failed so has happened is not known. It is worth trying again.
var ErrStore = errors.New("store failed")

// Store is a key-value store. Keys are made of [A-Za-z0-9._-]. Implementations
// are safe for concurrent use, neither keep nor change the values they are
// given, and return values that the caller may keep.
type Store interface {
	// Get returns the value, or an error that wraps ErrNotFound. Any other
	// error says nothing about whether the key exists.
	Get(ctx context.Context, key string) ([]byte, error)
	// Add writes the value unless the key exists, in which case the error
	// wraps ErrExists. After any other error the value may have been written.
	Add(ctx context.Context, key string, value []byte) error
	// Set writes the value, whether the key exists or not.
	Set(ctx context.Context, key string, value []byte) error
	// Delete removes the key; that it does not exist is no error.
	Delete(ctx context.Context, key string) error
}

// Guarantor is a Store that knows what it guarantees.
type Guarantor interface {
	Store
	// Atomic is JournalOptions.Atomic for every journal on the store.
	Atomic() bool
}

// isAtomic reports whether the store says that it is atomic.
func isAtomic(store Store) bool {
	g, ok := store.(Guarantor)
	return ok && g.Atomic()
}

// access calls a store and marks what fails with ErrStore.
type access struct{ store Store }

func (a access) get(ctx context.Context, key string) ([]byte, error) {
	value, err := a.store.Get(ctx, key)
	return value, failure("get", key, err)
}

// has reports whether the key exists.
func (a access) has(ctx context.Context, key string) (bool, error) {
	_, err := a.get(ctx, key)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

func (a access) add(ctx context.Context, key string, value []byte) error {
	return failure("add", key, a.store.Add(ctx, key, value))
}

// ensure adds the value; that the key exists already is no error.
func (a access) ensure(ctx context.Context, key string, value []byte) error {
	if err := a.add(ctx, key, value); !errors.Is(err, ErrExists) {
		return err
	}
	return nil
}

func (a access) set(ctx context.Context, key string, value []byte) error {
	return failure("set", key, a.store.Set(ctx, key, value))
}

func (a access) remove(ctx context.Context, key string) error {
	return failure("delete", key, a.store.Delete(ctx, key))
}

// failure wraps what the protocol does not expect with ErrStore.
func failure(verb, key string, err error) error {
	if err == nil || errors.Is(err, ErrNotFound) || errors.Is(err, ErrExists) {
		return err
	}
	return fmt.Errorf("%w: %s %q: %w", ErrStore, verb, key, err)
}
