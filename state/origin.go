package state

import (
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// Origin is where messages come from, as far as the input tells; an empty part is
// not known.
type Origin struct {
	// Cluster is the id of a cluster: positions of another one say nothing.
	Cluster string
	// Topic is the id of a topic: one that is deleted and created again has another.
	Topic string
}

// pastTopics bounds how many earlier topics of the same name a record remembers.
// Messages of these, on their way while the new one began, still count once. pastSets
// bounds all sets of positions beside the present ones, and pastNames the topics of which
// no more than the id is remembered.
const (
	pastTopics = 4
	pastSets   = 3 * pastTopics
	pastNames  = 32
	// pastIntervals bounds the positions that are remembered of each of the latter.
	pastIntervals = 8
)

// epoch is the positions of an earlier topic, or a set of another kind (renewedTopic
// and its like).
type epoch struct {
	topic string
	set   offsetSet
}

// maxAuthors bounds how many writers of messages without positions a record
// remembers: as many processes may learn such messages into one shard at a time.
const maxAuthors = 32

// author is how far the messages without positions of one opened shard are in the
// record.
type author struct {
	id   uint64
	upTo uint64 // Shard.learned
}

// authorAt returns how far the messages of a writer are in.
func (p *Positions) authorAt(id uint64) uint64 {
	for _, w := range p.authors {
		if w.id == id {
			return w.upTo
		}
	}
	return 0
}

// setAuthor notes how far the messages of a writer are in. The list is in the
// order of the last change, and never changed in place: forks share it.
func (p *Positions) setAuthor(id, upTo uint64) {
	kept := slices.DeleteFunc(slices.Clone(p.authors), func(w author) bool { return w.id == id })
	if len(kept) == maxAuthors {
		kept = kept[1:]
	}
	p.authors = append(kept, author{id: id, upTo: upTo})
}

// enter makes the positions those of the topic that messages come from, and
// reports whether it is a new one. What is not known of either is taken over.
func (p *Positions) enter(o Origin) (renewed bool) {
	if p.origin.Cluster == "" {
		p.origin.Cluster = o.Cluster
	}
	switch {
	case o.Topic == "" || o.Topic == p.origin.Topic:
		return false
	case p.origin.Topic == "":
		p.origin.Topic = o.Topic
		return false
	}
	p.past = append(slices.Clone(p.past), epoch{topic: p.origin.Topic, set: p.offsetSet})
	p.trim()
	p.origin.Topic, p.offsetSet, p.prints = o.Topic, offsetSet{}, prints{}
	return true
}

// earlier returns the index of an earlier topic, -1 for the present or a new one.
func (p *Positions) earlier(o Origin) int {
	if o.Topic == "" || o.Topic == p.origin.Topic {
		return -1
	}
	return slices.IndexFunc(p.past, func(e epoch) bool { return e.topic == o.Topic })
}

// epochs returns how many sets of learned positions there are beside the present one.
func (p *Positions) epochs() (n int) {
	for _, e := range p.past {
		if _, learned := learnedTopic(e.topic); learned {
			n++
		}
	}
	return n
}

// trim forgets the oldest sets beyond what a record remembers: of those of learned
// positions beyond pastTopics the name and a few intervals stay, and of what is owed and of names the latest
// stay.
func (p *Positions) trim() {
	surplus := max(0, p.epochs()-pastTopics)
	beside := 0 // topics of which it is not known that they are over: they go last
	for _, e := range p.past {
		if strings.HasPrefix(e.topic, besideTopic) {
			beside++
		}
	}
	over := min(surplus, p.epochs()-beside)
	surplus -= over
	var kept, names []epoch
	dropped := false
	for _, e := range p.past {
		topic, learned := learnedTopic(e.topic)
		left := &over
		if strings.HasPrefix(e.topic, besideTopic) {
			left = &surplus
		}
		switch {
		case learned && *left > 0:
			*left--
			names = forget(names, topic, &e.set)
		case e.topic == forgottenTopic+topic:
			names = forget(names, topic, &e.set)
		case e.topic == passedTopic+topic && !p.current(topic):
			dropped = true // of use only as long as something may be owed
		default:
			kept = append(kept, e)
		}
	}
	if len(names) == 0 && !dropped && len(kept) <= pastSets {
		return
	}
	for i := 0; i < len(kept) && len(kept) > pastSets; {
		if topic, learned := learnedTopic(kept[i].topic); !learned && !p.current(topic) {
			kept = slices.Delete(kept, i, i+1)
		} else {
			i++
		}
	}
	p.past = append(names[max(0, len(names)-pastNames):], kept...)
}

// forget adds the positions of a topic to those of earlier topics of which little is
// remembered: a few intervals, as a source that is read in order has, or none.
func forget(names []epoch, topic string, set *offsetSet) []epoch {
	short := offsetSet{intervals: slices.Clone(set.intervals), floor: set.floor, hasFloor: set.hasFloor}
	if at := slices.IndexFunc(names, func(e epoch) bool { return e.topic == forgottenTopic+topic }); at >= 0 {
		if len(names[at].set.intervals) == 0 {
			return names
		}
		if len(short.intervals) > 0 {
			short.addAll(&names[at].set)
		}
		names = slices.Delete(names, at, at+1)
	}
	if len(short.intervals) > pastIntervals {
		short = offsetSet{}
	}
	return append(names, epoch{topic: forgottenTopic + topic, set: short})
}

// begin forgets all positions and where they came from, as when a source is
// numbered anew; what was learned stays. The record remembers which positions there
// were, so that a state of before the new epoch is known for one.
func (p *Positions) begin() {
	begun := Positions{authors: p.authors}
	sets := p.learnedSets()
	for _, e := range p.past { // what is owed is given up
		if topic, learned := learnedTopic(e.topic); !learned {
			sets = append(sets, epoch{topic: topic, set: e.set})
		}
	}
	for _, e := range sets {
		if len(e.set.intervals) > 0 {
			begun.setPast(renewedTopic+e.topic, &e.set)
		}
	}
	begun.trim()
	*p = begun
}

// encodeOrigin writes cluster, topic, fingerprints, and in order of age the
// earlier topics with their positions, and then the writers.
func (p *Positions) encodeOrigin(w *wire.Writer) {
	w.String(p.origin.Cluster)
	w.String(p.origin.Topic)
	p.prints.encode(w)
	w.Uvarint(uint64(len(p.past)))
	for i := range p.past {
		w.String(p.past[i].topic)
		p.past[i].set.Encode(w)
		w.Bool(p.past[i].set.hasFloor)
		if p.past[i].set.hasFloor {
			p.past[i].set.encodeFloor(w)
		}
	}
	w.Uvarint(uint64(len(p.authors)))
	for _, by := range p.authors {
		w.Uint64(by.id)
		w.Uvarint(by.upTo)
	}
}

// decodeOrigin reads what encodeOrigin wrote.
func (p *Positions) decodeOrigin(r *wire.Reader) error {
	p.origin = Origin{Cluster: r.String(), Topic: r.String()}
	p.prints = decodePrints(r)
	for range r.Count(3) {
		e := epoch{topic: r.String()}
		if err := e.set.decode(r); err != nil {
			return err
		}
		if r.Bool() {
			if err := e.set.decodeFloor(r); err != nil {
				return err
			}
		}
		p.past = append(p.past, e)
	}
	p.splitBetween()
	for range r.Count(9) {
		p.authors = append(p.authors, author{id: r.Uint64(), upTo: r.Uvarint()})
	}
	if len(p.past) > pastSets+pastNames || len(p.authors) > maxAuthors {
		r.Fail("%d earlier topics and %d writers, at most %d and %d are written", len(p.past), len(p.authors), pastSets+pastNames, maxAuthors)
	}
	return r.Err()
}
