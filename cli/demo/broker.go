package demo

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/rpconnect-sml/rpconnect-sml/cli/simulate"
)

// connectTimeout bounds how long a broker is tried before the demo gives up.
const connectTimeout = 10 * time.Second

// servedInterval is how often a cluster is asked that is not ready yet.
const servedInterval = 50 * time.Millisecond

// Bounds of what the embedded broker keeps in memory while the demo serves.
const (
	partitionBytes = 16 << 20 // of each partition
	segmentBytes   = 4 << 20  // what is dropped is dropped by segments
	trimInterval   = 5 * time.Second
)

// embedded is a broker of this process.
type embedded struct{ cluster *kfake.Cluster }

// embeddedBroker starts a broker on a free loopback port. It keeps every message
// until trim is called.
func embeddedBroker() (*embedded, error) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.BrokerConfigs(map[string]string{
		"log.retention.bytes": strconv.Itoa(partitionBytes), "log.segment.bytes": strconv.Itoa(segmentBytes),
	}))
	if err != nil {
		return nil, fmt.Errorf("start the embedded broker: %w", err)
	}
	return &embedded{cluster}, nil
}

func (e *embedded) addresses() []string { return e.cluster.ListenAddrs() }

func (e *embedded) stop() { e.cluster.Close() }

// trim drops the oldest messages of each partition beyond partitionBytes, again
// and again until ctx ends.
func (e *embedded) trim(ctx context.Context) {
	ticker := time.NewTicker(trimInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			e.cluster.ApplyRetention()
		}
	}
}

// broker is what the demo asks of a cluster besides producing and consuming.
type broker struct {
	client *kgo.Client
	admin  *kadm.Client
}

// connect reaches the cluster and makes sure of the topics.
func connect(ctx context.Context, addresses []string, partitions int, topics ...string) (*broker, error) {
	client, err := kgo.NewClient(kgo.SeedBrokers(addresses...))
	if err != nil {
		return nil, fmt.Errorf("brokers: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	if err := client.Ping(ctx); err != nil {
		client.Close()
		return nil, fmt.Errorf("brokers: none of %q answers: %w", addresses, err)
	}
	b := &broker{client: client, admin: kadm.NewClient(client)}
	for _, topic := range topics {
		if err := simulate.EnsureTopic(ctx, client, topic, partitions); err != nil {
			b.close()
			return nil, err
		}
		if _, err := untilServed(ctx, func() (map[int32]int64, error) { return b.ends(ctx, topic) }); err != nil {
			b.close()
			return nil, err
		}
	}
	return b, nil
}

// untilServed asks again while the cluster answers that it is not ready yet, as
// it does for a moment after a topic or the first group has been created.
func untilServed[T any](ctx context.Context, ask func() (T, error)) (T, error) {
	again := time.NewTicker(servedInterval)
	defer again.Stop()
	for {
		answer, err := ask()
		if !kerr.IsRetriable(err) {
			return answer, err
		}
		select {
		case <-ctx.Done():
			return answer, err
		case <-again.C:
		}
	}
}

func (b *broker) close() { b.client.Close() }

// ends returns the end offset of each partition of a topic.
func (b *broker) ends(ctx context.Context, topic string) (map[int32]int64, error) {
	listed, err := b.admin.ListEndOffsets(ctx, topic)
	if err == nil {
		err = listed.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("list the offsets of topic %q: %w", topic, err)
	}
	ends := map[int32]int64{}
	listed.Each(func(o kadm.ListedOffset) { ends[o.Partition] = o.Offset })
	return ends, nil
}

// backlog returns how many messages of a topic the group has yet to read.
func (b *broker) backlog(ctx context.Context, group, topic string) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	committed, err := untilServed(ctx, func() (kadm.OffsetResponses, error) { return b.admin.FetchOffsets(ctx, group) })
	if err != nil && !errors.Is(err, kerr.GroupIDNotFound) {
		return 0, fmt.Errorf("read the offsets of group %q: %w", group, err)
	}
	starts, err := b.admin.ListStartOffsets(ctx, topic)
	if err == nil {
		err = starts.Error()
	}
	if err != nil {
		return 0, fmt.Errorf("list the offsets of topic %q: %w", topic, err)
	}
	ends, err := b.ends(ctx, topic)
	if err != nil {
		return 0, err
	}
	var sum int64
	for partition, end := range ends {
		var from int64
		if start, ok := starts.Lookup(topic, partition); ok {
			from = start.Offset
		}
		if offset, ok := committed.Lookup(topic, partition); ok {
			from = max(from, offset.At)
		}
		sum += max(0, end-from)
	}
	return sum, nil
}

// joined reports whether the group has members that hold their partitions.
func (b *broker) joined(ctx context.Context, group string) (bool, error) {
	described, err := b.admin.DescribeGroups(ctx, group)
	if err != nil {
		return false, fmt.Errorf("describe group %q: %w", group, err)
	}
	d, ok := described[group]
	if !ok || errors.Is(d.Err, kerr.GroupIDNotFound) || errors.Is(d.Err, kerr.CoordinatorNotAvailable) {
		return false, nil
	}
	if d.Err != nil {
		return false, fmt.Errorf("describe group %q: %w", group, d.Err)
	}
	return d.State == "Stable" && len(d.Members) > 0, nil
}
