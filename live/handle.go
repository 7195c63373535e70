package live

import (
	"context"
	"sync"
)

// Handle is one component's share of a project.
// once makes a second Close do nothing.
type Handle struct {
	table    *Table
	project  *Project
	observer Observer
	once     sync.Once
}

// Project returns the project that the handle shares.
func (h *Handle) Project() *Project { return h.project }

// Learn is Learn of the project, with the rows in the account of the component that
// has the handle. After an error the rows that are not decided wait: the component
// calls Learn again with the same messages, or GiveUp.
func (h *Handle) Learn(ctx context.Context, messages []Message) error {
	return h.project.learner.take(ctx, h.observer, messages, false)
}

// Forget is Forget of the project, in the same way.
func (h *Handle) Forget(ctx context.Context, messages []Message) error {
	return h.project.learner.take(ctx, h.observer, messages, true)
}

// NewScorer is NewScorer of the project, with the rows in the account of the
// component that has the handle.
func (h *Handle) NewScorer(settings ScorerSettings) (*Scorer, error) {
	s, err := h.project.NewScorer(settings)
	if err == nil {
		s.observer = h.observer
	}
	return s, err
}

// NewWatcher is NewWatcher of the project, in the same way.
func (h *Handle) NewWatcher(settings WatcherSettings) (*Watcher, error) {
	w, err := h.project.NewWatcher(settings)
	if err == nil {
		w.scorer.observer = h.observer
	}
	return w, err
}

// GiveUp says that the messages that still wait will not be tried again.
func (h *Handle) GiveUp(messages []Message) {
	giveUp(messages)
	depart(h.observer, h.project.home.project, messages)
}

// Close gives the share up. The last one closes the project: what is not
// stored yet is written, which the context bounds.
func (h *Handle) Close(ctx context.Context) (err error) {
	h.once.Do(func() {
		if h.table.release(h.project) {
			err = h.project.close(ctx)
		}
		if a, ok := h.observer.(Accountant); ok {
			a.Closed()
		}
	})
	return err
}
