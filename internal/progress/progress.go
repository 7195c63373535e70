// Package progress tells how far long work has come, through the context of who
// asked for it.
package progress

import (
	"context"
	"sync"
)

// Step is how far a loop has come.
type Step struct {
	// Stage names the loop, such as "lambda" or "fold".
	Stage string `json:"stage"`
	// Done of Of steps have been done.
	Done int `json:"done"`
	Of   int `json:"of"`
}

// Meter shows the last step of some work. Its zero value shows none; it is safe
// for concurrent use.
type Meter struct {
	mu     sync.Mutex
	last   Step
	source *Meter // shown instead, when not nil
}

type key struct{}

// Into returns a context whose work is shown by the meter.
func (m *Meter) Into(ctx context.Context) context.Context { return context.WithValue(ctx, key{}, m) }

// Report notes that done of so many steps of a stage have been done, where the
// context has a meter.
func Report(ctx context.Context, stage string, done, of int) {
	m, _ := ctx.Value(key{}).(*Meter)
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last = Step{Stage: stage, Done: done, Of: of}
}

// Follow lets the meter of the context, where it has one, show the steps of
// another one, whose work the caller waits for.
func Follow(ctx context.Context, source *Meter) {
	m, _ := ctx.Value(key{}).(*Meter)
	if m == nil || m == source {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.source = source
}

// Last returns the last step, and whether there was one.
func (m *Meter) Last() (Step, bool) {
	m.mu.Lock()
	last, source := m.last, m.source
	m.mu.Unlock()
	if source != nil {
		if step, ok := source.Last(); ok {
			return step, true
		}
	}
	return last, last.Stage != ""
}
