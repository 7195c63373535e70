//go:build linux

package main

import (
	"bytes"
	"context"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

const (
	testRows = 6_000
	// victim is a row that is learned wrongly, other one that is not: both in
	// one partition.
	victim = 3001
	testOf = 500 // rows in a batch
)

// topicOf returns the rows of a seed as a topic would hold them.
func topicOf(seed uint64) []*kgo.Record {
	r := newRows(seed, testRows)
	var offsets [partitions]int64
	out := make([]*kgo.Record, testRows)
	for i := range out {
		p, doc := r.row(int64(i), partitions)
		out[i] = &kgo.Record{Partition: p, Offset: offsets[p], Value: doc}
		offsets[p]++
	}
	return out
}

// learnAll learns the topic durably by a live project into a store, each message
// as change returns it: the message itself, none, or several.
func learnAll(t *testing.T, store state.Store, records []*kgo.Record, change func(i int, m live.Message) []live.Message) {
	t.Helper()
	settings := live.Settings{Project: projectName, Prefix: prefix, Learn: &live.LearnSettings{
		Durable: true, Schema: schema.Config{Attributes: attributes()}, Models: treeModels(),
	}}
	handle, err := live.NewTable().Open(&live.Scope{}, settings, store, "test", quiet{})
	if err != nil {
		t.Fatal(err)
	}
	var batch []live.Message
	for i, r := range records {
		m := live.Message{Data: r.Value, Shard: shardOf(r.Partition), Offset: r.Offset, HasOffset: true}
		batch = append(batch, change(i, m)...)
		if len(batch) >= testOf || i == len(records)-1 {
			if err := handle.Project().Learn(t.Context(), batch); err != nil {
				t.Fatal(err)
			}
			batch = batch[:0]
		}
	}
	if err := handle.Close(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
}

// truthOf returns what learning the records once gives.
func truthOf(t *testing.T, records []*kgo.Record) *truth {
	t.Helper()
	want, err := newTruth()
	if err != nil {
		t.Fatal(err)
	}
	if err := want.add(t.Context(), records); err != nil {
		t.Fatal(err)
	}
	if err := want.finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	return want
}

// victimOf returns the first whole row from [victim] on, and the offset after the last
// one of its partition.
func victimOf(records []*kgo.Record) (at int, end int64) {
	at = victim
	for records[at].Value == nil || !bytes.HasSuffix(records[at].Value, []byte("}")) {
		at++
	}
	for _, r := range records {
		if r.Partition == records[at].Partition {
			end = r.Offset + 1
		}
	}
	return at, end
}

func TestCompareFindsWhatIsWrong(t *testing.T) {
	records := topicOf(1)
	want := truthOf(t, records)
	at, end := victimOf(records)
	for _, c := range []struct {
		name             string
		change           func(m live.Message) []live.Message
		lost, duplicated int64
		histograms       bool
		ok               bool
	}{
		{name: "nothing", change: func(m live.Message) []live.Message { return []live.Message{m} }, histograms: true, ok: true},
		{name: "a replay", change: func(m live.Message) []live.Message { return []live.Message{m, m} }, histograms: true, ok: true},
		{name: "a row lost", change: func(m live.Message) []live.Message {
			m.Skip = true
			return []live.Message{m}
		}, lost: 1},
		{name: "a row counted twice", change: func(m live.Message) []live.Message {
			again := m
			again.Offset = end
			return []live.Message{m, again}
		}, duplicated: 1},
		{name: "a row in another's place", change: func(m live.Message) []live.Message {
			m.Data = []byte(`{"seq":1,"x0":0,"x1":1000000,"x2":0,"x3":0,"x4":0,"flag":true,"state":"s0","machine":"m0"}`)
			return []live.Message{m}
		}},
		{name: "a message never seen", change: func(live.Message) []live.Message { return nil }, lost: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			store := state.NewMemory()
			learnAll(t, store, records, func(i int, m live.Message) []live.Message {
				if i == at {
					return c.change(m)
				}
				return []live.Message{m}
			})
			got, err := readOutcome(t.Context(), store)
			if err != nil {
				t.Fatal(err)
			}
			r := &report{}
			compare(r, want, got)
			r.judge()
			if r.OK != c.ok || r.Lost != c.lost || r.Duplicated != c.duplicated || r.HistogramsIdentical != c.histograms {
				t.Errorf("ok %t, lost %d, duplicated %d, histograms identical %t; want %t, %d, %d, %t; faults: %q",
					r.OK, r.Lost, r.Duplicated, r.HistogramsIdentical, c.ok, c.lost, c.duplicated, c.histograms, r.Faults)
			}
			if r.Produced != testRows || r.Bad == 0 {
				t.Errorf("produced %d, bad %d, want %d and some", r.Produced, r.Bad, testRows)
			}
		})
	}
}

func TestReportComparesToTheBound(t *testing.T) {
	for _, c := range []struct {
		name             string
		got, want, scale float64
		ok               bool
	}{
		{name: "equal", got: 3, want: 3, ok: true},
		{name: "within", got: 1 + bound/2, want: 1, scale: 1, ok: true},
		{name: "beyond", got: 1 + 2*bound, want: 1, scale: 1},
		{name: "no scale", got: 1, want: 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &report{HistogramsIdentical: true, CategoriesIdentical: true}
			r.compare("x", c.got, c.want, c.scale)
			if r.judge(); r.OK != c.ok {
				t.Errorf("ok is %t, want %t: %q", r.OK, c.ok, r.Faults)
			}
		})
	}
}
