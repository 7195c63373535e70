package simulate

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/twmb/avro"
	"github.com/twmb/franz-go/pkg/sr"
)

// avroEncoder writes records of nullable doubles and strings.
type avroEncoder struct {
	columns []column
	schema  *avro.Schema
	id      int
	record  map[string]any
}

var _ encoder = (*avroEncoder)(nil)

// avroSchema returns the record schema of a table: one nullable double or
// string per column. Column names must be Avro names.
func avroSchema(columns []column) (*avro.Schema, error) {
	type field struct {
		Name    string   `json:"name"`
		Type    []string `json:"type"`
		Default any      `json:"default"`
	}
	fields := make([]field, len(columns))
	for i, c := range columns {
		typ := "string"
		if c.numeric {
			typ = "double"
		}
		fields[i] = field{Name: c.name, Type: []string{"null", typ}}
	}
	text, err := json.Marshal(map[string]any{"type": "record", "name": "row", "fields": fields})
	if err != nil {
		return nil, fmt.Errorf("write the avro schema: %w", err)
	}
	schema, err := avro.Parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("format: the columns do not make an avro schema: %w", err)
	}
	return schema, nil
}

// newAvroEncoder registers the schema under the subject and keeps its id.
func newAvroEncoder(ctx context.Context, columns []column, registry, subject string) (*avroEncoder, error) {
	schema, err := avroSchema(columns)
	if err != nil {
		return nil, err
	}
	client, err := sr.NewClient(sr.URLs(registry))
	if err != nil {
		return nil, fmt.Errorf("schema-registry: %q: %w", registry, err)
	}
	registered, err := client.CreateSchema(ctx, subject, sr.Schema{Schema: schema.String(), Type: sr.TypeAvro})
	if err != nil {
		return nil, fmt.Errorf("schema-registry: register subject %q at %q: %w", subject, registry, err)
	}
	return &avroEncoder{columns: columns, schema: schema, id: registered.ID, record: make(map[string]any, len(columns))}, nil
}

func (e *avroEncoder) encode(dst []byte, cells []string) ([]byte, error) {
	for i, cell := range cells {
		name := e.columns[i].name
		switch {
		case cell == "":
			e.record[name] = nil
		case e.columns[i].numeric:
			v, err := strconv.ParseFloat(cell, 64)
			if err != nil {
				return nil, fmt.Errorf("column %q: %w", name, err)
			}
			e.record[name] = v
		default:
			e.record[name] = cell
		}
	}
	dst, err := new(sr.ConfluentHeader).AppendEncode(dst, e.id, nil)
	if err != nil {
		return nil, fmt.Errorf("write the schema id %d: %w", e.id, err)
	}
	return e.schema.AppendEncode(dst, e.record)
}
