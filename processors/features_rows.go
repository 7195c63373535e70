package processors

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/features"
	"github.com/rpconnect-sml/rpconnect-sml/internal/jsonedit"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
)

// featureTexts are the interpolated fields of one batch. Resolving a field
// through the batch itself would copy the batch for every message.
type featureTexts struct{ key, shard, position, source, timestamp batchText }

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

// read makes rows of the batch, and returns their documents as JSON where they
// are not structured. When a message is invalid, the error is in the row's Err;
// its position counts nevertheless.
func (p *addFeatures) read(batch service.MessageBatch) (rows []features.Delivery, documents [][]byte) {
	rows, documents = make([]features.Delivery, len(batch)), make([][]byte, len(batch))
	names := &shardNames{}
	texts := &featureTexts{
		key: newBatchText(batch, p.key), shard: newBatchText(batch, p.shard),
		position: newBatchText(batch, p.position), source: newBatchText(batch, p.source), timestamp: newBatchText(batch, p.timestamp),
	}
	values := p.values(batch)
	for i := range batch {
		var m live.Message
		content(batch[i], &m)
		if err := texts.place(batch[i], i, names, &m); err != nil {
			rows[i].Err = err
			continue
		}
		documents[i] = m.Data
		rows[i] = features.Delivery{Shard: m.Shard, Offset: m.Offset, HasOffset: m.HasOffset, Origin: m.Origin, Begin: m.Begin, Stamp: m.Stamp, Err: m.Err}
		if m.Err == nil {
			rows[i].Row, rows[i].Err = p.row(batch[i], &m, values, texts, i)
		}
	}
	return rows, documents
}

// place fills in where message i of the batch comes from.
func (t *featureTexts) place(m *service.Message, i int, names *shardNames, into *live.Message) error {
	source, err := sourceAt(&t.source, i)
	if err != nil {
		return fmt.Errorf("%s: %w", learnSource, err)
	}
	names.from(source)
	if kafkaPosition(m, names, into) {
		return nil
	}
	if !t.position.set() && objectPosition(m, source, into) {
		return nil
	}
	err = t.locate(i, into)
	into.Shard = inSource(source, into.Shard)
	return err
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
	if into.Offset, into.HasOffset = parseInteger(position); !into.HasOffset {
		return fmt.Errorf("%s: %q is not an integer", learnPosition, position)
	}
	return nil
}

// valuesAt reads the values of message i of a batch, with its document.
type valuesAt func(i int, document *live.Message) ([]float64, error)

// row reads time, key and values of message i of the batch.
func (p *addFeatures) row(m *service.Message, document *live.Message, values valuesAt, texts *featureTexts, i int) (row features.Row, err error) {
	if row.Time, err = timeOf(m, &texts.timestamp, p.texts, p.now, i); err != nil {
		return row, err
	}
	if row.Key, err = texts.key.at(i); err != nil {
		return row, fmt.Errorf("%s: %w", featuresKey, err)
	}
	row.Values, err = values(i, document)
	return row, err
}

// fields reads the fields of the plan from the document.
func (p *addFeatures) fields(_ int, document *live.Message) ([]float64, error) {
	values := make([]float64, len(p.paths))
	if document.Data == nil {
		for c, path := range p.paths {
			values[c] = numberAt(p.texts, document.Value, path)
		}
		return values, nil
	}
	if !json.Valid(document.Data) {
		return nil, fmt.Errorf("message is not JSON")
	}
	for c, path := range p.paths {
		value, ok, err := jsonedit.Find(document.Data, path)
		if err != nil {
			return nil, err
		}
		values[c] = math.NaN()
		if ok {
			values[c] = p.texts.Number(value)
		}
	}
	return values, nil
}

// numberAt reads a number from a structured document; NaN when there is none.
func numberAt(texts *schema.Texts, doc any, path []string) float64 {
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
	return texts.Number(encoded)
}

// result returns the object that goes into the document.
func (p *addFeatures) result(r *features.Delivery) []byte {
	if r.Features == nil {
		return []byte(`{"replayed":true}`)
	}
	out := []byte{'{'}
	for i, name := range p.names {
		if x := r.Features[i]; !math.IsNaN(x) {
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
