package simulate

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// EnsureTopic creates a topic with the cluster's default replication unless it
// exists. An existing topic keeps the partitions that it has. The context
// should have a deadline: it bounds how long an unreachable broker is tried.
func EnsureTopic(ctx context.Context, client *kgo.Client, topic string, partitions int) error {
	const clusterDefault = -1
	_, err := kadm.NewClient(client).CreateTopic(ctx, int32(partitions), clusterDefault, nil, topic)
	if err == nil || errors.Is(err, kerr.TopicAlreadyExists) {
		return nil
	}
	return fmt.Errorf("create topic %q at %q: %w", topic, client.OptValue(kgo.SeedBrokers), err)
}
