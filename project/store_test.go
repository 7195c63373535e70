package project

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// errDown is what a store that is down returns.
var errDown = errors.New("store is down")

// faulty is a store that counts what is added and can be brought down.
type faulty struct {
	*state.Memory
	mu      sync.Mutex
	verbs   string // what fails: some of "get", "add", "set", "delete"; "*" for all
	partial bool   // adds leave the key with an empty value, as a full disk does
	adds    int
}

func newFaulty() *faulty { return &faulty{Memory: state.NewMemory()} }

func (f *faulty) fail(verbs string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.verbs = verbs
}

func (f *faulty) ask(verb string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if verb == "add" {
		f.adds++
	}
	if f.verbs == "*" || f.verbs == verb {
		return errDown
	}
	return nil
}

// Get fails when it is told to.
func (f *faulty) Get(ctx context.Context, key string) ([]byte, error) {
	if err := f.ask("get"); err != nil {
		return nil, err
	}
	return f.Memory.Get(ctx, key)
}

// Add fails when it is told to.
func (f *faulty) Add(ctx context.Context, key string, value []byte) error {
	if err := f.ask("add"); err != nil {
		if !f.partial {
			return err
		}
		if err := f.Memory.Add(ctx, key, nil); err != nil {
			return err
		}
		return fmt.Errorf("add %q: no space left", key)
	}
	return f.Memory.Add(ctx, key, value)
}

// Set fails when it is told to.
func (f *faulty) Set(ctx context.Context, key string, value []byte) error {
	if err := f.ask("set"); err != nil {
		return err
	}
	return f.Memory.Set(ctx, key, value)
}

// Delete fails when it is told to.
func (f *faulty) Delete(ctx context.Context, key string) error {
	if err := f.ask("delete"); err != nil {
		return err
	}
	return f.Memory.Delete(ctx, key)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
