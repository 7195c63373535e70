package project

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// SchemaLog is the schema of a project, which all its shards share. It is safe
// for concurrent use.
type SchemaLog struct {
	mu      sync.Mutex
	base    string
	journal *state.Journal
	current *schema.Schema // nil before the first load
	settled bool           // what is known is not disputed
}

// NewSchemaLog returns the schema record of the project whose keys begin with
// base. It reads nothing.
func NewSchemaLog(store state.Store, base string) *SchemaLog {
	base = schemaBase(base)
	return &SchemaLog{base: base, journal: state.NewJournal(store, base, state.JournalOptions{Kind: wire.KindSchema})}
}

// Load returns the newest schema, an empty one when there is none. When
// nothing has changed it is the same as before. A disputed one, which another
// writer may pass over, is written again first: whoever encodes rows by the
// schema that is returned can rely on it. The error wraps state.ErrStore,
// wire.ErrCorrupt, wire.ErrUnknownVersion or schema.ErrCorrupt.
func (l *SchemaLog) Load(ctx context.Context) (*schema.Schema, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.current != nil {
		newer, err := l.journal.Newer(ctx, l.journal.Version())
		if err != nil || !newer && l.settled {
			return l.current, err
		}
	}
	before := l.current
	current, err := l.read(ctx, l.journal.Load)
	if err != nil || l.settled {
		return current, err
	}
	if current, err = l.read(ctx, l.journal.Resolve); err != nil {
		l.current = before // until the next Load: an older schema is never wrong
	}
	return current, err
}

// Grow adds what growth has and the schema lacks, and returns the schema that
// is stored then. A writer that loses a race takes what the winner wrote and adds
// the rest. The error is as for Load.
func (l *SchemaLog) Grow(ctx context.Context, growth schema.Growth, limits schema.Limits) (*schema.Schema, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		if l.current == nil || !l.settled {
			if _, err := l.read(ctx, l.journal.Resolve); err != nil {
				return nil, err
			}
		}
		grown, added := l.current.Grow(growth, limits)
		if added == 0 {
			return l.current, nil
		}
		err := l.write(ctx, grown)
		if err == nil {
			return grown, nil
		}
		if !errors.Is(err, state.ErrFenced) {
			return nil, err
		}
	}
}

// alter writes what change makes of the schema that is stored; change may be called
// again when another process has grown it meanwhile. The error is that of change, or as
// for Load.
func (l *SchemaLog) alter(ctx context.Context, change func(*schema.Schema) (*schema.Schema, error)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		if l.current == nil || !l.settled {
			if _, err := l.read(ctx, l.journal.Resolve); err != nil {
				return err
			}
		}
		next, err := change(l.current)
		if err != nil || next == l.current {
			return err
		}
		if err := l.write(ctx, next); !errors.Is(err, state.ErrFenced) {
			return err
		}
	}
}

// write stores a schema in place of the current one; the lock is held. After an error
// the current one is read again before it is used.
func (l *SchemaLog) write(ctx context.Context, next *schema.Schema) error {
	payload, err := next.MarshalBinary()
	if err != nil {
		return fmt.Errorf("encode schema: %w", err)
	}
	_, err = l.journal.Write(ctx, l.journal.Version(), payload)
	if errors.Is(err, state.ErrLost) {
		_, err = l.journal.Restore(ctx, payload)
	}
	if err != nil {
		l.settled = false
		return err
	}
	l.current = next
	return nil
}

// Keep makes sure that readers find the schema that is known here, and writes it again
// when it is gone from the store; it reports whether it has. The error wraps
// state.ErrStore or errForked.
func (l *SchemaLog) Keep(ctx context.Context) (restored bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.current == nil {
		return false, nil
	}
	return restore(ctx, l.journal, func() ([]byte, error) {
		if err := l.compareFound(ctx); err != nil {
			return nil, err
		}
		return l.current.MarshalBinary()
	})
}

// errForked says that keys of a schema were gone from the store, and that another process
// has begun the project anew meanwhile.
var errForked = errors.New("the schema of the project was gone from the store, and another process has begun it anew with other attributes or categories than this process has learned with; " +
	"what either has learned cannot be added to the other's by places: export the project from one of the two processes (REST), delete it, import it, and set the source back")

// compareFound takes a schema over that another process has written meanwhile, if it
// succeeds the one that is known here. Of two where neither succeeds the other it is an
// error. What cannot be read is passed over, as it is to be written again.
func (l *SchemaLog) compareFound(ctx context.Context) error {
	fresh := &SchemaLog{base: l.base, journal: l.journal.Again()}
	found, err := fresh.read(ctx, fresh.journal.Load)
	if errors.Is(err, state.ErrStore) {
		return err
	}
	if err != nil || l.current.Succeeds(found) {
		return nil
	}
	if !found.Succeeds(l.current) {
		return errForked
	}
	l.current = found
	return nil
}

// restore writes a record again whose keys are gone from the store.
func restore(ctx context.Context, j *state.Journal, encode func() ([]byte, error)) (restored bool, err error) {
	err = j.Kept(ctx)
	if !errors.Is(err, state.ErrLost) {
		return false, err
	}
	payload, err := encode()
	if err != nil {
		return false, fmt.Errorf("encode what is gone from the store: %w", err)
	}
	_, err = j.Restore(ctx, payload)
	if errors.Is(err, state.ErrFenced) {
		return false, nil // another process has restored it
	}
	return err == nil, err
}

// read loads the schema. One that the known one succeeds is an older state, which
// another process has written again after keys were gone, and the known one is written
// again in turn. Of two where neither succeeds the other it is errForked.
func (l *SchemaLog) read(ctx context.Context, load func(context.Context) (state.Record, error)) (*schema.Schema, error) {
	for {
		r, err := load(ctx)
		if err != nil {
			return nil, err
		}
		s := &schema.Schema{}
		if r.Payload != nil {
			if err := s.UnmarshalBinary(r.Payload); err != nil {
				return nil, fmt.Errorf("version %d of %q: %w", r.Version, l.base, err)
			}
		}
		if l.current == nil || s.Succeeds(l.current) {
			l.current, l.settled = s, !r.Disputed
			return s, nil
		}
		if !l.current.Succeeds(s) {
			return nil, fmt.Errorf("version %d of %q: %w", r.Version, l.base, errForked)
		}
		payload, err := l.current.MarshalBinary()
		if err != nil {
			return nil, fmt.Errorf("encode schema: %w", err)
		}
		_, err = l.journal.Restore(ctx, payload)
		if err == nil {
			l.settled = true
			return l.current, nil
		}
		if !errors.Is(err, state.ErrFenced) {
			return nil, err
		}
	}
}
