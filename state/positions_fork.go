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
		joined.setPast(betweenTopic+p.origin.Topic, &offsetSet{intervals: gap})
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

// firstDue returns the first position that is owed to the present topic.
func (p *Positions) firstDue() (first int64, ok bool) {
	for i := range p.past {
		topic, _ := learnedTopic(p.past[i].topic)
		if set := p.past[i].set.intervals; isDue(p.past[i].topic) && sameTopic(topic, p.origin.Topic) && len(set) > 0 && (!ok || set[0].First < first) {
			first, ok = set[0].First, true
		}
	}
	return first, ok
}

// Owed returns the positions whose messages were acknowledged and are in no state any
// more, as after keys were gone from the store and two owners held different states.
// They have to be delivered again before the source goes on.
func (p *Positions) Owed() []Interval {
	return p.kept(isDue)
}

// debts returns what is owed and nothing else, nil for nothing.
func (p *Positions) debts() *Positions {
	out := &Positions{origin: p.origin}
	for _, e := range p.past {
		if isDue(e.topic) {
			out.past = append(out.past, e)
		}
	}
	if out.past == nil {
		return nil
	}
	return out
}

// owesAll reports whether what another state owes is contained, or owed too.
func (p *Positions) owesAll(debts *Positions) bool {
	for i := range debts.past {
		topic, _ := learnedTopic(debts.past[i].topic)
		if !p.forgot(topic) && !p.paid(topic, &debts.past[i].set) {
			return false
		}
	}
	return true
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
		case name == betweenTopic+topic:
			owed = append(owed, p.oweBetween(topic, set)...)
		case name == goneTopic+topic:
			p.setPast(name, set)
		}
	}
	if gap, acknowledged := p.meet(other); acknowledged && gap != nil {
		p.setPast(betweenTopic+p.origin.Topic, &offsetSet{intervals: gap})
		owed = append(owed, gap...)
	}
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

// oweSet notes which positions of a topic are not contained, and returns them.
func (p *Positions) oweSet(topic string, set *offsetSet) []Interval {
	left := set.intervals
	if p.forgot(topic) {
		return nil
	}
	for _, e := range p.learnedSets() {
		if sameTopic(e.topic, topic) {
			left = without(left, e.set.intervals)
		}
	}
	if len(left) == 0 {
		return nil
	}
	missing := offsetSet{intervals: slices.Clone(left)}
	missing.bound()
	p.setPast(owedTopic+topic, &missing)
	return missing.intervals
}

// oweBetween notes of each interval what is behind the highest position that is contained,
// where the last one is not, and returns that.
func (p *Positions) oweBetween(topic string, set *offsetSet) (owed []Interval) {
	var there, missing offsetSet
	for _, e := range p.learnedSets() {
		if sameTopic(e.topic, topic) {
			there.addAll(&e.set)
		}
	}
	for _, v := range set.intervals {
		if p.forgot(topic) || there.Contains(v.Last) {
			continue
		}
		if i := there.search(v.Last); i > 0 {
			v.First = max(v.First, there.intervals[i-1].Last+1)
		}
		missing.addRange(v.First, v.Last)
	}
	if missing.intervals != nil {
		p.setPast(betweenTopic+topic, &missing)
	}
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
// beyond the first of these.
func (p *Positions) passes(offsets []int64) bool {
	first, ok := p.firstDue()
	return ok && len(offsets) > 0 && slices.Min(offsets) > first
}

// setLeft makes the positions of the set at an index others.
func (p *Positions) setLeft(at int, left []Interval) {
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

// pay takes offsets that have been delivered again off those that are owed, and off those
// of which it is said that they came before the first one.
func (p *Positions) pay(delivered []int64) {
	for at := len(p.past) - 1; at >= 0; at-- {
		topic, _ := learnedTopic(p.past[at].topic)
		if name := p.past[at].topic; sameTopic(topic, p.origin.Topic) && (isDue(name) || isBefore(name)) {
			p.payAt(at, delivered)
		}
	}
}

// payAt takes delivered offsets off a set, with all that are before them in an interval:
// a source is read in order, so these do not come.
func (p *Positions) payAt(at int, delivered []int64) {
	set := &p.past[at].set
	if high, ok := set.high(); !ok || len(delivered) == 0 || slices.Min(delivered) > high {
		return
	}
	left := slices.Clone(set.intervals)
	for _, offset := range delivered {
		for i := range left {
			if left[i].First <= offset && offset <= left[i].Last {
				left[i].First = offset + 1
			}
		}
		left = slices.DeleteFunc(left, func(v Interval) bool { return v.First > v.Last })
	}
	p.setLeft(at, left)
}

// paid reports whether positions of a topic that another state owes are contained or
// owed too. The last one of an interval decides: pay leaves those before it out that
// never come.
func (p *Positions) paid(topic string, owed *offsetSet) bool {
	sets := p.learnedSets()
	for _, e := range p.past {
		if of, _ := learnedTopic(e.topic); isDue(e.topic) || e.topic == goneTopic+of {
			sets = append(sets, epoch{topic: of, set: e.set})
		}
	}
	for _, v := range owed.intervals {
		if !slices.ContainsFunc(sets, func(e epoch) bool { return sameTopic(e.topic, topic) && e.set.Contains(v.Last) }) {
			return false
		}
	}
	return true
}
