package live

import (
	"context"
	"sync"
	"time"
)

// AsOf is when the statistics were put together that calls with its context have read:
// the earliest of all, as an answer is as old as the oldest of what it was made of. Its
// zero value has read none. It is safe for concurrent use.
type AsOf struct {
	mu       sync.Mutex
	earliest time.Time
}

type asOfKey struct{}

// WithAsOf returns a context whose calls tell a what they have read.
func WithAsOf(ctx context.Context, a *AsOf) context.Context {
	return context.WithValue(ctx, asOfKey{}, a)
}

// Time returns the time, zero where no statistics have been read.
func (a *AsOf) Time() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.earliest
}

// ReadAsOf says in the context that statistics of a time have been read; those of the
// zero time are not known.
func ReadAsOf(ctx context.Context, at time.Time) {
	a, ok := ctx.Value(asOfKey{}).(*AsOf)
	if !ok || at.IsZero() {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.earliest.IsZero() || at.Before(a.earliest) {
		a.earliest = at
	}
}
