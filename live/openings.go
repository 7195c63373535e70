package live

import (
	"context"
	"maps"
	"slices"
	"sync"
)

// openings are things that are opened at first use, by id. While one is opened,
// which takes as long as a store does not answer, no lock is held.
type openings[T any] struct {
	mu      sync.Mutex
	open    map[string]T
	running map[string]chan struct{} // closed when the attempt has ended
}

// get returns the thing of that id, and opens it unless it is open. Callers that
// come while another one opens it wait for that one, or until their ctx ends.
func (o *openings[T]) get(ctx context.Context, id string, open func() (T, error)) (T, error) {
	for {
		known, ok, running := o.claim(id)
		switch {
		case ok:
			return known, nil
		case running == nil:
			opened, err := open()
			o.settle(id, opened, err)
			return opened, err
		}
		select {
		case <-ctx.Done():
			return known, ctx.Err()
		case <-running: // it is open, or it is this caller's turn to try
		}
	}
}

// claim returns the thing of that id, or the attempt to wait for. With neither it
// is the caller's turn, who must settle it.
func (o *openings[T]) claim(id string) (known T, ok bool, running chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if known, ok = o.open[id]; ok {
		return known, true, nil
	}
	if running = o.running[id]; running == nil {
		if o.running == nil {
			o.running = map[string]chan struct{}{}
		}
		o.running[id] = make(chan struct{})
	}
	return known, false, running
}

// settle ends an attempt.
func (o *openings[T]) settle(id string, opened T, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err == nil {
		if o.open == nil {
			o.open = map[string]T{}
		}
		o.open[id] = opened
	}
	close(o.running[id])
	delete(o.running, id)
}

// drop forgets the thing of that id, which the next caller opens anew.
func (o *openings[T]) drop(id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.open, id)
}

// has reports whether the thing of that id is open.
func (o *openings[T]) has(id string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, ok := o.open[id]
	return ok
}

// all returns what is open, in the order of the ids.
func (o *openings[T]) all() []T {
	o.mu.Lock()
	defer o.mu.Unlock()
	out := make([]T, 0, len(o.open))
	for _, id := range slices.Sorted(maps.Keys(o.open)) {
		out = append(out, o.open[id])
	}
	return out
}
