package state

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Learn lets learn take those of count messages that the shard does not
// contain, and returns how many it does contain. It is LearnFrom for messages of
// which nothing but the positions is known; nil means that they have none.
func (s *Shard[T]) Learn(ctx context.Context, count int, offsets []int64, learn func(content T, fresh []int) error) (replays int, err error) {
	out, err := s.LearnFrom(ctx, Arrivals{Count: count, Offsets: offsets}, learn)
	return out.Replays, err
}

// LearnFrom lets learn take those of the messages that the shard does not contain.
//
// The function gets the content and the indices of the fresh messages; it must
// either take all of them or, with an error, leave the content as it was. It is called under the shard's lock, possibly with no index, and again
// when another owner was first; it must not keep its arguments. All offsets
// count as seen afterwards, whatever the function makes of their rows.
//
// With Durable it returns when the store has them: a store that fails is tried
// again until ctx ends. An error means that the messages must be delivered
// again; those with offsets still count once. The error wraps ErrContradiction
// when a message is not what its position says, and ErrOwed when others are to be
// delivered again first.
func (s *Shard[T]) LearnFrom(ctx context.Context, a Arrivals, learn func(content T, fresh []int) error) (Outcome, error) {
	if err := a.validate(); err != nil {
		return Outcome{}, fmt.Errorf("shard %q: %w", s.id, err)
	}
	if !s.opts.Durable {
		if err := s.look(ctx, a.Offsets); err != nil {
			return Outcome{}, err
		}
	}
	for looked := false; ; {
		out, w, err := s.take(&a, learn)
		if (errors.Is(err, ErrContradiction) || errors.Is(err, ErrOwed)) && !looked {
			// Somebody may have begun a new epoch of the shard.
			looked = true
			before := s.version.Load()
			if err := s.Follow(ctx); err != nil {
				return Outcome{}, err
			}
			if s.version.Load() != before {
				continue
			}
		}
		if err != nil {
			return Outcome{}, err
		}
		if w == nil {
			return out, nil
		}
		stored, err := s.await(ctx, w)
		if stored || err != nil {
			return out, err
		}
	}
}

// take learns what is fresh. With Durable it returns a waiter for the record
// that contains everything learned so far, or nil when that is stored.
func (s *Shard[T]) take(a *Arrivals, learn func(T, []int) error) (Outcome, *waiter, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sorting := sorting{arrivals: a, shard: s.id, before: s.positions, fresh: s.fresh[:0], listed: s.listed, unverified: s.unverified, doubt: s.doubt}
	err := sorting.sort()
	s.fresh = sorting.fresh
	if err != nil {
		return Outcome{}, nil, err
	}
	if err := learn(s.content, s.fresh); err != nil {
		return Outcome{}, nil, err
	}
	if len(s.fresh) > 0 {
		s.learned++
		s.unsaved += len(s.fresh)
		if a.Offsets == nil {
			sorting.after.setAuthor(s.writer, s.learned)
		}
	}
	if a.Begin.Known && a.Offsets != nil {
		s.begun, s.begunIn = a.Begin, sorting.after.origin
	}
	sorting.keepPrints()
	s.positions = sorting.after
	s.unverified, s.doubt = sorting.unverified, sorting.doubt
	s.counters.HolesClosed += uint64(sorting.holes)
	s.counters.LateInHole += uint64(sorting.late)
	var w *waiter
	if s.opts.Durable && s.learned != s.stored {
		w = &waiter{learned: s.learned, bare: a.Offsets == nil, done: make(chan struct{})}
		s.waiting[w] = struct{}{}
	}
	return sorting.out, w, nil
}

// sorting tells fresh messages from replays, and replays from messages that only
// have the positions of others.
type sorting struct {
	arrivals   *Arrivals
	shard      string
	before     *Positions
	unverified int  // replays since the last one that was verified
	doubt      bool // a replay was contradicted since
	listed     bool // the directory knew the shard before, and there was no record

	after *Positions
	fresh []int
	out   Outcome
	holes int // that were closed
	late  int // replays that may have been holes

	unknown []int // replays of these since the last one that was verified

	first map[int64]int // index of the fresh message at an offset; nil until it is asked for
}

// sort fills in after, fresh and out. On error nothing is to be learned.
func (s *sorting) sort() error {
	a := s.arrivals
	s.after = s.before.fork()
	if a.Offsets != nil && a.Verify != VerifyOff && s.after.turn(a.Origin.Topic) {
		s.before, s.after = s.after, s.after.fork()
	}
	if a.Offsets == nil {
		for i := range a.Count {
			s.fresh = append(s.fresh, i)
		}
		return nil
	}
	if a.Verify != VerifyOff {
		if stop, err := s.enter(); stop || err != nil {
			return err
		}
		if at := s.after.earlier(a.Origin); at >= 0 {
			s.sortEarlier(at)
			return nil
		}
	}
	s.begin()
	if s.after.passes(a.Offsets) {
		return &owing{shard: s.shard, owed: s.after.dues()}
	}
	for i, offset := range a.Offsets {
		if s.after.add(offset) {
			s.fresh = append(s.fresh, i)
			continue
		}
		if s.before.hasFloor && offset <= s.before.floor && !s.out.Renewed {
			s.late++
		}
		if err := s.replay(i); err != nil {
			return err
		}
	}
	s.out.Gone = append(s.out.Gone, s.after.pay(a.Offsets)...)
	s.holes = s.after.bound() // not before the batch is whole
	return nil
}

// begin looks at where the input began to read: what was acknowledged before, and what of
// the positions that are owed does not come.
func (s *sorting) begin() {
	if b := s.arrivals.Begin; b.Known && len(s.arrivals.Offsets) > 0 {
		s.out.Before, s.out.Vanished = s.after.noteBefore(b, s.listed), s.listed && b.Noted
		s.out.Skipped = s.after.skipped(b)
		s.out.Gone = s.after.giveUp(b, slices.Min(s.arrivals.Offsets))
	}
}

// enter compares where the messages come from with where the others came from, and
// begins a new set of positions for a new topic. It stops when the cluster differs.
func (s *sorting) enter() (stop bool, err error) {
	a, known := s.arrivals, s.before.origin.Cluster
	if a.Count > 0 && known != "" && a.Origin.Cluster != "" && known != a.Origin.Cluster {
		e := &contradiction{shard: s.shard, offset: a.Offsets[0], cluster: a.Origin.Cluster, known: known}
		if a.Verify == VerifyStop {
			return true, e
		}
		for i := range a.Count {
			s.contradict(i, e)
		}
		return true, nil
	}
	if a.Count > 0 && s.after.earlier(a.Origin) < 0 {
		s.out.Renewed = s.after.enter(a.Origin)
	}
	return false, nil
}

// sortEarlier sorts messages of an earlier topic of the same name.
func (s *sorting) sortEarlier(at int) {
	past := append([]epoch(nil), s.after.past...)
	set := past[at].set
	set.intervals = slices.Clone(set.intervals)
	for i, offset := range s.arrivals.Offsets {
		if set.add(offset) {
			s.fresh = append(s.fresh, i)
		} else {
			s.out.Replays++
		}
	}
	s.holes = set.bound()
	past[at].set = set
	s.after.past = past
	s.after.settle()
}

// replay judges a message whose position is taken.
func (s *sorting) replay(i int) error {
	a := s.arrivals
	if a.Verify == VerifyOff {
		s.out.Replays++
		return nil
	}
	offset := a.Offsets[i]
	v := a.print(i).compare(s.kept(offset))
	switch {
	case v == contradicted:
		e := &contradiction{shard: s.shard, offset: offset, unverified: s.unverified}
		if a.Verify == VerifyStop {
			return e
		}
		s.doubt = true
		for _, k := range s.unknown {
			s.contradict(k, e)
		}
		s.out.Replays -= len(s.unknown)
		s.unknown = nil
		s.contradict(i, e)
		return nil
	case v == unknown && s.doubt:
		s.contradict(i, &contradiction{shard: s.shard, offset: offset, unverified: s.unverified})
		return nil
	case v == unknown:
		s.unverified++
		s.unknown = append(s.unknown, i)
	default:
		if v == altered {
			s.out.Altered++
		}
		s.unverified, s.doubt, s.unknown = 0, false, s.unknown[:0]
	}
	s.out.Replays++
	return nil
}

// contradict lists a message that is not what was learned at its position.
func (s *sorting) contradict(i int, e *contradiction) {
	if s.out.Contradiction == nil {
		s.out.Contradiction = e
	}
	s.out.Contradicted = append(s.out.Contradicted, i)
}

// kept returns the fingerprint of the message that was learned at an offset, before
// or among these.
func (s *sorting) kept(offset int64) Print {
	if !s.out.Renewed && s.before.Contains(offset) {
		return s.before.prints.at(offset)
	}
	if s.first == nil {
		s.first = map[int64]int{}
	}
	for n := len(s.first); n < len(s.fresh); n++ {
		s.first[s.arrivals.Offsets[s.fresh[n]]] = s.fresh[n]
	}
	if i, ok := s.first[offset]; ok {
		return s.arrivals.print(i)
	}
	return 0
}

// keepPrints adds the fingerprints of the fresh messages. It is called last, as
// before and after share the list.
func (s *sorting) keepPrints() {
	a := s.arrivals
	if a.Prints == nil || a.Offsets == nil || a.Verify != VerifyOff && s.after.earlier(a.Origin) >= 0 {
		return
	}
	for _, i := range s.fresh {
		s.after.prints.add(a.Offsets[i], a.Prints[i])
	}
}
