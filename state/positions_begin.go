package state

import (
	"math"
	"strings"
)

// Begin is where an input began to read a source that others have read before it, as
// far as it tells. The zero value knows nothing.
type Begin struct {
	// Known says that the other fields mean something: all messages before a position
	// had been acknowledged, by this process or another one.
	Known bool
	// At is the position from which messages are delivered, and Last that of the last
	// message before it. Noted says that Last is certainly a message that was
	// acknowledged; otherwise it is the position before At, and may be of none.
	At, Last int64
	Noted    bool
	// Oldest is the first position that the source still held.
	Oldest int64
}

// noteBefore notes, in a state without any message, which positions before the first one
// had been acknowledged, and returns them. They may never have been meant for this shard,
// or its record is gone: then listed says that the directory knows the shard.
func (p *Positions) noteBefore(b Begin, listed bool) []Interval {
	if len(p.intervals) > 0 || len(p.authors) > 0 || b.Last < b.Oldest {
		return nil
	}
	for _, e := range p.past {
		if topic, _ := learnedTopic(e.topic); sameTopic(topic, p.origin.Topic) || strings.HasPrefix(e.topic, renewedTopic) {
			return nil
		}
	}
	kind := aboutTopic
	if b.Noted && listed {
		kind = vanishedTopic
	} else if b.Noted {
		kind = beforeTopic
	}
	before := offsetSet{intervals: []Interval{{First: b.Oldest, Last: b.Last}}}
	p.setPast(kind+p.origin.Topic, &before)
	return before.intervals
}

// skipped returns the positions up to the last message that had been acknowledged when the
// input began, where that one is neither contained nor owed: those behind the highest one
// before it. A filter has kept them from the shard, or they are lost.
func (p *Positions) skipped(b Begin) []Interval {
	if !b.Noted || len(p.intervals) == 0 || b.Last < b.Oldest || p.Contains(b.Last) || p.intervals[0].First > b.Last {
		return nil
	}
	if known := p.known(p.origin.Topic); known.Contains(b.Last) {
		return nil
	}
	missing := p.lacks([]Interval{{First: b.Oldest, Last: b.Last}})
	missing[0].First = max(missing[0].First, b.Oldest)
	return missing
}

// oweUpTo notes that what was skipped is to be delivered again, and returns it.
func (p *Positions) oweUpTo(b Begin) []Interval {
	owed := p.skipped(b)
	p.oweUpToLast(p.origin.Topic, owed)
	return owed
}

// giveUp takes positions off those that are owed which the source has not any more: it
// was set back to before them, and begins after them. What is delivered now is to begin
// at first. It returns those that were messages.
func (p *Positions) giveUp(b Begin, first int64) []Interval {
	if from, ok := p.firstDue(); !ok || b.At > from || first == math.MinInt64 {
		return nil
	}
	return p.pass([]Interval{{First: math.MinInt64, Last: first - 1}})
}

// kept returns the positions of the sets whose names are of a kind, of topics
// that are current.
func (p *Positions) kept(kind func(name string) bool) []Interval {
	var all offsetSet
	for i := range p.past {
		if topic, _ := learnedTopic(p.past[i].topic); kind(p.past[i].topic) && p.current(topic) {
			all.addAll(&p.past[i].set)
		}
	}
	return all.intervals
}

// before returns the positions that had been acknowledged before the first message of
// the shard came and are not in it. Either they were not meant for it, as when the
// project is younger than the source's readers, or the record with them is gone: vanished
// says that the directory knew the shard before.
func (p *Positions) before() (before []Interval, vanished bool) {
	before = p.kept(isBefore)
	return before, before != nil && p.setAt(vanishedTopic+p.origin.Topic) >= 0
}

// lost returns how many messages were acknowledged, are in no state any more and cannot
// be delivered again: their topic was deleted, or no longer had them.
func (p *Positions) lost() (n uint64) {
	for i := range p.past {
		topic, _ := learnedTopic(p.past[i].topic)
		if isDue(p.past[i].topic) && !p.current(topic) || strings.HasPrefix(p.past[i].topic, goneTopic) {
			n += p.past[i].set.Count()
		}
	}
	return n
}

// meet takes together what two states say of the positions before them. It returns the
// positions between the two. Where one of them says what had been acknowledged before it
// began, acknowledged is set, and they are those alone: the last one is a message that was
// acknowledged and is in neither. Otherwise they may be of no message.
func (p *Positions) meet(other *Positions) (gap []Interval, acknowledged bool) {
	if len(p.intervals) == 0 || len(other.intervals) == 0 || !sameTopic(p.origin.Topic, other.origin.Topic) {
		return nil, false
	}
	before, _ := other.before()
	if p.reaches(before) {
		if other.setAt(aboutTopic+other.origin.Topic) >= 0 {
			return between(p, other), false
		}
		return p.lacks(before), true
	}
	if before, _ = p.before(); !other.reaches(before) {
		return between(p, other), false
	}
	about := p.setAt(aboutTopic+p.origin.Topic) >= 0
	for _, kind := range beforeKinds {
		p.takePast(kind + p.origin.Topic)
		if at := other.setAt(kind + other.origin.Topic); at >= 0 {
			p.setPast(kind+p.origin.Topic, &other.past[at].set)
		}
	}
	if about {
		return between(p, other), false
	}
	return other.lacks(before), true
}

// reaches reports whether a state begins at or before the last of some positions.
func (p *Positions) reaches(before []Interval) bool {
	return len(before) > 0 && p.intervals[0].First <= before[len(before)-1].Last
}

// lacks returns the positions up to the last one of those before that are behind the
// highest one before it, nil where that one is contained. The state reaches them.
func (p *Positions) lacks(before []Interval) []Interval {
	last := before[len(before)-1].Last
	if p.Contains(last) {
		return nil
	}
	return []Interval{{First: p.intervals[p.search(last)-1].Last + 1, Last: last}}
}
