package project

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/rpconnect-sml/rpconnect-sml/internal/jsonwords"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// record binds the settings of all layers as they are stored.
func (r *row) record(l Layer, f *param.Fields) Layer {
	if r.stored != nil {
		return r.stored(l, f)
	}
	return r.options(l, f)
}

// Encode returns the canonical JSON of the composition: equal ones have equal
// bytes. What is at its default is left out, so a setting that is added later has
// the default that older records meet.
func (c *Composition) Encode() ([]byte, error) {
	return json.Marshal(param.WriteStored(func(f *param.Fields) {
		for _, row := range layers() {
			if l := row.get(c); l.isOn() {
				row.record(l, f)
			}
		}
	}))
}

// DecodeComposition reads what Encode wrote. Unknown fields are errors: a later
// version keeps statistics that this one does not know. So are values out of
// range, and anything after the record.
func DecodeComposition(data []byte) (Composition, error) {
	c, err := decodeComposition(data)
	if err != nil {
		return Composition{}, fmt.Errorf("decode the statistics that the project keeps: %w", err)
	}
	return c, nil
}

func decodeComposition(data []byte) (Composition, error) {
	var given param.Values
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&given); err != nil {
		return Composition{}, jsonwords.Error(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Composition{}, fmt.Errorf("something follows the record %.100q", data)
	}
	var c Composition
	r := param.NewReader(given, param.Typed)
	param.BindStored(r, func(f *param.Fields) {
		for _, row := range layers() {
			row.put(&c, row.record(row.get(&c), f))
		}
	})
	return c, r.Close()
}
