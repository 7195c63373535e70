package outputs

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"
	"github.com/twmb/franz-go/pkg/kgo"
)

// writer makes records of the messages of one batch.
type writer struct {
	topic, key, partition, timestamp *service.MessageBatchInterpolationExecutor
	headers                          *service.MetadataFilter
}

func (s *settings) writer(batch service.MessageBatch) writer {
	on := func(text *service.InterpolatedString) *service.MessageBatchInterpolationExecutor {
		if text == nil {
			return nil
		}
		return batch.InterpolationExecutor(text)
	}
	return writer{topic: on(s.topic), key: on(s.key), partition: on(s.partition), timestamp: on(s.timestamp), headers: s.headers}
}

// record returns message i as a record. An error names the field and its value.
func (w writer) record(i int, m *service.Message) (*kgo.Record, error) {
	value, err := m.AsBytes()
	if err != nil {
		return nil, err
	}
	r := &kgo.Record{Value: value}
	if r.Topic, err = w.topic.TryString(i); err != nil {
		return nil, fmt.Errorf("%s: %w", fieldTopic, err)
	}
	if r.Topic == "" {
		return nil, fmt.Errorf("%s is empty", fieldTopic)
	}
	if w.key != nil {
		if r.Key, err = w.key.TryBytes(i); err != nil {
			return nil, fmt.Errorf("%s: %w", fieldKey, err)
		}
	}
	if w.partition != nil {
		n, err := number(w.partition, i, fieldPartition, math.MaxInt32)
		if err != nil {
			return nil, err
		}
		r.Partition = int32(n)
	}
	if w.timestamp != nil {
		ms, err := number(w.timestamp, i, fieldTimestamp, math.MaxInt64)
		if err != nil {
			return nil, err
		}
		r.Timestamp = time.UnixMilli(ms)
	}
	if w.headers != nil {
		err = w.headers.Walk(m, func(key, value string) error {
			r.Headers = append(r.Headers, kgo.RecordHeader{Key: key, Value: []byte(value)})
			return nil
		})
	}
	return r, err
}

// number reads a whole number from 0 to most.
func number(text *service.MessageBatchInterpolationExecutor, i int, field string, most int64) (int64, error) {
	s, err := text.TryString(i)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", field, err)
	}
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil || n < 0 || n > most {
		return 0, fmt.Errorf("%s is %q, want a whole number from 0 to %d", field, s, most)
	}
	return n, nil
}
