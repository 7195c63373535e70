package inputs

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
)

// patience bounds each wait of a test; nothing takes a tenth of it unless it
// hangs.
const patience = 30 * time.Second

// site is a cluster with a client that produces and asks.
type site struct {
	t       *testing.T
	cluster *kfake.Cluster
	client  *kgo.Client
	admin   *kadm.Client
}

func newSite(t *testing.T, partitions int32, topics ...string) *site {
	t.Helper()
	opts := []kfake.Opt{kfake.NumBrokers(1), kfake.GroupMinSessionTimeout(100 * time.Millisecond), kfake.ClusterID("the-cluster")}
	if len(topics) > 0 {
		opts = append(opts, kfake.SeedTopics(partitions, topics...))
	}
	cluster, err := kfake.NewCluster(opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	s := &site{t: t, cluster: cluster}
	s.client, err = kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...), kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.MetadataMinAge(10*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.client.Close)
	s.admin = kadm.NewClient(s.client)
	return s
}

// newPersistentSite is a site whose broker, once closed, can be opened again
// with its data and address.
func newPersistentSite(t *testing.T) (s *site, reopen func()) {
	t.Helper()
	dir := t.TempDir()
	port := 0
	s = &site{t: t}
	reopen = func() {
		t.Helper()
		opts := []kfake.Opt{kfake.NumBrokers(1), kfake.SeedTopics(1, "rows"), kfake.DataDir(dir)}
		if port != 0 {
			opts = append(opts, kfake.Ports(port))
		}
		cluster, err := kfake.NewCluster(opts...)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(cluster.Close)
		s.cluster = cluster
		_, text, err := net.SplitHostPort(cluster.ListenAddrs()[0])
		if err != nil {
			t.Fatal(err)
		}
		if port, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	reopen()
	var err error
	if s.client, err = kgo.NewClient(kgo.SeedBrokers(s.cluster.ListenAddrs()...), kgo.RecordPartitioner(kgo.ManualPartitioner())); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.client.Close)
	s.admin = kadm.NewClient(s.client)
	return s, reopen
}

// within returns a context for one step of a test.
func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// produce appends n records; the value of each is topic/partition/number.
func (s *site) produce(topic string, partition int32, first, n int) {
	s.t.Helper()
	records := make([]*kgo.Record, n)
	for i := range records {
		records[i] = &kgo.Record{Topic: topic, Partition: partition, Key: []byte("k"), Value: fmt.Appendf(nil, "%s/%d/%d", topic, partition, first+i)}
	}
	if err := s.client.ProduceSync(within(s.t), records...).FirstErr(); err != nil {
		s.t.Fatal(err)
	}
}

// transact appends n records in one transaction, which is committed or aborted.
func (s *site) transact(id, topic string, partition int32, first, n int, commit bool) {
	s.t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(s.cluster.ListenAddrs()...), kgo.TransactionalID(id), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		s.t.Fatal(err)
	}
	defer client.Close()
	if err := client.BeginTransaction(); err != nil {
		s.t.Fatal(err)
	}
	for i := range n {
		client.Produce(within(s.t), &kgo.Record{Topic: topic, Partition: partition, Value: fmt.Appendf(nil, "%s/%d/%d", topic, partition, first+i)}, nil)
	}
	if err := client.Flush(within(s.t)); err != nil {
		s.t.Fatal(err)
	}
	if err := client.EndTransaction(within(s.t), kgo.TransactionEndTry(commit)); err != nil {
		s.t.Fatal(err)
	}
}

// committed returns the offsets of the group, by topic and partition.
func (s *site) committed(group string) map[partition]int64 {
	s.t.Helper()
	out := map[partition]int64{}
	answer, err := s.admin.FetchOffsets(within(s.t), group)
	if err != nil {
		return out // the group has committed nothing yet
	}
	answer.Each(func(o kadm.OffsetResponse) {
		if o.Err == nil && o.At >= 0 {
			out[partition{topic: o.Topic, number: o.Partition}] = o.At
		}
	})
	return out
}

// common returns the fields that every input of a test has: the brokers are
// the cluster's, and times are short.
func (s *site) common(yaml string) string {
	text := fmt.Sprintf("seed_brokers: [ %q ]\nmetadata_max_age: 100ms\nfetch_max_wait: 50ms\ncommit_period: 20ms\ntopic_lag_refresh_period: 100ms\n", strings.Join(s.cluster.ListenAddrs(), ","))
	if strings.Contains(yaml, "commit_period") {
		text = strings.Replace(text, "commit_period: 20ms\n", "", 1)
	}
	if !strings.Contains(yaml, "session_timeout") {
		text += "session_timeout: 3s\nheartbeat_interval: 100ms\n"
	}
	return text
}

// parse returns the input of a configuration.
func (s *site) parse(yaml string) *kafka {
	s.t.Helper()
	return parseText(s.t, s.common(yaml)+yaml)
}

func parseText(t *testing.T, yaml string) *kafka {
	t.Helper()
	conf, err := kafkaSpec().ParseYAML(yaml, nil)
	if err != nil {
		t.Fatal(err)
	}
	k, err := newKafka(conf, service.MockResources())
	if err != nil {
		t.Fatal(err)
	}
	return k.(*kafka)
}

// connect opens an input, which the test closes at its end.
func (s *site) connect(yaml string) *kafka {
	s.t.Helper()
	k := s.parse(yaml)
	s.t.Cleanup(func() { _ = k.Close(context.Background()) })
	if err := k.Connect(within(s.t)); err != nil {
		s.t.Fatal(err)
	}
	return k
}

// read returns the next batch and its acknowledgement.
func read(t *testing.T, k *kafka) (service.MessageBatch, service.AckFunc) {
	t.Helper()
	batch, ack, err := readOn(within(t), k)
	if err != nil {
		t.Fatal(err)
	}
	return batch, ack
}

// readOn reads as the host does: it connects again when the input says so.
func readOn(ctx context.Context, k *kafka) (service.MessageBatch, service.AckFunc, error) {
	for {
		batch, ack, err := k.ReadBatch(ctx)
		if err != service.ErrNotConnected {
			return batch, ack, err
		}
		for k.Connect(ctx) != nil {
			if ctx.Err() != nil {
				return nil, nil, ctx.Err()
			}
		}
	}
}

// readAll acknowledges batches until it has want messages, and returns their
// contents.
func readAll(t *testing.T, k *kafka, want int) (got []string) {
	t.Helper()
	for len(got) < want {
		batch, ack := read(t, k)
		got = append(got, contents(t, batch)...)
		if err := ack(context.Background(), nil); err != nil {
			t.Fatal(err)
		}
	}
	return got
}

func contents(t *testing.T, batch service.MessageBatch) []string {
	t.Helper()
	out := make([]string, len(batch))
	for i, m := range batch {
		b, err := m.AsBytes()
		if err != nil {
			t.Fatal(err)
		}
		out[i] = string(b)
	}
	return out
}

// nothing fails when a batch can be read within the pause.
func nothing(t *testing.T, k *kafka, pause time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), pause)
	defer cancel()
	if batch, _, err := k.ReadBatch(ctx); err == nil {
		t.Fatalf("got a batch of %d messages, want none", len(batch))
	}
}

// eventually waits until the condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ctx := within(t)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// values lists topic/partition/0 to n-1.
func values(topic string, partition, first, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = topic + "/" + strconv.Itoa(partition) + "/" + strconv.Itoa(first+i)
	}
	return out
}

// gate blocks who passes until it is opened, once.
type gate struct {
	once    sync.Once
	reached chan struct{}
	open    chan struct{}
}

func newGate() *gate { return &gate{reached: make(chan struct{}), open: make(chan struct{})} }

func (g *gate) pass() {
	g.once.Do(func() { close(g.reached) })
	<-g.open
}

func (g *gate) wait(t *testing.T) {
	t.Helper()
	select {
	case <-g.reached:
	case <-within(t).Done():
		t.Fatal("nobody has come to the gate")
	}
}
