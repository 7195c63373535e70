package ui

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/schema"
)

// body is the rows of a request.
type body struct {
	rows []bodyRow
	// declared are the attributes whose types the request says.
	declared []schema.Attribute
}

// bodyRow is one row: the bytes of an object, or why it is none.
type bodyRow struct {
	data json.RawMessage
	err  error
}

// readBody reads the rows of a body: CSV where the content type says so, a frame, or
// objects. Known are the types of the attributes that the project has; types those of
// the columns of CSV, none for what the values look like.
func readBody(r *Request, known map[string]schema.Kind, types []string) (*body, error) {
	kind, _, _ := strings.Cut(r.ContentType, ";")
	switch kind = strings.ToLower(strings.TrimSpace(kind)); {
	case kind == typeCSV:
		return readCSV(r.Body, known, types)
	case len(types) > 0:
		return nil, fmt.Errorf("%w: types: the body is no CSV (its content type is %s), want no types", errBad, quote(r.ContentType))
	}
	if f, ok := asFrame(r.Body); ok {
		return f.body(known)
	}
	all, err := rows(r.Body)
	if err != nil {
		return nil, err
	}
	out := &body{rows: make([]bodyRow, len(all))}
	for i, row := range all {
		out.rows[i].data = row
	}
	return out, nil
}

// dataFrame is a body in the form of a data frame: names, types and rows of values.
type dataFrame struct {
	Attributes []string          `json:"attributes"`
	Types      []string          `json:"types"`
	Rows       []json.RawMessage `json:"rows"`
}

// asFrame reads a frame. An object is one if it has attributes and rows, both lists,
// and nothing else but types; another object is a row.
func asFrame(text []byte) (*dataFrame, bool) {
	if !bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("{")) {
		return nil, false
	}
	var out dataFrame
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if decoder.Decode(&out) != nil || out.Attributes == nil || out.Rows == nil {
		return nil, false
	}
	_, err := decoder.Token()
	return &out, errors.Is(err, io.EOF)
}

// body reads the rows of a frame.
func (f *dataFrame) body(known map[string]schema.Kind) (*body, error) {
	c, err := newColumns(f.Attributes, f.Types, known)
	if err != nil {
		return nil, err
	}
	if len(f.Rows) == 0 || len(f.Rows) > maxRows {
		return nil, fmt.Errorf("%w: the body has %d rows, want 1 to %d", errBad, len(f.Rows), maxRows)
	}
	out := &body{declared: c.declared(), rows: make([]bodyRow, len(f.Rows))}
	for i, text := range f.Rows {
		var values []json.RawMessage
		if err := json.Unmarshal(text, &values); err != nil {
			out.rows[i].err = &cellError{value: text, detail: "the row is no list of values"}
			continue
		}
		out.rows[i] = c.row(values)
	}
	return out, nil
}

// separators are what a CSV may be separated by: the one that its first line has most
// of.
var separators = []rune{',', ';', '\t'}

// readCSV reads a CSV with a line of names.
func readCSV(text []byte, known map[string]schema.Kind, types []string) (*body, error) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	first, _, _ := bytes.Cut(text, []byte("\n"))
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord, r.ReuseRecord = -1, true
	r.Comma = slices.MaxFunc(separators, func(a, b rune) int {
		return bytes.Count(first, []byte(string(a))) - bytes.Count(first, []byte(string(b)))
	})
	names, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("%w: the line of names: %w", errBad, err)
	}
	c, err := newColumns(slices.Clone(names), types, known)
	if err != nil {
		return nil, err
	}
	out := &body{declared: c.declared()}
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		row := bodyRow{err: err}
		if err == nil {
			row = c.row(cellsOf(cells))
		}
		if out.rows = append(out.rows, row); len(out.rows) > maxRows {
			return nil, fmt.Errorf("%w: the body has more than %d rows", errBad, maxRows)
		}
	}
	if len(out.rows) == 0 {
		return nil, fmt.Errorf("%w: the body has 0 rows, want 1 to %d after the line of names", errBad, maxRows)
	}
	return out, nil
}

// cellsOf are the cells of a line as JSON. A cell of an attribute whose type is not
// known is what it looks like.
func cellsOf(cells []string) []json.RawMessage {
	out := make([]json.RawMessage, len(cells))
	for i, cell := range cells {
		out[i] = textOf(cell)
	}
	return out
}

// textOf is a text as JSON.
func textOf(text string) json.RawMessage {
	out, err := json.Marshal(text)
	if err != nil { // every text can be written
		return json.RawMessage(`null`)
	}
	return out
}
