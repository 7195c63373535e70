package inputs

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// other joins the group as another consumer, which reads and commits nothing.
// It reports each partition that it is given.
func (s *site) other(group string) (client *kgo.Client, given chan partition) {
	s.t.Helper()
	given = make(chan partition, 100)
	client, err := kgo.NewClient(
		kgo.SeedBrokers(s.cluster.ListenAddrs()...), kgo.ConsumerGroup(group), kgo.ConsumeTopics("rows"), kgo.DisableAutoCommit(),
		kgo.HeartbeatInterval(50*time.Millisecond), kgo.SessionTimeout(3*time.Second), kgo.FetchMaxWait(50*time.Millisecond),
		kgo.OnPartitionsAssigned(func(_ context.Context, _ *kgo.Client, parts map[string][]int32) {
			each(parts, func(p partition) { given <- p })
		}),
	)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(client.Close)
	return client, given
}

func (s *site) receive(given chan partition) partition {
	s.t.Helper()
	select {
	case p := <-given:
		return p
	case <-within(s.t).Done():
		s.t.Fatal("no partition was given to the other consumer")
		return partition{}
	}
}

// firstOffset returns the offset of the first record of the partition that the
// client is served.
func (s *site) firstOffset(client *kgo.Client, p partition) int64 {
	s.t.Helper()
	for {
		fetches := client.PollFetches(within(s.t))
		if err := fetches.Err(); err != nil {
			s.t.Fatal(err)
		}
		for _, r := range fetches.Records() {
			if r.Topic == p.topic && r.Partition == p.number {
				return r.Offset
			}
		}
	}
}

// The race in which the host's redpanda input loses records: they have been
// polled, the partition is being taken away, and only then they are
// registered. Here the rebalance waits for the registration, and who gets the
// partition begins at its first record.
func TestRevokeWaitsForPolledRecords(t *testing.T) {
	s := newSite(t, 2, "rows")
	s.produce("rows", 0, 0, 10)
	s.produce("rows", 1, 0, 10)
	k := s.parse("topics: [ rows ]\nconsumer_group: g")
	t.Cleanup(func() { _ = k.Close(context.Background()) })
	polled, blocked := newGate(), make(chan struct{}, 10)
	k.hooks.polled = polled.pass
	k.hooks.options = []kgo.Opt{kgo.OnPartitionsCallbackBlocked(func(context.Context, *kgo.Client) { signal(blocked) })}
	if err := k.Connect(within(t)); err != nil {
		t.Fatal(err)
	}
	polled.wait(t) // records are in the hands of the poll loop, unregistered
	client, given := s.other("g")
	select {
	case <-blocked: // the revoke wants to run and must not
	case <-within(t).Done():
		t.Fatal("no rebalance has begun")
	}
	if n := len(k.current().ledger.partitions()["rows"]); n != 2 {
		t.Fatalf("%d partitions are assigned while the rebalance is blocked, want 2", n)
	}
	close(polled.open)

	p := s.receive(given)
	if at, ok := s.committed("g")[p]; ok {
		t.Errorf("committed %d of %v, of which nothing was acknowledged", at, p)
	}
	if at := s.firstOffset(client, p); at != 0 {
		t.Errorf("the next consumer of %v begins at %d, want 0", p, at)
	}
	// What was registered before the revoke is not handed out after it.
	kept := 1 - int(p.number)
	if got, want := readAll(t, k, 10), values("rows", kept, 0, 10); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	nothing(t, k, 100*time.Millisecond)
	if at, ok := s.committed("g")[p]; ok {
		t.Errorf("committed %d of %v, which is another consumer's", at, p)
	}
}

// A batch in flight when its partition is taken away is waited for, and
// exactly what it acknowledges is where the next consumer begins.
func TestRevokeWaitsForBatchesInFlight(t *testing.T) {
	for _, c := range []struct {
		name   string
		yaml   string
		answer error
		never  bool
		want   int64 // where the next consumer begins
	}{
		{name: "acknowledged in time", want: 4},
		{name: "rejected", answer: errors.New("refused"), want: 0},
		{name: "not answered in time", yaml: "\nrevoke_timeout: 200ms", never: true, want: 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t, 2, "rows")
			s.produce("rows", 0, 0, 10)
			s.produce("rows", 1, 0, 10)
			k := s.connect("topics: [ rows ]\nconsumer_group: g\nmax_batch_count: 4\ncommit_period: 1h" + c.yaml)
			acks := map[string]func(error){}
			for range 2 {
				batch, ack := read(t, k)
				acks[contents(t, batch)[0][:6]] = func(err error) { _ = ack(context.Background(), err) }
			}
			client, given := s.other("g")
			eventually(t, "the revoke", func() bool { return len(sealedOf(k)) > 0 || len(given) > 0 })
			if !c.never {
				if len(given) > 0 {
					t.Fatal("the partition was given away with a batch in flight")
				}
				for _, p := range sealedOf(k) {
					acks[values(p.topic, int(p.number), 0, 1)[0][:6]](c.answer)
				}
			}
			p := s.receive(given)
			if at := s.firstOffset(client, p); at != c.want {
				t.Errorf("the next consumer begins at %d, want %d", at, c.want)
			}
			// What is acknowledged afterwards moves nothing.
			for _, ack := range acks {
				ack(nil)
			}
			if err := k.current().commit(); err != nil && !rebalancing(err) {
				t.Fatal(err)
			}
			if at := s.committed("g")[p]; at != c.want {
				t.Errorf("committed %d after a late acknowledgement, want %d", at, c.want)
			}
		})
	}
}

// sealedOf returns the partitions that are being taken away.
func sealedOf(k *kafka) (out []partition) {
	l := k.current().ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	for p, a := range l.live {
		if a.state == sealed {
			out = append(out, p)
		}
	}
	return out
}

// A process that the group takes for dead loses its partitions without notice.
// Nothing that it acknowledges from then on is committed.
func TestLostPartitionsCommitNothing(t *testing.T) {
	s := newSite(t, 1, "rows")
	s.produce("rows", 0, 0, 10)
	k := s.connect("topics: [ rows ]\nconsumer_group: g\nmax_batch_count: 4\ncommit_period: 1h")
	_, ack := read(t, k)
	_ = ack(context.Background(), nil) // not committed yet, and never will be
	_, ack = read(t, k)
	old := k.current().ledger.live[partition{"rows", 0}]
	k.current().lost(map[string][]int32{"rows": {0}})
	_ = ack(context.Background(), nil)
	if old.next.Offset != 4 || old.state != closed {
		t.Errorf("a late acknowledgement moved the position of a lost partition to %d", old.next.Offset)
	}
	if err := k.current().commit(); err != nil {
		t.Fatal(err)
	}
	if got := s.committed("g"); len(got) != 0 {
		t.Errorf("committed %v of a partition that was lost", got)
	}
	// Given back, it begins where the group has committed, and an
	// acknowledgement of the earlier assignment does not count for it.
	k.current().assigned(map[string][]int32{"rows": {0}})
	if k.current().ledger.live[partition{"rows", 0}] == old {
		t.Error("the new assignment is the old one")
	}
}

// settle waits until the inputs have been of one generation of the group for
// some heartbeats: a cooperative rebalance takes two.
func (s *site) settle(inputs ...*kafka) {
	s.t.Helper()
	const looks = 100 // of 5 ms, five heartbeats
	last, same := int32(-1), 0
	eventually(s.t, "the group to settle", func() bool {
		for _, k := range inputs {
			if _, now := k.current().client.GroupMetadata(); now != last {
				last, same = now, 0
			}
		}
		same++
		return same > looks
	})
}

// A static member that closes does not leave the group, and has its partitions
// again when it comes back within its session. (That the group does not even
// rebalance is held against real Kafka, in test/integration.)
func TestStaticMembership(t *testing.T) {
	s := newSite(t, 2, "rows")
	s.produce("rows", 0, 0, 5)
	yaml := "topics: [ rows ]\nconsumer_group: g\nsession_timeout: 10s\nheartbeat_interval: 100ms\ninstance_id: "
	k, other := s.connect(yaml+"one"), s.connect(yaml+"two")
	eventually(t, "both to have a partition", func() bool {
		return len(k.current().ledger.partitions()["rows"]) == 1 && len(other.current().ledger.partitions()["rows"]) == 1
	})
	s.settle(k, other)
	mine := k.current().ledger.partitions()["rows"]
	var left atomic.Bool
	s.cluster.ControlKey(int16(kmsg.LeaveGroup), func(kmsg.Request) (kmsg.Response, error, bool) {
		s.cluster.KeepControl()
		left.Store(true)
		return nil, nil, false
	})
	if err := k.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	k = s.connect(yaml + "one")
	eventually(t, "its partition again", func() bool { return slices.Equal(k.current().ledger.partitions()["rows"], mine) })
	if left.Load() {
		t.Error("it has left the group")
	}
}
