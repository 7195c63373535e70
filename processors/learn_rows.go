package processors

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redpanda-data/benthos/v4/public/bloblang"
	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
)

// Fields of sml_learn about single rows.
const (
	learnTopics    = "topics"
	learnShard     = "shard"
	learnPosition  = "position"
	learnSource    = "source"
	learnVerify    = "verify"
	learnTimestamp = "timestamp"
	learnWeight    = "weight"
	learnFilter    = "filter"

	metaTimestamp = "kafka_timestamp_ms"
	defaultShard  = "local"
)

func rowFields() []*service.ConfigField {
	return []*service.ConfigField{
		service.NewInterpolatedStringField(learnShard).
			Description("The shard for messages that have no Kafka metadata. One process at a time may learn a shard.").
			Default(defaultShard).
			Advanced(),
		service.NewInterpolatedStringField(learnPosition).
			Description("The position of a message within its shard, for messages without Kafka metadata: an integer that grows. Without it, a message of `sml_s3` has its object as shard and its number there as position. When messages have no position, a message that is delivered twice counts twice.").
			Example(`${! json("seq") }`).
			Optional().
			Advanced(),
		sourceField(),
		verifyField(),
		service.NewStringListField(learnTopics).
			Description("The Kafka topics that the project learns from. Empty means all topics. A message of another topic is marked as failed. Message headers can forge metadata; this setting limits what a forged header can do.").
			Default([]any{}).
			Advanced(),
		service.NewInterpolatedStringField(learnTimestamp).
			Description("The event time of a row, for `window` and `decay`: a number since 1970 (see `timestamp_unit`), RFC 3339, or a time without an offset (see `timezone`). By default it is Kafka's timestamp, or the time of arrival when the message has no such timestamp.").
			Example(`${! json("time") }`).
			Optional().
			Advanced(),
		service.NewInterpolatedStringField(learnWeight).
			Description("The weight of a row: a positive number. By default each row has weight 1.").
			Example(`${! json("copies") }`).
			Optional().
			Advanced(),
		service.NewBloblangField(learnFilter).
			Description("Learn only the rows for which this mapping returns `true`. All messages are passed on.").
			Example(`this.temperature > 0 && this.state != "test"`).
			Optional().
			Advanced(),
	}
}

// rowReader reads everything about a row that is not in the document: shard,
// position, time, weight and whether the filter keeps it.
type rowReader struct {
	topics    []string
	shard     *service.InterpolatedString
	position  *service.InterpolatedString // nil for none
	source    *service.InterpolatedString // nil for the only one
	timestamp *service.InterpolatedString // nil for Kafka's or that of arrival
	weight    *service.InterpolatedString // nil for 1
	filter    *bloblang.Executor          // nil for all
	timed     bool                        // whether times are needed
	texts     *schema.Texts               // that read timestamps
	now       func() time.Time
}

func newRowReader(conf *service.ParsedConfig, timed bool) (*rowReader, error) {
	r := &rowReader{timed: timed, now: time.Now}
	var err error
	if r.texts, err = readTexts(conf); err != nil {
		return nil, err
	}
	if r.topics, err = conf.FieldStringList(learnTopics); err != nil {
		return nil, err
	}
	if r.shard, err = conf.FieldInterpolatedString(learnShard); err != nil {
		return nil, err
	}
	for _, f := range []struct {
		name string
		into **service.InterpolatedString
	}{{learnPosition, &r.position}, {learnSource, &r.source}, {learnTimestamp, &r.timestamp}, {learnWeight, &r.weight}} {
		if !conf.Contains(f.name) {
			continue
		}
		if *f.into, err = conf.FieldInterpolatedString(f.name); err != nil {
			return nil, err
		}
	}
	if conf.Contains(learnFilter) {
		if r.filter, err = conf.FieldBloblang(learnFilter); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// rowBatch reads the messages of one batch. Interpolations are resolved through
// executors, because resolving through the batch would copy it for every message.
type rowBatch struct {
	*rowReader
	batch service.MessageBatch
	names shardNames

	shardText, positionText, sourceText, timeText, weightText batchText

	filterQuery *service.MessageBatchBloblangExecutor // nil for all
}

func (r *rowReader) over(batch service.MessageBatch) *rowBatch {
	b := &rowBatch{
		rowReader: r, batch: batch, shardText: newBatchText(batch, r.shard), positionText: newBatchText(batch, r.position),
		sourceText: newBatchText(batch, r.source), timeText: newBatchText(batch, r.timestamp), weightText: newBatchText(batch, r.weight),
	}
	if r.filter != nil {
		b.filterQuery = batch.BloblangExecutor(r.filter)
	}
	return b
}

// read fills in message i of the batch. When the message is invalid, the error is
// in its Err.
func (r *rowBatch) read(i int, into *live.Message) {
	content(r.batch[i], into)
	if !r.locate(i, into) || into.Err != nil {
		return
	}
	if err := r.describe(i, into); err != nil {
		into.Err = err
	}
}

// locate fills in the shard and the position of the message, and reports whether
// the message has a shard.
func (r *rowBatch) locate(i int, into *live.Message) bool {
	fail := func(field string, err error) bool {
		*into = live.Message{Err: fmt.Errorf("%s: %w", field, err)}
		return false
	}
	source, err := sourceAt(&r.sourceText, i)
	if err != nil {
		return fail(learnSource, err)
	}
	r.names.from(source)
	if kafkaPosition(r.batch[i], &r.names, into) {
		if len(r.topics) == 0 || slices.Contains(r.topics, r.names.topic) {
			return true
		}
		*into = live.Message{Err: fmt.Errorf("message of topic %q, which is not among the %s %q of the project", r.names.topic, learnTopics, r.topics)}
		return false
	}
	if r.position == nil && objectPosition(r.batch[i], source, into) {
		return true
	}
	shard, err := r.shardText.at(i)
	if err != nil {
		return fail(learnShard, err)
	}
	if shard == "" {
		return fail(learnShard, fmt.Errorf("%q is no name", shard))
	}
	if strings.HasPrefix(shard, project.ReservedShard) {
		return fail(learnShard, fmt.Errorf("%q begins with ~, which is reserved", shard))
	}
	into.Shard = inSource(source, shard)
	if r.position == nil {
		return true
	}
	position, err := r.positionText.at(i)
	if err != nil {
		return fail(learnPosition, err)
	}
	if into.Offset, into.HasOffset = parseInteger(position); !into.HasOffset {
		return fail(learnPosition, fmt.Errorf("%q is not an integer", position))
	}
	return true
}

// describe fills in time and weight, and marks rows that the filter excludes.
func (r *rowBatch) describe(i int, into *live.Message) error {
	if r.filter != nil {
		learns, err := r.keeps(i)
		if err != nil {
			return fmt.Errorf("%s: %w", learnFilter, err)
		}
		into.Skip = !learns
	}
	if r.weight != nil {
		text, err := r.weightText.at(i)
		if err != nil {
			return fmt.Errorf("%s: %w", learnWeight, err)
		}
		w, err := strconv.ParseFloat(text, 64)
		if err != nil || !(w > 0) {
			return fmt.Errorf("%s: %q is not a positive number", learnWeight, text)
		}
		into.Weight = w
	}
	if !r.timed {
		return nil
	}
	return r.time(i, into)
}

// keeps reports whether the filter lets the row be learned.
func (r *rowBatch) keeps(i int) (bool, error) {
	m, err := r.filterQuery.Query(i)
	if err != nil {
		return false, err
	}
	if m == nil {
		return false, nil
	}
	v, err := m.AsStructured()
	if err != nil {
		return false, err
	}
	keep, ok := v.(bool)
	if !ok {
		return false, fmt.Errorf("gives %v, want true or false", v)
	}
	return keep, nil
}

func (r *rowBatch) time(i int, into *live.Message) error {
	if r.timestamp == nil {
		if ms, ok := metaInt(r.batch[i], metaTimestamp); ok {
			into.Time = ms * int64(time.Millisecond)
		} else {
			into.Time = r.now().UnixNano()
		}
		return nil
	}
	text, err := r.timeText.at(i)
	if err != nil {
		return fmt.Errorf("%s: %w", learnTimestamp, err)
	}
	if into.Time, err = r.texts.Nanoseconds(text); err != nil {
		return fmt.Errorf("%s: %w", learnTimestamp, err)
	}
	return nil
}
