//go:build linux

package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// epoch is one life of the topic, from its creation to its deletion.
type epoch struct {
	id   string                       // as commits carry it
	seen [partitions][]state.Interval // offsets of the records that a reader is given
	next [partitions]int64            // up to where the topic was read
}

// note adds the offset of a record; they come in order.
func (e *epoch) note(partition int32, offset int64) {
	s := e.seen[partition]
	if n := len(s); n > 0 && s[n-1].Last+1 == offset {
		s[n-1].Last = offset
		return
	}
	e.seen[partition] = append(s, state.Interval{First: offset, Last: offset})
}

// end returns the offset that a group commits that has consumed all of a
// partition.
func (e *epoch) end(partition int) int64 {
	if s := e.seen[partition]; len(s) > 0 {
		return s[len(s)-1].Last + 1
	}
	return 0
}

// without returns those of the offsets that are not among others; both are
// sorted.
func without(offsets, others []state.Interval) []state.Interval {
	var out []state.Interval
	for _, v := range offsets {
		for _, o := range others {
			if o.Last < v.First || o.First > v.Last {
				continue
			}
			if o.First > v.First {
				out = append(out, state.Interval{First: v.First, Last: o.First - 1})
			}
			v.First = o.Last + 1
		}
		if v.First <= v.Last {
			out = append(out, v)
		}
	}
	return out
}

// createTopic creates the topic of the rows. One that is being deleted is waited
// for.
func (t *truth) createTopic(ctx context.Context, admin *kadm.Client) error {
	for deadline := time.Now().Add(patience); ; {
		made, err := admin.CreateTopic(ctx, partitions, 1, nil, topic)
		if err == nil {
			t.epoch = epoch{id: base64.RawURLEncoding.EncodeToString(made.ID[:])}
			return nil
		}
		if time.Now().After(deadline) || wait(ctx, 10*pollEvery) != nil {
			return fmt.Errorf("create topic %q: %w", topic, err)
		}
	}
}

// read adds what the topic has got since it was read last. No transaction may
// be open.
func (t *truth) read(ctx context.Context, brokers string) error {
	from := map[int32]kgo.Offset{}
	for p := range int32(partitions) {
		from[p] = kgo.NewOffset().At(t.epoch.next[p])
	}
	client, err := kgo.NewClient(
		kgo.SeedBrokers(brokers),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.KeepControlRecords(), // the last record of a partition may be one
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: from}),
	)
	if err != nil {
		return err
	}
	defer client.Close()
	ends, err := endsOf(ctx, kadm.NewClient(client))
	if err != nil {
		return err
	}
	for !t.epoch.reaches(ends) {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			return fmt.Errorf("read topic %q: %w", topic, err)
		}
		var data []*kgo.Record
		for _, r := range fetches.Records() {
			t.epoch.next[r.Partition] = r.Offset + 1
			if !r.Attrs.IsControl() {
				data = append(data, r)
			}
		}
		if err := t.add(ctx, data); err != nil {
			return err
		}
	}
	return nil
}

// endsOf returns the ends of the partitions. Those of a topic that has just been
// created, or of a broker that has just been started, are waited for.
func endsOf(ctx context.Context, admin *kadm.Client) (kadm.ListedOffsets, error) {
	for deadline := time.Now().Add(patience); ; {
		ends, err := admin.ListEndOffsets(ctx, topic)
		if err == nil {
			err = ends.Error()
		}
		if err == nil {
			return ends, nil
		}
		if time.Now().After(deadline) || wait(ctx, 10*pollEvery) != nil {
			return nil, fmt.Errorf("end of topic %q: %w", topic, err)
		}
	}
}

// reaches reports whether the topic was read up to the ends.
func (e *epoch) reaches(ends kadm.ListedOffsets) bool {
	left := int64(0)
	ends.Each(func(o kadm.ListedOffset) { left += max(0, o.Offset-e.next[o.Partition]) })
	return left == 0
}

// noteOf begins the metadata of a commit of sml_kafka; the id of the topic
// follows, and then a space and more or nothing.
const noteOf = "topic_id="

// isOf reports whether a commit is of the topic with that id.
func isOf(note, id string) bool {
	first, _, _ := strings.Cut(note, " ")
	return first == noteOf+id
}

// lag returns how many offsets up to the last record are not committed. A
// commit for an earlier topic of the name, which a process that was frozen may
// send, is none.
func (e *epoch) lag(commits kadm.OffsetResponses, input string) (lag int64) {
	for p := range partitions {
		at := int64(0)
		if c, ok := commits.Lookup(topic, int32(p)); ok && (input != inputOwn || isOf(c.Metadata, e.id)) {
			at = c.At
		}
		lag += max(0, e.end(p)-at)
	}
	return lag
}
