package ui

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/internal/jsonwords"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// maxRows bounds the rows of one request.
const maxRows = 100_000

// restShard is the shard that rows from requests are learned into.
const restShard = "rest"

// rows reads a JSON array of objects, or objects one after another as in JSON
// lines. Each row is the bytes of an object. It reads no further than to the
// first row too many, so that what it keeps is bounded by the body and maxRows.
func rows(body []byte) ([]json.RawMessage, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	array := bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("["))
	if array {
		if _, err := decoder.Token(); err != nil {
			return nil, fmt.Errorf("%w: rows: %w", errBad, err)
		}
	}
	var out []json.RawMessage
	for !array || decoder.More() {
		var row json.RawMessage
		err := decoder.Decode(&row)
		if errors.Is(err, io.EOF) && !array {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%w: row %d: %w", errBad, len(out), jsonwords.Error(err))
		}
		if row[0] != '{' {
			return nil, fmt.Errorf("%w: row %d is no object", errBad, len(out))
		}
		if out = append(out, row); len(out) > maxRows {
			return nil, fmt.Errorf("%w: the body has more than %d rows", errBad, maxRows)
		}
	}
	if array {
		if err := closed(decoder); err != nil {
			return nil, err
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%w: the body has 0 rows, want 1 to %d", errBad, maxRows)
	}
	return out, nil
}

// closed refuses an array of rows that does not end, or that something follows.
func closed(decoder *json.Decoder) error {
	if _, err := decoder.Token(); err != nil {
		return fmt.Errorf("%w: rows: the array does not end: %w", errBad, err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: rows: there is something after the array", errBad)
	}
	return nil
}

// position is where rows of a request lie in their source.
type position struct {
	shard  string
	offset int64
	given  bool
}

// positionOf reads the parameters shard and offset, which go together.
func positionOf(p *param.Reader) position {
	shard := p.Text("shard", param.Optional, "The source of the rows, with offset: 1 to 100 letters, digits, _ and -.")
	offset, given := p.IntegerIfGiven("offset", param.AtLeast(0), "The number of the first row in its source, from 0; those after it follow.")
	switch {
	case shard == "" && !given:
		return position{shard: restShard}
	case !nameForm.MatchString(shard):
		p.Fail("shard", shard, "1 to 100 letters, digits, _ and -")
	case !given:
		p.Fail("offset", nil, "a whole number of 0 or more beside shard")
	case offset > math.MaxInt64-maxRows:
		p.Fail("offset", offset, "a number that leaves room for the rows after it")
	}
	return position{shard: restShard + "/" + shard, offset: int64(offset), given: true}
}

// keyPathOf reads where the rows have their key.
func keyPathOf(p *param.Reader) string {
	return p.Text("key", param.Optional, "Where the project keeps statistics per key: the dot path of the field of each row that is its key.")
}

// maxKey bounds a key in bytes, as sml_learn does.
const maxKey = 200

// keyOf returns the string or number at a dot path of a row.
func keyOf(row []byte, path string) (string, error) {
	decoder := json.NewDecoder(bytes.NewReader(row))
	decoder.UseNumber()
	var node any
	if err := decoder.Decode(&node); err != nil {
		return "", fmt.Errorf("key: %w", err)
	}
	for _, name := range strings.Split(path, ".") {
		object, _ := node.(map[string]any)
		node = object[name]
	}
	var key string
	switch v := node.(type) {
	case string:
		key = v
	case json.Number:
		key = v.String()
	default:
		return "", fmt.Errorf("key: %s is missing or neither a string nor a number", quote(path))
	}
	if key == "" || key == "null" || len(key) > maxKey {
		return "", fmt.Errorf("key: %s is %s, want 1 to %d bytes, and not null", quote(path), quote(key), maxKey)
	}
	return key, nil
}

// placing is where the rows of a request lie in their source and in their key.
type placing struct {
	at  position
	key string // the path of the field; empty for none
	// whole says that the rows are learned all or none.
	whole bool
}

func placingOf(p *param.Reader) placing {
	return placing{
		at: positionOf(p), key: keyPathOf(p),
		whole: p.Boolean("whole", false, "Take the rows all or none: when one cannot be learned, none is."),
	}
}

// suits refuses a key for a project that keeps nothing per key: it would be dropped.
func (w *placing) suits(p *live.Project) error {
	if w.key != "" && !live.KeepsKeys(p) {
		return fmt.Errorf("%w: key: %s is given, and project %q keeps no statistics per key (`entities` of create, `key` of sml_learn): leave key out", errBad, quote(w.key), p.Name())
	}
	return nil
}
