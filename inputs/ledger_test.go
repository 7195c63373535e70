package inputs

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
)

// schedules is how many generated orders of events the ledger is tried with.
const schedules = 1500

// TestLedgerSchedules draws orders of events, of all that a broker, a group
// and a pipeline can do to a ledger, and checks after each event:
//
//   - what may be committed never passes a record that is not acknowledged;
//   - a partition's records are handed out in order, and never more batches of
//     it at once than in_flight;
//   - nothing is handed out of an assignment that is ending;
//   - the bytes that are held are those of what is waiting or unacknowledged.
func TestLedgerSchedules(t *testing.T) {
	for seed := range uint64(schedules) {
		w := newWorld(seed)
		for step := range 200 {
			w.step()
			if err := w.check(); err != nil {
				t.Fatalf("seed %d, step %d: %v", seed, step, err)
			}
		}
		if err := w.drain(); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

// world is a broker with two partitions, a group and a pipeline, around one
// ledger. It knows of each offset whether it was ever acknowledged.
type world struct {
	rng    *rand.Rand
	ledger *ledger
	broken error

	parts [2]worldPart
	out   []handout // with the pipeline
	later []*delivery
}

type worldPart struct {
	partition
	log       []*kgo.Record
	acked     map[int64]bool
	fetched   int64 // where the client goes on
	committed int64
	owned     bool
	ending    []*assignment
	last      int64 // the last offset handed out for the first time
}

func newWorld(seed uint64) *world {
	rng := rand.New(rand.NewPCG(seed, 1))
	w := &world{rng: rng}
	w.ledger = newLedger(limits{batchCount: rng.IntN(4), batchBytes: 1 + rng.IntN(60), partition: 1 << 20, total: 1 << 20, inFlight: 1 + rng.IntN(3)})
	for i := range w.parts {
		p := &w.parts[i]
		p.partition = partition{topic: "rows", number: int32(i)}
		p.acked, p.last = map[int64]bool{}, -1
		for offset := range int64(40 + rng.IntN(40)) {
			r := &kgo.Record{Topic: "rows", Partition: int32(i), Offset: offset, Value: make([]byte, rng.IntN(20))}
			if rng.IntN(5) == 0 {
				r.Attrs = kgo.NewRecordAttrs(kgo.RecordAttrsOpts{Control: true})
				p.acked[offset] = true // a marker makes no message
			}
			if rng.IntN(8) > 0 { // else compacted or aborted: the offset is missing
				p.log = append(p.log, r)
			} else {
				p.acked[offset] = true
			}
		}
	}
	return w
}

func (w *world) step() {
	p := &w.parts[w.rng.IntN(len(w.parts))]
	switch w.rng.IntN(10) {
	case 0:
		w.assign(p)
	case 1, 2, 3:
		w.fetch(p)
	case 4, 5, 6:
		w.hand()
	case 7, 8:
		w.answer()
	case 9:
		w.rebalance(p)
	}
	if len(w.later) > 0 && w.rng.IntN(2) == 0 {
		w.ledger.replay(w.later[0])
		w.later = w.later[1:]
	}
}

func (w *world) assign(p *worldPart) {
	if p.owned {
		return
	}
	w.ledger.assign(map[string][]int32{p.topic: {p.number}})
	p.owned, p.fetched, p.last = true, p.committed, -1
}

func (w *world) fetch(p *worldPart) {
	if !p.owned || len(p.ending) > 0 {
		return
	}
	var records []*kgo.Record
	most := 1 + w.rng.IntN(8)
	for _, r := range p.log {
		if r.Offset >= p.fetched && len(records) < most {
			records = append(records, r)
		}
	}
	if len(records) > 0 {
		p.fetched = records[len(records)-1].Offset + 1
		w.ledger.register(p.partition, "id", records, 0, int64(len(p.log)))
	}
}

func (w *world) hand() {
	h, ok := w.ledger.next()
	if !ok {
		return
	}
	p := &w.parts[h.number]
	if len(p.ending) > 0 || !p.owned {
		w.broken = fmt.Errorf("%v is handed out while it is taken away", h.partition)
	}
	if first := h.batch[0].Offset; h.attempts == 0 {
		if first <= p.last {
			w.broken = fmt.Errorf("offset %d of %v comes after %d", first, h.partition, p.last)
		}
		p.last = h.batch[len(h.batch)-1].Offset
	}
	w.out = append(w.out, h)
}

// answer lets the pipeline answer one of the batches that it has.
func (w *world) answer() {
	if len(w.out) == 0 {
		return
	}
	i := w.rng.IntN(len(w.out))
	h := w.out[i]
	w.out = append(w.out[:i], w.out[i+1:]...)
	which, any := make([]bool, len(h.batch)), false
	if w.rng.IntN(3) == 0 {
		for j := range which {
			which[j] = w.rng.IntN(2) == 0
			any = any || which[j]
		}
	}
	for j, r := range h.batch {
		if !which[j] {
			w.parts[h.number].acked[r.Offset] = true
		}
	}
	if !any {
		w.ledger.acknowledge(h.delivery)
		return
	}
	if late, again := w.ledger.reject(h.delivery, which); !late && again {
		w.later = append(w.later, h.delivery)
	}
}

// rebalance begins or ends the taking away of a partition, in order or as one
// that is lost, or commits.
func (w *world) rebalance(p *worldPart) {
	switch {
	case !p.owned:
	case len(p.ending) > 0:
		at, _ := w.ledger.close(p.ending)
		if w.rng.IntN(3) > 0 { // else it was lost, and nothing is committed
			w.commit(at)
		}
		p.ending, p.owned = nil, false
	case w.rng.IntN(2) == 0:
		at := w.ledger.uncommitted()
		w.commit(at)
		w.ledger.committed(at)
	default:
		p.ending, _ = w.ledger.seal(map[string][]int32{p.topic: {p.number}})
	}
}

func (w *world) commit(at offsetMap) {
	for _, parts := range at {
		for number, offset := range parts {
			w.parts[number].committed = offset.Offset
		}
	}
}

func (w *world) check() error {
	if w.broken != nil {
		return w.broken
	}
	for i := range w.parts {
		p := &w.parts[i]
		for offset := range p.committed {
			if !p.acked[offset] {
				return fmt.Errorf("%v is committed to %d, and %d is not acknowledged", p.partition, p.committed, offset)
			}
		}
	}
	var held int64
	for p, a := range w.ledger.live {
		var own int64
		for _, r := range a.waiting {
			own += heldSize(r)
		}
		for _, d := range a.order {
			for _, r := range d.records {
				own += heldSize(r)
			}
		}
		if own != a.bytes {
			return fmt.Errorf("%v counts %d bytes and holds %d", p, a.bytes, own)
		}
		if a.unacknowledged > w.ledger.limits.inFlight || a.inFlight < 0 || a.inFlight > a.unacknowledged {
			return fmt.Errorf("%v has %d batches in flight, %d unacknowledged, of at most %d", p, a.inFlight, a.unacknowledged, w.ledger.limits.inFlight)
		}
		held += own
	}
	if held != w.ledger.bytes {
		return fmt.Errorf("the ledger counts %d bytes and holds %d", w.ledger.bytes, held)
	}
	return nil
}

// drain lets everything come to its end: each record is acknowledged and the
// end of each partition committed.
func (w *world) drain() error {
	for i := range w.parts {
		p := &w.parts[i]
		if len(p.ending) > 0 {
			at, _ := w.ledger.close(p.ending)
			w.commit(at)
			p.ending, p.owned = nil, false
		}
		w.assign(p)
	}
	for turn := 0; turn < 10_000 && !w.finished(); turn++ {
		for i := range w.parts {
			w.fetch(&w.parts[i])
		}
		for _, d := range w.later {
			w.ledger.replay(d)
		}
		w.later = nil
		w.hand()
		if len(w.out) > 0 {
			h := w.out[0]
			w.out = w.out[1:]
			for _, r := range h.batch {
				w.parts[h.number].acked[r.Offset] = true
			}
			w.ledger.acknowledge(h.delivery)
		}
		at := w.ledger.uncommitted()
		w.commit(at)
		w.ledger.committed(at)
		if err := w.check(); err != nil {
			return err
		}
	}
	for i := range w.parts {
		p := &w.parts[i]
		if want := p.log[len(p.log)-1].Offset + 1; p.committed != want {
			return fmt.Errorf("%v is committed to %d in the end, want %d", p.partition, p.committed, want)
		}
	}
	return nil
}

func (w *world) finished() bool {
	for i := range w.parts {
		if p := &w.parts[i]; p.committed < p.log[len(p.log)-1].Offset+1 {
			return false
		}
	}
	return true
}
