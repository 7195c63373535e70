package inputs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// pollRecords bounds how many records one poll takes over.
const pollRecords = 20_000

// errorPause is how long polling rests after a poll that brought nothing but
// errors.
const errorPause = 200 * time.Millisecond

// pollLoop takes records over from the client until the session stops. From
// the poll until AllowRebalance no callback of the group runs: what was polled
// is registered under the assignment that it was fetched for.
func (s *session) pollLoop() {
	defer s.client.AllowRebalance()
	for s.waitForRoom() {
		fetches := s.client.PollRecords(s.polling, pollRecords)
		if s.hooks.polled != nil {
			s.hooks.polled()
		}
		// A poll that was ended by stopping can still bring records. They are
		// registered all the same; stopping drops them.
		n := s.registerAll(fetches)
		s.client.AllowRebalance()
		if !s.sayErrors(fetches) {
			return
		}
		if n == 0 && fetches.Err() != nil && !s.rest(errorPause) {
			return
		}
	}
}

// registerAll puts all fetched records into the ledger and returns how many.
func (s *session) registerAll(fetches kgo.Fetches) (n int) {
	for i := range fetches {
		for j := range fetches[i].Topics {
			topic := &fetches[i].Topics[j]
			id := idText(topic.TopicID)
			for k := range topic.Partitions {
				p := &topic.Partitions[k]
				if len(p.Records) == 0 {
					continue
				}
				n += len(p.Records)
				a := s.ledger.register(partition{topic: topic.Topic, number: p.Partition}, id, p.Records, p.LogStartOffset, s.readable(p))
				s.flow.regulate(a)
			}
		}
	}
	return n
}

// readable returns the offset up to which the partition can be read.
func (s *session) readable(p *kgo.FetchPartition) int64 {
	if s.set.read == kgo.ReadCommitted() && p.LastStableOffset >= 0 {
		return p.LastStableOffset
	}
	return p.HighWatermark
}

// waitForRoom waits while all partitions together hold as much as they may. It
// reports whether the session goes on.
func (s *session) waitForRoom() bool {
	for s.ledger.full() {
		select {
		case <-s.ledger.room:
		case <-s.stopping:
			return false
		}
	}
	return !s.isStopping()
}

// rest waits and reports whether the session goes on.
func (s *session) rest(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.stopping:
		return false
	}
}

// sayErrors logs what the poll has met. It reports whether the client is still
// of use.
func (s *session) sayErrors(fetches kgo.Fetches) bool {
	usable := true
	fetches.EachError(func(topic string, number int32, err error) {
		var loss *kgo.ErrDataLoss
		var group *kgo.ErrGroupSession
		switch {
		case errors.Is(err, kgo.ErrClientClosed):
			usable = false
		case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		case errors.As(err, &loss):
			s.counts.errored.Incr(1, reasonDataLoss)
			s.log.Errorf("the brokers have lost records: %v", err)
		case errors.As(err, &group):
			s.counts.errored.Incr(1, reasonGroup)
			s.say(reasonGroup+group.Err.Error(), fmt.Sprintf("group %q: %s; joining again", s.set.group, groupText(group.Err, s.set)))
		case errors.Is(err, kerr.UnknownTopicID), errors.Is(err, kerr.UnknownTopicOrPartition):
			s.counts.errored.Incr(1, reasonTopic)
			s.suspect(topic)
		default:
			s.counts.errored.Incr(1, reasonFetch)
			s.say(fmt.Sprint(reasonFetch, topic, number, err), fmt.Sprintf("partition %d of topic %q cannot be read: %v; tried again", number, topic, err))
		}
	})
	return usable
}

// groupText says what an error of the group means where its name does not.
func groupText(err error, set *settings) string {
	if errors.Is(err, kerr.FencedInstanceID) {
		return fmt.Sprintf("another consumer has the %s %q: give each process its own (%v)", fieldInstanceID, set.instance, err)
	}
	return err.Error()
}

// say logs a warning at first and once a minute.
func (s *session) say(key, text string) {
	if s.limiter.Allow(key) {
		s.log.Warn(text)
	}
}
