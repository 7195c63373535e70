package live

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// home is which project it is, where it is kept, who is told of it and the clock:
// what every part of a live project needs. Nothing changes it, but that exact is set.
// Its fields are set when the project is opened, so reading them takes no lock.
type home struct {
	project string
	cache   string
	prefix  string
	// refresh bounds how stale what is read may be.
	refresh time.Duration
	// exact says that answers lack nothing that this process has learned: one of its
	// components has asked for it.
	exact    atomic.Bool
	store    state.Store
	observer Observer
	types    model.Catalogue // of models
	now      func() time.Time
	// expansions are what the project computes of its attributes.
	expansions func() []*expansion.Expansion
	// members returns the definitions of the members of a definition.
	members func(d *model.Definition, need *model.MemberNeed) ([]model.Definition, error)
	// layout returns the newest layout that is known.
	layout func() *stats.Layout
	// start loads the project at first use.
	start func(context.Context) error
}

// base returns the beginning of the project's keys.
func (h *home) base() string { return project.Base(h.prefix, h.project) }

// warn tells the observer of something that no caller gets as an error.
func (h *home) warn(format string, args ...any) {
	h.observer.Warn(fmt.Sprintf("project %q: %s", h.project, fmt.Sprintf(format, args...)))
}

// span begins a span where the observer takes them.
func (h *home) span(ctx context.Context, name string) (context.Context, func(error)) {
	if t, ok := h.observer.(Tracer); ok {
		return t.Span(ctx, name, h.project)
	}
	return ctx, func(error) {}
}
