// Package statetest has stores that fail, for the tests of what is built on
// package state.
package statetest

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"

	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// ErrDown is what a store that fails returns.
var ErrDown = errors.New("store is down")

// Unreliable is one client's view of a store: it fails now and then, before or
// after the operation has happened, and for ever once the client has crashed. It
// is safe for concurrent use.
type Unreliable struct {
	inner state.Store

	mu     sync.Mutex
	random *rand.Rand
	share  float64
	left   int
	crash  func()
}

var _ state.Store = (*Unreliable)(nil)

// NewUnreliable returns a view of which that share of the operations fails,
// chosen by the seed. After left operations (never, when that is negative) it
// calls crash and takes nothing any more.
func NewUnreliable(inner state.Store, seed uint64, share float64, left int, crash func()) *Unreliable {
	return &Unreliable{inner: inner, random: rand.New(rand.NewPCG(seed, 1)), share: share, left: left, crash: crash}
}

// fate returns whether the operation happens, and with which error.
func (u *Unreliable) fate() (happens bool, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.left == 0 {
		u.crash()
		return false, ErrDown
	}
	if u.left > 0 {
		u.left--
	}
	switch x := u.random.Float64(); {
	case x < u.share/2:
		return false, ErrDown
	case x < u.share:
		return true, ErrDown
	}
	return true, nil
}

func (u *Unreliable) change(do func() error) error {
	happens, err := u.fate()
	if happens {
		if did := do(); err == nil {
			return did
		}
	}
	return err
}

// Get reads unless it fails.
func (u *Unreliable) Get(ctx context.Context, key string) ([]byte, error) {
	if _, err := u.fate(); err != nil {
		return nil, err
	}
	return u.inner.Get(ctx, key)
}

// Add may fail though it has happened.
func (u *Unreliable) Add(ctx context.Context, key string, value []byte) error {
	return u.change(func() error { return u.inner.Add(ctx, key, value) })
}

// Set may fail though it has happened.
func (u *Unreliable) Set(ctx context.Context, key string, value []byte) error {
	return u.change(func() error { return u.inner.Set(ctx, key, value) })
}

// Delete may fail though it has happened.
func (u *Unreliable) Delete(ctx context.Context, key string) error {
	return u.change(func() error { return u.inner.Delete(ctx, key) })
}

// Broken is a store some of whose operations fail while the caller says so. It is
// safe for concurrent use.
type Broken struct {
	state.Store

	mu   sync.Mutex
	verb string
	part string
}

var _ state.Store = (*Broken)(nil)

// Break makes the operations of that name ("get", "add", "set", "delete", or ""
// for all) fail for keys that contain part, until Mend.
func (b *Broken) Break(verb, part string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.verb, b.part = verb, part
	if verb == "" {
		b.verb = "get add set delete"
	}
}

// Mend makes everything work again.
func (b *Broken) Mend() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.verb = ""
}

func (b *Broken) ask(verb, key string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if strings.Contains(b.verb, verb) && strings.Contains(key, b.part) {
		return ErrDown
	}
	return nil
}

// Get reads unless it is broken.
func (b *Broken) Get(ctx context.Context, key string) ([]byte, error) {
	if err := b.ask("get", key); err != nil {
		return nil, err
	}
	return b.Store.Get(ctx, key)
}

// Add writes unless it is broken.
func (b *Broken) Add(ctx context.Context, key string, value []byte) error {
	if err := b.ask("add", key); err != nil {
		return err
	}
	return b.Store.Add(ctx, key, value)
}

// Set writes unless it is broken.
func (b *Broken) Set(ctx context.Context, key string, value []byte) error {
	if err := b.ask("set", key); err != nil {
		return err
	}
	return b.Store.Set(ctx, key, value)
}

// Delete deletes unless it is broken.
func (b *Broken) Delete(ctx context.Context, key string) error {
	if err := b.ask("delete", key); err != nil {
		return err
	}
	return b.Store.Delete(ctx, key)
}
