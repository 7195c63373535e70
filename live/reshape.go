package live

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// reshaping is what happens when an attribute has got another type while a process
// has the project open: what it has open is written as it is, and read anew under the
// new types.
type reshaping struct {
	// use is held for reading while rows are taken into shards, for writing while
	// these are opened anew.
	use sync.RWMutex
	// done is called after everything has been read anew.
	done func()

	mu sync.Mutex
	at uint64 // the shape of the schema under which the shards are open
}

// current reports whether the shards are open under the types of now.
func (s *shards) current() bool {
	s.reshape.mu.Lock()
	defer s.reshape.mu.Unlock()
	return s.reshape.at == s.schemas.shape.Load()
}

// followTypes reads all shards anew where an attribute has got another type, or, when
// forced, in any case. A store that fails is tried again until ctx ends.
func (s *shards) followTypes(ctx context.Context, forced bool) error {
	s.reshape.use.Lock()
	defer s.reshape.use.Unlock()
	if !forced && s.current() {
		return nil
	}
	shape := s.schemas.shape.Load()
	for _, shard := range s.mine() {
		err := state.Retry(ctx, func() error { return s.outage.waiting(flushShard(ctx, s.home, shard)) })
		var dropped *state.DroppedError
		if errors.As(err, &dropped) {
			s.outage.noteFlush(err) // another owner has it
		} else if err != nil {
			return err
		}
		s.leave(shard)
	}
	r := s.newReader()
	if err := state.Retry(ctx, func() error { return s.outage.waiting(r.Refresh(ctx)) }); err != nil {
		return err
	}
	s.read(r)
	s.reshape.mu.Lock()
	s.reshape.at = shape
	s.reshape.mu.Unlock()
	s.reshape.done()
	return nil
}

// underTypes returns statistics as they are under the types of now, which those of a
// shard may not follow yet.
func (s *shards) underTypes(maker stats.Maker, a stats.Additive) (stats.Additive, error) {
	if s.current() {
		return a, nil
	}
	var w wire.Writer
	a.Encode(&w)
	return maker.Decode(wire.NewReader(w.Bytes()))
}

// mostShapes bounds how often a batch is read again because types change meanwhile.
const mostShapes = 5

// takeUnderTypes calls take, which reads messages and takes them, under the types of
// now, and again when these have changed meanwhile. Messages that are decided stay so.
// A type that the learner's settings contradict is an error: it learns nothing more.
func (l *learner) takeUnderTypes(ctx context.Context, messages []Message, take func() error) error {
	before := make([]error, len(messages))
	for i := range messages {
		before[i] = messages[i].Err
	}
	once := func() (shape uint64, err error) {
		shape = l.schemas.shape.Load()
		if l.agreed.Load() != shape {
			if err := l.schemas.check(); err != nil {
				return shape, err
			}
			l.agreed.Store(shape)
		}
		if !l.shards.current() {
			if err := l.shards.followTypes(ctx, false); err != nil {
				return shape, err
			}
		}
		l.shards.reshape.use.RLock()
		defer l.shards.reshape.use.RUnlock()
		return shape, take()
	}
	forced := false
	for try := 1; ; try++ {
		shape, err := once()
		changed := l.schemas.shape.Load() != shape
		if !errors.Is(err, stats.ErrIncompatible) || try == mostShapes || forced && !changed {
			return inOtherOrder(err)
		}
		if forced = !changed; forced {
			if err := l.shards.followTypes(ctx, true); err != nil {
				return err
			}
		}
		for i := range messages {
			if messages[i].isWaiting() {
				messages[i].Err = before[i]
			}
		}
	}
}

// inOtherOrder says how a shard comes to have other columns than the schema, and what helps.
func inOtherOrder(err error) error {
	if !errors.Is(err, stats.ErrLayout) {
		return err
	}
	return fmt.Errorf("%w: the project begins its attributes or their values in another order than when the shard learned, as after the keys of its schema were lost "+
		"while no process held them. `sml export`, then `sml forget --shard`, then `sml merge --as` keeps all rows (docs/troubleshooting.md)", err)
}
