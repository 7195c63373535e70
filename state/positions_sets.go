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
	// maybeTopic begins the name of positions before owed ones of which it is not known
	// whether they are of messages: they are to be asked for as well.
	maybeTopic = "\x00maybe "
	// betweenTopic begins the name of what earlier builds wrote for both: the last position
	// of each interval is owed, and the others may be of messages.
	betweenTopic = "\x00between "
	// besideTopic begins the name of the positions of another topic of the same name, of
	// which it is not known whether it is the earlier or the later one: two states were
	// joined that knew nothing of each other. The next messages tell.
	besideTopic = "\x00beside "
	// forgottenTopic begins the name of the positions of a topic that was one of the
	// earlier ones, as long as they are few intervals. Of an empty set nothing more is
	// remembered.
	forgottenTopic = "\x00forgotten "
	// beforeTopic begins the name of positions that had been acknowledged before the
	// first message came and are not contained. With vanishedTopic instead, the directory
	// of the project knew the shard, so its record is gone. With aboutTopic, it is not
	// known whether the last one is of a message.
	beforeTopic   = "\x00before "
	vanishedTopic = "\x00vanished "
	aboutTopic    = "\x00about "
	// goneTopic begins the name of positions that were owed and that the source has not
	// any more.
	goneTopic = "\x00gone "
	// passedTopic begins the name of positions that may have been of messages, and over
	// which the source has been read: they are of none.
	passedTopic = "\x00passed "
)

// learnedTopic returns of which topic the positions of a set are, and whether their
// messages are in the content.
func learnedTopic(name string) (topic string, learned bool) {
	for _, kind := range notLearned {
		if topic, ok := strings.CutPrefix(name, kind); ok {
			return topic, false
		}
	}
	return strings.TrimPrefix(strings.TrimPrefix(name, renewedTopic), besideTopic), true
}

// notLearned begin the names of sets whose messages are not all in the content.
var notLearned = [...]string{owedTopic, maybeTopic, forgottenTopic, beforeTopic, vanishedTopic, aboutTopic, goneTopic, passedTopic}

// learnedSets returns the positions of all messages that are in the content, with
// their topics.
func (p *Positions) learnedSets() []epoch {
	out := []epoch{{topic: p.origin.Topic, set: p.offsetSet}}
	for _, e := range p.past {
		if topic, learned := learnedTopic(e.topic); learned || e.topic == forgottenTopic+topic && len(e.set.intervals) > 0 {
			out = append(out, epoch{topic: topic, set: e.set})
		}
	}
	return out
}

// isDue reports whether the positions of a set of that name are to be delivered again.
func isDue(name string) bool {
	return strings.HasPrefix(name, owedTopic) || strings.HasPrefix(name, maybeTopic)
}

// isBefore reports whether a set of that name says what had been acknowledged before the
// first message.
func isBefore(name string) bool {
	return slices.ContainsFunc(beforeKinds[:], func(kind string) bool { return strings.HasPrefix(name, kind) })
}

// beforeKinds begin the names for which isBefore holds.
var beforeKinds = [...]string{beforeTopic, vanishedTopic, aboutTopic}

// setAt returns the index of the set of that name among those beside the present one, -1 for none.
func (p *Positions) setAt(name string) int {
	return slices.IndexFunc(p.past, func(e epoch) bool { return e.topic == name })
}

// setPast adds positions to those that are kept under a name beside the present ones.
func (p *Positions) setPast(name string, set *offsetSet) {
	p.past = slices.Clone(p.past)
	at := p.setAt(name)
	if at < 0 {
		p.past = append(p.past, epoch{topic: name})
		at = len(p.past) - 1
	}
	sum := p.past[at].set
	sum.intervals = slices.Clone(sum.intervals)
	sum.addAll(set)
	p.past[at].set = sum
}

// takePast takes the set of that name away, and returns its positions.
func (p *Positions) takePast(name string) (set offsetSet) {
	at := p.setAt(name)
	if at < 0 {
		return set
	}
	set = p.past[at].set
	p.past = slices.Delete(slices.Clone(p.past), at, at+1)
	if len(p.past) == 0 {
		p.past = nil
	}
	return set
}

// turn makes a topic the present one whose positions are kept beside those of the
// present one, and reports whether there are any. Which of the two is the later one
// stays open: a message of a topic that is gone may have been on its way.
func (p *Positions) turn(topic string) bool {
	if topic == "" || p.setAt(besideTopic+topic) < 0 {
		return false
	}
	set := p.takePast(besideTopic + topic)
	p.replace(besideTopic+p.origin.Topic, topic, set)
	return true
}

// succeed makes a topic the present one that is known to be later than the present one.
func (p *Positions) succeed(topic string) {
	set := p.takePast(besideTopic + topic)
	p.replace(p.origin.Topic, topic, set)
}

// replace keeps the present positions under a name and makes others the present ones.
func (p *Positions) replace(name, topic string, set offsetSet) {
	if len(p.intervals) > 0 {
		p.setPast(name, &p.offsetSet)
	}
	p.origin.Topic, p.offsetSet, p.prints = topic, set, prints{}
}

// precedes reports whether another state knows the present topic of this one as an
// earlier one.
func (p *Positions) precedes(other *Positions) bool {
	return p.origin.Topic != "" && p.origin.Topic != other.origin.Topic && other.setAt(p.origin.Topic) >= 0
}

// current reports whether a topic may be the one that messages come from now.
func (p *Positions) current(topic string) bool {
	return sameTopic(topic, p.origin.Topic) || p.setAt(besideTopic+topic) >= 0
}
