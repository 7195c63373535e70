package project

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// DefinitionLog is what is defined of a project beside its schema, canonical
// bytes by name: its models, and records of other kinds under names that
// IsReserved tells apart. It is safe for concurrent use.
type DefinitionLog struct {
	mu      sync.Mutex
	base    string
	journal *state.Journal
	current map[string][]byte // nil before the first load; never changed
}

// NewDefinitionLog returns the definitions of the project whose keys begin with
// base. It reads nothing.
func NewDefinitionLog(store state.Store, base string) *DefinitionLog {
	base = definitionsBase(base)
	return &DefinitionLog{base: base, journal: state.NewJournal(store, base, state.JournalOptions{Kind: wire.KindModels})}
}

// Load returns the newest definitions in a map of the caller's own. The error
// wraps state.ErrStore, wire.ErrCorrupt or wire.ErrUnknownVersion.
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

// Update stores what fn changes in the newest definitions; fn reports whether it has changed
// any, and is called again where another process was first. The error is as for Load.
func (l *DefinitionLog) Update(ctx context.Context, fn func(definitions map[string][]byte) bool) error {
	return l.change(ctx, fn)
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
		if err := l.read(ctx, l.journal.Resolve); errors.Is(err, state.ErrLost) && l.current != nil {
			if err := l.rewrite(ctx); err != nil {
				return err
			}
			continue
		} else if err != nil {
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
		if errors.Is(err, state.ErrLost) { // fn is to see that there was a loss
			err = l.rewrite(ctx)
			if err == nil {
				continue
			}
		}
		if !errors.Is(err, state.ErrFenced) {
			return err
		}
	}
}

// rewrite stores what is known here where keys are gone, unless another process has.
func (l *DefinitionLog) rewrite(ctx context.Context) error {
	_, err := l.journal.Restore(ctx, encodeDefinitions(afterLoss(l.current)))
	if errors.Is(err, state.ErrFenced) {
		return nil
	}
	return err
}

// afterLoss returns the definitions with a LossRecord of their own.
func afterLoss(m map[string][]byte) map[string][]byte {
	var id [6]byte
	_, _ = rand.Read(id[:]) // never fails, as crypto/rand documents
	m = maps.Clone(m)
	m[LossRecord] = hex.AppendEncode(nil, id[:])
	return m
}

// Keep makes sure that readers find the definitions that are known here, and writes
// them again when they are gone from the store; it reports whether it has. The error
// wraps state.ErrStore.
func (l *DefinitionLog) Keep(ctx context.Context) (restored bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.current == nil {
		return false, nil
	}
	next := afterLoss(l.current)
	restored, err = restore(ctx, l.journal, func() ([]byte, error) { return encodeDefinitions(next), nil })
	if restored {
		l.current = next
	}
	return restored, err
}

// read loads the definitions. Where another process has written them again after keys
// were gone, what is known here and missing there is added: its state may be older.
func (l *DefinitionLog) read(ctx context.Context, load func(context.Context) (state.Record, error)) error {
	for {
		before := l.journal.Version()
		r, err := load(ctx)
		if err != nil {
			return err
		}
		m, err := decodeDefinitions(r.Payload)
		if err != nil {
			return fmt.Errorf("version %d of %q: %w", r.Version, l.base, err)
		}
		known := l.current
		l.current = m
		missing := false
		// two may restore one after another at the same version, but not with the same record
		if known != nil && (l.journal.RestoredSince(before) || !bytes.Equal(known[LossRecord], m[LossRecord])) {
			whole := maps.Clone(m)
			for name, definition := range known {
				if _, ok := m[name]; !ok && name != LossRecord {
					whole[name], missing = definition, true
				}
			}
			if missing && m[LossRecord] == nil { // by a process that knew of no loss
				whole = afterLoss(whole)
			}
			m = whole
		}
		if !missing {
			return nil
		}
		_, err = l.journal.Write(ctx, r.Version, encodeDefinitions(m))
		if err == nil {
			l.current = m
			return nil
		}
		l.current = known
		if !errors.Is(err, state.ErrFenced) {
			return err
		}
	}
}

// definitionsVersion is the first byte of the payload; every version has a
// decoder of its own, for ever.
const definitionsVersion = 1

// encodeDefinitions writes format version (1), number of entries, and of each,
// in order of name, name and value.
func encodeDefinitions(m map[string][]byte) []byte {
	var w wire.Writer
	w.Byte(definitionsVersion)
	w.Uvarint(uint64(len(m)))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		w.String(name)
		w.Blob(m[name])
	}
	return w.Bytes()
}

// decodeDefinitions reads what encodeDefinitions wrote; no payload at all is
// no definition. The error wraps wire.ErrCorrupt or wire.ErrUnknownVersion.
func decodeDefinitions(payload []byte) (map[string][]byte, error) {
	m := map[string][]byte{}
	if payload == nil {
		return m, nil
	}
	r := wire.NewReader(payload)
	if v := r.Byte(); r.Err() == nil && v != definitionsVersion {
		return nil, fmt.Errorf("%w: %d, this build reads %d", wire.ErrUnknownVersion, v, definitionsVersion)
	}
	last := ""
	for i := range r.Count(2) {
		name := r.String()
		if i > 0 && name <= last {
			r.Fail("name %.40q after %.40q", name, last)
		}
		m[name] = slices.Clone(r.Blob())
		last = name
	}
	if err := r.Close(); err != nil {
		return nil, err
	}
	return m, nil
}
