package live

import (
	"context"
	"errors"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// mostPending bounds how many scores of a source are kept until they are stored. Older
// ones would be lost if another process wrote the source while the store fails.
const mostPending = 1 << 17

// scoreSource is the scores of one model for the messages of one source. Scores are
// written at an interval. Until they are stored, those of messages with positions are
// kept here: where another process writes the same source, what it has not counted is
// counted again on top of its record.
type scoreSource struct {
	shard *scoreShard
	of    string // the source's shard of rows
	now   func() time.Time
	// old is which rows were learned before they could be scored, nil for none.
	old atomic.Pointer[state.Had]

	mu      sync.Mutex
	pending []*scoreBatch // with positions, that may be in no record yet
	scores  int           // in pending
	last    uint64        // number of the newest batch
}

// scoreBatch is what is to be counted of some messages of one source.
type scoreBatch struct {
	number   uint64 // in the order of counting
	arrivals state.Arrivals
	scores   batchScores
	usual    func(float64) bool         // which scores may shape a threshold, nil for all
	evaluate *evaluation.RunningOptions // nil for none
}

// count counts the scores of those messages that the shard does not have, and that are no
// old ones, and returns their indices.
func (s *scoreSource) count(ctx context.Context, b *scoreBatch) (fresh []int, err error) {
	dropped := s.shard.Counters().Dropped
	if fresh, err = s.learn(ctx, b); err != nil || b.arrivals.Offsets == nil || len(fresh) == 0 {
		return fresh, err
	}
	kept := b.clone()
	s.keep(kept)
	if s.shard.Counters().Dropped != dropped {
		_, err = s.learn(ctx, kept) // another process was first, before the batch was kept
	}
	return fresh, err
}

// learn counts the scores of fresh messages.
func (s *scoreSource) learn(ctx context.Context, b *scoreBatch) (fresh []int, err error) {
	var finite []float64
	_, err = s.shard.LearnFrom(ctx, b.arrivals, func(kept *scoreStats, indices []int) error {
		finite, fresh = finite[:0], s.tests(b, append(fresh[:0], indices...))
		for _, i := range fresh {
			if x := b.scores.scores[i]; !math.IsNaN(x) {
				finite = append(finite, x)
			}
		}
		if b.evaluate != nil && len(b.scores.outcomes) > 0 {
			if err := kept.evaluate(*b.evaluate, &b.scores, fresh, s.now()); err != nil {
				return err
			}
		}
		if b.scores.mixing != nil && len(b.scores.outcomes) > 0 {
			if err := kept.weigh(&b.scores, fresh, s.now()); err != nil {
				return err
			}
		}
		return kept.add(finite, b.usual)
	})
	return fresh, err
}

// keep keeps a batch until it is stored.
func (s *scoreSource) keep(b *scoreBatch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	b.number = s.last
	s.pending = append(s.pending, b)
	for s.scores += b.arrivals.Count; s.scores > mostPending && len(s.pending) > 1; {
		s.scores -= s.pending[0].arrivals.Count
		s.pending[0], s.pending = nil, s.pending[1:]
	}
}

// waiting returns the batches that are kept, in order, and the number of the newest.
func (s *scoreSource) waiting() (pending []*scoreBatch, last uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append(pending, s.pending...), s.last
}

// settled lets go of the batches up to a number, which are stored.
func (s *scoreSource) settled(upTo uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for n < len(s.pending) && s.pending[n].number <= upTo {
		s.scores -= s.pending[n].arrivals.Count
		s.pending[n] = nil
		n++
	}
	s.pending = s.pending[n:]
}

// store writes with write what is not stored. Where another process was first, the
// scores that its record lacks are counted on top of it, and written again. Those of
// messages without positions cannot be told apart: the other's count.
func (s *scoreSource) store(ctx context.Context, write func(context.Context) error) error {
	for {
		_, last := s.waiting()
		err := write(ctx)
		var dropped *state.DroppedError
		if !errors.As(err, &dropped) {
			if err == nil {
				s.settled(last)
			}
			return err
		}
		pending, _ := s.waiting()
		for _, b := range pending {
			if _, err := s.learn(ctx, b); err != nil {
				return err
			}
		}
		if len(pending) == 0 {
			return nil
		}
	}
}

// clone returns a copy that shares nothing with the batch but what never changes.
func (b *scoreBatch) clone() *scoreBatch {
	c := *b
	c.arrivals.Offsets = append([]int64(nil), b.arrivals.Offsets...)
	c.scores = batchScores{scores: append([]float64(nil), b.scores.scores...), outcomes: append([]outcome(nil), b.scores.outcomes...), targets: b.scores.targets, mixing: b.scores.mixing}
	for i := range c.scores.outcomes {
		o := &c.scores.outcomes[i]
		from := len(c.scores.probabilities)
		c.scores.probabilities = append(c.scores.probabilities, b.scores.probabilities[o.from:o.to]...)
		o.from, o.to = from, len(c.scores.probabilities)
		if o.known && c.scores.mixing != nil {
			costs := b.scores.costs[o.costs : o.costs+1+len(c.scores.mixing.names)]
			o.costs = len(c.scores.costs)
			c.scores.costs = append(c.scores.costs, costs...)
		}
	}
	return &c
}
