package inputs

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// watchLoop asks the brokers every topic_lag_refresh_period for the ends of
// the partitions, which shows whether they answer, and for the ids of the
// topics, which shows whether one was deleted and created again.
func (s *session) watchLoop() {
	tick := time.NewTicker(s.set.lagPeriod)
	defer tick.Stop()
	for {
		s.watch()
		select {
		case <-s.stopping:
			return
		case <-tick.C:
		case <-s.suspected:
		}
	}
}

// watchTimeout bounds one look at the brokers.
const watchTimeout = 5 * time.Second

func (s *session) watch() {
	ctx, cancel := context.WithTimeout(s.polling, watchTimeout)
	defer cancel()
	s.counts.held.Set(s.ledger.held())
	parts := s.ledger.partitions()
	err := s.watchTopics(ctx)
	if err == nil && len(parts) > 0 {
		var ends map[partition]int64
		if ends, err = s.ends(ctx, parts); err == nil {
			s.counts.showLag(s.ledger.lags(ends))
		}
	}
	if !s.isStopping() {
		s.sayWhetherUp(err)
	}
}

// sayWhetherUp logs that the brokers have gone, once a minute, and that they
// are back.
func (s *session) sayWhetherUp(err error) {
	const key = "away"
	if err != nil {
		s.counts.up.Set(0)
		s.counts.errored.Incr(1, reasonBrokers)
		if s.away.IsZero() {
			s.away = time.Now()
		}
		s.say(key, fmt.Sprintf("the brokers do not answer: %v; tried again", err))
		return
	}
	s.counts.up.Set(1)
	if !s.away.IsZero() {
		s.log.Infof("the brokers answer again, after %v", time.Since(s.away).Round(time.Second))
		s.limiter.Forget(key)
		s.away = time.Time{}
	}
}

// ends asks for the ends of the partitions up to which they can be read.
func (s *session) ends(ctx context.Context, parts map[string][]int32) (map[partition]int64, error) {
	topics := make([]string, 0, len(parts))
	for topic := range parts {
		topics = append(topics, topic)
	}
	ask := s.admin.ListEndOffsets
	if s.set.read == kgo.ReadCommitted() {
		ask = s.admin.ListCommittedOffsets
	}
	listed, err := ask(ctx, topics...)
	if err != nil {
		return nil, err
	}
	out := map[partition]int64{}
	listed.Each(func(o kadm.ListedOffset) {
		if o.Err == nil {
			out[partition{topic: o.Topic, number: o.Partition}] = o.Offset
		}
	})
	return out, nil
}

// watchTopics says which topics are not there and ends the session when one
// was deleted and created again: the client never reads the new one.
func (s *session) watchTopics(ctx context.Context) error {
	found, err := lookAround(ctx, s.client, s.set)
	if err != nil {
		return err
	}
	s.sayMissing(found.missing)
	known := s.ledger.topicIDs()
	for topic, id := range found.ids {
		s.limiter.Forget(keyMissing + topic)
		before := known[topic]
		if before == "" {
			before = s.ids[topic]
		}
		s.ids[topic] = id
		if before != "" && id != "" && before != id || s.doubted(topic) {
			s.log.Warnf("topic %q was deleted and created again: its id was %s and is %s. Its offsets begin anew, and it is read from its beginning", topic, before, id)
			s.end()
			return nil
		}
	}
	return nil
}

// keyMissing begins the key of the line about a topic that is not there.
const keyMissing = "missing "

func (s *session) sayMissing(topics []string) {
	for _, name := range topics {
		s.counts.errored.Incr(1, reasonTopic)
		s.say(keyMissing+name, fmt.Sprintf("%s; it is read as soon as it is there", notThere(name, s.set)))
	}
}

func notThere(name string, set *settings) string {
	if set.regexp {
		return fmt.Sprintf("no topic matches %q", name)
	}
	return fmt.Sprintf("topic %q is not there", name)
}

// doubt is how many errors about an unknown id make a topic a recreated one
// although its id is not known to have changed. The client itself lets a few
// pass, because brokers do not learn of a new topic at the same moment.
const doubt = 10

// suspect notes that a topic cannot be read under the id that the client
// knows, and has the topics looked at now.
func (s *session) suspect(topic string) {
	s.doubtMu.Lock()
	s.doubts[topic]++
	s.doubtMu.Unlock()
	s.say("suspect "+topic, fmt.Sprintf("topic %q is not there any more, or not known to all brokers yet; tried again", topic))
	signal(s.suspected)
}

func (s *session) doubted(topic string) bool {
	s.doubtMu.Lock()
	defer s.doubtMu.Unlock()
	return s.doubts[topic] >= doubt
}

// listed writes partitions as topic:0,1,2, sorted.
func listed(parts map[string][]int32) string {
	out := make([]string, 0, len(parts))
	for topic, numbers := range parts {
		numbers = slices.Sorted(slices.Values(numbers))
		out = append(out, topic+":"+strings.ReplaceAll(strings.Trim(fmt.Sprint(numbers), "[]"), " ", ","))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}
