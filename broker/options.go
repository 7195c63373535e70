package broker

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

// Options reads [Fields]: how brokers are reached, and that the client's lines
// go to log. An error names the field and its value.
func Options(conf *service.ParsedConfig, log *service.Logger) ([]kgo.Opt, error) {
	brokers, err := conf.FieldStringList(FieldSeedBrokers)
	if err != nil {
		return nil, err
	}
	if brokers = Split(brokers); len(brokers) == 0 {
		return nil, fmt.Errorf("%s is empty: name at least one broker", FieldSeedBrokers)
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
	if err := ReadDurations(conf, map[string]*time.Duration{fieldMetadataMaxAge: &age, fieldRequestOverhead: &overhead, fieldConnIdle: &idle}); err != nil {
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
