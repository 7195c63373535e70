package inputs

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// TestSchedules draws what happens to a group of up to three inputs on one
// cluster: records and transactions, committed and aborted; batches that are
// acknowledged, rejected as a whole or in part, or left for later; inputs that
// start, close, and die without a word. After each event the offsets of the
// group are read: none passes a record that was not acknowledged. In the end
// every record was delivered, none of an aborted transaction was, and the
// group is at the end of each partition.
func TestSchedules(t *testing.T) {
	const seeds, steps = 6, 120
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			p := newPlay(t, seed)
			for range steps {
				p.step()
				p.check()
			}
			p.finish()
		})
	}
}

func (p *play) step() {
	switch n := p.rng.IntN(20); {
	case n < 4:
		p.send(p.rng.IntN(playPartitions), 1+p.rng.IntN(10))
	case n < 6:
		p.sendTransaction(p.rng.IntN(playPartitions), 1+p.rng.IntN(5), p.rng.IntN(2) == 0)
	case n < 17:
		for range 1 + p.rng.IntN(6) {
			p.answer()
		}
		time.Sleep(time.Duration(p.rng.IntN(10)) * time.Millisecond) // lets the group move; nothing depends on it
	case n == 17 && len(p.members) < 3:
		p.start()
	case n == 18 && len(p.members) > 1:
		p.remove(p.leave)
	case n == 19 && len(p.members) > 1:
		p.remove(p.kill)
	}
}

func (p *play) send(number, n int) {
	records := make([]*kgo.Record, n)
	for i := range records {
		records[i] = &kgo.Record{Topic: "rows", Partition: int32(number), Value: []byte(p.value(number))}
	}
	if err := p.client.ProduceSync(within(p.t), records...).FirstErr(); err != nil {
		p.t.Fatal(err)
	}
	for _, r := range records {
		p.offsets[number][r.Offset] = string(r.Value)
	}
}

func (p *play) value(number int) string {
	p.next[number]++
	return fmt.Sprintf("rows/%d/%d", number, p.next[number])
}

func (p *play) sendTransaction(number, n int, commit bool) {
	client, err := kgo.NewClient(kgo.SeedBrokers(p.cluster.ListenAddrs()...), kgo.TransactionalID("t"), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		p.t.Fatal(err)
	}
	defer client.Close()
	if err := client.BeginTransaction(); err != nil {
		p.t.Fatal(err)
	}
	var records []*kgo.Record
	for range n {
		records = append(records, &kgo.Record{Topic: "rows", Partition: int32(number), Value: []byte(p.value(number))})
	}
	if err := client.ProduceSync(within(p.t), records...).FirstErr(); err != nil {
		p.t.Fatal(err)
	}
	if err := client.EndTransaction(within(p.t), kgo.TransactionEndTry(commit)); err != nil {
		p.t.Fatal(err)
	}
	for _, r := range records {
		if commit {
			p.offsets[number][r.Offset] = string(r.Value)
		} else {
			p.aborted[string(r.Value)] = true
		}
	}
}

// answer answers one of the batches that are held, if any.
func (p *play) answer() {
	p.mu.Lock()
	if len(p.held) == 0 {
		p.mu.Unlock()
		return
	}
	i := p.rng.IntN(len(p.held))
	h := p.held[i]
	p.held = append(p.held[:i], p.held[i+1:]...)
	p.mu.Unlock()

	refused := errors.New("refused")
	var err error
	from := 0 // messages from here on are refused
	switch p.rng.IntN(6) {
	case 0:
		err = refused
	case 1:
		from = p.rng.IntN(len(h.batch))
		partly := service.NewBatchError(h.batch, refused)
		for j := from; j < len(h.batch); j++ {
			partly.Failed(j, refused)
		}
		err = partly
	default:
		from = len(h.batch)
	}
	// Noted before the input hears of it, so that no commit can be ahead.
	p.mu.Lock()
	for _, v := range contents(p.t, h.batch[:from]) {
		p.acked[v] = true
	}
	p.mu.Unlock()
	_ = h.ack(context.Background(), err)
}

// check reads the offsets of the group.
func (p *play) check() {
	p.t.Helper()
	committed := p.committed("g")
	p.mu.Lock()
	defer p.mu.Unlock()
	for number, records := range p.offsets {
		at := committed[partition{"rows", int32(number)}]
		for offset, value := range records {
			if offset < at && !p.acked[value] {
				p.t.Fatalf("partition %d is committed to %d, and %s at %d was not acknowledged", number, at, value, offset)
			}
		}
	}
	for value := range p.acked {
		if p.aborted[value] {
			p.t.Fatalf("%s of an aborted transaction was delivered", value)
		}
	}
}

// finish answers all that comes until nothing is left.
func (p *play) finish() {
	p.t.Helper()
	ends, err := p.admin.ListEndOffsets(within(p.t), "rows")
	if err != nil {
		p.t.Fatal(err)
	}
	next := time.Now().Add(time.Second)
	eventually(p.t, "the group to be at the end", func() bool {
		for range 20 {
			p.answer()
		}
		if time.Now().After(next) {
			p.expire()
			next = time.Now().Add(time.Second)
		}
		committed := p.committed("g")
		for number := range int32(playPartitions) {
			end, _ := ends.Lookup("rows", number)
			if committed[partition{"rows", number}] < end.Offset {
				return false
			}
		}
		return true
	})
	p.check()
}

// expire takes members out of the group that are none of the inputs. The
// broker of the test keeps one for ever that went away between joining and
// syncing; a real one lets its session time out.
func (p *play) expire() {
	p.t.Helper()
	alive := map[string]bool{}
	for _, m := range p.members {
		if s := m.k.current(); s != nil {
			id, _ := s.client.GroupMetadata()
			alive[id] = true
		}
	}
	group := p.cluster.GroupInfo("g")
	if group == nil {
		return
	}
	req := kmsg.NewPtrLeaveGroupRequest()
	req.Group = "g"
	for _, m := range group.Members {
		if !alive[m.MemberID] {
			gone := kmsg.NewLeaveGroupRequestMember()
			gone.MemberID = m.MemberID
			req.Members = append(req.Members, gone)
		}
	}
	if len(req.Members) > 0 {
		if _, err := req.RequestWith(within(p.t), p.client); err != nil {
			p.t.Fatal(err)
		}
	}
}
