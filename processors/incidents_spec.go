package processors

import "github.com/redpanda-data/benthos/v4/public/service"

// Fields of sml_incidents besides those of the project and of where messages come from.
const (
	incidentsLabel       = "name"
	incidentsKey         = "key"
	incidentsAlarm       = "alarm"
	incidentsScore       = "score"
	incidentsBlame       = "blame"
	incidentsOpen        = "open"
	incidentsClose       = "close"
	incidentsAlarms      = "alarms"
	incidentsRows        = "rows"
	incidentsWithin      = "within"
	incidentsLasting     = "lasting"
	incidentsQuiet       = "quiet"
	incidentsMaxDuration = "max_duration"
	incidentsMaxKeys     = "max_keys"
	incidentsKeepClosed  = "keep_closed"
	incidentsReplay      = "replay_rows"
	incidentsAhead       = "ahead"
	incidentsResultPath  = "result_path"
)

const incidentsDescription = `
Each message gets an object at ` + "`result_path`" + `: ` + "`id`" + ` of the incident of its key that is open after the message, ` + "`state`" + ` (` + "`open` or `none`" + `), and ` + "`suppressed`" + `: true for an
alarm that opens no incident, because one is open already or because there are too few alarms yet.

When an incident opens or closes, one more message follows the one that caused it. Its content is the incident: ` + "`event` (`opened` or `closed`), `id`, `name`, `shard`, `key`, `state`, `first_alarm`, `opened`, `last_alarm`, `closed`, `reason`, `rows`, `alarms`, `suppressed`, `peak`" + ` (score, time and position of
the alarm with the highest score) and ` + "`blame`" + ` (attributes with the sum of their contributions and their share of it). Its metadata ` + "`sml_incident`" + ` is ` + "`opened` or `closed`" + `, so that a ` + "`switch`" + ` output can route it. It has no other metadata.

` + "`alarm`" + ` may be any verdict: ` + "`is_anomaly`" + ` of ` + "`sml_score` or `sml_threshold`" + `, metadata, or a comparison of fields. A message for which it is null says nothing: it only lets time pass.

Incidents close by time when the next message of the shard comes, of whatever key. The time of a shard is the greatest time that two messages in succession have reached. So a single message from the
future closes no incident of another key. A message whose time is more than ` + "`ahead`" + ` before the clock is marked as failed.

The incidents of a shard, such as a Kafka partition, are kept together with the offsets that they contain, in one record that changes as a whole. With ` + "`durability: batch`" + ` a batch is passed on only
after the record is stored. So every message counts exactly once, whatever crashes. A message that is delivered again changes nothing. While it is among the last ` + "`replay_rows`" + ` of its shard it gets the same result, and the
messages about incidents follow it again with the same content; after that its result has ` + "`replayed: true`" + `. An incident belongs to a shard and key: the rows of a key must come in one shard, in order. Use the key as the key of the Kafka message, and one pipeline thread.

Incidents that are open and those that were closed last are listed by ` + "`sml incidents`" + `, by REST and by the page. ` + "`docs/incidents.md`" + ` has more.`

func incidentsSpec() *service.ConfigSpec {
	return service.NewConfigSpec().
		Beta().
		Categories("Machine Learning").
		Summary("Groups alarms into incidents: one opens after one or several alarms, has one identity while it lasts, and closes after rows or time without an alarm.").
		Description(incidentsDescription).
		Fields(projectFields()...).
		Fields(incidentRowFields()...).
		Field(openField()).
		Field(closeField()).
		Fields(incidentStateFields()...).
		Fields(placeFields("it counts")...).
		Field(verifyField()).
		Fields(readingFields("infer", "schema_changes", "missing_values", "decimal_mark", "thousands_mark")...).
		Example("Incidents of pumps", "Three alarms among ten readings of a pump open an incident, twenty readings without one close it. What opens and closes goes to a file of its own.", `
cache_resources:
  - label: sml_state
    memory: { compaction_interval: "" }

input:
  file: { paths: [ ./pumps.jsonl ] }

pipeline:
  threads: 1
  processors:
    - sml_threshold:
        project: plant
        cache: sml_state
        name: temperature
        value: root = this.temp
    - sml_incidents:
        project: plant
        cache: sml_state
        name: pumps
        key: ${! json("pump") }
        alarm: root = this.sml.temperature.is_anomaly
        score: root = this.temp
        timestamp: ${! json("time") }
        open: { alarms: 3, rows: 10 }
        close: { rows: 20 }

output:
  switch:
    cases:
      - check: root = @sml_incident != null
        output:
          file: { path: ./incidents.jsonl, codec: lines }
      - output:
          stdout: {}
`)
}

// incidentRowFields say what a message says.
func incidentRowFields() []*service.ConfigField {
	return []*service.ConfigField{
		service.NewStringField(incidentsLabel).
			Description("The name of the incidents. Each name belongs to one set of alarms of a project.").
			Example("pumps"),
		service.NewInterpolatedStringField(incidentsKey).
			Description("The key of a message. There is one incident at a time per key. A key has at most 200 bytes; a message with a longer one is marked as failed. By default there is one for all messages of a shard.").
			Example(`${! json("machine") }`).
			Default(""),
		service.NewBloblangField(incidentsAlarm).
			Description("Whether a message is an alarm: true or false. null or nothing says neither: the message is no row of its key, and only lets time pass.").
			Example("root = this.sml.unusual.is_anomaly"),
		service.NewBloblangField(incidentsScore).
			Description("How unusual an alarm is, a number; the highest one of an incident is its peak. It is evaluated for alarms only.").
			Example("root = this.sml.unusual.score").
			Optional(),
		service.NewBloblangField(incidentsBlame).
			Description("What made an alarm so unusual: an object with a number per attribute, such as the contributions of a model. The numbers are summed over the alarms of an incident. Of an alarm the 32 largest count by name, of an incident 50 attributes. It is evaluated for alarms only.").
			Example("root = this.sml.unusual.contributions").
			Optional(),
		service.NewInterpolatedStringField(learnTimestamp).
			Description("The time of a message: a number since 1970 (see `timestamp_unit`), RFC 3339, or a time without an offset (see `timezone`). By default it is Kafka's timestamp, or the time of arrival when the message has no such timestamp.").
			Example(`${! json("time") }`).
			Optional(),
		service.NewDurationField(incidentsAhead).
			Description("How far the time of a message may be ahead of the clock. A message that is further ahead is marked as failed, logged and counted (`sml_rows_left_out_total`, reason `ahead`).").
			Default("1m").
			Advanced(),
		service.NewStringField(incidentsResultPath).
			Description("The dot path of the result in the document. The default is `sml.` followed by the name; what is there is not learned.").
			Default(""),
	}
}

// openField says when an incident opens.
func openField() *service.ConfigField {
	return service.NewObjectField(incidentsOpen,
		service.NewIntField(incidentsAlarms).
			Description("The number of alarms of a key that open an incident. With 1 the first alarm does. With more, set `rows` or `within`.").
			Default(1).
			LintRule(`root = if this < 1 || this > 1000 { [ "open.alarms is " + this.string() + ", must be 1 to 1000" ] }`),
		service.NewIntField(incidentsRows).
			Description("Among how many rows of the key in succession these alarms are. 0 means that their rows do not matter.").
			Default(0),
		service.NewDurationField(incidentsWithin).
			Description("The time from the first to the last of these alarms must be less than this. 0s means that their times do not matter.").
			Default("0s"),
		service.NewDurationField(incidentsLasting).
			Description("In place of a number of alarms: an incident opens when all rows of a key have been alarms for this time. 0s means that the number counts.").
			Default("0s"),
	).Description("When an incident opens. By default the first alarm opens one.")
}

// closeField says when an incident closes.
func closeField() *service.ConfigField {
	return service.NewObjectField(incidentsClose,
		service.NewIntField(incidentsRows).
			Description("After how many rows of the key without an alarm, in succession, the incident closes. 0 means never; where `quiet` is not set either, it means 20.").
			Default(0),
		service.NewDurationField(incidentsQuiet).
			Description("After how much time without an alarm of the key the incident closes. 0s means never.").
			Default("0s"),
		service.NewDurationField(incidentsMaxDuration).
			Description("How long after it opened an incident closes although alarms go on. The next alarms can open a new one. 0s means never.").
			Default("0s"),
	).Description("When an incident closes: by whichever comes first.")
}

// incidentStateFields bound the state and say when it is stored.
func incidentStateFields() []*service.ConfigField {
	return []*service.ConfigField{
		service.NewIntField(incidentsMaxKeys).
			Description("The maximum number of keys of a shard with an open incident or with alarms that may open one. Beyond it, alarms of the key that had none for longest are forgotten. Where all have an open incident, that one closes with the reason `max_keys`.").
			Default(1000).
			LintRule(`root = if this < 1 || this > 100000 { [ "max_keys is " + this.string() + ", must be 1 to 100000" ] }`),
		service.NewIntField(incidentsKeepClosed).
			Description("The number of closed incidents of a shard that are kept, to be listed.").
			Default(100).
			Advanced().
			LintRule(`root = if this < 0 || this > 10000 { [ "keep_closed is " + this.string() + ", must be 0 to 10000" ] }`),
		service.NewIntField(incidentsReplay).
			Description("The number of last messages of a shard whose results are remembered, for messages that are delivered again. It should be at least the number of messages in flight.").
			Default(1000).
			Advanced().
			LintRule(`root = if this < 0 || this > 100000 { [ "replay_rows is " + this.string() + ", must be 0 to 100000" ] }`),
		service.NewStringEnumField(learnDurability, durabilityBatch, durabilityInterval).
			Description("`batch`: a batch is passed on only after the incidents that contain it are in the cache. `interval`: they are written once per `every` and at shutdown. A crash can then lose or repeat the messages of one interval.").
			Default(durabilityBatch),
		service.NewDurationField(learnEvery).
			Description("How often incidents are written with `durability: interval`.").
			Default(defaultEvery).
			Advanced(),
	}
}
