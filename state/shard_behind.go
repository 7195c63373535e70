package state

import "fmt"

// After keys have gone, everybody who holds the shard writes again what it has: its
// present owner, and those that were its owners before and hold an older state. Who
// is first with an older one must not have the last word.

// behind returns ErrLost when a version that another owner has restored lacks
// messages that this one has stored, and has none that this one lacks.
func (s *Shard[T]) behind(version uint64, loaded *Positions) error {
	span := s.journal.span()
	if s.acked == nil || version/span == s.version.Load()/span || loaded.empty() || loaded.covers(s.acked) || !s.acked.covers(loaded) {
		return nil
	}
	return fmt.Errorf("%w: version %d of shard %q, which another owner has restored, is older than version %d", ErrLost, version, s.id, s.version.Load())
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
		if !p.coversTopic(e.topic, &e.set) {
			return false
		}
	}
	return p.coversTopic(other.origin.Topic, &other.offsetSet)
}

// coversTopic reports whether all offsets of a topic are in p; what p may have
// forgotten of it counts as there.
func (p *Positions) coversTopic(topic string, set *offsetSet) bool {
	if len(set.intervals) == 0 || topic == "" || p.origin.Topic == "" || topic == p.origin.Topic {
		return p.offsetSet.covers(set)
	}
	if at := p.earlier(Origin{Topic: topic}); at >= 0 {
		return p.past[at].set.covers(set)
	}
	return len(p.past) == pastTopics
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
