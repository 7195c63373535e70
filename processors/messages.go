package processors

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/internal/jsonedit"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// Metadata that the Kafka inputs set.
const (
	metaTopic     = "kafka_topic"
	metaPartition = "kafka_partition"
	metaOffset    = "kafka_offset"
	metaTopicID   = "kafka_topic_id"
	metaClusterID = "kafka_cluster_id"
	// Of the input sml_kafka alone.
	metaBegin       = "kafka_begin_offset"
	metaBeginLast   = "kafka_begin_last"
	metaBeginOldest = "kafka_begin_oldest"
)

// content fills in the message's content without parsing it again: its bytes if
// it has them, otherwise the value that an earlier processor made of it.
func content(m *service.Message, into *live.Message) {
	if m.HasBytes() {
		if b, err := m.AsBytes(); err == nil {
			into.Data = b
			return
		}
	}
	v, err := m.AsStructured()
	if err != nil {
		into.Err = fmt.Errorf("message is not JSON: %w", err)
		return
	}
	into.Value = v
}

// resultPath splits a dot path, the value of a field; every part must have a
// name.
func resultPath(field, text string) ([]string, error) {
	path := strings.Split(text, ".")
	for i, part := range path {
		if part == "" {
			return nil, fmt.Errorf("%s is %q, and part %d of it is empty: want names with dots between them", field, text, i)
		}
	}
	return path, nil
}

// insertResult puts the result, which is JSON, at path into the message. When the
// message has bytes, the result is put into data. An error names the field that
// holds the path.
func insertResult(m *service.Message, data []byte, path []string, result []byte, field string) error {
	if data != nil {
		out, err := jsonedit.AppendInsert(make([]byte, 0, len(data)+len(result)+32), data, path, result)
		if err != nil {
			return fmt.Errorf("%s: %w", field, err)
		}
		m.SetBytes(out)
		return nil
	}
	doc, err := m.AsStructuredMut()
	if err != nil {
		return err
	}
	if err := jsonedit.SetValue(doc, path, result); err != nil {
		return fmt.Errorf("%s: %w", field, err)
	}
	m.SetStructuredMut(doc)
	return nil
}

// kafkaPosition fills in shard, source and offset from Kafka metadata and
// reports whether the message has any.
func kafkaPosition(m *service.Message, names *shardNames, into *live.Message) bool {
	offset, ok := metaInt(m, metaOffset)
	if !ok {
		return false
	}
	partition, ok := metaInt(m, metaPartition)
	if !ok {
		return false
	}
	topic, ok := m.MetaGetMut(metaTopic)
	if !ok {
		return false
	}
	name, ok := topic.(string)
	if !ok {
		return false
	}
	into.Shard = names.of(name, partition)
	into.Offset, into.HasOffset = offset, true
	into.Origin = state.Origin{Cluster: metaText(m, metaClusterID), Topic: metaText(m, metaTopicID)}
	if stamp, ok := metaInt(m, metaTimestamp); ok && stamp > 0 {
		into.Stamp = stamp
	}
	into.Begin = kafkaBegin(m)
	return true
}

// kafkaBegin returns where sml_kafka began to read the partition. A header that another
// input takes over is text, and says nothing.
func kafkaBegin(m *service.Message) state.Begin {
	v, _ := m.MetaGetMut(metaBegin)
	at, ok := v.(int64)
	if !ok {
		return state.Begin{}
	}
	b := state.Begin{Known: true, At: at, Last: at - 1}
	if v, _ := m.MetaGetMut(metaBeginLast); v != nil {
		if last, ok := v.(int64); ok {
			b.Last, b.Noted = last, true
		}
	}
	if v, _ := m.MetaGetMut(metaBeginOldest); v != nil {
		if oldest, ok := v.(int64); ok {
			b.Oldest = oldest
		}
	}
	return b
}

// metaText returns metadata that is text, empty for any other.
func metaText(m *service.Message, key string) string {
	v, _ := m.MetaGetMut(key)
	text, _ := v.(string)
	return text
}

func metaInt(m *service.Message, key string) (int64, bool) {
	v, ok := m.MetaGetMut(key)
	if !ok {
		return 0, false
	}
	return integer(v)
}

// mostExact bounds the integers that a float64 tells apart.
const mostExact = 1 << 53

// integer returns the whole number that a value is: of any numeric type, or as text.
func integer(v any) (int64, bool) {
	switch t := v.(type) {
	case int:
		return int64(t), true
	case int64:
		return t, true
	case string:
		return parseInteger(t)
	case json.Number:
		return parseInteger(t.String())
	}
	switch r := reflect.ValueOf(v); {
	case r.CanInt():
		return r.Int(), true
	case r.CanUint():
		return int64(r.Uint()), r.Uint() <= math.MaxInt64
	case r.CanFloat():
		x := r.Float()
		return int64(x), math.Abs(x) <= mostExact && x == math.Trunc(x)
	}
	return 0, false
}

// parseInteger reads a whole number, also one that is written as a JSON number with a
// fraction of zero or an exponent.
func parseInteger(text string) (int64, bool) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, true
	}
	if x, err := strconv.ParseFloat(text, 64); err == nil && math.Abs(x) <= mostExact {
		return int64(x), x == math.Trunc(x)
	}
	return 0, false
}

// shardNames remembers the last name that it made, because a batch mostly has
// one partition. Source, unless it is empty, begins the names.
type shardNames struct {
	source    string
	topic     string
	partition int64
	name      string
}

func (s *shardNames) of(topic string, partition int64) string {
	if s.name == "" || s.topic != topic || s.partition != partition {
		name := inSource(s.source, topic+"/"+strconv.FormatInt(partition, 10))
		*s = shardNames{source: s.source, topic: topic, partition: partition, name: name}
	}
	return s.name
}

// inSource returns the name of a shard of a source, empty for the only one.
func inSource(source, shard string) string {
	if source == "" {
		return shard
	}
	return source + "/" + shard
}

// from makes the names those of a source.
func (s *shardNames) from(source string) {
	if s.source != source {
		*s = shardNames{source: source}
	}
}

// messagePool holds empty *[]live.Message whose elements are zero.
var messagePool sync.Pool

// takeMessages returns n zero messages. The caller gives them back with
// giveMessages.
func takeMessages(n int) []live.Message {
	if p, ok := messagePool.Get().(*[]live.Message); ok && cap(*p) >= n {
		return (*p)[:n]
	}
	return make([]live.Message, n)
}

// giveMessages takes messages back. Nothing may refer to them any more.
func giveMessages(messages []live.Message) {
	clear(messages)
	messages = messages[:0]
	messagePool.Put(&messages)
}
