package processors

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/features"
	"github.com/rpconnect-sml/rpconnect-sml/internal/jsonedit"
	"github.com/rpconnect-sml/rpconnect-sml/live"
)

// featureRow is one message on its way through sml_features.
type featureRow struct {
	message live.Message
	row     features.Row
	values  []float64 // what was computed; nil for a replay that is not remembered
}

// featureTexts are the interpolated fields of one batch. Resolving a field
// through the batch itself would copy the batch for every message.
type featureTexts struct{ key, shard, position, timestamp batchText }

// batchText is one interpolated field over a batch. The zero value stands for a
// field that is not set.
type batchText struct {
	static   string
	isStatic bool
	executor *service.MessageBatchInterpolationExecutor // nil for none
}

func newBatchText(batch service.MessageBatch, field *service.InterpolatedString) (t batchText) {
	if field == nil {
		return t
	}
	if t.static, t.isStatic = field.Static(); !t.isStatic {
		t.executor = batch.InterpolationExecutor(field)
	}
	return t
}

func (t *batchText) set() bool { return t.isStatic || t.executor != nil }

func (t *batchText) at(i int) (string, error) {
	if t.executor == nil {
		return t.static, nil
	}
	return t.executor.TryString(i)
}

// read makes rows of the batch. When a message is invalid, the error is in its
// Err; its position counts nevertheless.
func (p *addFeatures) read(batch service.MessageBatch) []featureRow {
	rows := make([]featureRow, len(batch))
	names := &shardNames{}
	texts := &featureTexts{
		key: newBatchText(batch, p.key), shard: newBatchText(batch, p.shard),
		position: newBatchText(batch, p.position), timestamp: newBatchText(batch, p.timestamp),
	}
	for i := range batch {
		r := &rows[i]
		content(batch[i], &r.message)
		if !kafkaPosition(batch[i], names, &r.message) {
			if err := texts.locate(i, &r.message); err != nil {
				r.message = live.Message{Err: err}
				continue
			}
		}
		if r.message.Err == nil {
			r.message.Err = p.readRow(batch[i], texts, i, r)
		}
	}
	return rows
}

// locate fills in shard and position of a message without Kafka metadata.
func (t *featureTexts) locate(i int, into *live.Message) (err error) {
	if into.Shard, err = t.shard.at(i); err != nil {
		return fmt.Errorf("%s: %w", learnShard, err)
	}
	if into.Shard == "" {
		return fmt.Errorf("%s: %q is no name", learnShard, "")
	}
	if !t.position.set() {
		return nil
	}
	position, err := t.position.at(i)
	if err != nil {
		return fmt.Errorf("%s: %w", learnPosition, err)
	}
	if into.Offset, err = strconv.ParseInt(position, 10, 64); err != nil {
		return fmt.Errorf("%s: %q is not an integer", learnPosition, position)
	}
	into.HasOffset = true
	return nil
}

// time returns the time of a row in nanoseconds since 1970.
func (p *addFeatures) time(m *service.Message, texts *featureTexts, i int) (int64, error) {
	if !texts.timestamp.set() {
		if ms, ok := metaInt(m, metaTimestamp); ok {
			return ms * int64(time.Millisecond), nil
		}
		return p.now().UnixNano(), nil
	}
	text, err := texts.timestamp.at(i)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", learnTimestamp, err)
	}
	t, err := parseTime(text)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", learnTimestamp, err)
	}
	return t, nil
}

func (p *addFeatures) readRow(m *service.Message, texts *featureTexts, i int, r *featureRow) (err error) {
	if r.row.Time, err = p.time(m, texts, i); err != nil {
		return err
	}
	if r.row.Key, err = texts.key.at(i); err != nil {
		return fmt.Errorf("%s: %w", featuresKey, err)
	}
	r.row.Values = make([]float64, len(p.paths))
	if r.message.Data == nil {
		for c, path := range p.paths {
			r.row.Values[c] = numberAt(r.message.Value, path)
		}
		return nil
	}
	if !json.Valid(r.message.Data) {
		return fmt.Errorf("message is not JSON")
	}
	for c, path := range p.paths {
		value, ok, err := jsonedit.Find(r.message.Data, path)
		if err != nil {
			return err
		}
		r.row.Values[c] = math.NaN()
		if ok {
			r.row.Values[c] = parseNumber(string(value))
		}
	}
	return nil
}

// parseNumber reads a JSON number or boolean; anything else is missing.
func parseNumber(text string) float64 {
	switch {
	case text == "true":
		return 1
	case text == "false":
		return 0
	case text == "" || text[0] != '-' && (text[0] < '0' || text[0] > '9'):
		return math.NaN()
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return math.NaN()
	}
	return x
}

// numberAt reads a number from a structured document; NaN when there is none.
func numberAt(doc any, path []string) float64 {
	for _, key := range path {
		object, ok := doc.(map[string]any)
		if !ok {
			return math.NaN()
		}
		doc = object[key]
	}
	encoded, err := json.Marshal(doc)
	if err != nil {
		return math.NaN()
	}
	return parseNumber(string(encoded))
}

// result returns the object that goes into the document.
func (p *addFeatures) result(r *featureRow) []byte {
	if r.values == nil {
		return []byte(`{"replayed":true}`)
	}
	out := []byte{'{'}
	for i, name := range p.names {
		if x := r.values[i]; x == x {
			if len(out) > 1 {
				out = append(out, ',')
			}
			out = append(out, name...)
			out = strconv.AppendFloat(out, x, 'g', -1, 64)
		}
	}
	return append(out, '}')
}

// resultKeys returns the names as JSON keys with their colons.
func resultKeys(names []string) ([][]byte, error) {
	out := make([][]byte, len(names))
	for i, name := range names {
		quoted, err := json.Marshal(name)
		if err != nil {
			return nil, err
		}
		out[i] = append(quoted, ':')
	}
	return out, nil
}
