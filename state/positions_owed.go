package state

import (
	"slices"
	"strings"
)

// What is owed is kept as sets of positions that are exact: owedTopic has messages that
// were acknowledged and are in no state, and maybeTopic the positions before them of which
// nothing is known. A set has no memory of the intervals by which it came together. So
// whether another state has what is owed is asked position by position.

// known returns the positions of a topic of which it is known what became of them: they are
// contained, owed, gone, or of no message.
func (p *Positions) known(topic string) (sum offsetSet) {
	sum = p.contained(topic)
	for i := range p.past {
		name := p.past[i].topic
		of, _ := learnedTopic(name)
		if sameTopic(of, topic) && (isDue(name) || name == goneTopic+of || name == passedTopic+of) {
			sum.addUnbound(&p.past[i].set)
		}
	}
	return sum
}

// contained returns the positions of a topic whose messages are in the content.
func (p *Positions) contained(topic string) (sum offsetSet) {
	for _, e := range p.learnedSets() {
		if sameTopic(e.topic, topic) {
			sum.addUnbound(&e.set)
		}
	}
	return sum
}

// addUnbound adds all offsets of another set, however many intervals there are.
func (p *offsetSet) addUnbound(other *offsetSet) {
	if p.intervals == nil {
		p.intervals = slices.Clone(other.intervals)
		return
	}
	for _, v := range other.intervals {
		p.addRange(v.First, v.Last)
	}
}

// dues returns the positions that are owed to the present topic.
func (p *Positions) dues() []Interval {
	var all offsetSet
	for i := range p.past {
		if topic, _ := learnedTopic(p.past[i].topic); isDue(p.past[i].topic) && sameTopic(topic, p.origin.Topic) {
			all.addUnbound(&p.past[i].set)
		}
	}
	return all.intervals
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
		if !p.paid(&debts.past[i]) {
			return false
		}
	}
	return true
}

// paid reports whether it is known here what became of all positions of a set of another
// state: one of what it owes, or of what is gone.
func (p *Positions) paid(e *epoch) bool {
	topic, _ := learnedTopic(e.topic)
	if p.forgot(topic) {
		return true
	}
	if strings.HasPrefix(e.topic, maybeTopic) {
		return len(p.open(topic, &e.set)) == 0
	}
	known := p.known(topic)
	return len(without(e.set.intervals, known.intervals)) == 0
}

// open returns which positions of a topic that may be of messages have not been seen here.
// Of those between two messages that are contained it is known: a source is read in order,
// and where it was not, what is missing is owed. What is up to the next message beyond them
// counts as long as that one is contained, too.
func (p *Positions) open(topic string, maybe *offsetSet) (left []Interval) {
	known, contained := p.known(topic), p.contained(topic)
	for _, v := range maybe.intervals {
		for _, gap := range without([]Interval{v}, known.intervals) {
			above := contained.search(gap.Last)
			seen := above > 0 && above < len(contained.intervals) && contained.intervals[above].First <= v.Last+1
			if !seen {
				left = append(left, gap)
			}
		}
	}
	return left
}

// oweSet notes which positions of a topic, whose messages were acknowledged, are unknown
// here, and returns them. Where another state has closed holes they may be of no message.
func (p *Positions) oweSet(topic string, set *offsetSet) []Interval {
	if p.forgot(topic) {
		return nil
	}
	known := p.known(topic)
	missing := offsetSet{intervals: without(set.intervals, known.intervals)}
	if len(missing.intervals) == 0 {
		return nil
	}
	missing.bound()
	floor := max(set.floorOrLeast(), missing.floorOrLeast())
	var maybe, owed offsetSet
	for _, v := range missing.intervals {
		if v.First <= floor {
			maybe.addRange(v.First, min(v.Last, floor))
		}
		if v.Last > floor {
			owed.addRange(max(v.First, floor+1), v.Last)
		}
	}
	p.addPast(owedTopic+topic, &owed)
	p.addPast(maybeTopic+topic, &maybe)
	return missing.intervals
}

// oweMaybe notes which positions of a topic that may be of messages have not been seen
// here, and returns them.
func (p *Positions) oweMaybe(topic string, set *offsetSet) []Interval {
	if p.forgot(topic) {
		return nil
	}
	left := p.open(topic, set)
	p.addPast(maybeTopic+topic, &offsetSet{intervals: left})
	return left
}

// oweUpToLast notes intervals of a topic of which the last position is of a message that
// was acknowledged, and the others may be.
func (p *Positions) oweUpToLast(topic string, intervals []Interval) {
	var owed, maybe offsetSet
	for _, v := range intervals {
		owed.addRange(v.Last, v.Last)
		if v.First < v.Last {
			maybe.addRange(v.First, v.Last-1)
		}
	}
	p.addPast(owedTopic+topic, &owed)
	p.addPast(maybeTopic+topic, &maybe)
}

// splitBetween makes owed positions and such that may be of messages of what earlier builds
// wrote as one set.
func (p *Positions) splitBetween() {
	for i := 0; i < len(p.past); i++ {
		if topic, ok := strings.CutPrefix(p.past[i].topic, betweenTopic); ok {
			p.oweUpToLast(topic, p.takePast(betweenTopic+topic).intervals)
			p.settle()
			i = -1
		}
	}
}

// addPast is setPast for a set that may be empty.
func (p *Positions) addPast(name string, set *offsetSet) {
	if len(set.intervals) > 0 {
		p.setPast(name, set)
	}
}

// passes reports whether the offsets pass over positions that are owed: all of them are
// beyond the first of these.
func (p *Positions) passes(offsets []int64) bool {
	first, ok := p.firstDue()
	return ok && len(offsets) > 0 && slices.Min(offsets) > first
}

// pay takes offsets that have been delivered again, and are contained, off those that are
// owed, and off those of which it is said that they came before the first one. A source is
// read in order: what is before a delivered position in a row of owed ones does not come.
// It returns those of these that were messages.
func (p *Positions) pay(delivered []int64) (gone []Interval) {
	if len(p.past) == 0 || len(delivered) == 0 {
		return nil
	}
	for at := len(p.past) - 1; at >= 0; at-- {
		if topic, _ := learnedTopic(p.past[at].topic); sameTopic(topic, p.origin.Topic) && isBefore(p.past[at].topic) {
			p.setLeft(at, behind(p.past[at].set.intervals, delivered))
		}
	}
	dues := p.dues()
	if len(dues) == 0 {
		return nil
	}
	return p.pass(without(dues, behind(dues, delivered)))
}

// behind returns what is left of intervals behind the highest delivered offset in each.
func behind(intervals []Interval, delivered []int64) (left []Interval) {
	for _, v := range intervals {
		for _, offset := range delivered {
			if v.First <= offset && offset <= v.Last {
				v.First = max(v.First, offset+1)
			}
		}
		if v.First <= v.Last {
			left = append(left, v)
		}
	}
	return left
}

// pass takes off what is owed the positions over which the source of the present topic has
// been read, and notes which of them did not come: it returns those that were messages.
func (p *Positions) pass(read []Interval) []Interval {
	contained := p.contained(p.origin.Topic)
	var gone, passed offsetSet
	for at := len(p.past) - 1; at >= 0; at-- {
		topic, _ := learnedTopic(p.past[at].topic)
		if name := p.past[at].topic; sameTopic(topic, p.origin.Topic) && isDue(name) {
			set := p.past[at].set.intervals
			left := without(set, read)
			absent := &offsetSet{intervals: without(without(set, left), contained.intervals)}
			if strings.HasPrefix(name, owedTopic) {
				gone.addUnbound(absent)
			} else {
				passed.addUnbound(absent)
			}
			p.setLeft(at, left)
		}
	}
	p.addPast(goneTopic+p.origin.Topic, &gone)
	p.addPast(passedTopic+p.origin.Topic, &passed)
	return gone.intervals
}

// settle takes what is contained off what is owed or gone, and what is owed, gone or passed
// off what may be of messages.
func (p *Positions) settle() {
	for at := len(p.past) - 1; at >= 0; at-- {
		name := p.past[at].topic
		topic, _ := learnedTopic(name)
		if name != owedTopic+topic && name != maybeTopic+topic && name != goneTopic+topic {
			continue
		}
		known := p.contained(topic)
		if name == maybeTopic+topic {
			for _, kind := range []string{owedTopic, goneTopic, passedTopic} {
				if i := p.setAt(kind + topic); i >= 0 {
					known.addUnbound(&p.past[i].set)
				}
			}
		}
		if set := p.past[at].set.intervals; known.meets(&p.past[at].set) {
			p.setLeft(at, without(set, known.intervals))
		}
	}
}

// setLeft makes the positions of the set at an index others.
func (p *Positions) setLeft(at int, left []Interval) {
	past := slices.Clone(p.past)
	past[at].set = offsetSet{intervals: left}
	if len(left) == 0 {
		past = slices.Delete(past, at, at+1)
	}
	p.past = nil
	if len(past) > 0 {
		p.past = past
	}
}
