package state

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// When keys have gone, a process that never had a shard finds nothing and begins it
// anew, while a former owner still holds what it was. Each state then has messages
// that the other lacks. Where no message can be in both, they are joined. Otherwise
// one is kept, and the record says which positions are to be delivered again.

// ErrOwed is wrapped when a source goes on beyond messages that were acknowledged and
// are in no state any more. They are to be delivered again first.
var ErrOwed = errors.New("messages that were acknowledged are to be delivered again")

// owing says that a source passes over positions that are to be delivered again.
type owing struct {
	shard string
	owed  []Interval
}

// Error says which positions and what to do.
func (e *owing) Error() string {
	return fmt.Sprintf("%v: keys were gone from the store, two processes went on with different states of shard %q, and the messages of %s are in the one that could not be kept. "+
		"Set the source back to position %d, such as the offset of the consumer group while its members are stopped; what is contained is skipped as replays. "+
		"Or give these messages up by beginning a new epoch with `sml epoch`", ErrOwed, e.shard, ranges(e.owed), e.owed[0].First)
}

// Unwrap makes errors.Is find ErrOwed.
func (e *owing) Unwrap() error { return ErrOwed }

// ranges writes intervals, at most five of them.
func ranges(all []Interval) string {
	var out []string
	for i, v := range all {
		if i == 5 {
			out = append(out, fmt.Sprintf("%d more", len(all)-i))
			break
		}
		out = append(out, fmt.Sprintf("%d to %d", v.First, v.Last))
	}
	return strings.Join(out, ", ")
}

// joiner is what a Content may be besides: Join returns the content of the rows of
// both, which have none in common, and changes neither.
type joiner[T any] interface{ Join(other T) (T, error) }

// mergeable is what a Content may be instead of a joiner.
type mergeable[T any] interface {
	Clone() T
	Merge(other T) error
}

// errNotJoined is the error of contents that cannot be joined.
var errNotJoined = errors.New("contents of this kind cannot be joined")

// joined returns the content of both, and changes neither.
func joined[T Content](a, b T) (T, error) {
	switch c := any(a).(type) {
	case joiner[T]:
		return c.Join(b)
	case mergeable[T]:
		sum := c.Clone()
		m, ok := any(sum).(mergeable[T])
		if !ok {
			return sum, errNotJoined
		}
		return sum, m.Merge(b)
	}
	return a, errNotJoined
}

// heal takes a state that another owner has written and that forks from this one:
// both are joined or, where that cannot be, the other's is taken over with what it
// owes. It returns ErrLost, as the result is to be written where everybody finds it.
// The caller holds the turn.
func (s *Shard[T]) heal(ctx context.Context, version uint64, positions *Positions, content T) error {
	if err := s.agree(ctx); err != nil {
		return err
	}
	if story, ok := s.join(positions, content); ok {
		return fmt.Errorf("%w: another process went on with another state of shard %q (version %d): %s", ErrLost, s.id, version, story)
	}
	mine, debts := s.acked, s.debts()
	s.adopt(version, positions, content)
	owed := s.owe(mine)
	if debts != nil {
		owed = append(owed, s.owe(debts)...)
	}
	return fmt.Errorf("%w: another process went on with another state of shard %q (version %d), which is taken over; positions %s, which are not in it, are to be delivered again",
		ErrLost, s.id, version, ranges(owed))
}

// agree says why states of the shard must not be joined, nil where they may.
func (s *Shard[T]) agree(ctx context.Context) error {
	if s.opts.Agree == nil {
		return nil
	}
	return s.opts.Agree(ctx)
}

// join adds a state of which no message is in this one, and says what it was.
func (s *Shard[T]) join(positions *Positions, content T) (story string, ok bool) {
	mine, gap, owed, ok := s.tryJoin(positions, content)
	if !ok {
		return "", false
	}
	story = fmt.Sprintf("its positions %s and those of this process, %s, have none in common, and both states were joined", ranges(positions.intervals), ranges(mine))
	switch {
	case owed:
		story += fmt.Sprintf("; %s, which were acknowledged, are in neither and are to be delivered again", ranges(gap))
	case gap != nil:
		story += fmt.Sprintf("; %s are in neither, which were lost unless they are markers of transactions or were compacted: set the source back to %d to make sure", ranges(gap), gap[0].First)
	}
	if gap != nil && s.opts.Gap != nil {
		s.opts.Gap(gap, owed)
	}
	return story, true
}

// tryJoin adds a state to this one, and returns the positions that were here before and
// those between the two, which are owed where they are known to have been acknowledged.
func (s *Shard[T]) tryJoin(positions *Positions, content T) (mine, gap []Interval, owed, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.positions.apart(positions) {
		return nil, nil, false, false
	}
	sum, err := joined(s.content, content)
	if err != nil {
		return nil, nil, false, false
	}
	both := s.positions.fork()
	gap, owed = s.positions.fork().meet(positions)
	if !both.join(positions) {
		return nil, nil, false, false
	}
	mine = s.positions.intervals
	s.content, s.positions = sum, both
	s.learned++
	s.draft = nil
	return mine, gap, owed && gap != nil, true
}

// between returns the offsets between two sets of which one begins after the other has
// ended, nil for none.
func between(a, b *Positions) []Interval {
	if len(a.intervals) == 0 || len(b.intervals) == 0 || !sameTopic(a.origin.Topic, b.origin.Topic) {
		return nil
	}
	if a.intervals[0].First > b.intervals[0].First {
		a, b = b, a
	}
	last, first := a.intervals[len(a.intervals)-1].Last, b.intervals[0].First
	if first <= last+1 {
		return nil
	}
	return []Interval{{First: last + 1, Last: first - 1}}
}

// owe notes what another state has that this one has not.
func (s *Shard[T]) owe(other *Positions) []Interval {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := s.positions.fork()
	owed := next.owe(other)
	s.positions = next
	s.learned++
	return owed
}

// takeOver adopts a version of another owner that has all that this one has stored. What
// this one knows to be owed and had no time to store is owed on: it returns that, and the
// caller writes it.
func (s *Shard[T]) takeOver(version uint64, positions *Positions, content T) (owed []Interval) {
	debts := s.debts()
	s.adopt(version, positions, content)
	if debts == nil || positions.owesAll(debts) {
		return nil
	}
	return s.owe(debts)
}

// debts returns what is owed, stored or not, nil for nothing.
func (s *Shard[T]) debts() *Positions {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.positions == nil {
		return nil
	}
	return s.positions.debts()
}

// holds reports whether this owner has all messages of other, stored or not.
func (s *Shard[T]) holds(other *Positions) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.positions.covers(other)
}

// tellUnknown tells of positions of a state that is given up of which the state that
// stays remembers nothing more.
func (s *Shard[T]) tellUnknown(stays, given *Positions) {
	if stays == nil || given == nil || s.opts.Unknown == nil {
		return
	}
	for _, e := range stays.unknown(given) {
		s.opts.Unknown(e.set.intervals)
	}
}

// compareFound looks at what a reader finds in the store before this owner writes what
// it holds again, so that nothing is written over that it does not have. It returns
// what is to be told besides. The error wraps ErrStore.
func (s *Shard[T]) compareFound(ctx context.Context) (story string, err error) {
	found, err := s.journal.displaced, error(nil)
	s.journal.displaced = Record{}
	if found.Version == 0 {
		found, err = s.journal.seen(ctx, 0)
	}
	if err != nil && !errors.Is(err, ErrStore) || err == nil && found.Version == 0 {
		found, err = s.journal.remains(ctx)
	}
	if errors.Is(err, ErrStore) {
		return "", err
	}
	if err != nil || found.Version == 0 {
		return "", nil // nothing that can be read is left
	}
	positions, content, err := decodeShard(found.Payload, s.codec)
	if err != nil || positions.empty() {
		return "", nil
	}
	s.tellUnknown(s.acked, positions)
	if s.holds(positions) {
		return "", nil
	}
	if err := s.agree(ctx); err != nil {
		return "", err
	}
	if s.compare(positions) == ahead {
		story := fmt.Sprintf("; version %d, which another process has written, was taken over first", found.Version)
		if owed := s.takeOver(found.Version, positions, content); owed != nil {
			story += ", and positions " + ranges(owed) + " are still to be delivered again"
		}
		return story, nil
	}
	if story, ok := s.join(positions, content); ok {
		return "; another process went on with another state: " + story, nil
	}
	return "; another process went on with another state, of which positions " + ranges(s.owe(positions)) + " are to be delivered again", nil
}
