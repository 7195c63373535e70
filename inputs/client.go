package inputs

import "github.com/twmb/franz-go/pkg/kgo"

// consumerOptions returns what makes a client a consumer, the callbacks of a
// group aside.
func (s *settings) consumerOptions() []kgo.Opt {
	opts := []kgo.Opt{
		kgo.FetchMaxBytes(s.fetchMax),
		kgo.FetchMinBytes(s.fetchMin),
		kgo.FetchMaxPartitionBytes(s.fetchPartition),
		kgo.FetchMaxWait(s.fetchWait),
		kgo.FetchIsolationLevel(s.read),
		// Markers of transactions are positions too: without them a committed
		// offset would stay behind the end of the partition for ever.
		kgo.KeepControlRecords(),
		kgo.ConsumeStartOffset(s.start),
		kgo.ConsumeResetOffset(s.reset),
	}
	if s.rack != "" {
		opts = append(opts, kgo.Rack(s.rack))
	}
	if s.topics.partitions != nil {
		return append(opts, kgo.ConsumePartitions(s.topics.partitions))
	}
	opts = append(opts, kgo.ConsumeTopics(s.topics.names...))
	if s.regexp {
		opts = append(opts, kgo.ConsumeRegex())
		if len(s.exclude) > 0 {
			opts = append(opts, kgo.ConsumeExcludeTopics(s.exclude...))
		}
	}
	opts = append(opts,
		kgo.ConsumerGroup(s.group),
		kgo.SessionTimeout(s.session),
		kgo.RebalanceTimeout(s.rebalance),
		kgo.HeartbeatInterval(s.beat),
		kgo.DisableAutoCommit(),
		kgo.BlockRebalanceOnPoll(),
	)
	if s.instance != "" {
		opts = append(opts, kgo.InstanceID(s.instance))
	}
	return opts
}
