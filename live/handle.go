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
	return h.project.learner.take(ctx, h.observer, messages, false, nil)
}

// LearnTested is Learn with each row scored before it is learned. Messages that are taken
// again go with the same tests.
func (h *Handle) LearnTested(ctx context.Context, messages []Message, tests *Tests) error {
	return h.project.learner.take(ctx, h.observer, messages, false, tests)
}

// Forget is Forget of the project, in the same way.
func (h *Handle) Forget(ctx context.Context, messages []Message) error {
	return h.project.learner.take(ctx, h.observer, messages, true, nil)
}

// GiveUp says that the messages that still wait will not be tried again, because of
// the error.
func (h *Handle) GiveUp(messages []Message, err error) {
	giveUp(messages, err)
	depart(h.observer, h.project.home.project, messages)
}

// Arrive takes messages that a component has just received into its account. They
// wait until Settle or GiveUp. Learn and Forget do all of this by themselves.
func (h *Handle) Arrive(messages []Message) { arrive(h.observer, h.project.home.project, messages) }

// Settle says that the component has dealt with the messages: those with an Err are
// refused, and those that still wait are done.
func (h *Handle) Settle(messages []Message) {
	for i := range messages {
		switch m := &messages[i]; {
		case m.counted:
		case m.Err != nil:
			m.Outcome = outcomeOf(m.Err)
		case m.isWaiting():
			m.Outcome = OutcomeDone
		}
	}
	depart(h.observer, h.project.home.project, messages)
	noteWaiting(h.observer, h.project.home.project, messages)
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
