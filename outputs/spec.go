package outputs

import (
	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/broker"
)

const kafkaName = "sml_kafka"

// Fields about what is written.
const (
	fieldTopic       = "topic"
	fieldKey         = "key"
	fieldPartition   = "partition"
	fieldTimestamp   = "timestamp_ms"
	fieldMetadata    = "metadata"
	fieldPartitioner = "partitioner"
	fieldIdempotent  = "idempotent_write"
	fieldAcks        = "acks"
	fieldCompression = "compression"
	fieldCreate      = "allow_auto_topic_creation"
	fieldTimeout     = "timeout"
	fieldBatching    = "batching"
)

// Choices of partitioner, acks and compression.
const (
	byHash      = "murmur2_hash"
	byTurn      = "round_robin"
	byBacklog   = "least_backup"
	byPartition = "manual"

	acksAll    = "all"
	acksLeader = "leader"
	acksNone   = "none"

	compressionNone = "none"
)

func kafkaSpec() *service.ConfigSpec {
	return service.NewConfigSpec().
		Beta().
		Categories("Services").
		Summary("Writes messages to topics of Kafka.").
		Description(description).
		Fields(broker.Fields()...).
		Fields(recordFields()...).
		Fields(producerFields()...).
		Fields(limitFields()...).
		Fields(flowFields()...).
		LintRule(crossFieldRules).
		Example("Predictions, by machine", "Rows of one machine go to one partition, in their order.", `
output:
  sml_kafka:
    seed_brokers: [ "${KAFKA:127.0.0.1:9092}" ]
    topic: predictions
    key: ${! this.machine }
`).
		Example("Alarms and the rest, over TLS", "The topic follows from the document.", `
output:
  sml_kafka:
    seed_brokers: [ "broker-1:9093", "broker-2:9093" ]
    topic: ${! if this.sml.is_anomaly.or(false) { "alarms" } else { "rows" } }
    tls: { enabled: true }
    sasl:
      - { mechanism: SCRAM-SHA-512, username: "${KAFKA_USER:writer}", password: "${KAFKA_PASSWORD:}" }
`)
}

// recordFields are what a message becomes.
func recordFields() []*service.ConfigField {
	return []*service.ConfigField{
		service.NewInterpolatedStringField(fieldTopic).
			Description("The topic of each message."),
		service.NewInterpolatedStringField(fieldKey).
			Description("The key of each record. Records with one key go to one partition. Without it they have none.").
			Optional(),
		service.NewInterpolatedStringField(fieldPartition).
			Description("The partition of each record, a number from 0; it needs `partitioner: manual`.").
			Example("${! metadata(\"kafka_partition\") }").
			Optional(),
		service.NewInterpolatedStringField(fieldTimestamp).
			Description("The time of each record in milliseconds since 1970. Without it, the time of writing.").
			Example("${! timestamp_unix_milli() }").
			Optional().
			Advanced(),
		service.NewMetadataFilterField(fieldMetadata).
			Description("Which metadata of a message become headers of its record. By default none does.").
			Optional(),
	}
}

// producerFields are how records are written.
func producerFields() []*service.ConfigField {
	return []*service.ConfigField{
		service.NewStringAnnotatedEnumField(fieldPartitioner, map[string]string{
			byHash:      "By the hash of the key, as Kafka's own clients do; records without a key go to one partition for a while, then to another.",
			byTurn:      "To the partitions in turn.",
			byBacklog:   "To the partition with the fewest records that wait.",
			byPartition: "To the one that the field `partition` names.",
		}).
			Description("How the partition of a record is found. `manual` by default where `partition` is set, else `murmur2_hash`.").
			Optional().
			Advanced(),
		service.NewBoolField(fieldIdempotent).
			Description("Brokers recognise records that are sent again because an answer was lost, so each is stored once. It may need the permission `IDEMPOTENT_WRITE`.").
			Default(true).
			Advanced(),
		service.NewStringAnnotatedEnumField(fieldAcks, map[string]string{
			acksAll:    "All replicas that are in sync have the record; `idempotent_write` needs it.",
			acksLeader: "The leader has it: it is lost if the leader fails before the others have it.",
			acksNone:   "Nobody is waited for.",
		}).
			Description("Who must have a record before it counts as written.").
			Default(acksAll).
			Advanced(),
		service.NewStringEnumField(fieldCompression, "lz4", "snappy", "gzip", compressionNone, "zstd").
			Description("How batches are compressed. By default snappy, where the broker knows it.").
			Optional().
			Advanced(),
		service.NewBoolField(fieldCreate).
			Description("A topic that does not exist is created, where the broker allows that.").
			Default(true).
			Advanced(),
		service.NewDurationField(fieldTimeout).
			Description("How long a batch may take to be written, the attempts to reach a broker included. After it its messages are rejected, and the host sends them again. A record whose answer is outstanding is waited for longer, as it may be stored already.").
			Default("30s").
			Advanced(),
	}
}

// flowFields are those that the host reads.
func flowFields() []*service.ConfigField {
	return []*service.ConfigField{
		service.NewOutputMaxInFlightField(),
		service.NewBatchPolicyField(fieldBatching),
		service.NewInjectTracingSpanMappingField(),
	}
}

const description = `
A message counts as written when the brokers have stored it. Messages of one batch that go to one partition keep their order; between
batches the order is kept with ` + "`max_in_flight: 1`" + `. A record that brokers refuse, because it is too large or its topic is not allowed, is
rejected by itself; the other messages of its batch are not sent again.

A broker that does not answer is tried again, and the log says so once a minute. What could not be written within ` + "`timeout`" + ` is rejected, so the host
sends it again; then a record can be there twice, as with every output.

The fields are those of the output ` + "`redpanda`" + ` of Redpanda Connect: a pipeline changes the name. What differs: the brokers are named here and not in a block
` + "`redpanda`" + ` of the whole configuration, ` + "`timeout`" + ` bounds a batch and not a request, ` + "`sasl`" + ` has no ` + "`AWS_MSK_IAM`" + ` and no service accounts of Redpanda's cloud, and the
deprecated ` + "`timestamp`" + ` is not there. This output exists because ` + "`redpanda`" + ` links a file under the
Redpanda Community License, and builds without such files are possible ([licence](../licence.md)).

### Metrics

` + "`sml_kafka_written_total`" + ` (counter): records that brokers have stored. ` + "`sml_kafka_refused_total`" + ` (counter, by ` + "`reason`" + `): records that were not written; ` + "`refused`" + ` by a
broker, ` + "`timeout`" + ` for those that took too long, ` + "`invalid`" + ` for messages whose topic, partition or time cannot be read.
`

// crossFieldRules are the rules about more than one field; the constructor
// checks the same again.
const crossFieldRules = `
root = [
  if this.seed_brokers.or([]).length() == 0 { "seed_brokers is empty: name at least one broker" },
  if this.partitioner.or("") == "manual" && this.partition.or("") == "" { "partitioner is manual, which needs partition" },
  if this.partition.or("") != "" && this.partitioner.or("manual") != "manual" { "partition is set, which needs partitioner: manual" },
  if this.idempotent_write.or(true) && this.acks.or("all") != "all" { "acks is %s, which needs idempotent_write: false".format(this.acks) },
  if this.idempotent_write.or(true) && this.max_in_flight_requests.or(1) > 1 { "max_in_flight_requests is %v, which needs idempotent_write: false".format(this.max_in_flight_requests) },
]
`
