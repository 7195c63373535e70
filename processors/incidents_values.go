package processors

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/redpanda-data/benthos/v4/public/bloblang"
	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/account"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
)

// mapped evaluates a mapping for message i; nil means that it is not set, says nothing or
// says null.
func mapped(query *service.MessageBatchBloblangExecutor, i int) (any, error) {
	if query == nil {
		return nil, nil
	}
	m, err := query.Query(i)
	if err != nil || m == nil {
		return nil, err
	}
	if v, err := m.AsStructured(); err == nil {
		return v, nil
	}
	text, err := m.AsBytes() // a mapping to a text makes it the content
	return string(text), err
}

// finite returns the number that a value is, NaN for null.
func finite(v any) (float64, error) {
	if v == nil {
		return math.NaN(), nil
	}
	x, err := bloblang.ValueAsFloat64(v)
	if err != nil || math.IsInf(x, 0) || math.IsNaN(x) {
		return 0, fmt.Errorf("%s is no finite number", shortJSON(v))
	}
	return x, nil
}

// shortJSON is a value of a document for an error, not too much of it.
func shortJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		text = fmt.Append(nil, v)
	}
	return account.Shorten(string(text), account.ShownBytes)
}

// timeOf returns the time of message i in nanoseconds since 1970: what the field says, else
// Kafka's timestamp, else the time of now.
func timeOf(m *service.Message, field *batchText, texts *schema.Texts, now func() time.Time, i int) (int64, error) {
	if !field.set() {
		if ms, ok := metaInt(m, metaTimestamp); ok {
			return ms * int64(time.Millisecond), nil
		}
		return now().UnixNano(), nil
	}
	text, err := field.at(i)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", learnTimestamp, err)
	}
	t, err := texts.Nanoseconds(text)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", learnTimestamp, err)
	}
	return t, nil
}
