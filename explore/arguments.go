package explore

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Kind is what a parameter of a question takes.
type Kind string

// Kinds of parameters. Texts stand for all of them: a list may be a JSON array
// or names between commas.
const (
	KindAttribute  Kind = "attribute"
	KindAttributes Kind = "attributes"
	KindText       Kind = "text"
	KindTexts      Kind = "texts"
	KindNumber     Kind = "number"
	KindInteger    Kind = "integer"
	KindBoolean    Kind = "boolean"
)

// Parameter is one argument of a question.
type Parameter struct {
	Name        string `json:"name"`
	Kind        Kind   `json:"kind"`
	Required    bool   `json:"required"`
	Description string `json:"description"`
	// Choices are the texts that are taken, where not all are.
	Choices []string `json:"choices,omitempty"`
	// Minimum and Maximum bound a number.
	Minimum *float64 `json:"minimum,omitempty"`
	Maximum *float64 `json:"maximum,omitempty"`
}

// Arguments are the values of parameters by name: strings, numbers, booleans,
// lists of strings, or texts that stand for them. An absent one is the same as
// nil, an empty text or an empty list.
type Arguments map[string]any

// values are arguments read by the parameters of a question.
type values struct {
	texts    map[string]string
	lists    map[string][]string
	numbers  map[string]float64
	switches map[string]bool
}

func (v *values) text(name string) string   { return v.texts[name] }
func (v *values) list(name string) []string { return v.lists[name] }
func (v *values) integer(name string) int   { return int(v.numbers[name]) }
func (v *values) yes(name string) bool      { return v.switches[name] }
func (v *values) has(name string) bool      { _, ok := v.numbers[name]; return ok }

// read checks the arguments against the parameters. The error names the
// parameter and the value.
func read(parameters []Parameter, args Arguments) (*values, error) {
	out := &values{texts: map[string]string{}, lists: map[string][]string{}, numbers: map[string]float64{}, switches: map[string]bool{}}
	for name := range args {
		if !slices.ContainsFunc(parameters, func(p Parameter) bool { return p.Name == name }) {
			known := make([]string, len(parameters))
			for i, p := range parameters {
				known[i] = p.Name
			}
			return nil, fmt.Errorf("unknown parameter %q (there are %s)", name, strings.Join(known, ", "))
		}
	}
	for i := range parameters {
		p := &parameters[i]
		value := args[p.Name]
		if absent(value) {
			if p.Required {
				return nil, fmt.Errorf("%s is missing, want %s", p.Name, p.Kind)
			}
			continue
		}
		if err := out.take(p, value); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func absent(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case []string:
		return len(v) == 0
	}
	return false
}

func (v *values) take(p *Parameter, value any) error {
	switch p.Kind {
	case KindAttributes, KindTexts:
		list, err := asList(value)
		if err != nil {
			return fmt.Errorf("%s is %v, want a list of names", p.Name, value)
		}
		v.lists[p.Name] = list
	case KindNumber, KindInteger:
		x, err := asNumber(value)
		if err != nil || p.Kind == KindInteger && (x != math.Trunc(x) || math.Abs(x) > math.MaxInt32) {
			return fmt.Errorf("%s is %v, want %s", p.Name, value, article(p.Kind))
		}
		if p.Minimum != nil && x < *p.Minimum || p.Maximum != nil && x > *p.Maximum {
			return fmt.Errorf("%s is %v, want %s", p.Name, value, p.bounds())
		}
		v.numbers[p.Name] = x
	case KindBoolean:
		b, ok := value.(bool)
		if text, isText := value.(string); isText {
			parsed, err := strconv.ParseBool(text)
			b, ok = parsed, err == nil
		}
		if !ok {
			return fmt.Errorf("%s is %v, want true or false", p.Name, value)
		}
		v.switches[p.Name] = b
	default:
		text, ok := value.(string)
		if !ok || len(p.Choices) > 0 && !slices.Contains(p.Choices, text) {
			want := "a text"
			if len(p.Choices) > 0 {
				want = strings.Join(p.Choices, ", ")
			}
			return fmt.Errorf("%s is %v, want %s", p.Name, value, want)
		}
		v.texts[p.Name] = text
	}
	return nil
}

func article(k Kind) string {
	if k == KindInteger {
		return "an integer"
	}
	return "a number"
}

func (p *Parameter) bounds() string {
	switch {
	case p.Minimum == nil:
		return fmt.Sprintf("at most %v", *p.Maximum)
	case p.Maximum == nil:
		return fmt.Sprintf("%v or more", *p.Minimum)
	}
	return fmt.Sprintf("%v to %v", *p.Minimum, *p.Maximum)
}

// asNumber takes a finite number or the text of one.
func asNumber(value any) (float64, error) {
	var x float64
	switch v := value.(type) {
	case float64:
		x = v
	case float32:
		x = float64(v)
	case int:
		x = float64(v)
	case int64:
		x = float64(v)
	case uint64:
		x = float64(v)
	case json.Number:
		return asNumber(v.String())
	case string:
		parsed, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		if err != nil {
			return 0, fmt.Errorf("%q is no number", v)
		}
		x = parsed
	default:
		return 0, fmt.Errorf("%v is no number", value)
	}
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, fmt.Errorf("%v is not finite", x)
	}
	return x, nil
}

// asList takes a list of texts, a JSON array of them, or texts between commas.
func asList(value any) ([]string, error) {
	switch v := value.(type) {
	case []string:
		return slices.Clone(v), nil
	case []any:
		out := make([]string, len(v))
		for i, element := range v {
			text, ok := element.(string)
			if !ok {
				return nil, fmt.Errorf("element %d is %v, not a text", i, element)
			}
			out[i] = text
		}
		return out, nil
	case string:
		if strings.HasPrefix(v, "[") {
			var out []string
			if err := json.Unmarshal([]byte(v), &out); err != nil {
				return nil, fmt.Errorf("decode list: %w", err)
			}
			return out, nil
		}
		out := strings.Split(v, ",")
		for i := range out {
			out[i] = strings.TrimSpace(out[i])
		}
		return out, nil
	}
	return nil, fmt.Errorf("%v is no list", value)
}
