//go:build integration

package integration

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

func notify(c chan os.Signal) { signal.Notify(c, syscall.SIGTERM) }

// bench is a topic of its own with a client for it.
type bench struct {
	t            *testing.T
	broker       string
	topic, group string
	client       *kgo.Client
	admin        *kadm.Client
}

func newBench(t *testing.T, partitions int32) *bench {
	t.Helper()
	id := fmt.Sprintf("-%d", time.Now().UnixNano())
	b := &bench{t: t, broker: os.Getenv("SML_KAFKA"), topic: "rows" + id, group: "g" + id}
	if b.broker == "" {
		t.Fatal("SML_KAFKA names no server; .ci/run starts one")
	}
	b.client = b.connect()
	b.admin = kadm.NewClient(b.client)
	b.create(partitions)
	return b
}

func (b *bench) connect(opts ...kgo.Opt) *kgo.Client {
	b.t.Helper()
	client, err := kgo.NewClient(append(opts, kgo.SeedBrokers(b.broker), kgo.RecordPartitioner(kgo.ManualPartitioner()))...)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(client.Close)
	return client
}

func (b *bench) create(partitions int32) {
	b.t.Helper()
	if _, err := b.admin.CreateTopic(b.t.Context(), partitions, 1, nil, b.topic); err != nil {
		b.t.Fatal(err)
	}
}

// input returns the configuration of the input.
func (b *bench) input(more string) string {
	return fmt.Sprintf("sml_kafka: { seed_brokers: [ %q ], topics: [ %q ], consumer_group: %q, metadata_max_age: 1s, heartbeat_interval: 200ms, commit_period: 100ms %s}", b.broker, b.topic, b.group, more)
}

func (b *bench) produce(partition int32, contents ...string) {
	b.t.Helper()
	for _, v := range contents {
		b.client.Produce(b.t.Context(), &kgo.Record{Topic: b.topic, Partition: partition, Value: []byte(v)}, func(_ *kgo.Record, err error) {
			if err != nil {
				b.t.Errorf("produce: %v", err)
			}
		})
	}
	if err := b.client.Flush(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
}

// wait looks until it holds.
func (b *bench) wait(what string, holds func() bool) {
	b.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline.C:
			b.t.Fatalf("waited %v in vain for %s", patience, what)
		}
	}
}

// atEnd reports whether the group has committed the end of each partition.
func (b *bench) atEnd() bool {
	ends, err := b.admin.ListEndOffsets(b.t.Context(), b.topic)
	if err != nil || ends.Error() != nil {
		return false
	}
	offsets, err := b.admin.FetchOffsets(b.t.Context(), b.group)
	if err != nil {
		return false
	}
	all := true
	ends.Each(func(o kadm.ListedOffset) {
		at, ok := offsets.Lookup(o.Topic, o.Partition)
		all = all && (o.Offset == 0 || ok && at.At == o.Offset)
	})
	return all
}

func numbered(prefix string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("%s-%d", prefix, i)
	}
	return out
}

// disturb starts a consumer that does not run, and stops, kills or spares one that does.
func disturb(c *consumer, rng *rand.Rand) {
	switch {
	case c.cmd == nil:
		c.start()
	case rng.IntN(3) == 0:
		c.end(syscall.SIGTERM)
	case rng.IntN(2) == 0:
		c.end(syscall.SIGKILL)
	}
}

// Three consumers are killed, stopped and started while records arrive, of
// transactions too: in the end each record was delivered and none of an aborted
// transaction was.
func TestInputUnderKills(t *testing.T) {
	const partitions, rounds, seed = 6, 40, 1
	b := newBench(t, partitions)
	seen := &deliveries{lines: map[string]int{}}
	input := b.input(", session_timeout: 2s, rebalance_timeout: 5s, revoke_timeout: 1s, max_batch_count: 200")
	consumers := []*consumer{newConsumer(t, seen, input), newConsumer(t, seen, input), newConsumer(t, seen, input)}
	transactions := b.connect(kgo.TransactionalID("tx" + b.group))
	rng := rand.New(rand.NewPCG(seed, 1))
	var want, never []string
	for round := range rounds {
		for p := range int32(partitions) {
			plain := numbered(fmt.Sprintf("%d/%d/plain", round, p), 300)
			b.produce(p, plain...)
			want = append(want, plain...)
		}
		p, commit := int32(rng.IntN(partitions)), rng.IntN(2) == 0
		part := numbered(fmt.Sprintf("%d/%d/transaction", round, p), 100)
		if err := transact(t.Context(), transactions, b.topic, p, part, commit); err != nil {
			t.Fatal(err)
		}
		if commit {
			want = append(want, part...)
		} else {
			never = append(never, part...)
		}
		disturb(consumers[rng.IntN(len(consumers))], rng)
		time.Sleep(time.Duration(rng.IntN(400)) * time.Millisecond) // how the rounds meet the rebalances; no result depends on it
	}
	for _, c := range consumers {
		if c.cmd == nil {
			c.start()
		}
	}
	b.wait("the group to be at the end", b.atEnd)
	for _, c := range consumers {
		c.end(syscall.SIGTERM)
	}
	got := seen.contents()
	missing, twice := 0, 0
	for _, v := range want {
		switch {
		case got[v] == 0:
			missing++
		case got[v] > 1:
			twice++
		}
	}
	if missing > 0 {
		t.Errorf("%d of %d records were never delivered", missing, len(want))
	}
	for _, v := range never {
		if got[v] > 0 {
			t.Fatalf("%s of an aborted transaction was delivered", v)
		}
	}
	t.Logf("%d records, %d of them more than once", len(want), twice)
}

// A static member that is killed and comes back within its session has its
// partitions without a rebalance.
func TestInputStaticMembership(t *testing.T) {
	b := newBench(t, 2)
	seen := &deliveries{lines: map[string]int{}}
	member := func(name string) *consumer {
		return newConsumer(t, seen, b.input(", session_timeout: 30s, instance_id: "+name))
	}
	one := member("one")
	member("two")
	state := func() (generation string, members int) {
		described, err := b.admin.DescribeGroups(t.Context(), b.group)
		if err != nil || described[b.group].State != "Stable" {
			return "", 0
		}
		for _, m := range described[b.group].Members {
			if a, ok := m.Assigned.AsConsumer(); ok && len(a.Topics) == 1 {
				members++
				generation += fmt.Sprint(*m.InstanceID, a.Topics[0].Partitions)
			}
		}
		return generation, members
	}
	b.wait("both to have a partition", func() bool { _, n := state(); return n == 2 })
	b.produce(0, "a")
	b.produce(1, "b")
	b.wait("the records", func() bool { return len(seen.contents()) == 2 && b.atEnd() })
	before, _ := state()
	one.end(syscall.SIGKILL)
	one.start()
	began := time.Now()
	b.produce(0, "c")
	b.produce(1, "d")
	b.wait("the records", func() bool { return len(seen.contents()) == 4 })
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("the partition was idle for %v, want less than half a session", took)
	}
	if after, _ := state(); after != before {
		t.Errorf("the group is %q, was %q", after, before)
	}
}

// New partitions are read within seconds, and a topic that is deleted and
// created again from its beginning, under its new id.
func TestInputTopicsChange(t *testing.T) {
	b := newBench(t, 1)
	seen := &deliveries{lines: map[string]int{}}
	newConsumer(t, seen, b.input(""))
	b.produce(0, numbered("old", 50)...)
	b.wait("the first records", func() bool { return len(seen.contents()) == 50 && b.atEnd() })
	if _, err := b.admin.UpdatePartitions(t.Context(), 2, b.topic); err != nil {
		t.Fatal(err)
	}
	b.client.PurgeTopicsFromClient(b.topic)
	began := time.Now()
	b.wait("the producer to see the partition", func() bool {
		ends, err := b.admin.ListEndOffsets(t.Context(), b.topic)
		_, ok := ends.Lookup(b.topic, 1)
		return err == nil && ok
	})
	b.produce(1, "added")
	b.wait("a record of the new partition", func() bool { n, _ := seen.of("added"); return n > 0 })
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("the new partition was read after %v", took)
	}

	if _, err := b.admin.DeleteTopic(t.Context(), b.topic); err != nil {
		t.Fatal(err)
	}
	b.wait("the topic to be gone", func() bool {
		topics, err := b.admin.ListTopics(t.Context())
		return err == nil && !topics.Has(b.topic)
	})
	b.create(1)
	b.client.PurgeTopicsFromClient(b.topic)
	b.produce(0, numbered("new", 80)...)
	b.wait("the records of the new topic", func() bool { return len(seen.contents()) == 50+1+80 })
	_, before := seen.of("old-0")
	_, after := seen.of("new-0")
	if len(before) != 1 || len(after) != 1 || before[0] == after[0] || after[0] == "" {
		t.Errorf("the ids are %v of the old topic and %v of the new one", before, after)
	}
}
