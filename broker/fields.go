package broker

import (
	"github.com/redpanda-data/benthos/v4/public/service"
	"github.com/redpanda-data/benthos/v4/public/utils/netutil"
)

// FieldSeedBrokers is the field that names the brokers.
const FieldSeedBrokers = "seed_brokers"

// Fields about the connection.
const (
	fieldClientID        = "client_id"
	fieldTLS             = "tls"
	fieldTCP             = "tcp"
	fieldMetadataMaxAge  = "metadata_max_age"
	fieldRequestOverhead = "request_timeout_overhead"
	fieldConnIdle        = "conn_idle_timeout"
)

// Fields returns the fields about the connection, under the names that the
// host's redpanda input gives them. [Options] reads them.
func Fields() []*service.ConfigField {
	return []*service.ConfigField{
		service.NewStringListField(FieldSeedBrokers).
			Description("Addresses of brokers, from which the others are learned. One text may hold several with commas between them.").
			Example([]string{"localhost:9092"}).
			Example([]string{"broker-1:9092,broker-2:9092"}),
		service.NewStringField(fieldClientID).
			Description("The name under which brokers log this client and apply quotas.").
			Default("rpconnect-sml").
			Advanced(),
		service.NewTLSToggledField(fieldTLS),
		saslField(),
		service.NewDurationField(fieldMetadataMaxAge).
			Description("How old what is known of topics and partitions may grow: new partitions, and new topics that match a pattern, are read after at most this time.").
			Default("5s").
			Advanced(),
		service.NewDurationField(fieldRequestOverhead).
			Description("How long an answer of a broker may take, beyond the time that the request itself gives it.").
			Default("10s").
			Advanced(),
		service.NewDurationField(fieldConnIdle).
			Description("After how long without use a connection is closed.").
			Default("20s").
			Advanced(),
		netutil.DialerConfigSpec(),
	}
}
