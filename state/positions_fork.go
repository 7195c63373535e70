package state

import (
	"slices"
	"strings"
)

// Beside the positions of earlier topics, a record keeps sets of positions of other
// kinds among them. The names of these begin with a byte that no id of a topic has.
const (
	// renewedTopic begins the name of the positions that were there before a new
	// epoch began: they are no replays any more, and their messages are in the content.
	renewedTopic = "\x00renewed "
	// owedTopic begins the name of positions that were acknowledged and whose
	// messages are in no state any more. They are to be delivered again.
	owedTopic = "\x00owed "
)

// apart reports whether no message can be in both: no position of a topic, of
// whichever epoch, and no writer of messages without positions is in both.
func (p *Positions) apart(other *Positions) bool {
	if p.origin.Cluster != "" && other.origin.Cluster != "" && p.origin.Cluster != other.origin.Cluster {
		return false
	}
	for _, w := range other.authors {
		if p.authorAt(w.id) > 0 {
			return false
		}
	}
	for _, a := range p.learnedSets() {
		for _, b := range other.learnedSets() {
			if sameTopic(a.topic, b.topic) && a.set.meets(&b.set) {
				return false
			}
		}
	}
	return true
}

// learnedSets returns the positions of all messages that are in the content, with
// their topics.
func (p *Positions) learnedSets() []epoch {
	out := []epoch{{topic: p.origin.Topic, set: p.offsetSet}}
	for _, e := range p.past {
		if strings.HasPrefix(e.topic, owedTopic) {
			continue
		}
		e.topic = strings.TrimPrefix(e.topic, renewedTopic)
		out = append(out, e)
	}
	return out
}

// sameTopic reports whether two ids may be of one topic: an empty one is not known.
func sameTopic(a, b string) bool { return a == b || a == "" || b == "" }

// meets reports whether an offset is in both sets.
func (p *offsetSet) meets(other *offsetSet) bool {
	for _, v := range other.intervals {
		if i := p.search(v.First); i < len(p.intervals) && p.intervals[i].First <= v.Last {
			return true
		}
	}
	return false
}

// join adds the positions of other, from which p is apart. It reports false, and
// changes nothing, when there would be too many earlier topics or writers to remember.
func (p *Positions) join(other *Positions) bool {
	joined := p.clone()
	if joined.origin.Cluster == "" {
		joined.origin.Cluster = other.origin.Cluster
	}
	if joined.origin.Topic == "" {
		joined.origin.Topic = other.origin.Topic
	}
	if sameTopic(joined.origin.Topic, other.origin.Topic) {
		joined.intervals = slices.Clone(joined.intervals)
		joined.offsetSet.addAll(&other.offsetSet)
		for _, a := range other.prints.all {
			joined.prints.add(a.offset, a.print)
		}
	} else if len(other.intervals) > 0 {
		joined.setPast(other.origin.Topic, &other.offsetSet)
	}
	for i := range other.past {
		joined.setPast(other.past[i].topic, &other.past[i].set)
	}
	joined.authors = append(slices.Clone(joined.authors), other.authors...)
	if len(joined.past) > pastTopics || len(joined.authors) > maxAuthors {
		return false
	}
	*p = *joined
	return true
}

// addAll adds all offsets of another set.
func (p *offsetSet) addAll(other *offsetSet) {
	for _, v := range other.intervals {
		p.addRange(v.First, v.Last)
	}
	if other.hasFloor && (!p.hasFloor || p.floor < other.floor) {
		p.hasFloor, p.floor = true, other.floor
	}
	p.bound()
}

// setPast adds positions to those that are kept under a name beside the present ones.
func (p *Positions) setPast(topic string, set *offsetSet) {
	p.past = slices.Clone(p.past)
	at := slices.IndexFunc(p.past, func(e epoch) bool { return e.topic == topic })
	if at < 0 {
		p.past = append(p.past, epoch{topic: topic})
		at = len(p.past) - 1
	}
	sum := p.past[at].set
	sum.intervals = slices.Clone(sum.intervals)
	sum.addAll(set)
	p.past[at].set = sum
}

// owedAt returns the index in past of the positions that are owed to the present
// topic, -1 for none.
func (p *Positions) owedAt() int {
	return slices.IndexFunc(p.past, func(e epoch) bool {
		topic, ok := strings.CutPrefix(e.topic, owedTopic)
		return ok && sameTopic(topic, p.origin.Topic)
	})
}

// Owed returns the positions whose messages were acknowledged and are in no state any
// more, as after keys were gone from the store and two owners held different states.
// They have to be delivered again before the source goes on.
func (p *Positions) Owed() []Interval {
	if at := p.owedAt(); at >= 0 {
		return slices.Clone(p.past[at].set.intervals)
	}
	return nil
}

// owe notes which messages of other, those that it owes included, are not in p: they
// were acknowledged, and are to be delivered again. It returns them.
func (p *Positions) owe(other *Positions) []Interval {
	var missing offsetSet
	there := p.intervals
	if !sameTopic(p.origin.Topic, other.origin.Topic) {
		there = nil
		if at := p.earlier(other.origin); at >= 0 {
			there = p.past[at].set.intervals
		}
	}
	for _, v := range without(append(other.Owed(), other.intervals...), there) {
		missing.addRange(v.First, v.Last)
	}
	if len(missing.intervals) == 0 {
		return nil
	}
	missing.bound()
	if len(p.past) >= pastTopics && p.owedAt() < 0 {
		p.past = slices.Clone(p.past[1:])
	}
	p.setPast(owedTopic+other.origin.Topic, &missing)
	return missing.intervals
}

// without returns those of the offsets that are not among others.
func without(offsets, others []Interval) (out []Interval) {
	for _, v := range offsets {
		gone := false
		for _, o := range others {
			if o.Last < v.First || o.First > v.Last {
				continue
			}
			if o.First > v.First {
				out = append(out, Interval{First: v.First, Last: o.First - 1})
			}
			if gone = o.Last >= v.Last; gone {
				break
			}
			v.First = o.Last + 1
		}
		if !gone {
			out = append(out, v)
		}
	}
	return out
}

// passes reports whether the offsets pass over positions that are owed: all of them are
// beyond the first of these, and none is owed.
func (p *Positions) passes(offsets []int64) bool {
	at := p.owedAt()
	if at < 0 || len(offsets) == 0 {
		return false
	}
	owed := &p.past[at].set
	return slices.Min(offsets) > owed.intervals[0].First && !slices.ContainsFunc(offsets, owed.Contains)
}

// pay takes offsets that have been delivered again off those that are owed, with all
// that are before them in an interval: a source is read in order, so these do not come.
func (p *Positions) pay(delivered []int64) {
	at := p.owedAt()
	if at < 0 {
		return
	}
	left := slices.Clone(p.past[at].set.intervals)
	for _, offset := range delivered {
		for i := range left {
			if left[i].First <= offset && offset <= left[i].Last {
				left[i].First = offset + 1
			}
		}
		left = slices.DeleteFunc(left, func(v Interval) bool { return v.First > v.Last })
	}
	past := slices.Clone(p.past)
	past[at].set.intervals = left
	if len(left) == 0 {
		past = slices.Delete(past, at, at+1)
	}
	p.past = nil
	if len(past) > 0 {
		p.past = past
	}
}

// paid reports whether positions that another state owes are contained or owed too. The
// last one of an interval decides: pay leaves those before it out that never come.
func (p *Positions) paid(owed *offsetSet) bool {
	for _, v := range owed.intervals {
		if at := p.owedAt(); !p.Contains(v.Last) && (at < 0 || !p.past[at].set.Contains(v.Last)) {
			return false
		}
	}
	return true
}
