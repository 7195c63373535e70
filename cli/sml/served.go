package sml

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/rpconnect-sml/rpconnect-sml/internal/portable"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/ui"
)

// served are the projects of one cache, each opened when it is first asked for.
// It is safe for concurrent use.
type served struct {
	in    *opened
	table *live.Table
	scope live.Scope
	log   io.Writer // of warnings

	mu   sync.Mutex
	open []*live.Handle
}

var _ ui.Projects = (*served)(nil)

// warner passes warnings on and is silent otherwise.
type warner struct {
	quiet
	out io.Writer
}

// Warn writes a line.
func (w warner) Warn(text string) { fmt.Fprintln(w.out, "warning: "+text) }

// Names lists the projects of the cache.
func (s *served) Names(ctx context.Context) ([]string, error) {
	names, err := s.place().Projects(ctx)
	if err != nil {
		return nil, s.in.explain(err)
	}
	slices.Sort(names)
	return names, nil
}

// Find opens a project for reading, unless it is open.
func (s *served) Find(ctx context.Context, name string) (*live.Project, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, err := s.table.Find(name)
	if err == nil {
		return found, nil
	}
	names, listErr := s.Names(ctx)
	if listErr != nil {
		return nil, listErr
	}
	if !slices.Contains(names, name) {
		return nil, fmt.Errorf("%w: %q; cache %q has the projects %q", live.ErrNotOpen, name, s.in.label, names)
	}
	return s.hold(name, nil)
}

// Learn opens a project for learning, unless it learns.
func (s *served) Learn(_ context.Context, name string, learn *live.LearnSettings) (*live.Project, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if found, err := s.table.Find(name); err == nil && found.Learning() {
		return found, nil
	}
	return s.hold(name, learn)
}

// hold opens a project and keeps the handle; the lock is held.
func (s *served) hold(name string, learn *live.LearnSettings) (*live.Project, error) {
	settings := live.Settings{Project: name, Cache: s.in.label, Prefix: s.in.prefix, OnDemand: true, Learn: learn}
	h, err := s.table.Open(&s.scope, settings, s.in.store, "sml mcp", warner{out: s.log})
	if err != nil {
		return nil, err
	}
	s.open = append(s.open, h)
	return h.Project(), nil
}

func (s *served) place() *portable.Place {
	place := s.in.place()
	return &place
}

// Place returns the cache and the prefix.
func (s *served) Place(string) *portable.Place { return s.place() }

// Discard closes a project.
func (s *served) Discard(ctx context.Context, name string) error { return s.table.Discard(ctx, name) }

// close closes all projects.
func (s *served) close(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var failed []error
	for _, h := range s.open {
		failed = append(failed, h.Close(ctx))
	}
	s.open = nil
	return errors.Join(failed...)
}
