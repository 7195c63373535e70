package live

import (
	"context"
	"sync"
	"time"
)

// rereadTimeout bounds how long a question to a closed project waits for the store.
const rereadTimeout = 2 * time.Second

// ended is a project that every component has closed. What only reads goes on being
// answered: of what it held when it was closed, and, as soon as its refresh interval
// has passed, of what the store holds.
type ended struct {
	closed *Project

	mu     sync.Mutex
	reader *Project  // reads the store; nil before the first time
	fresh  bool      // reader has read something
	asked  time.Time // when the store was asked last
}

// answering returns the project that answers now. A store that does not answer, as
// that of a stream which has ended may, leaves the answers as old as they were.
func (e *ended) answering(ctx context.Context) *Project {
	e.mu.Lock()
	defer e.mu.Unlock()
	h := e.closed.home
	now := h.now()
	if e.asked.IsZero() {
		e.asked = now
	}
	if now.Sub(e.asked) >= h.refresh {
		e.asked = now
		if err := e.reread(ctx); err == nil {
			e.fresh = true
		}
	}
	if e.fresh {
		return e.reader
	}
	return e.closed
}

// reread reads what the store holds. The reader never writes, as it learns nothing and
// has no work in the background.
func (e *ended) reread(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, rereadTimeout)
	defer cancel()
	if e.reader == nil {
		settings := e.closed.settings
		settings.Learn, settings.Exact = nil, false
		reader, err := newProject(e.closed.scope, settings, e.closed.home.store, "a project that was closed", e.closed.home.observer)
		if err != nil {
			return err
		}
		reader.background.end(ctx)
		e.reader = reader
	}
	return e.reader.Reread(ctx)
}
