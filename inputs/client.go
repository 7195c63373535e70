package inputs

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"
	"github.com/redpanda-data/benthos/v4/public/utils/netutil"
	"github.com/twmb/franz-go/pkg/kgo"
)

// connectionOptions reads how brokers are reached.
func connectionOptions(conf *service.ParsedConfig, log *service.Logger) ([]kgo.Opt, error) {
	brokers, err := conf.FieldStringList(fieldSeedBrokers)
	if err != nil {
		return nil, err
	}
	if brokers = split(brokers); len(brokers) == 0 {
		return nil, fmt.Errorf("%s is empty: name at least one broker", fieldSeedBrokers)
	}
	id, err := conf.FieldString(fieldClientID)
	if err != nil {
		return nil, err
	}
	mechanisms, err := readSASL(conf)
	if err != nil {
		return nil, err
	}
	var age, overhead, idle time.Duration
	if err := readDurations(conf, map[string]*time.Duration{fieldMetadataMaxAge: &age, fieldRequestOverhead: &overhead, fieldConnIdle: &idle}); err != nil {
		return nil, err
	}
	dial, err := dialer(conf)
	if err != nil {
		return nil, err
	}
	return []kgo.Opt{
		kgo.SeedBrokers(brokers...),
		kgo.ClientID(id),
		kgo.SASL(mechanisms...),
		kgo.Dialer(dial),
		kgo.MetadataMaxAge(age),
		// The client would otherwise wait 5 s between two looks, which delays
		// new partitions and the recovery after a broker was away.
		kgo.MetadataMinAge(min(age, time.Second)),
		kgo.RequestTimeoutOverhead(overhead),
		kgo.ConnIdleTimeout(idle),
		kgo.DisableClientMetrics(),
		kgo.WithLogger(newClientLog(log)),
	}, nil
}

// dialer returns how a connection is opened, over TLS where that is enabled.
func dialer(conf *service.ParsedConfig) (func(ctx context.Context, network, host string) (net.Conn, error), error) {
	settings, err := netutil.DialerConfigFromParsed(conf.Namespace(fieldTCP))
	if err != nil {
		return nil, err
	}
	// A broker that swallows packets is given up before the host's patience ends.
	plain := &net.Dialer{Timeout: dialTimeout}
	if err := netutil.DecorateDialer(plain, settings); err != nil {
		return nil, fmt.Errorf("%s: %w", fieldTCP, err)
	}
	secure, enabled, err := conf.FieldTLSToggled(fieldTLS)
	if err != nil {
		return nil, err
	}
	if !enabled {
		return plain.DialContext, nil
	}
	return (&tls.Dialer{NetDialer: plain, Config: secure}).DialContext, nil
}

// dialTimeout bounds opening a connection where the field tcp says nothing.
const dialTimeout = 10 * time.Second

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
