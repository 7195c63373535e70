package state

import (
	"context"
	"errors"
	"fmt"
)

// restore writes everything that the shard holds again, after the store has lost what
// it had of it. The caller holds the turn.
func (s *Shard[T]) restore(ctx context.Context, lost error) error {
	if s.draft == nil || !s.draft.whole {
		story, err := s.compareFound(ctx)
		if err != nil {
			return err
		}
		lost = fmt.Errorf("%w%s", lost, story)
		if owed := s.oweBegin(); owed != nil {
			lost = fmt.Errorf("%w; positions %s had been acknowledged when this process began to read, and are in no state that is there: they are to be delivered again", lost, ranges(owed))
			if s.opts.Gap != nil {
				s.opts.Gap(owed, true)
			}
		}
	}
	s.mu.Lock()
	if s.draft == nil || !s.draft.whole {
		s.draft = &draft{
			payload: encodeShard(s.positions, s.content), after: s.version.Load(), learned: s.learned, messages: s.unsaved,
			positions: s.positions.fork(), bare: s.positions.authorAt(s.writer), whole: true, lost: lost,
		}
	}
	d := s.draft
	s.mu.Unlock()
	version, err := s.journal.Restore(ctx, d.payload)
	if errors.Is(err, ErrFenced) {
		// Another owner has restored what it held. An older state is overtaken in turn:
		// each of the others has one at most.
		s.draft = nil
		err = s.load(ctx)
		if err == nil {
			return nil
		}
		if errors.Is(err, ErrLost) {
			return s.restore(ctx, err)
		}
	}
	if err != nil {
		return err
	}
	s.landed(version)
	if s.opts.Restored != nil {
		s.opts.Restored(lost)
	}
	return nil
}

// oweBegin notes, after keys have gone, what had been acknowledged when the input began to
// read and is not contained.
func (s *Shard[T]) oweBegin() []Interval {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.begun.Known || s.begunIn.Topic != s.positions.origin.Topic {
		return nil
	}
	next := s.positions.fork()
	owed := next.oweUpTo(s.begun)
	if owed != nil {
		s.positions = next
		s.learned++
	}
	return owed
}

// found returns ErrLost when a version was loaded that nobody else finds.
func (s *Shard[T]) found() error {
	if s.journal.orphan {
		return fmt.Errorf("%w: the version before %d of shard %q", ErrLost, s.journal.Version(), s.id)
	}
	return nil
}

// Keep makes sure that readers find the shard, which takes about as many reads as
// loading it. What is gone is written again. The error wraps ErrStore.
func (s *Shard[T]) Keep(ctx context.Context) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	err := s.journal.Kept(ctx)
	if err == nil {
		err = s.journal.walk(ctx, func(payload []byte) bool {
			positions, _, err := decodeShard(payload, s.codec)
			return err != nil || s.holds(positions)
		})
	}
	if errors.Is(err, ErrLost) {
		return s.restore(ctx, err)
	}
	return err
}

// Change lets fn change the content, and writes it. The error is that of fn or of
// Flush.
func (s *Shard[T]) Change(ctx context.Context, fn func(content T) error) error {
	s.mu.Lock()
	err := fn(s.content)
	if err == nil {
		s.learned++
	}
	s.mu.Unlock()
	if err != nil {
		return err
	}
	return s.Flush(ctx)
}
