package inputs

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// An offset is committed with the id of the topic that it is of. A broker
// removes the offsets of a topic that is deleted, but a commit that arrives
// afterwards, by a consumer that does not know yet, stands for the topic of the
// same name that is created next, and would have its first records passed over.

// noted returns a context under which a commit carries its notes.
func (s *session) noted(ctx context.Context) context.Context {
	return kgo.PreCommitFnContext(ctx, func(req *kmsg.OffsetCommitRequest) error {
		for i := range req.Topics {
			topic := &req.Topics[i]
			id := idText(topic.TopicID)
			for j := range topic.Partitions {
				p := &topic.Partitions[j]
				if note := s.ledger.note(partition{topic: topic.Topic, number: p.Partition}, p.Offset, id); note != "" {
					p.Metadata = &note
				}
			}
		}
		return nil
	})
}

// foreign finds the offsets that were committed for another topic of the same
// name. The client calls it, and adjust after it, before partitions that were
// assigned are read.
func (s *session) foreign(ctx context.Context, client *kgo.Client, answer *kmsg.OffsetFetchResponse) error {
	s.foreigners, s.begins = map[partition]string{}, map[partition]begin{}
	of := map[partition]string{}
	note := func(topic string, number int32, offset int64, metadata *string) {
		p, id, last := partition{topic: topic, number: number}, "", int64(-1)
		if metadata != nil {
			id, last = readNote(*metadata)
		}
		if id != "" {
			of[p] = id
		}
		if offset >= 0 {
			s.begins[p] = begin{at: offset, last: last}
		}
	}
	for _, t := range answer.Topics {
		for _, p := range t.Partitions {
			note(t.Topic, p.Partition, p.Offset, p.Metadata)
		}
	}
	for _, g := range answer.Groups {
		for _, t := range g.Topics {
			for _, p := range t.Partitions {
				note(t.Topic, p.Partition, p.Offset, p.Metadata)
			}
		}
	}
	if len(of) == 0 {
		return nil
	}
	found, err := lookAround(ctx, client, s.set)
	if err != nil {
		return fmt.Errorf("look up the ids of the topics: %w", err)
	}
	for p, id := range of {
		if now := found.ids[p.topic]; now != "" && now != id {
			s.foreigners[p] = id
		}
	}
	return nil
}

// adjust begins the partitions that foreign has found at their first record, and notes
// where the others begin.
func (s *session) adjust(_ context.Context, offsets map[string]map[int32]kgo.Offset) (map[string]map[int32]kgo.Offset, error) {
	for p, id := range s.foreigners {
		if _, ok := offsets[p.topic][p.number]; ok {
			s.log.Warnf("group %q has an offset of partition %d that is of an earlier topic %q, with the id %s: the topic was deleted and created again, and is read from its beginning", s.set.group, p.number, p.topic, id)
			offsets[p.topic][p.number] = kgo.NewOffset().AtStart()
		}
		delete(s.begins, p)
	}
	for p, at := range s.begins {
		if _, ok := offsets[p.topic][p.number]; ok {
			s.ledger.began(p, at)
		}
	}
	return offsets, nil
}
