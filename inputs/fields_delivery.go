package inputs

import (
	"github.com/redpanda-data/benthos/v4/public/service"
)

// Fields about batches and buffers.
const (
	fieldMaxBatchCount   = "max_batch_count"
	fieldMaxBatchBytes   = "max_yield_batch_bytes"
	fieldPartitionBuffer = "partition_buffer_bytes"
	fieldBuffer          = "max_buffer_bytes"
	fieldInFlight        = "in_flight"
	fieldLagPeriod       = "topic_lag_refresh_period"
)

func deliveryFields() []*service.ConfigField {
	return []*service.ConfigField{
		service.NewIntField(fieldMaxBatchCount).
			Description("The most messages of a batch; 0 for no limit. A batch holds records of one partition only.").
			Default(0).
			LintRule(`root = if this < 0 { [ "max_batch_count is " + this.string() + ", must be at least 0" ] }`),
		service.NewStringField(fieldMaxBatchBytes).
			Description("The most bytes of a batch (keys, values and headers). `sml_learn` saves once per batch, so that large ones are faster. A record that is larger makes a batch of its own.").
			Default("1MB"),
		service.NewStringField(fieldPartitionBuffer).
			Description("A partition of which so many bytes are waiting or in flight is not read further until half of them are acknowledged. At least `max_yield_batch_bytes`.").
			Default("4MB").
			Advanced(),
		service.NewStringField(fieldBuffer).
			Description("While all partitions together have so many bytes waiting or in flight, nothing is read. Beyond it the client itself holds up to `fetch_max_bytes` a broker.").
			Default("128MB").
			Advanced(),
		service.NewIntField(fieldInFlight).
			Description("How many batches of one partition may be in flight. With 1 its records pass the pipeline in order. With more, `pipeline.threads` can overtake each other; nothing is lost, and `sml_learn` still counts each record once, but keeps the positions as intervals until they close.").
			Default(1).
			Advanced().
			LintRule(`root = if this < 1 || this > 1000 { [ "in_flight is " + this.string() + ", must be 1 to 1000" ] }`),
		service.NewDurationField(fieldLagPeriod).
			Description("How often the ends of the partitions are asked for, which `sml_kafka_lag` is counted from, and whether brokers and topics are there.").
			Default("5s").
			Advanced(),
		service.NewAutoRetryNacksToggleField(),
	}
}
