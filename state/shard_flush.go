package state

import (
	"context"
	"errors"
	"fmt"
)

// waiter is a Learn that waits for a record with what it learned.
type waiter struct {
	learned uint64
	bare    bool          // its messages have no positions
	done    chan struct{} // closed when stored is decided
	stored  bool          // false when another owner was first
}

// resolve tells those who wait for what was learned up to some number; the
// shard's lock is held.
func (s *Shard[T]) resolve(upTo uint64, stored bool) {
	for w := range s.waiting {
		if w.learned <= upTo {
			w.stored = stored
			close(w.done)
			delete(s.waiting, w)
		}
	}
}

// resolveBare tells those whose messages have no positions that another owner's
// record has them: what this one learned up to some number. The shard's lock is held.
func (s *Shard[T]) resolveBare(upTo uint64) {
	for w := range s.waiting {
		if w.bare && w.learned <= upTo {
			w.stored = true
			close(w.done)
			delete(s.waiting, w)
		}
	}
}

// enter waits for the turn to use the journal.
func (s *Shard[T]) enter(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Shard[T]) leave() { <-s.turn }

// await returns when a record that contains what w learned is stored, which
// one of those who wait writes for all, or when another owner was first and
// everything is to be learned again.
func (s *Shard[T]) await(ctx context.Context, w *waiter) (stored bool, err error) {
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.waiting, w)
	}()
	for {
		select {
		case <-w.done:
			return w.stored, nil
		case <-ctx.Done():
			return false, ctx.Err()
		case s.turn <- struct{}{}:
		}
		select {
		case <-w.done:
			s.leave()
			return w.stored, nil
		default:
		}
		err := s.retry(ctx, func() error { return s.write(ctx) })
		s.tidy(ctx)
		if err != nil {
			return false, err
		}
	}
}

// tidy clears up behind the journal and gives the turn away, without letting
// the caller wait: nothing that is acknowledged depends on it.
func (s *Shard[T]) tidy(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	go func() {
		defer s.leave()
		s.journal.tidy(ctx)
	}()
}

// Flush writes what is not stored. When there is nothing, it looks whether
// another owner has written and takes that over. The error is a *DroppedError
// when a shard that is not durable had to give way to another owner since the
// last Flush; otherwise it wraps ErrStore (nothing is lost, try again),
// wire.ErrCorrupt or wire.ErrUnknownVersion.
func (s *Shard[T]) Flush(ctx context.Context) error {
	if !s.dirty() {
		// Somebody may still be tidying.
		if err := s.enter(ctx); err != nil {
			return err
		}
		s.leave()
		if err := s.catchUp(ctx); err != nil {
			return err
		}
		return s.report()
	}
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	defer s.journal.tidy(ctx)
	target := s.progress()
	for {
		if err := s.write(ctx); err != nil {
			return err
		}
		s.mu.Lock()
		reached := s.stored >= target
		s.mu.Unlock()
		if reached {
			return s.report()
		}
	}
}

// Store is Flush where there is something that is not stored, and else asks the store
// nothing.
func (s *Shard[T]) Store(ctx context.Context) error {
	if !s.dirty() {
		return s.report()
	}
	return s.Flush(ctx)
}

func (s *Shard[T]) progress() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.learned
}

// report returns a DroppedError once for what was dropped.
func (s *Shard[T]) report() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dropped == 0 {
		return nil
	}
	e := &DroppedError{Shard: s.id, Messages: s.dropped}
	s.dropped = 0
	return e
}

// draft is a record on its way to the store. It stays the same until its fate
// is known: a write whose answer was lost must not be repeated as another one.
type draft struct {
	payload  []byte
	after    uint64
	learned  uint64 // Shard.learned, as of the payload
	messages int    // of Shard.unsaved
	whole    bool   // it is to be restored, and does not follow after
	lost     error  // why
	bare     uint64 // Positions.authorAt of this writer, as of the payload
	// positions are those of the payload; their fingerprints are not to be read.
	positions *Positions
}

// write stores everything that is learned so far, if it is not stored, in one
// record. When another owner was first it takes over that one's state. The
// caller holds the turn.
func (s *Shard[T]) write(ctx context.Context) error {
	began := s.opts.now()
	if s.draft != nil && s.draft.whole {
		return s.restore(ctx, s.draft.lost) // the same again, as it may have happened
	}
	if !s.prepare() {
		return nil
	}
	if n := s.journal.remnant; n > 0 && s.version.Load() == 0 {
		s.draft = nil
		return s.restore(ctx, fmt.Errorf("%w: version %d of shard %q had been written, and a search finds none", ErrLost, n, s.id))
	}
	if s.opts.Before != nil {
		if err := s.opts.Before(ctx); err != nil {
			return err
		}
	}
	d := s.draft
	version, err := s.journal.commit(ctx, d.after, d.payload)
	if errors.Is(err, ErrLost) {
		return s.restore(ctx, err)
	}
	if errors.Is(err, ErrFenced) {
		s.mu.Lock()
		s.counters.Fenced++
		s.mu.Unlock()
		if s.opts.Fenced != nil {
			s.opts.Fenced()
		}
		err := s.load(ctx)
		if errors.Is(err, ErrLost) {
			return s.restore(ctx, err)
		}
		if err == nil {
			s.draft = nil
		}
		return err
	}
	if err != nil {
		return err
	}
	s.landed(version)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counters.LastFlush = s.opts.now().Sub(began)
	return nil
}

// landed notes that the draft is the record of that version. What was learned
// since the draft was made stays to be stored. The caller holds the turn.
func (s *Shard[T]) landed(version uint64) {
	d := s.draft
	s.draft = nil
	s.mu.Lock()
	defer s.mu.Unlock()
	s.version.Store(version)
	s.acked = d.positions
	s.stored = d.learned
	s.unsaved -= d.messages
	s.counters.Flushes++
	s.counters.Bytes += uint64(len(d.payload))
	s.resolve(d.learned, true)
}

// prepare makes a draft unless there is one, and reports whether there is
// something to write.
func (s *Shard[T]) prepare() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	after := s.version.Load()
	if s.draft != nil && s.draft.after == after {
		return true
	}
	if s.learned == s.stored {
		s.resolve(s.learned, true)
		return false
	}
	payload := encodeShardAfter(s.size, s.positions, s.content)
	s.size = len(payload)
	s.draft = &draft{payload: payload, after: after, learned: s.learned, messages: s.unsaved,
		positions: s.positions.fork(), bare: s.positions.authorAt(s.writer)}
	return true
}
