package live

import (
	"sync"
	"time"
)

// Stopper is what an [Observer] may have besides, to be told that the rows of a
// source are not learned for now, or were in question.
type Stopper interface {
	// Stopped reports one attempt that a reason stood against.
	Stopped(project, reason string)
}

// Reasons for which a source stops.
const (
	// stopContradiction is that a message is not the one that was learned at its
	// position.
	stopContradiction = "contradiction"
	// stopFenced is that another process has written the shard first. What it wrote is
	// taken over, and nothing is lost or counted twice.
	stopFenced = "fenced"
	// stopLost is that keys were gone from the cache. What this process holds is
	// written again before anything more is acknowledged.
	stopLost = "lost"
	// stopOwed is that rows that were acknowledged are in no state any more, after keys
	// were gone and two processes went on with different states. The source has to be
	// set back.
	stopOwed = "owed"
)

// stops counts what stands against learning and tells of it: at once, and then once
// a minute and subject.
// mu guards the counts and is not held while the observer is told.
type stops struct {
	home *home

	mu     sync.Mutex
	counts map[string]*stopCount // by reason and subject
}

// note counts one attempt; text says what is the matter with the subject and what to
// do.
func (s *stops) note(reason, subject, text string) {
	if to, ok := s.home.observer.(Stopper); ok {
		to.Stopped(s.home.project, reason)
	}
	if n := s.add(reason + " " + subject); n > 0 {
		s.home.warn("%s (%d times since it was said last)", text, n)
	}
}

// add returns how many attempts a line is to be told about, 0 for no line yet.
func (s *stops) add(key string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.counts == nil {
		s.counts = map[string]*stopCount{}
	}
	c := s.counts[key]
	if c == nil {
		c = &stopCount{}
		s.counts[key] = c
	}
	c.times++
	now := s.home.now()
	if !c.told.IsZero() && now.Sub(c.told) < stopInterval {
		return 0
	}
	n := c.times
	c.times, c.told = 0, now
	return n
}

// fenced tells that another process has written a shard that this one learns.
func (s *stops) fenced(shard string) {
	s.note(stopFenced, shard, "another process has written shard \""+shard+"\" while this one learns it; what it wrote is taken over, and nothing is counted twice. "+
		"After a rebalance this is said once. When it comes again, two processes learn one shard, which is slow: give each a shard of its own, such as `shard: local-${HOSTNAME}`")
}

// stopCount is how often something has happened that no line has told of.
type stopCount struct {
	times int
	told  time.Time
}

// stopInterval is how much time passes between two lines about one subject.
const stopInterval = time.Minute
