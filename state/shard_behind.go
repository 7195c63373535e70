package state

import (
	"slices"
	"strings"
)

// After keys have gone, everybody who holds the shard writes again what it has: its
// present owner, and those that were its owners before and hold an older state. Who
// is first with an older one must not have the last word.

// standing is how a state that was found in the store relates to the one that an owner
// has stored last.
type standing int

const (
	// ahead: it has all that the owner has stored.
	ahead standing = iota
	// older: the owner has stored all that it has, and more.
	older
	// forked: each has messages that the other lacks.
	forked
)

// compare says how positions that were found relate to those that are stored.
func (s *Shard[T]) compare(found *Positions) standing {
	switch {
	case s.acked == nil || found.empty() || found.covers(s.acked):
		return ahead
	case s.acked.covers(found):
		return older
	}
	return forked
}

// empty reports whether nothing is contained, as when a new epoch has begun.
func (p *Positions) empty() bool {
	return len(p.intervals) == 0 && len(p.past) == 0 && len(p.authors) == 0
}

// covers reports whether all messages that are in other are in p, too.
func (p *Positions) covers(other *Positions) bool {
	for _, w := range other.authors {
		if len(p.authors) < maxAuthors && p.authorAt(w.id) < w.upTo {
			return false
		}
	}
	for _, e := range other.past {
		switch {
		case isDue(e.topic), strings.HasPrefix(e.topic, goneTopic):
			if !p.paid(&e) {
				return false
			}
		case isBefore(e.topic), strings.HasPrefix(e.topic, passedTopic):
		case strings.HasPrefix(e.topic, forgottenTopic):
			if !p.coversTopic(strings.TrimPrefix(e.topic, forgottenTopic), &e.set) {
				return false
			}
		case strings.HasPrefix(e.topic, renewedTopic):
			if at := slices.IndexFunc(p.past, func(o epoch) bool { return o.topic == e.topic }); at < 0 || !p.past[at].set.covers(&e.set) {
				return false
			}
		case !p.coversTopic(strings.TrimPrefix(e.topic, besideTopic), &e.set):
			return false
		}
	}
	return p.coversTopic(other.origin.Topic, &other.offsetSet)
}

// coversTopic reports whether all offsets of a topic are in p, in whichever epoch; those
// of a topic that p has forgotten count as there.
func (p *Positions) coversTopic(topic string, set *offsetSet) bool {
	if len(set.intervals) == 0 || p.forgot(topic) {
		return true
	}
	for _, e := range p.learnedSets() {
		if e.topic == topic || topic == "" || e.topic == "" {
			if e.set.covers(set) {
				return true
			}
		}
	}
	return false
}

// covers reports whether all of the other offsets are in the set.
func (p *offsetSet) covers(other *offsetSet) bool {
	for _, v := range other.intervals {
		i := p.search(v.First)
		if i == len(p.intervals) || p.intervals[i].First > v.First || p.intervals[i].Last < v.Last {
			return false
		}
	}
	return true
}
