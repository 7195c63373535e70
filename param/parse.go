package param

import (
	"encoding/json"
	"errors"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// errForm says that a value has not the form of its kind; [Error] says which is
// wanted.
var errForm = errors.New("another form")

// Parse reads one value that is given:
//
//	attribute, text        string
//	attributes, texts      []string
//	number                 float64, or the string of a choice
//	integer                int
//	boolean                bool
//	duration               time.Duration
//	numbers                map[string]float64, or the string of a choice
//	object                 Values, each read as its field; defaults are not filled in
//	objects                []Values
//	options                Values, as they are
//
// The error is an [Error], or one of a field with the name of the parameter
// before it.
func (p *Parameter) Parse(value any, form Form) (any, error) {
	switch p.Kind {
	case KindObject:
		fields, err := p.object(value, form)
		if err != nil {
			return nil, p.wrong(value)
		}
		out, err := parseFields(p.Fields, fields, form)
		if err != nil {
			return nil, within(p.Name, err)
		}
		return out, nil
	case KindObjects:
		items, err := p.objects(value, form)
		if err != nil {
			return nil, err
		}
		out := make([]Values, len(items))
		for i, item := range items {
			if out[i], err = parseFields(p.Fields, item, form); err != nil {
				return nil, within(place(p.Name, i), err)
			}
		}
		return out, nil
	case KindNumbers:
		if word, ok := p.choice(value); ok {
			return word, nil
		}
		return p.numbers(value, form)
	}
	out, err := p.plain(value, form)
	if err != nil {
		return nil, p.wrong(value)
	}
	return out, nil
}

// place names one object of a list.
func place(list string, i int) string { return list + "." + strconv.Itoa(i) }

// wrong is the error about a value.
func (p *Parameter) wrong(value any) error {
	return &Error{Name: p.Name, Value: value, Want: p.wants("")}
}

// parseFields reads the fields of an object.
func parseFields(fields []Parameter, given Values, form Form) (Values, error) {
	r := NewReader(given, form)
	out := r.Declare(fields)
	return out, r.Close()
}

// plain reads a value of a kind without fields.
func (p *Parameter) plain(value any, form Form) (any, error) {
	switch p.Kind {
	case KindAttributes, KindTexts:
		return asList(value, form)
	case KindNumber:
		if word, ok := p.choice(value); ok {
			return word, nil
		}
		x, err := asNumber(value, form)
		if err != nil || !p.Contains(x) {
			return nil, errForm
		}
		return x, nil
	case KindInteger:
		n, err := asInteger(value, form)
		if err != nil || !p.Contains(float64(n)) {
			return nil, errForm
		}
		return n, nil
	case KindBoolean:
		return asBoolean(value, form)
	case KindDuration:
		return p.duration(value)
	case KindOptions:
		return asObject(value, form)
	}
	text, ok := value.(string)
	if !ok || len(p.Choices) > 0 && !slices.Contains(p.Choices, text) {
		return nil, errForm
	}
	return text, nil
}

// choice reports whether a value is one of the choices, and which.
func (p *Parameter) choice(value any) (string, bool) {
	word, ok := value.(string)
	return word, ok && slices.Contains(p.Choices, word)
}

// numbers reads an object of numbers; one without any is none.
func (p *Parameter) numbers(value any, form Form) (map[string]float64, error) {
	object, err := asObject(value, form)
	if err != nil || len(object) == 0 {
		return nil, p.wrong(value)
	}
	out := make(map[string]float64, len(object))
	each := Parameter{Kind: KindNumber, Range: p.Range}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		each.Name = name
		x, err := asNumber(object[name], form)
		if err != nil || !p.Contains(x) {
			return nil, within(p.Name, each.wrong(object[name]))
		}
		out[name] = x
	}
	return out, nil
}

// asNumber takes a finite number, among texts also the text of one.
func asNumber(value any, form Form) (float64, error) {
	var x float64
	switch v := value.(type) {
	case float64:
		x = v
	case float32:
		x = float64(v)
	case int:
		x = float64(v)
	case int32:
		x = float64(v)
	case int64:
		x = float64(v)
	case uint32:
		x = float64(v)
	case uint64:
		x = float64(v)
	case json.Number:
		return asNumber(v.String(), Texts)
	case string:
		parsed, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		if form != Texts || err != nil || strings.ContainsAny(v, "xX_") { // hexadecimal digits and digit groups are Go's
			return 0, errForm
		}
		x = parsed
	default:
		return 0, errForm
	}
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, errForm
	}
	return x, nil
}

// maxExact is the least integer from which on a float64 does not hold all: 2^53.
const maxExact = 1 << 53

// asInteger takes a whole number: an integer of any size, or a number with
// nothing after the point that a float64 holds exactly.
func asInteger(value any, form Form) (int, error) {
	switch v := value.(type) {
	case int:
		return v, nil
	case json.Number:
		return asInteger(v.String(), Texts)
	case string:
		if n, err := strconv.Atoi(strings.TrimSpace(v)); form == Texts && err == nil {
			return n, nil
		}
	}
	x, err := asNumber(value, form)
	if err != nil || x != math.Trunc(x) || math.Abs(x) > maxExact || float64(int(x)) != x {
		return 0, errForm
	}
	return int(x), nil
}

func asBoolean(value any, form Form) (bool, error) {
	switch v := value.(type) {
	case bool:
		return v, nil
	case string:
		if parsed, err := strconv.ParseBool(v); form == Texts && err == nil {
			return parsed, nil
		}
	}
	return false, errForm
}

// duration takes a duration within the parameter's bounds or the text of one.
func (p *Parameter) duration(value any) (time.Duration, error) {
	var d time.Duration
	switch v := value.(type) {
	case time.Duration:
		d = v
	case string:
		parsed, err := time.ParseDuration(v)
		if err != nil {
			return 0, errForm
		}
		d = parsed
	default:
		return 0, errForm
	}
	if d < 0 || d == 0 && !p.Zero {
		return 0, errForm
	}
	return d, nil
}
