package state

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// DefinitionLog is the model definitions of a project: canonical bytes by
// name. It is safe for concurrent use.
type DefinitionLog struct {
	mu      sync.Mutex
	journal *Journal
	current map[string][]byte // nil before the first load; never changed
}

// NewDefinitionLog returns the definitions of a project. It reads nothing.
func NewDefinitionLog(store Store, base string) *DefinitionLog {
	return &DefinitionLog{journal: NewJournal(store, definitionsBase(base), JournalOptions{Kind: wire.KindModels})}
}

// Load returns the newest definitions in a map of the caller's own. The error
// wraps ErrStore, wire.ErrCorrupt or wire.ErrUnknownVersion.
func (l *DefinitionLog) Load(ctx context.Context) (map[string][]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	newer := l.current == nil
	if !newer {
		var err error
		if newer, err = l.journal.Newer(ctx, l.journal.Version()); err != nil {
			return nil, err
		}
	}
	if newer {
		if err := l.read(ctx, l.journal.Load); err != nil {
			return nil, err
		}
	}
	return maps.Clone(l.current), nil
}

// Put defines name; the error is as for Load.
func (l *DefinitionLog) Put(ctx context.Context, name string, definition []byte) error {
	definition = append([]byte{}, definition...)
	return l.change(ctx, func(m map[string][]byte) bool {
		if old, ok := m[name]; ok && bytes.Equal(old, definition) {
			return false
		}
		m[name] = definition
		return true
	})
}

// PutNew defines name unless it is defined; the error is as for Load.
func (l *DefinitionLog) PutNew(ctx context.Context, name string, definition []byte) error {
	definition = append([]byte{}, definition...)
	return l.change(ctx, func(m map[string][]byte) bool {
		if _, ok := m[name]; ok {
			return false
		}
		m[name] = definition
		return true
	})
}

// Delete removes the definition of name; that there is none is no error.
func (l *DefinitionLog) Delete(ctx context.Context, name string) error {
	return l.change(ctx, func(m map[string][]byte) bool {
		_, ok := m[name]
		delete(m, name)
		return ok
	})
}

// change applies fn to the newest definitions, until it changes nothing or
// what it changed is stored.
func (l *DefinitionLog) change(ctx context.Context, fn func(map[string][]byte) bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		// Read again each time: that nothing is to be done must be true now.
		if err := l.read(ctx, l.journal.Settle); err != nil {
			return err
		}
		next := maps.Clone(l.current)
		if !fn(next) {
			return nil
		}
		_, err := l.journal.Write(ctx, l.journal.Version(), encodeDefinitions(next))
		if err == nil {
			l.current = next
			return nil
		}
		if !errors.Is(err, ErrFenced) {
			return err
		}
	}
}

func (l *DefinitionLog) read(ctx context.Context, load func(context.Context) (Record, error)) error {
	r, err := load(ctx)
	if err != nil {
		return err
	}
	m, err := decodeDefinitions(r.Payload)
	if err != nil {
		return fmt.Errorf("version %d of %q: %w", r.Version, l.journal.base, err)
	}
	l.current = m
	return nil
}
