package ui

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/schema"
)

// columns are the attributes of a body that has one line of names.
type columns struct {
	names []string // as JSON
	plain []string
	kinds []schema.Kind // 0 where neither the request nor the project says one
	said  []bool        // whether the request says one
}

// newColumns checks names and types. Types are none, or one a name; an empty one follows
// from the values.
func newColumns(names, types []string, known map[string]schema.Kind) (*columns, error) {
	if len(names) == 0 {
		return nil, fmt.Errorf("%w: attributes: the list is empty", errBad)
	}
	if len(types) > 0 && len(types) != len(names) {
		return nil, fmt.Errorf("%w: types: %d types for %d attributes", errBad, len(types), len(names))
	}
	out := &columns{plain: names, said: make([]bool, len(names))}
	seen := map[string]bool{}
	for i, name := range names {
		if name == "" || seen[name] {
			return nil, fmt.Errorf("%w: attributes.%d: %s is empty or there twice", errBad, i, quote(name))
		}
		seen[name] = true
		kind := known[name]
		if len(types) > 0 && types[i] != "" {
			out.said[i] = true
			var err error
			if kind, err = schema.ParseKind(types[i]); err != nil {
				return nil, fmt.Errorf("%w: types.%d: %w", errBad, i, err)
			}
		}
		out.names = append(out.names, string(textOf(name)))
		out.kinds = append(out.kinds, kind)
	}
	return out, nil
}

// declared are the attributes whose types the request says.
func (c *columns) declared() []schema.Attribute {
	var out []schema.Attribute
	for i, name := range c.plain {
		if c.said[i] && c.kinds[i] != schema.Ignore {
			out = append(out, schema.Attribute{Name: name, Kind: c.kinds[i], Declared: true})
		}
	}
	return out
}

// cellError is an error about one value of a row.
type cellError struct {
	field  string
	value  json.RawMessage
	detail string
}

// Error names the attribute and says what is wrong.
func (e *cellError) Error() string {
	if e.field == "" {
		return e.detail
	}
	return fmt.Sprintf("attribute %s: value %s %s", quote(e.field), shortened(e.value), e.detail)
}

// shortened is as much of a value as an error shows.
func shortened(value []byte) string {
	const most = 100
	if len(value) > most {
		return strings.ToValidUTF8(string(value[:most]), "") + "..."
	}
	return string(value)
}

// row makes an object of the values of a row.
func (c *columns) row(values []json.RawMessage) bodyRow {
	if len(values) != len(c.names) {
		return bodyRow{err: &cellError{detail: fmt.Sprintf("the row has %d values, want %d", len(values), len(c.names))}}
	}
	var b bytes.Buffer
	b.WriteByte('{')
	for i, value := range values {
		given, detail := cell(value, c.kinds[i])
		if detail != "" {
			return bodyRow{err: &cellError{field: c.plain[i], value: value, detail: detail}}
		}
		if given == nil {
			continue
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		b.WriteString(c.names[i])
		b.WriteByte(':')
		b.Write(given)
	}
	b.WriteByte('}')
	return bodyRow{data: b.Bytes()}
}

// missing are the texts that stand for no value, in lower case.
var missing = []string{"", "nan", "na", "n/a", "null", "none", "-"}

// cell is a value as its kind has it; nil where it is missing or not learned. Detail is
// what is wrong with it.
func cell(value json.RawMessage, kind schema.Kind) (out json.RawMessage, detail string) {
	if kind == schema.Ignore || string(value) == "null" {
		return nil, ""
	}
	var text string
	if json.Unmarshal(value, &text) != nil { // no text: a number, a truth value, a list
		if kind == schema.Categorical && (value[0] != '[' && value[0] != '{') {
			return textOf(string(value)), ""
		}
		if kind == schema.Continuous && value[0] != '-' && (value[0] < '0' || value[0] > '9') {
			return nil, "is not a number"
		}
		return value, ""
	}
	trimmed := strings.TrimSpace(text)
	if slices.Contains(missing, strings.ToLower(trimmed)) {
		return nil, ""
	}
	switch kind {
	case 0:
		return looks(trimmed, value), ""
	case schema.Continuous:
		if number, ok := numeral(trimmed); ok {
			return number, ""
		}
		return nil, "is not a number"
	case schema.Timestamp:
		if number, ok := numeral(trimmed); ok {
			return number, ""
		}
	case schema.Binary:
		if truth, ok := truths[strings.ToLower(trimmed)]; ok {
			return json.RawMessage(truth), ""
		}
		return nil, "is neither true nor false"
	}
	return value, ""
}

// truths are the texts that stand for truth values, in lower case.
var truths = map[string]string{
	"true": "true", "t": "true", "yes": "true", "y": "true", "on": "true", "1": "true", "1.0": "true",
	"false": "false", "f": "false", "no": "false", "n": "false", "off": "false", "0": "false", "0.0": "false",
}

// mostDigits is how many digits a text of an unknown type has at most that is a
// number; more are an identifier.
const mostDigits = 15

// looks is a text whose type is not known: a number where it is one without leading
// zeros, a truth value where it is true or false, else the text.
func looks(text string, value json.RawMessage) json.RawMessage {
	if lower := strings.ToLower(text); lower == "true" || lower == "false" {
		return json.RawMessage(lower)
	}
	digits := strings.Count(strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '0'
		}
		return 'x'
	}, text), "0")
	if json.Valid([]byte(text)) && digits <= mostDigits {
		if number, ok := numeral(text); ok {
			return number
		}
	}
	return value
}

// numeral is a decimal number as JSON; not what is infinite or not decimal.
func numeral(text string) (json.RawMessage, bool) {
	if strings.Trim(text, "0123456789.eE+-") != "" {
		return nil, false
	}
	if _, err := strconv.ParseFloat(text, 64); err != nil {
		return nil, false
	}
	if json.Valid([]byte(text)) {
		return json.RawMessage(text), true
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, false
	}
	return json.RawMessage(strconv.FormatFloat(x, 'g', -1, 64)), true
}
