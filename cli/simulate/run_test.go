package simulate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/avro"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sr"
	"github.com/twmb/franz-go/pkg/sr/srfake"
)

const machines = "machine,temperature,note\nm1,20.5,ok\nm2,,\"a \"\"b\"\"\"\nm1,-3,\n"

func broker(t *testing.T) []string {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	return cluster.ListenAddrs()
}

// consume reads n records of a topic from its beginning.
func consume(t *testing.T, brokers []string, topic string, n int) []*kgo.Record {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(brokers...), kgo.ConsumeTopics(topic))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var records []*kgo.Record
	for len(records) < n {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatalf("after %d of %d records: %v", len(records), n, err)
		}
		records = append(records, fetches.Records()...)
	}
	return records
}

func TestRunJSON(t *testing.T) {
	brokers := broker(t)
	sent, err := Run(t.Context(), Options{Source: text(machines), Brokers: brokers, Topic: "in"})
	if err != nil {
		t.Fatal(err)
	}
	if sent.Rows != 3 {
		t.Errorf("got %d rows, want 3", sent.Rows)
	}
	want := []string{
		`{"machine":"m1","temperature":20.5,"note":"ok"}`,
		`{"machine":"m2","temperature":null,"note":"a \"b\""}`,
		`{"machine":"m1","temperature":-3,"note":null}`,
	}
	for i, r := range consume(t, brokers, "in", 3) {
		if string(r.Value) != want[i] {
			t.Errorf("row %d: got %s, want %s", i, r.Value, want[i])
		}
		if !json.Valid(r.Value) {
			t.Errorf("row %d is not JSON: %s", i, r.Value)
		}
	}
}

func TestRunKeepsAKeyInOnePartition(t *testing.T) {
	brokers := broker(t)
	var table strings.Builder
	table.WriteString("machine,n\n")
	for i := range 200 {
		fmt.Fprintf(&table, "m%d,%d\n", i%7, i)
	}
	if _, err := Run(t.Context(), Options{Source: text(table.String()), Brokers: brokers, Topic: "in", Partitions: 4, Key: "machine"}); err != nil {
		t.Fatal(err)
	}
	home := map[string]int32{}
	for _, r := range consume(t, brokers, "in", 200) {
		if p, ok := home[string(r.Key)]; ok && p != r.Partition {
			t.Fatalf("key %s is in partitions %d and %d", r.Key, p, r.Partition)
		}
		home[string(r.Key)] = r.Partition
	}
	if len(home) != 7 {
		t.Errorf("got %d keys, want 7", len(home))
	}
}

func TestRunWithoutKeyFillsPartitionsEvenly(t *testing.T) {
	brokers := broker(t)
	table := "n\n" + strings.Repeat("1\n", 400)
	if _, err := Run(t.Context(), Options{Source: text(table), Brokers: brokers, Topic: "in", Partitions: 4, Rows: 100}); err != nil {
		t.Fatal(err)
	}
	counts := map[int32]int{}
	for _, r := range consume(t, brokers, "in", 100) {
		counts[r.Partition]++
	}
	for p := range int32(4) {
		if counts[p] != 25 {
			t.Errorf("got %d rows in partition %d, want 25", counts[p], p)
		}
	}
}

func TestRunAvro(t *testing.T) {
	brokers := broker(t)
	registry := srfake.New()
	t.Cleanup(registry.Close)
	o := Options{Source: text(machines), Brokers: brokers, Topic: "in", Format: Avro, Registry: registry.URL()}
	if _, err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	client, err := sr.NewClient(sr.URLs(registry.URL()))
	if err != nil {
		t.Fatal(err)
	}
	registered, err := client.SchemaByVersion(t.Context(), "in-value", -1)
	if err != nil {
		t.Fatal(err)
	}
	schema, err := avro.Parse(registered.Schema.Schema)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"m1 20.5 ok", `m2 <nil> a "b"`, "m1 -3 <nil>"}
	for i, r := range consume(t, brokers, "in", 3) {
		id, body, err := new(sr.ConfluentHeader).DecodeID(r.Value)
		if err != nil || id != registered.ID {
			t.Fatalf("row %d: got schema id %d and error %v, want %d", i, id, err, registered.ID)
		}
		var row map[string]any
		if rest, err := schema.Decode(body, &row); err != nil || len(rest) > 0 {
			t.Fatalf("row %d: error %v, %d bytes left", i, err, len(rest))
		}
		if got := fmt.Sprint(row["machine"], " ", row["temperature"], " ", row["note"]); got != want[i] {
			t.Errorf("row %d: got %s, want %s", i, got, want[i])
		}
	}
}

func TestRunRefuses(t *testing.T) {
	brokers := broker(t)
	good := func() Options { return Options{Source: text(machines), Brokers: brokers, Topic: "in"} }
	cases := map[string]struct {
		change func(*Options)
		want   string
	}{
		"no file":           {func(o *Options) { o.Source = nil }, "file: no table"},
		"missing file":      {func(o *Options) { o.Source = file(filepath.Join(t.TempDir(), "none.csv")) }, "none.csv: no such file"},
		"no brokers":        {func(o *Options) { o.Brokers = nil }, "brokers: at least one"},
		"empty broker":      {func(o *Options) { o.Brokers = []string{"a:1", " "} }, "brokers: empty address"},
		"no topic":          {func(o *Options) { o.Topic = "" }, "topic: no topic"},
		"negative rate":     {func(o *Options) { o.Rate = -1 }, "rate: -1 is not"},
		"negative rows":     {func(o *Options) { o.Rows = -1 }, "rows: -1 is below 0"},
		"partitions":        {func(o *Options) { o.Partitions = -4 }, "partitions: -4"},
		"unknown key":       {func(o *Options) { o.Key = "device" }, `no column is named "device", the columns are ["machine"`},
		"unknown format":    {func(o *Options) { o.Format = "xml" }, `format: "xml" is neither`},
		"avro, no registry": {func(o *Options) { o.Format = Avro }, "schema-registry: format avro needs"},
		"registry no URL":   {func(o *Options) { o.Format, o.Registry = Avro, "localhost" }, `"localhost" is not a URL`},
		"avro names":        {func(o *Options) { o.Source, o.Format, o.Registry = text("a b\n1\n"), Avro, "http://127.0.0.1:1" }, "do not make an avro schema"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o := good()
			c.change(&o)
			_, err := Run(t.Context(), o)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestRunGivesUpOnAnUnreachableBroker(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	_, err = Run(ctx, Options{Source: text(machines), Brokers: []string{address}, Topic: "in"})
	if err == nil || !strings.Contains(err.Error(), address) {
		t.Errorf("got error %v, want one that names %s", err, address)
	}
}

func TestRunStopsWithItsContext(t *testing.T) {
	brokers := broker(t)
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	source := text("n\n" + strings.Repeat("1\n", 1000))
	sent, err := Run(ctx, Options{Source: source, Brokers: brokers, Topic: "in", Rate: 50})
	if !errors.Is(err, context.DeadlineExceeded) || sent.Rows == 0 || sent.Rows == 1000 {
		t.Errorf("got %d rows and error %v, want some rows and the context's error", sent.Rows, err)
	}
}
