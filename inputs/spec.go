package inputs

import (
	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/broker"
)

const kafkaName = "sml_kafka"

func kafkaSpec() *service.ConfigSpec {
	return service.NewConfigSpec().
		Beta().
		Categories("Services").
		Summary("Reads topics of Kafka so that no record is passed over and no header can stand in for its position.").
		Description(description).
		Fields(broker.Fields()...).
		Fields(topicFields()...).
		Fields(groupFields()...).
		Fields(fetchFields()...).
		Fields(deliveryFields()...).
		LintRule(crossFieldRules).
		Example("Learn a topic", "Two topics in one consumer group. Start the same pipeline in as many processes as there are partitions.", `
input:
  sml_kafka:
    seed_brokers: [ "${KAFKA:127.0.0.1:9092}" ]
    topics: [ orders, returns ]
    consumer_group: learner

pipeline:
  processors:
    - sml_learn:
        project: shop
        cache: sml_state

output:
  drop: {}

cache_resources:
  - label: sml_state
    redis: { url: "${REDIS_URL:redis://127.0.0.1:6379}" }
`).
		Example("Topics by pattern, over TLS", "Every topic whose name begins with `sensors-`, those that are created later included, except for the test ones.", `
input:
  sml_kafka:
    seed_brokers: [ "broker-1:9093", "broker-2:9093" ]
    topics: [ "sensors-.*" ]
    regexp_topics: true
    regexp_topics_exclude: [ "sensors-test-.*" ]
    consumer_group: learner
    instance_id: "${HOSTNAME:learner-0}"
    tls: { enabled: true }
    sasl:
      - { mechanism: SCRAM-SHA-512, username: "${KAFKA_USER:learner}", password: "${KAFKA_PASSWORD:}" }
`).
		Example("Partitions without a group", "Three partitions of a topic, from a moment on. Nothing is committed: a restart reads from the same moment again, and `sml_learn` skips what it has learned.", `
input:
  sml_kafka:
    seed_brokers: [ "${KAFKA:127.0.0.1:9092}" ]
    topics: [ "orders:0-2" ]
    start_offset: "2026-01-05T00:00:00Z"
`)
}

const description = `
Every record is delivered at least once. With ` + "`sml_learn`" + `, which stores positions together with what it has learned, it is counted once.

### Delivery

The records of a partition are handed out in their order, one batch at a time; the next one follows when the output has acknowledged the
one before. Partitions do not wait for each other. The offset that is committed is the one behind the last record up to which all are
acknowledged. Records that the output rejects are handed out again, before any later ones of their partition.

When a partition is given to another consumer, no further batch of it is handed out, batches in flight are waited for
(` + "`revoke_timeout`" + `), what they have acknowledged is committed, and only then the other consumer begins. A rebalance waits while records are
being registered, so there is no moment at which it could pass over one. What is acknowledged later than that is ignored.

Records of aborted transactions are not delivered (` + "`isolation_level`" + `).

### Metadata

Each message carries:

` + "```text" + `
kafka_key                 bytes
kafka_topic               text
kafka_partition           integer
kafka_offset              integer
kafka_timestamp_unix      integer, seconds
kafka_timestamp_ms        integer, milliseconds
kafka_lag                 integer, records behind this one in the partition when it was handed out
kafka_tombstone_message   true where the record has no value
kafka_leader_epoch        integer, where the broker gives one
kafka_topic_id            text, as Kafka's tools print it: another one means that the topic was deleted and created again
kafka_cluster_id          text
kafka_begin_offset        integer, see below
kafka_begin_last          integer, see below
kafka_begin_oldest        integer, see below
all headers of the record, under their names
` + "```" + `

A header that has one of these names cannot replace the value: it is kept under ` + "`header_`" + ` and its name, such as ` + "`header_kafka_offset`" + `. Of
headers of the same name the last one counts.

Until the first batch of a partition that was given to this process is acknowledged, messages say what the group had acknowledged before:
` + "`kafka_begin_offset`" + ` is the offset that it had committed, ` + "`kafka_begin_last`" + ` that of the last record before it (markers of transactions
may be between; it is missing where another program has committed) and ` + "`kafka_begin_oldest`" + ` the first offset that the partition still held. By them
` + "`sml_learn`" + ` notices that rows which were acknowledged are not in the statistics. They are missing where ` + "`start_offset`" + ` said where to begin.

### When something is away

A broker that does not answer, at the start or later, is tried again until it does; a topic that is not there is read as soon as it is;
both are logged, at first and once a minute. A topic that is deleted and created again is read from its beginning, under its new
` + "`kafka_topic_id`" + `.

### Metrics

` + "`sml_kafka_lag`" + ` (gauge, by ` + "`topic`, `partition`" + `): records that the partition holds and that are not acknowledged. ` + "`sml_kafka_brokers_up`" + ` (gauge): 0
while no broker answers. ` + "`sml_kafka_buffered_bytes`" + ` (gauge). ` + "`sml_kafka_redelivered_total`" + `: records handed out again because they were
rejected. ` + "`sml_kafka_revoked_total`" + ` (by ` + "`state`" + `): records dropped because their partition went to another consumer, which reads them;
` + "`waiting`" + ` ones were not handed out, ` + "`in_flight`" + ` ones were and may so be seen twice. ` + "`sml_kafka_late_acks_total`" + `: acknowledgements that came
after that. ` + "`sml_kafka_deleted_total`" + `: rejected records with ` + "`auto_replay_nacks: false`" + `. ` + "`sml_kafka_errors_total`" + ` (by ` + "`reason`" + `).
`

// crossFieldRules are the rules about more than one field; the constructor
// checks the same again (settings.go), as lints can be switched off and do not
// see values of environment variables.
const crossFieldRules = `
let explicit = !this.regexp_topics.or(false) && this.topics.or([]).any(t -> t.contains(":"))
root = [
  if this.topics.or([]).length() == 0 { "topics is empty: name at least one" },
  if $explicit && this.consumer_group.or("") != "" { "topics names partitions, which exclude a consumer_group: set one of the two" },
  if !$explicit && this.topics.or([]).length() > 0 && this.consumer_group.or("") == "" { "consumer_group is empty: set it, or name partitions in topics, as in orders:0-3" },
  if !this.regexp_topics.or(false) && this.regexp_topics_exclude.or([]).length() > 0 { "regexp_topics_exclude needs regexp_topics: true" },
  if $explicit && this.start_offset.or("") == "committed" { "start_offset is committed, which needs a consumer_group" },
]
`
