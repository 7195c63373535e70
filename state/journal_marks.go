package state

import (
	"context"
	"strconv"
)

// levels is the number of levels of marks: with the default interval, a mark
// of the highest stands for 10^9 versions and is never deleted.
const levels = 3

// mostBehind is how many marks may be due at most, when a store had failed.
const mostBehind = 100

// sweepStep bounds the keys that are deleted after one write.
const sweepStep = 8

// levelKey returns the key of a version (level 0) or of a mark.
func (j *Journal) levelKey(level int, number uint64) string {
	if level == 0 {
		return j.key(number)
	}
	return j.base + ".m" + strconv.Itoa(level) + "." + strconv.FormatUint(number, 10)
}

// span is a range of keys of one level that are to be deleted.
type span struct {
	level    int
	from, to uint64 // to is not included
	nonce    uint64 // of versions that are deleted although they are no tombstones
}

// sweeps is what a writer knows of marks and of keys to delete.
type sweeps struct {
	marked  [levels + 1]uint64 // newest mark known, by level
	known   bool
	pending []span
}

// sweep adds the marks that are due and deletes a few of the keys that lie
// before the newest ones. Failures are left for the next write.
func (j *Journal) sweep(ctx context.Context) {
	s := &j.sweeps
	if !s.known && !j.learnMarks(ctx) {
		return
	}
	reached := j.version
	for level := 1; level <= levels; level++ {
		for (s.marked[level]+1)*j.options.MarkInterval <= reached {
			if own, err := j.standingOf(ctx, j.version, j.nonce); err != nil || own != mine {
				return // keys are gone, and somebody may have begun the record anew
			}
			next := s.marked[level] + 1
			if j.access.ensure(ctx, j.levelKey(level, next), levelMark(j.options.MarkInterval)) != nil {
				return
			}
			s.marked[level] = next
			if own, err := j.standingOf(ctx, j.version, j.nonce); err != nil || own != mine {
				return // gone meanwhile: nothing is deleted
			}
			s.pending = append(s.pending, j.before(level, next))
		}
		reached = s.marked[level]
	}
	for range sweepStep {
		if len(s.pending) == 0 {
			return
		}
		first := &s.pending[0]
		if first.from >= first.to {
			s.pending = s.pending[1:]
			continue
		}
		if !j.discard(ctx, first) {
			return
		}
		// Whoever looks for a seal has looked for the mark before.
		if first.level == 0 && !j.options.Atomic && j.access.remove(ctx, j.sealKey(first.from)) != nil {
			return
		}
		first.from++
	}
}

// discard deletes the first key of a span, unless it is a version that nobody has
// superseded: that one has been begun anew after keys had gone. It reports whether the
// store has done it.
func (j *Journal) discard(ctx context.Context, s *span) bool {
	if s.level == 0 {
		switch standing, err := j.standingOf(ctx, s.from, s.nonce); {
		case err != nil:
			return false
		case standing == others || standing == mine && s.nonce == 0:
			return true
		}
	}
	return j.access.remove(ctx, j.levelKey(s.level, s.from)) == nil
}

// before is what the mark makes superfluous: the interval before it.
func (j *Journal) before(level int, number uint64) span {
	end := number * j.options.MarkInterval
	return span{level: level - 1, from: max(end-j.options.MarkInterval, 1), to: end}
}

// learnMarks looks up the newest marks; the deletions of the last one begin
// anew, as nobody knows how far they got.
func (j *Journal) learnMarks(ctx context.Context) bool {
	s := &j.sweeps
	var start uint64
	for level := levels; level > 0; level-- {
		newest, err := j.gallop(ctx, level, start)
		if err != nil {
			return false
		}
		s.marked[level] = newest
		start = newest * j.options.MarkInterval
	}
	if j.version >= start+mostBehind*j.options.MarkInterval {
		return false // marks are gone: they are not to be added one by one
	}
	for level := 1; level <= levels; level++ {
		if s.marked[level] > 0 {
			s.pending = append(s.pending, j.before(level, s.marked[level]))
		}
	}
	s.known = true
	return true
}
