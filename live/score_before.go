package live

import (
	"context"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// When predictions begin to be compared with targets, by a new `evaluate` or `threshold`,
// rows have been learned that the statistics of scores do not know. Delivered again, such a
// row is no test of a model that has learned it. A row that is scored before it is learned
// is stored with the scores no later than with the rows (see Scores.precede). So where a
// source is scored first, all that its stored rows have and its scores have not is old.

// learnedRows says which rows of sources have been learned.
type learnedRows struct {
	home     *home
	shards   *shards
	learning func() bool
}

// now returns which rows the shards have that this process has open, by their id.
func (l *learnedRows) now() map[string]*state.Had {
	out := map[string]*state.Had{}
	for _, shard := range l.shards.mine() {
		out[shard.ID()] = shard.Had()
	}
	return out
}

// before returns which rows of a source were learned before it is scored for the first time
// in this process, nil where that is not known: where this process does not learn, or has
// learned the source already. Then rows are learned first and scored later, and none of
// them is scored before.
func (l *learnedRows) before(ctx context.Context, source string) (*state.Had, error) {
	if !l.learning() || l.shards.open.has(source) {
		return nil, nil
	}
	return state.ReadHad(ctx, l.home.store, l.home.base(), source)
}

// begin notes, as a component begins to count, which rows have been learned of the sources
// that are open in this process.
func (l *scoreLog) begin() {
	had := l.learned.now()
	l.mu.Lock()
	l.had = had
	l.mu.Unlock()
	for _, s := range l.sources.all() {
		if known := had[s.of]; known != nil {
			s.old.Store(known)
		}
	}
}

// noteOld notes for a source that is scored for the first time what is old of it.
func (l *scoreLog) noteOld(ctx context.Context, s *scoreSource) error {
	l.mu.Lock()
	known := l.had[s.of]
	l.mu.Unlock()
	if known == nil {
		var err error
		if known, err = l.learned.before(ctx, s.of); err != nil {
			return err
		}
	}
	s.old.Store(known)
	return nil
}

// tests returns those of fresh messages of which what is said is a test: all of an anomaly
// model, which has no target, and else those that had not been learned before they were
// counted for the first time.
func (s *scoreSource) tests(b *scoreBatch, fresh []int) []int {
	old := s.old.Load()
	if old == nil || b.arrivals.Offsets == nil || b.scores.targets == nil || b.scores.targets.role == model.RoleAnomaly {
		return fresh
	}
	left := fresh[:0]
	for _, i := range fresh {
		if !old.Contains(b.arrivals.Origin.Topic, b.arrivals.Offsets[i]) {
			left = append(left, i)
		}
	}
	return left
}
