package schema

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/account"
)

// ReadStructured appends a document that has been parsed already, a
// map[string]any, to the block as one row; on error the block is left as it
// was. Values may be nil, bool, string, []byte, json.Number, any integer or
// float type, time.Time, time.Duration (seconds), []any, []string,
// map[string]any, and any type with a method Float64() (float64, bool), such as
// *big.Rat. v is neither kept nor changed.
//
// Nested objects are read after the other keys of their object, and new
// attributes are collected in the order of their names. NaN and infinity are
// errors.
func (r *Reader) ReadStructured(v any, b *Block) error {
	m, ok := v.(map[string]any)
	if !ok {
		return account.NewFault("", sortOfValue(v), "document is %s, not an object")
	}
	if len(m) == 1 {
		for key, v := range m {
			if inner, ok := v.(map[string]any); ok && r.isRecord(key) {
				m = inner
			}
		}
	}
	mark := b.mark()
	if err := r.begin(b); err != nil {
		return err
	}
	return r.end(mark, r.readMap(m, r.root, 1))
}

// sortOfValue names the sort of a structured value.
func sortOfValue(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "a truth value"
	case string, []byte:
		return "a string"
	case map[string]any:
		return "an object"
	case []any, []string:
		return "an array"
	case json.Number:
		return "a number"
	case time.Time:
		return "a time"
	}
	if _, ok := floatOf(v); ok {
		return "a number"
	}
	return "a value of another sort"
}

// readMap reads the known single values of m as they come, and then the rest
// in the order of the keys, so that the result does not depend on the order
// in which a map is walked.
func (r *Reader) readMap(m map[string]any, o *object, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("document nests deeper than %d", maxDepth)
	}
	if r.keys += len(m); r.keys > maxKeys {
		return fmt.Errorf("document has more than %d keys", maxKeys)
	}
	var later []string
	var worst error
	worstKey := ""
	fail := func(key string, err error) {
		if err != nil && (worst == nil || key < worstKey) {
			worst, worstKey = err, key
		}
	}
	for key, v := range m {
		f := o.fields[key]
		if f == nil {
			if len(o.path)+len(key) > maxNameBytes {
				fail(key, longKey(o, key))
				continue
			}
			f = r.resolve(o, key)
		}
		if f.name == "" {
			fail(key, errEmptyKey)
			continue
		}
		if f.born > r.found.turn {
			f = f.early
		}
		switch {
		case f.object != nil, f.kind != Ignore && f.column < 0 && r.collects(), f.codes != nil && r.collects():
			later = append(later, key)
		case f.kind == Ignore || f.column < 0:
		default:
			fail(key, r.setAny(f, v))
		}
	}
	if worst != nil {
		return worst
	}
	slices.Sort(later)
	for _, key := range later {
		f := o.fields[key]
		if f.born > r.found.turn {
			f = f.early
		}
		if inner, ok := m[key].(map[string]any); ok && f.object != nil {
			if err := r.readInner(inner, f, depth+1); err != nil {
				return err
			}
		} else if f.kind != Ignore && (f.column >= 0 || r.collects()) {
			if err := r.setAny(f, m[key]); err != nil {
				return err
			}
		}
	}
	return nil
}

// readInner reads an object that may have attributes inside it, or be the value of
// a union.
func (r *Reader) readInner(m map[string]any, f *field, depth int) error {
	switch of, v := r.unionOf(f, m); of {
	case scalarUnion, listUnion:
		if f.column < 0 && !r.collects() {
			return nil
		}
		return r.setAny(f, v)
	case objectUnion:
		if inner, ok := v.(map[string]any); ok {
			return r.readMap(inner, f.object, depth+1)
		}
	}
	return r.readMap(m, f.object, depth)
}

// setAny puts a structured value into the field.
func (r *Reader) setAny(f *field, v any) error {
	switch t := v.(type) {
	case nil:
		r.setMissing(f)
		return nil
	case float64:
		return r.setFloat(f, t)
	case bool:
		return r.setBool(f, t)
	case string:
		return r.setString(f, t)
	case []byte:
		return r.setString(f, string(t))
	case json.Number:
		return r.setJSONNumber(f, t)
	case time.Time:
		return r.setTime(f, t)
	case map[string]any:
		if of, inner := r.unionOf(f, t); of == scalarUnion || of == listUnion {
			return r.setAny(f, inner)
		}
		if f.attribute() {
			return badSort(f, "an object")
		}
		r.unread(f, "an object", v)
		return nil
	case []any:
		return r.setArray(f, t)
	case []string:
		return r.setStrings(f, t)
	}
	if text := integerText(r.scratch[:0], v); text != nil {
		r.scratch = text
		x, _ := floatOf(v)
		return r.setNumber(f, x, text)
	}
	if x, ok := floatOf(v); ok {
		return r.setFloat(f, x)
	}
	return fault(f, sortOfValue(v), "value is %s, which cannot be learned")
}

// setFloat refuses NaN and infinity, which JSON cannot hold and structured documents
// can.
func (r *Reader) setFloat(f *field, v float64) error {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return badNotFinite(f, v)
	}
	return r.setNumber(f, v, nil)
}

// setString is setText for a string, without a copy of a known category.
func (r *Reader) setString(f *field, s string) error {
	if f.kind == Categorical && f.buckets == 0 && f.column >= 0 {
		if code, ok := f.codes[s]; ok {
			r.codes[f.column] = code
			return nil
		}
	}
	if most := r.longest(f); len(s) > most {
		s = s[:most+1]
	}
	r.scratch = appendValid(r.scratch[:0], s)
	return r.setText(f, r.scratch)
}

// setJSONNumber checks the text itself: a json.Number is a string that any code can
// have made.
func (r *Reader) setJSONNumber(f *field, n json.Number) error {
	text := []byte(n)
	v, end := parseNumber(text, 0)
	if end != len(text) {
		return fault(f, quoted([]byte(n)), "%s is not a number")
	}
	if math.IsInf(v, 0) {
		return badRange(f, text)
	}
	return r.setNumber(f, v, integer(text))
}

// setTime stores a moment; where nothing was declared it makes the attribute a
// timestamp.
func (r *Reader) setTime(f *field, t time.Time) error {
	switch {
	case f.kind == 0:
		return r.note(f, Timestamp, Settled{FromTime, t.Format(time.RFC3339)})
	case f.kind.categorical():
		return r.setCategory(f, t.AppendFormat(nil, time.RFC3339Nano))
	case f.kind == Timestamp || f.kind == Continuous && f.declared:
		return r.setValue(f, seconds(t))
	}
	return fault(f, "a time", fmt.Sprintf("value is %%s, but the attribute is %v", f.kind))
}

// setArray stores a list. An array of an attribute that nobody declared is no value:
// lists are not inferred.
func (r *Reader) setArray(f *field, items []any) error {
	if f.kind != List {
		if f.attribute() {
			return badSort(f, "an array")
		}
		r.unread(f, "an array", items)
		return nil
	}
	from := len(r.block.members)
	for _, item := range items {
		text, err := r.memberText(f, item)
		if err != nil {
			return err
		}
		if text == nil {
			continue
		}
		if err := r.addMember(f, from, text); err != nil {
			return err
		}
	}
	return r.endList(f, from)
}

func (r *Reader) setStrings(f *field, items []string) error {
	if f.kind != List {
		all := make([]any, len(items))
		for i := range items {
			all[i] = items[i]
		}
		return r.setArray(f, all)
	}
	from := len(r.block.members)
	for _, item := range items {
		if err := r.addMember(f, from, appendValid(nil, item)); err != nil {
			return err
		}
	}
	return r.endList(f, from)
}

// memberText returns a list item as a category, nil when it is null.
func (r *Reader) memberText(f *field, item any) ([]byte, error) {
	switch t := item.(type) {
	case nil:
		return nil, nil
	case map[string]any:
		if of, inner := r.unionOf(f, t); of == scalarUnion {
			return r.memberText(f, inner)
		}
	case string:
		return appendValid(nil, t), nil
	case bool:
		return strconv.AppendBool(nil, t), nil
	case json.Number:
		v, end := parseNumber([]byte(t), 0)
		if end != len(t) || math.IsInf(v, 0) {
			return nil, badRange(f, []byte(t))
		}
		return r.numberText(v, integer([]byte(t))), nil
	}
	if text := integerText(nil, item); text != nil {
		return text, nil
	}
	v, ok := floatOf(item)
	if !ok {
		return nil, badMember(f, sortOfValue(item))
	}
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil, badNotFinite(f, v)
	}
	return r.numberText(v, nil), nil
}
