package inputs

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/rpconnect-sml/rpconnect-sml/broker"
)

// surroundings are what a look at the brokers shows.
type surroundings struct {
	clusterID string
	// ids are the topics that are to be read, "" for an id where the broker
	// has none; missing are names, or expressions, to which there is no topic.
	ids     map[string]string
	missing []string
}

// probeTimeout bounds a first look at the brokers, so that one that swallows
// packets is said to be away.
const probeTimeout = 10 * time.Second

// probe looks at the brokers with a client of its own, which joins no group.
func probe(ctx context.Context, set *settings) (surroundings, error) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	// The caller tries again, and says so; the client would do it in silence.
	// With the context its own, a connection that hangs ends with it.
	own := []kgo.Opt{kgo.RequestRetries(1), kgo.WithContext(ctx)}
	client, err := kgo.NewClient(append(own, set.connection...)...)
	if err != nil {
		return surroundings{}, err
	}
	defer client.Close()
	found, err := lookAround(ctx, client, set)
	if err != nil {
		return found, fmt.Errorf("%s: %w", broker.FieldSeedBrokers, err)
	}
	return found, nil
}

// lookAround asks for the cluster and the topics that are to be read.
func lookAround(ctx context.Context, client *kgo.Client, set *settings) (surroundings, error) {
	req := kmsg.NewPtrMetadataRequest()
	wanted := set.wanted()
	if !set.regexp {
		req.Topics = []kmsg.MetadataRequestTopic{}
		for _, name := range wanted {
			topic := kmsg.NewMetadataRequestTopic()
			topic.Topic = kmsg.StringPtr(name)
			req.Topics = append(req.Topics, topic)
		}
	}
	answer, err := req.RequestWith(ctx, client)
	if err != nil {
		return surroundings{}, err
	}
	found := surroundings{ids: map[string]string{}}
	if answer.ClusterID != nil {
		found.clusterID = *answer.ClusterID
	}
	for _, topic := range answer.Topics {
		err := kerr.ErrorForCode(topic.ErrorCode)
		if topic.Topic == nil || errors.Is(err, kerr.UnknownTopicOrPartition) || set.regexp && !set.reads(*topic.Topic) {
			continue
		}
		if err != nil && !kerr.IsRetriable(err) {
			return found, fmt.Errorf("topic %q: %w", *topic.Topic, err)
		}
		found.ids[*topic.Topic] = idText(topic.TopicID)
	}
	found.missing = set.absent(found.ids)
	return found, nil
}

// wanted returns the names, or expressions, of what is to be read.
func (s *settings) wanted() []string {
	if s.topics.partitions == nil {
		return s.topics.names
	}
	var out []string
	for topic := range s.topics.partitions {
		out = append(out, topic)
	}
	return out
}

// reads reports whether the expressions name the topic.
func (s *settings) reads(topic string) bool {
	match := func(expressions []string) bool {
		for _, e := range expressions {
			if regexp.MustCompile(e).MatchString(topic) {
				return true
			}
		}
		return false
	}
	return match(s.topics.names) && !match(s.exclude)
}

// absent returns what names no topic that is there.
func (s *settings) absent(there map[string]string) (missing []string) {
	for _, name := range s.wanted() {
		_, ok := there[name]
		if s.regexp {
			e := regexp.MustCompile(name)
			for topic := range there {
				ok = ok || e.MatchString(topic)
			}
		}
		if !ok {
			missing = append(missing, name)
		}
	}
	return missing
}
