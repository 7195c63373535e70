package inputs

import (
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"
)

// ledger keeps all that has been read and not yet committed, by assignment. It
// knows nothing of the client, so that every order of events can be tested. It
// is safe for concurrent use.
type ledger struct {
	limits limits

	mu    sync.Mutex
	live  map[partition]*assignment
	ready []*assignment // those that can hand out a batch, who waited longest first
	bytes int64
	// marks are what goes with the offsets that were collected last to be committed.
	marks map[partition]mark

	// Each holds one token when there may be something to look at: a batch to
	// hand out, room for more, a delivery that has come back.
	wake, room, back chan struct{}
}

func newLedger(l limits) *ledger {
	return &ledger{
		limits: l, live: map[partition]*assignment{}, marks: map[partition]mark{},
		wake: make(chan struct{}, 1), room: make(chan struct{}, 1), back: make(chan struct{}, 1),
	}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// assign begins a new assignment of each partition. One that is still there,
// because the client announced no end of it, is closed: the new one begins
// where the group has committed.
func (l *ledger) assign(parts map[string][]int32) (replaced []*assignment) {
	l.mu.Lock()
	defer l.mu.Unlock()
	each(parts, func(p partition) {
		if old := l.live[p]; old != nil {
			l.closeLocked(old)
			replaced = append(replaced, old)
		}
		l.live[p] = newAssignment(p)
	})
	return replaced
}

// register takes records of one partition over, in their order. oldest is its first
// offset and end its end, -1 for not known. Without a group there is no assignment
// beforehand: the first records begin it.
func (l *ledger) register(p partition, topicID string, records []*kgo.Record, oldest, end int64) *assignment {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.live[p]
	if a == nil {
		a = newAssignment(p)
		l.live[p] = a
	}
	a.topicID = topicID
	a.end, a.oldest = max(a.end, end), oldest
	if len(records) > 0 {
		before := a.bytes
		a.add(records)
		l.bytes += a.bytes - before
	}
	l.enqueue(a)
	return a
}

// enqueue puts the assignment in line when it has a batch to hand out.
func (l *ledger) enqueue(a *assignment) {
	if !a.queued && a.ready(l.limits) {
		a.queued = true
		l.ready = append(l.ready, a)
		signal(l.wake)
	}
}

// handout is a delivery at the moment when it is handed out.
type handout struct {
	*delivery
	partition
	batch   []*kgo.Record
	topicID string
	// end is the end of the partition as last heard of.
	end int64
	// begin is where the assignment began, as long as nothing of it is acknowledged,
	// and oldest the first offset of the partition then.
	begin  begin
	oldest int64
}

// next returns the next delivery, or false for none at this moment. Partitions
// take turns.
func (l *ledger) next() (handout, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.ready) > 0 {
		a := l.ready[0]
		l.ready[0] = nil
		l.ready = l.ready[1:]
		a.queued = false
		if !a.ready(l.limits) {
			continue
		}
		before := a.bytes
		d := a.take(l.limits)
		l.bytes += a.bytes - before // markers of transactions are held no longer
		l.enqueue(a)
		if len(l.ready) > 0 {
			signal(l.wake)
		}
		h := handout{delivery: d, partition: a.partition, batch: d.records, topicID: a.topicID, end: a.end, begin: noBegin, oldest: a.oldest}
		if !a.begun {
			h.begin = a.begin
		}
		return h, true
	}
	return handout{}, false
}

// acknowledge notes that all records of the delivery are done with. late means
// that the assignment has ended before, and nothing changes.
func (l *ledger) acknowledge(d *delivery) (late bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := d.to
	if a.state == closed {
		return true
	}
	l.bytes -= d.size
	a.acknowledge(d)
	l.enqueue(a)
	signal(l.room)
	signal(l.back)
	return false
}

// reject notes that the output refused some of the delivery's records. They
// are to be handed out again with replay, unless the assignment is ending.
func (l *ledger) reject(d *delivery, which []bool) (late, again bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := d.to
	if a.state == closed {
		return true, false
	}
	freed := d.keep(which)
	a.bytes -= freed
	l.bytes -= freed
	a.inFlight--
	d.attempts++
	signal(l.room)
	signal(l.back)
	return false, a.state == open
}

// replay puts a rejected delivery back, before all that is waiting.
func (l *ledger) replay(d *delivery) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := d.to
	if a.state != open {
		return
	}
	a.replays = append(a.replays, d)
	l.enqueue(a)
}

// seal ends the handing out of these partitions. It returns their assignments
// and how many records were dropped that were waiting.
func (l *ledger) seal(parts map[string][]int32) (ending []*assignment, waiting int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	each(parts, func(p partition) {
		a := l.live[p]
		if a == nil {
			return
		}
		a.state = sealed
		records, bytes := a.drop()
		l.bytes -= bytes
		waiting += records
		ending = append(ending, a)
	})
	signal(l.room)
	return ending, waiting
}

// returned reports whether none of the assignments has a delivery in flight.
func (l *ledger) returned(ending []*assignment) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, a := range ending {
		if a.inFlight > 0 {
			return false
		}
	}
	return true
}

// close ends the assignments. It returns what they have acknowledged and not
// committed, and how many records are unacknowledged.
func (l *ledger) close(ending []*assignment) (acknowledged offsetMap, unacknowledged int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	acknowledged = offsetMap{}
	for _, a := range ending {
		l.collect(acknowledged, a)
		for _, d := range a.order {
			unacknowledged += len(d.records)
		}
		l.closeLocked(a)
	}
	signal(l.room)
	return acknowledged, unacknowledged
}

func (l *ledger) closeLocked(a *assignment) {
	l.bytes -= a.bytes
	a.bytes, a.state, a.waiting, a.replays, a.order = 0, closed, nil, nil, nil
	if l.live[a.partition] == a {
		delete(l.live, a.partition)
	}
}

// partitions returns all that are assigned.
func (l *ledger) partitions() map[string][]int32 {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := map[string][]int32{}
	for p := range l.live {
		out[p.topic] = append(out[p.topic], p.number)
	}
	return out
}

// full reports whether all partitions together hold as much as they may.
func (l *ledger) full() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.bytes >= l.limits.total
}

// held returns the bytes that are waiting or in flight.
func (l *ledger) held() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.bytes
}

// each calls f for every partition.
func each(parts map[string][]int32, f func(partition)) {
	for topic, numbers := range parts {
		for _, n := range numbers {
			f(partition{topic: topic, number: n})
		}
	}
}
