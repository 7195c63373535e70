package inputs

import (
	"github.com/twmb/franz-go/pkg/kgo"
)

// partition names a partition of a topic.
type partition struct {
	topic  string
	number int32
}

// state of an assignment, which only goes forward.
type state int

const (
	// open: records are registered and handed out.
	open state = iota
	// sealed: nothing is handed out any more; acknowledgements still count.
	sealed
	// closed: nothing counts any more.
	closed
)

// assignment is the time from when a partition was given to this process until
// it was taken away, and all that is kept about its records. The next
// assignment of the same partition is another value, so that nothing of this
// one can move its offsets. The ledger's lock guards it.
type assignment struct {
	partition
	topicID string
	state   state

	// waiting are records that have been read and not handed out.
	waiting []*kgo.Record
	// replays are rejected deliveries whose pause is over.
	replays []*delivery
	// order holds the deliveries that the position waits for, by offset.
	order []*delivery
	// open deliveries are unacknowledged; those in flight are with the
	// pipeline at this moment.
	unacknowledged, inFlight int

	// bytes that are waiting or unacknowledged.
	bytes int64
	// next is the position up to which all is acknowledged, at least what is
	// committed; -1 before the first acknowledgement.
	next, committed kgo.EpochOffset
	// read is the offset behind the last record that was registered, and end
	// the end of the partition as last heard of; -1 for not known.
	read, end int64
	// last is the offset of the last record up to which all is acknowledged, -1 for
	// not known: next may be behind markers of transactions that follow it.
	last int64
	// begin is where the group had the assignment begin, and oldest the first offset
	// that the partition held when it was read last, -1 for not known.
	begin  begin
	oldest int64
	begun  bool // a record of it has been acknowledged

	queued, paused bool
}

func newAssignment(p partition) *assignment {
	nowhere := kgo.EpochOffset{Epoch: -1, Offset: -1}
	return &assignment{partition: p, next: nowhere, committed: nowhere, read: -1, end: -1, last: -1, begin: noBegin, oldest: -1}
}

// add registers records, which are in order and behind all earlier ones.
func (a *assignment) add(records []*kgo.Record) (added int64) {
	for _, r := range records {
		added += heldSize(r)
	}
	a.bytes += added
	a.waiting = append(a.waiting, records...)
	last := records[len(records)-1]
	a.read = last.Offset + 1
	if a.waiting[0].Attrs.IsControl() {
		a.passControl()
	}
	return added
}

// passControl moves the position over markers of transactions that are at the
// front of what is waiting: they make no message.
func (a *assignment) passControl() {
	d := &delivery{to: a, done: true, last: -1}
	a.takeControl(d)
	a.order = append(a.order, d)
	a.advance()
}

// takeControl takes the markers at the front of what is waiting into d.
func (a *assignment) takeControl(d *delivery) {
	for len(a.waiting) > 0 && a.waiting[0].Attrs.IsControl() {
		r := a.waiting[0]
		a.waiting = a.waiting[1:]
		a.bytes -= heldSize(r)
		d.next = kgo.EpochOffset{Epoch: r.LeaderEpoch, Offset: r.Offset + 1}
	}
}

// ready reports whether a batch can be handed out.
func (a *assignment) ready(l limits) bool {
	return a.state == open && (len(a.replays) > 0 || a.unacknowledged < l.inFlight && len(a.waiting) > 0)
}

// take returns the next delivery: what was rejected first, else records that
// are waiting, up to the limits but at least one. The assignment is ready.
func (a *assignment) take(l limits) *delivery {
	a.inFlight++
	if len(a.replays) > 0 {
		d := a.replays[0]
		a.replays = a.replays[1:]
		return d
	}
	d, content := &delivery{to: a, last: -1}, 0
	for len(a.waiting) > 0 {
		r := a.waiting[0]
		if r.Attrs.IsControl() {
			a.takeControl(d)
			continue
		}
		content += contentSize(r)
		if n := len(d.records); n > 0 && (content > l.batchBytes || n == l.batchCount) {
			break
		}
		a.waiting = a.waiting[1:]
		d.records = append(d.records, r)
		d.size += heldSize(r)
		d.next, d.last = kgo.EpochOffset{Epoch: r.LeaderEpoch, Offset: r.Offset + 1}, r.Offset
	}
	if len(a.waiting) == 0 {
		a.waiting = nil
	}
	a.unacknowledged++
	a.order = append(a.order, d)
	return d
}

// acknowledge marks the delivery and moves the position over it and all behind
// it that are acknowledged already.
func (a *assignment) acknowledge(d *delivery) {
	a.inFlight--
	a.unacknowledged--
	a.bytes -= d.size
	d.done, d.records = true, nil
	a.advance()
}

func (a *assignment) advance() {
	for len(a.order) > 0 && a.order[0].done {
		a.next = a.order[0].next
		if last := a.order[0].last; last >= 0 {
			a.last, a.begun = last, true
		}
		a.order[0] = nil
		a.order = a.order[1:]
	}
}

// drop empties what is waiting and returns how many records that were.
func (a *assignment) drop() (records int, bytes int64) {
	for _, r := range a.waiting {
		bytes += heldSize(r)
		if !r.Attrs.IsControl() {
			records++
		}
	}
	for _, d := range a.replays {
		records += len(d.records)
	}
	a.waiting, a.replays = nil, nil
	a.bytes -= bytes
	return records, bytes
}

// unread returns how many offsets the partition holds that are not
// acknowledged, as far as is known.
func (a *assignment) unread() int64 {
	if a.end < 0 || a.next.Offset < 0 && a.read < 0 {
		return 0
	}
	at := a.next.Offset
	if at < 0 {
		at = a.firstRead()
	}
	return max(0, a.end-at)
}

// firstRead returns the offset of the first record that is not acknowledged.
func (a *assignment) firstRead() int64 {
	for _, d := range a.order {
		if len(d.records) > 0 {
			return d.records[0].Offset
		}
	}
	if len(a.waiting) > 0 {
		return a.waiting[0].Offset
	}
	return a.read
}
