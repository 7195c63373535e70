package inputs

import (
	"github.com/redpanda-data/benthos/v4/public/service"
)

// Fields about what is read.
const (
	fieldTopics        = "topics"
	fieldRegexp        = "regexp_topics"
	fieldRegexpExclude = "regexp_topics_exclude"
	fieldStartOffset   = "start_offset"
	fieldIsolation     = "isolation_level"
	fieldRackID        = "rack_id"
)

// Values of start_offset besides a time.
const (
	startEarliest  = "earliest"
	startLatest    = "latest"
	startCommitted = "committed"
)

// Values of isolation_level.
const (
	readCommitted   = "read_committed"
	readUncommitted = "read_uncommitted"
)

func topicFields() []*service.ConfigField {
	return []*service.ConfigField{
		service.NewStringListField(fieldTopics).
			Description("Topics by name, or by regular expression with `regexp_topics`. One text may hold several with commas between them. Without a `consumer_group`, partitions: `orders:0`, `orders:0-3`, and with the offset to begin at `orders:0:1500`.").
			Example([]string{"orders", "returns"}).
			Example([]string{"orders:0-3"}),
		service.NewBoolField(fieldRegexp).
			Description("`topics` are regular expressions; a topic is read when one of them matches its whole name.").
			Default(false),
		service.NewStringListField(fieldRegexpExclude).
			Description("Regular expressions of topics that are not read although `topics` matches them.").
			Default([]any{}).
			Advanced(),
		service.NewStringField(fieldStartOffset).
			Description("Where a partition begins for which the group has committed nothing: `earliest`, `latest`, `committed` (it is not read, and that is logged) or a time such as `2026-01-05T00:00:00Z`. Where the group's offset is no longer in the log, reading goes on at the oldest record, except with `committed`: then it stops.").
			Default(startEarliest).
			LintRule(`root = if this != "earliest" && this != "latest" && this != "committed" && this.ts_parse("2006-01-02T15:04:05Z07:00").catch(null) == null { [ "start_offset is " + this + ", must be earliest, latest, committed or a time such as 2026-01-05T00:00:00Z" ] }`),
		service.NewStringAnnotatedEnumField(fieldIsolation, map[string]string{
			readCommitted:   "Records of a transaction are read when it has been committed; those of an aborted one never.",
			readUncommitted: "Every record is read, those of aborted transactions too.",
		}).
			Description("What is read of transactions.").
			Default(readCommitted),
		service.NewStringField(fieldRackID).
			Description("Where this process runs, so that records are fetched from the nearest replica.").
			Default("").
			Advanced(),
	}
}
