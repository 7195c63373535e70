package outputs

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	_ "github.com/redpanda-data/benthos/v4/public/components/pure"
)

// patience bounds each wait of a test; nothing takes a tenth of it unless it
// hangs.
const patience = 30 * time.Second

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

func newCluster(t *testing.T, opts ...kfake.Opt) *kfake.Cluster {
	t.Helper()
	cluster, err := kfake.NewCluster(append([]kfake.Opt{kfake.NumBrokers(1), kfake.SeedTopics(3, "rows", "other")}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	return cluster
}

// opened returns a connected output.
func opened(t *testing.T, brokers, yaml string) *kafka {
	t.Helper()
	conf, err := kafkaSpec().ParseYAML(fmt.Sprintf("seed_brokers: [ %q ]\n%s", brokers, yaml), nil)
	if err != nil {
		t.Fatal(err)
	}
	out, _, _, err := newKafka(conf, service.MockResources())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := out.Close(within(t)); err != nil {
			t.Error(err)
		}
	})
	if err := out.Connect(within(t)); err != nil {
		t.Fatal(err)
	}
	return out.(*kafka)
}

// stored reads all records of the topics, by topic and partition in their order.
func stored(t *testing.T, cluster *kfake.Cluster, want int, topics ...string) map[string][]*kgo.Record {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...), kgo.ConsumeTopics(topics...), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	out := map[string][]*kgo.Record{}
	for n := 0; n < want; {
		fetched := client.PollFetches(within(t))
		if err := fetched.Err0(); err != nil {
			t.Fatalf("%d of %d records: %v", n, want, err)
		}
		for _, r := range fetched.Records() {
			at := fmt.Sprintf("%s/%d", r.Topic, r.Partition)
			out[at] = append(out[at], r)
			n++
		}
	}
	return out
}

func TestARecordHasAllThatTheFieldsSay(t *testing.T) {
	cluster := newCluster(t)
	out := opened(t, cluster.ListenAddrs()[0], `
topic: ${! metadata("to") }
key: ${! this.machine }
partition: ${! this.at }
timestamp_ms: ${! this.ms }
metadata: { include_prefixes: [ "x-" ] }
compression: zstd
`)
	m := service.NewMessage([]byte(`{"machine":"m1","at":2,"ms":1700000000123}`))
	m.MetaSetMut("to", "other")
	m.MetaSetMut("x-run", "7")
	if err := out.WriteBatch(within(t), service.MessageBatch{m}); err != nil {
		t.Fatal(err)
	}
	got := stored(t, cluster, 1, "rows", "other")["other/2"]
	if len(got) != 1 {
		t.Fatal("the record is not in partition 2 of other")
	}
	r := got[0]
	if string(r.Key) != "m1" || r.Timestamp.UnixMilli() != 1700000000123 || len(r.Headers) != 1 || r.Headers[0].Key != "x-run" || string(r.Headers[0].Value) != "7" {
		t.Errorf("got key %q, time %d, headers %v", r.Key, r.Timestamp.UnixMilli(), r.Headers)
	}
}

// Drawn batches with messages that cannot be written: the errors are those
// messages' own, everything else is there once, and records of one key are in
// their order.
func TestDrawnBatches(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 1))
			cluster := newCluster(t)
			out := opened(t, cluster.ListenAddrs()[0], "topic: ${! this.topic }\nkey: ${! this.key }\nmax_message_bytes: 20KB\ncompression: none")
			next, want := map[string]int{}, 0
			for range 10 {
				var batch service.MessageBatch
				bad := map[int]string{}
				for i := range 1 + rng.IntN(40) {
					key := fmt.Sprint("k", rng.IntN(4))
					topic, pad := []string{"rows", "other"}[rng.IntN(2)], ""
					switch rng.IntN(12) {
					case 0:
						pad = strings.Repeat("x", 30_000)
						bad[i] = "large"
					case 1:
						topic = ""
						bad[i] = "topic is empty"
					case 2:
						bad[i] = "topic" // not JSON
						batch = append(batch, service.NewMessage([]byte("{")))
						continue
					}
					number := -1
					if bad[i] == "" {
						number = next[topic+key]
						next[topic+key]++
						want++
					}
					batch = append(batch, service.NewMessage(fmt.Appendf(nil, `{"topic":%q,"key":%q,"n":%d,"pad":%q}`, topic, key, number, pad)))
				}
				index := batch.Index()
				checkErrors(t, out.WriteBatch(within(t), batch), index, bad)
			}
			got := map[string]int{}
			for _, records := range stored(t, cluster, want, "rows", "other") {
				for _, r := range records {
					at := r.Topic + string(r.Key)
					if !strings.Contains(string(r.Value), fmt.Sprintf(`"n":%d,`, got[at])) {
						t.Fatalf("%s: number %d is %s", at, got[at], r.Value)
					}
					got[at]++
				}
			}
			for at, n := range next {
				if got[at] != n {
					t.Errorf("%s: %d records, want %d", at, got[at], n)
				}
			}
		})
	}
}

// checkErrors holds that exactly the bad messages have an error, each its own.
func checkErrors(t *testing.T, err error, index *service.Indexer, bad map[int]string) {
	t.Helper()
	failed := map[int]error{}
	var all *service.BatchError
	switch {
	case err == nil:
	case errors.As(err, &all):
		all.WalkMessagesIndexedBy(index, func(i int, _ *service.Message, err error) bool {
			if err != nil {
				failed[i] = err
			}
			return true
		})
	default:
		t.Fatal(err)
	}
	if len(failed) != len(bad) {
		t.Errorf("%d messages failed, want %d: %v", len(failed), len(bad), failed)
	}
	for i, want := range bad {
		if failed[i] == nil || !strings.Contains(strings.ToLower(failed[i].Error()), want) {
			t.Errorf("message %d: got %v, want an error with %q", i, failed[i], want)
		}
	}
}

// A partition that is not there is refused within the time-out, not for ever.
func TestNoSuchPartition(t *testing.T) {
	cluster := newCluster(t)
	out := opened(t, cluster.ListenAddrs()[0], "topic: rows\npartition: ${! this.at }\ntimeout: 1s")
	for _, at := range []string{"9", "-1", `"x"`} {
		err := out.WriteBatch(within(t), service.MessageBatch{service.NewMessage([]byte(`{"at":` + at + `}`))})
		if err == nil {
			t.Errorf("partition %s was accepted", at)
		}
	}
}

// A broker that comes back gets what waited; one that stays away is an error
// within the time-out.
func TestABrokerThatIsAway(t *testing.T) {
	dir := t.TempDir()
	cluster := newCluster(t, kfake.DataDir(dir))
	address := cluster.ListenAddrs()[0]
	out := opened(t, address, "topic: rows\ntimeout: 1s\nrequest_timeout_overhead: 500ms")
	cluster.Close()
	batch := service.MessageBatch{service.NewMessage([]byte("a"))}
	if err := out.WriteBatch(within(t), batch); err == nil {
		t.Fatal("a record was written without a broker")
	}
	var port int
	if _, err := fmt.Sscanf(address[strings.LastIndex(address, ":")+1:], "%d", &port); err != nil {
		t.Fatal(err)
	}
	again, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(3, "rows", "other"), kfake.DataDir(dir), kfake.Ports(port))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(again.Close)
	for deadline := time.Now().Add(patience); ; {
		if err = out.WriteBatch(within(t), batch); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
	stored(t, again, 1, "rows")
}

// A write that waits for a broker ends with its context.
func TestAWriteEndsWithItsContext(t *testing.T) {
	cluster := newCluster(t)
	out := opened(t, cluster.ListenAddrs()[0], "topic: rows\ntimeout: 1h")
	cluster.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	if err := out.WriteBatch(ctx, service.MessageBatch{service.NewMessage([]byte("a"))}); err == nil {
		t.Error("a record was written without a broker")
	}
}

// Every bound and codec that can be set is one that the client takes: drawn
// settings write their records.
func TestDrawnSettings(t *testing.T) {
	cluster := newCluster(t)
	for seed := range uint64(30) {
		rng := rand.New(rand.NewPCG(seed, 2))
		pick := func(choices ...string) string { return choices[rng.IntN(len(choices))] }
		yaml := "topic: rows\ncompression: " + pick("lz4", "snappy", "gzip", "none", "zstd")
		for _, line := range []string{
			"max_message_bytes: " + pick("10KB", "1MiB", "10MiB"),
			"broker_write_max_bytes: " + pick("10MiB", "1GiB"),
			"max_buffered_records: " + pick("1", "7", "100000"),
			"max_buffered_bytes: " + pick("0", "1KB", "1GB"),
			"record_retries: " + pick("0", "1", "100"),
			"record_delivery_timeout: " + pick("0s", "20s"),
			"partitioner: " + pick("murmur2_hash", "round_robin", "least_backup"),
			pick("idempotent_write: true", "idempotent_write: false\nacks: leader", "idempotent_write: false\nmax_in_flight_requests: 5"),
		} {
			if rng.IntN(2) == 0 {
				yaml += "\n" + line
			}
		}
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			out := opened(t, cluster.ListenAddrs()[0], yaml)
			var batch service.MessageBatch
			for range 20 {
				batch = append(batch, service.NewMessage([]byte(strings.Repeat("x", 500))))
			}
			if err := out.WriteBatch(within(t), batch); err != nil {
				t.Errorf("%v, with\n%s", err, yaml)
			}
		})
	}
}

func TestSettingsThatAreRefused(t *testing.T) {
	const ok = "seed_brokers: [ localhost:1 ]\ntopic: rows\n"
	for _, c := range []struct {
		name, yaml string
		lint       bool
		want       []string
	}{
		{name: "no broker", yaml: "seed_brokers: []\ntopic: rows", lint: true, want: []string{"seed_brokers"}},
		{name: "manual without partition", yaml: ok + "partitioner: manual", lint: true, want: []string{"partitioner", "manual", "partition"}},
		{name: "partition without manual", yaml: ok + "partition: ${! 1 }\npartitioner: round_robin", lint: true, want: []string{"partitioner", "round_robin"}},
		{name: "an unknown partitioner", yaml: ok + "partitioner: hash", lint: true, want: []string{"partitioner", `"hash"`}},
		{name: "acks", yaml: ok + "acks: none", lint: true, want: []string{"acks", "none", "idempotent_write"}},
		{name: "unknown acks", yaml: ok + "acks: one\nidempotent_write: false", lint: true, want: []string{"acks", `"one"`}},
		{name: "compression", yaml: ok + "compression: brotli", lint: true, want: []string{"compression", `"brotli"`}},
		{name: "a size", yaml: ok + "max_message_bytes: big", want: []string{"max_message_bytes", `"big"`}},
		{name: "no time", yaml: ok + "timeout: 0s", want: []string{"timeout", "0s"}},
		{name: "a write smaller than a message", yaml: ok + "max_message_bytes: 2MiB\nbroker_write_max_bytes: 1MiB", want: []string{"broker_write_max_bytes", "max_message_bytes"}},
		{name: "a write too large", yaml: ok + "broker_write_max_bytes: 2000MiB", want: []string{"broker_write_max_bytes", "1GiB"}},
		{name: "no record waits", yaml: ok + "max_buffered_records: 0", lint: true, want: []string{"max_buffered_records", "0"}},
		{name: "bytes that wait", yaml: ok + "max_buffered_bytes: -1", want: []string{"max_buffered_bytes", `"-1"`}},
		{name: "requests", yaml: ok + "max_in_flight_requests: 5", lint: true, want: []string{"max_in_flight_requests", "5", "idempotent_write"}},
		{name: "no request", yaml: ok + "max_in_flight_requests: 0", lint: true, want: []string{"max_in_flight_requests", "0"}},
		{name: "retries", yaml: ok + "record_retries: -1", lint: true, want: []string{"record_retries", "-1"}},
		{name: "a short delivery", yaml: ok + "record_delivery_timeout: 5ms", want: []string{"record_delivery_timeout", "5ms"}},
		{name: "none in flight", yaml: ok + "max_in_flight: 0", want: []string{"max_in_flight", "0"}},
		{name: "a mechanism without user", yaml: ok + "sasl: [ { mechanism: PLAIN, password: x } ]", want: []string{"sasl.0", "username"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			lints, err := environment(t).NewComponentConfigLinter().LintOutputYAML([]byte("sml_kafka:\n  " + strings.ReplaceAll(c.yaml, "\n", "\n  ")))
			if err != nil {
				t.Fatal(err)
			}
			if (len(lints) > 0) != c.lint {
				t.Errorf("lints: got %v, want any: %v", lints, c.lint)
			}
			conf, err := kafkaSpec().ParseYAML(c.yaml, nil)
			if err == nil {
				_, _, _, err = newKafka(conf, service.MockResources())
			}
			if err == nil {
				t.Fatal("accepted")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q lacks %q", err, want)
				}
			}
		})
	}
}

func environment(t *testing.T) *service.Environment {
	t.Helper()
	env := service.NewEnvironment()
	if err := Register(env); err != nil {
		t.Fatal(err)
	}
	return env
}
