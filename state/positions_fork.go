package state

import (
	"slices"
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
		if len(a.set.intervals) > 0 && other.forgot(a.topic) {
			return false
		}
		for _, b := range other.learnedSets() {
			if len(b.set.intervals) > 0 && p.forgot(b.topic) {
				return false
			}
			if sameTopic(a.topic, b.topic) && a.set.meets(&b.set) {
				return false
			}
		}
	}
	return true
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
// changes nothing, when there would be too many writers to remember.
func (p *Positions) join(other *Positions) bool {
	joined := p.clone()
	if gap, acknowledged := joined.meet(other); acknowledged && gap != nil {
		joined.oweUpToLast(p.origin.Topic, gap)
	}
	if joined.origin.Cluster == "" {
		joined.origin.Cluster = other.origin.Cluster
	}
	if joined.origin.Topic == "" {
		joined.origin.Topic = other.origin.Topic
	}
	if joined.precedes(other) { // other knows which of the topics is the later one
		joined.succeed(other.origin.Topic)
	}
	if sameTopic(joined.origin.Topic, other.origin.Topic) {
		joined.intervals = slices.Clone(joined.intervals)
		joined.offsetSet.addAll(&other.offsetSet)
		for _, a := range other.prints.all {
			joined.prints.add(a.offset, a.print)
		}
	} else if len(other.intervals) > 0 && other.precedes(joined) {
		joined.setPast(other.origin.Topic, &other.offsetSet)
	} else if len(other.intervals) > 0 {
		joined.setPast(besideTopic+other.origin.Topic, &other.offsetSet)
	}
	for i := range other.past {
		name, set := other.past[i].topic, &other.past[i].set
		topic, learned := learnedTopic(name)
		if isBefore(name) {
			continue // meet has taken them together
		}
		if learned && topic == joined.origin.Topic && name != renewedTopic+topic {
			joined.addAll(set)
			continue
		}
		if name == forgottenTopic+topic {
			joined.past = forget(slices.Clone(joined.past), topic, set)
			continue
		}
		joined.setPast(name, set)
	}
	joined.authors = append(slices.Clone(joined.authors), other.authors...)
	joined.settle()
	joined.trim()
	if len(joined.authors) > maxAuthors {
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

// owe notes which messages of other, those that it owes included, are not in p: they
// were acknowledged, and are to be delivered again. It returns them.
func (p *Positions) owe(other *Positions) []Interval {
	if p.precedes(other) {
		p.succeed(other.origin.Topic)
	}
	owed := p.oweSet(other.origin.Topic, &other.offsetSet)
	for i := range other.past {
		topic, learned := learnedTopic(other.past[i].topic)
		switch name, set := other.past[i].topic, &other.past[i].set; {
		case learned, name == owedTopic+topic, name == forgottenTopic+topic && len(set.intervals) > 0:
			owed = append(owed, p.oweSet(topic, set)...)
		case name == maybeTopic+topic:
			owed = append(owed, p.oweMaybe(topic, set)...)
		case name == goneTopic+topic, name == passedTopic+topic:
			p.setPast(name, set)
		}
	}
	if gap, acknowledged := p.meet(other); acknowledged && gap != nil {
		p.oweUpToLast(p.origin.Topic, gap)
		owed = append(owed, gap...)
	}
	p.settle()
	p.trim()
	return owed
}

// forgot reports whether positions of a topic were contained of which nothing more is
// remembered.
func (p *Positions) forgot(topic string) bool {
	at := p.setAt(forgottenTopic + topic)
	return at >= 0 && len(p.past[at].set.intervals) == 0
}

// unknown returns the positions of other of topics of which nothing more is remembered
// here: whether their messages are contained cannot be told.
func (p *Positions) unknown(other *Positions) (out []epoch) {
	for _, e := range other.learnedSets() {
		if len(e.set.intervals) > 0 && p.forgot(e.topic) {
			out = append(out, e)
		}
	}
	return out
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
