package param_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/param/paramtest"
)

// samples are parameters of every kind.
func samples() []param.Parameter {
	return param.List(func(r *param.Reader) {
		r.Attribute("attribute", param.Optional, "An attribute.")
		r.Attributes("attributes", param.Optional, "Attributes.")
		r.Text("text", param.Optional, "A text.")
		r.Texts("texts", param.Optional, "Texts.")
		r.Choice("choice", "a", []string{"a", "b"}, "A choice.")
		r.Number("number", 0.5, param.Between(0, 1), "A number.")
		r.Number("above", 1, param.Above(0).UpTo(1e100), "A number above 0.")
		r.Number("below", 0, param.AtLeast(-1).Below(1), "A number below 1.")
		r.NumberOrWord("word", 0, param.Between(0, 1), []string{"balanced"}, "A number or a word.")
		r.NumberIfGiven("any", param.Any(), "Any number.")
		r.Integer("integer", 10, param.Between(1, 100), "An integer.")
		r.IntegerIfGiven("count", param.AtLeast(1), "Another one.")
		r.Boolean("boolean", false, "A boolean.")
		r.DurationIfGiven("duration", "A duration.")
		r.Numbers("numbers", "even", []string{"even", "odd"}, param.Above(0), "Numbers.")
		param.Object(r, "object", "An object.", point)
		param.Objects(r, "objects", []any{"a"}, "Objects.", point)
		r.Options("options", "Options.")
	})
}

type pointed struct {
	kind string
	x    float64
	more param.Values
}

func point(r *param.Reader) pointed {
	return pointed{
		kind: r.Choice("kind", "a", []string{"a", "b"}, "Which kind."),
		x:    r.Number("x", 1, param.Above(0), "Where."),
		more: r.Options("more", "More."),
	}
}

func sample(t testing.TB, name string) *param.Parameter {
	t.Helper()
	all := samples()
	for i := range all {
		if all[i].Name == name {
			return &all[i]
		}
	}
	t.Fatalf("no sample %q", name)
	return nil
}

// parseCases are values of the parameters of [sample].
var parseCases = map[string]struct {
	parameter string
	form      param.Form
	value     any
	want      any
	wrong     string // the error; empty for none
}{
	"attribute":                {parameter: "attribute", value: "a b", want: "a b"},
	"attribute of a number":    {parameter: "attribute", value: 1, wrong: "attribute: 1, want the name of an attribute"},
	"attributes":               {parameter: "attributes", value: []any{"a", "b"}, want: []string{"a", "b"}},
	"attributes of Go":         {parameter: "attributes", value: []string{"a"}, want: []string{"a"}},
	"attributes of numbers":    {parameter: "attributes", value: []any{1}, wrong: "attributes: [1], want a list of names of attributes"},
	"attributes of a text":     {parameter: "attributes", value: "a, b", wrong: `attributes: "a, b", want a list of names of attributes`},
	"attributes among texts":   {parameter: "attributes", form: param.Texts, value: "a, b", want: []string{"a", "b"}},
	"attributes in JSON":       {parameter: "attributes", form: param.Texts, value: `["a,b"]`, want: []string{"a,b"}},
	"attributes in bad JSON":   {parameter: "attributes", form: param.Texts, value: `["a`, wrong: `attributes: ["a, want a list of names of attributes`},
	"attributes of bad JSON":   {parameter: "attributes", form: param.Texts, value: `[1]`, wrong: `attributes: [1], want a list of names of attributes`},
	"text":                     {parameter: "text", value: "", want: ""},
	"text of a list":           {parameter: "text", value: []any{"a"}, wrong: `text: ["a"], want a text`},
	"texts":                    {parameter: "texts", value: true, wrong: "texts: true, want a list of names"},
	"choice":                   {parameter: "choice", value: "b", want: "b"},
	"choice of none":           {parameter: "choice", value: "c", wrong: "choice: c, want one of a, b"},
	"choice that is empty":     {parameter: "choice", value: "", wrong: `choice: "", want one of a, b`},
	"number":                   {parameter: "number", value: 0.25, want: 0.25},
	"number of 32 bits":        {parameter: "number", value: float32(0.25), want: 0.25},
	"number of an int":         {parameter: "number", value: 1, want: 1.0},
	"number of an int32":       {parameter: "number", value: int32(1), want: 1.0},
	"number of an int64":       {parameter: "number", value: int64(1), want: 1.0},
	"number of a uint32":       {parameter: "number", value: uint32(1), want: 1.0},
	"number of a uint64":       {parameter: "number", value: uint64(1), want: 1.0},
	"number of JSON":           {parameter: "number", value: json.Number("0.5"), want: 0.5},
	"number beyond floats":     {parameter: "number", value: json.Number("1e999"), wrong: "number: 1e999, want a number from 0 to 1"},
	"number beyond its bounds": {parameter: "number", value: 3, wrong: "number: 3, want a number from 0 to 1"},
	"number of a text":         {parameter: "number", value: "0.5", wrong: "number: 0.5, want a number from 0 to 1"},
	"number among texts":       {parameter: "number", form: param.Texts, value: " 0.5 ", want: 0.5},
	"number of no text":        {parameter: "number", form: param.Texts, value: "half", wrong: "number: half, want a number from 0 to 1"},
	"number that is none":      {parameter: "any", value: math.NaN(), wrong: "any: NaN, want a number"},
	"number without end":       {parameter: "any", form: param.Texts, value: "inf", wrong: "any: inf, want a number"},
	"number of a list":         {parameter: "any", value: []any{}, wrong: "any: [], want a number"},
	"bound that is out":        {parameter: "above", value: 0, wrong: "above: 0, want a number above 0 and at most 1e+100"},
	"bound that is in":         {parameter: "above", value: 1e100, want: 1e100},
	"upper bound that is out":  {parameter: "below", value: 1, wrong: "below: 1, want a number from -1 to below 1"},
	"word":                     {parameter: "word", value: "balanced", want: "balanced"},
	"number in its place":      {parameter: "word", value: 1, want: 1.0},
	"word of none":             {parameter: "word", value: "even", wrong: "word: even, want a number from 0 to 1, or balanced"},
	"integer":                  {parameter: "integer", value: 7.0, want: 7},
	"integer of an int":        {parameter: "integer", value: 7, want: 7},
	"integer of an int64":      {parameter: "integer", value: int64(7), want: 7},
	"integer of JSON":          {parameter: "integer", value: json.Number("7"), want: 7},
	"integer of JSON, a float": {parameter: "integer", value: json.Number("7e0"), want: 7},
	"hexadecimal number":       {parameter: "any", form: param.Texts, value: "0x1p4", wrong: "any: 0x1p4, want a number"},
	"number in groups":         {parameter: "any", form: param.Texts, value: "1_000", wrong: "any: 1_000, want a number"},
	"integer among texts":      {parameter: "integer", form: param.Texts, value: "7", want: 7},
	"integer of a float text":  {parameter: "integer", form: param.Texts, value: "1e1", want: 10},
	"integer of a text":        {parameter: "integer", value: "7", wrong: "integer: 7, want a whole number from 1 to 100"},
	"integer with a fraction":  {parameter: "integer", value: 7.5, wrong: "integer: 7.5, want a whole number from 1 to 100"},
	"integer beyond":           {parameter: "integer", value: 101, wrong: "integer: 101, want a whole number from 1 to 100"},
	"large integer":            {parameter: "count", form: param.Texts, value: "9223372036854775807", want: math.MaxInt64},
	"integer beyond floats":    {parameter: "count", value: 1e17, wrong: "count: 100000000000000000, want a whole number of 1 or more"},
	"boolean":                  {parameter: "boolean", value: true, want: true},
	"boolean of a text":        {parameter: "boolean", value: "true", wrong: "boolean: true, want true or false"},
	"boolean among texts":      {parameter: "boolean", form: param.Texts, value: "1", want: true},
	"boolean of no text":       {parameter: "boolean", form: param.Texts, value: "yes", wrong: "boolean: yes, want true or false"},
	"duration":                 {parameter: "duration", value: "1h30m", want: 90 * time.Minute},
	"duration of Go":           {parameter: "duration", value: time.Second, want: time.Second},
	"duration of nothing":      {parameter: "duration", value: "0s", wrong: "duration: 0s, want a duration above 0, such as 1h30m"},
	"duration before":          {parameter: "duration", value: -time.Second, wrong: "duration: -1s, want a duration above 0, such as 1h30m"},
	"duration of a number":     {parameter: "duration", value: 1, wrong: "duration: 1, want a duration above 0, such as 1h30m"},
	"numbers":                  {parameter: "numbers", value: map[string]any{"a": 1, "b": 2.5}, want: map[string]float64{"a": 1, "b": 2.5}},
	"numbers by a word":        {parameter: "numbers", value: "odd", want: "odd"},
	"numbers of another word":  {parameter: "numbers", value: "all", wrong: "numbers: all, want an object of numbers, each above 0, or even, odd"},
	"numbers of nothing":       {parameter: "numbers", value: map[string]any{}, wrong: "numbers: {}, want an object of numbers, each above 0, or even, odd"},
	"numbers of which one not": {parameter: "numbers", value: map[string]any{"a": 1, "b": -1}, wrong: "numbers.b: -1, want a number above 0"},
	"numbers in JSON":          {parameter: "numbers", form: param.Texts, value: `{"a":"1"}`, want: map[string]float64{"a": 1}},
	"object":                   {parameter: "object", value: map[string]any{"kind": "b", "x": 2}, want: param.Values{"kind": "b", "x": 2.0}},
	"object by a text":         {parameter: "object", value: "b", want: param.Values{"kind": "b"}},
	"object of a number":       {parameter: "object", value: 1, wrong: "object: 1, want one of a, b, or an object with kind, x, more"},
	"object of another text":   {parameter: "object", value: "c", wrong: "object.kind: c, want one of a, b"},
	"object with more":         {parameter: "object", value: map[string]any{"y": 1}, wrong: "object.y: unknown name (there are kind, x, more)"},
	"object in JSON":           {parameter: "object", form: param.Texts, value: `{"x":"2"}`, want: param.Values{"x": 2.0}},
	"objects":                  {parameter: "objects", value: []any{"b", map[string]any{"x": 2}}, want: []param.Values{{"kind": "b"}, {"x": 2.0}}},
	"objects by texts":         {parameter: "objects", value: []string{"b"}, want: []param.Values{{"kind": "b"}}},
	"objects of nothing":       {parameter: "objects", value: []any{}, wrong: "objects: [], want a list, each one of a, b, or an object with kind, x, more"},
	"objects of a number":      {parameter: "objects", value: []any{1}, wrong: "objects.0: 1, want one of a, b, or an object with kind, x, more"},
	"objects of a text":        {parameter: "objects", value: "a", wrong: "objects: a, want a list, each one of a, b, or an object with kind, x, more"},
	"objects, one wrong":       {parameter: "objects", value: []any{"a", map[string]any{"x": 0}}, wrong: "objects.1.x: 0, want a number above 0"},
	"objects among texts":      {parameter: "objects", form: param.Texts, value: "a, b", want: []param.Values{{"kind": "a"}, {"kind": "b"}}},
	"objects in JSON":          {parameter: "objects", form: param.Texts, value: `["a",{"x":2}]`, want: []param.Values{{"kind": "a"}, {"x": 2.0}}},
	"objects in bad JSON":      {parameter: "objects", form: param.Texts, value: `["a`, wrong: `objects: ["a, want a list, each one of a, b, or an object with kind, x, more`},
	"options":                  {parameter: "options", value: map[string]any{"z": nil}, want: param.Values{"z": nil}},
	"options of a list":        {parameter: "options", value: []any{}, wrong: "options: [], want an object"},
}

func TestParse(t *testing.T) {
	for name, c := range parseCases {
		t.Run(name, func(t *testing.T) {
			got, err := sample(t, c.parameter).Parse(c.value, c.form)
			if c.wrong != "" {
				var e *param.Error
				var unknown *param.UnknownError
				if err == nil || err.Error() != c.wrong || !errors.As(err, &e) && !errors.As(err, &unknown) {
					t.Errorf("%v, %v, want %s", got, err, c.wrong)
				}
				return
			}
			if err != nil || !reflect.DeepEqual(got, c.want) {
				t.Errorf("%#v, %v, want %#v", got, err, c.want)
			}
		})
	}
}

// TestParseDrawn: values of a parameter are taken, others refused, whatever is
// drawn.
func TestParseDrawn(t *testing.T) {
	d := &paramtest.Draws{Random: rand.New(rand.NewPCG(1, 2)), Attributes: []string{"x", "y", "a b"}}
	for _, p := range samples() {
		for range 200 {
			if v := d.Inside(&p); !parses(&p, v) {
				t.Fatalf("%s refuses %v", p.Name, v)
			}
			for _, v := range d.Outside(&p) {
				if got, err := p.Parse(v, param.Typed); err == nil {
					t.Fatalf("%s takes %v as %v", p.Name, v, got)
				}
			}
		}
	}
}

func parses(p *param.Parameter, v any) bool {
	_, err := p.Parse(v, param.Typed)
	return err == nil
}

// FuzzParse: no panic; what is taken is within the bounds and among the choices,
// and taken again it is the same.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`null`, `true`, `"a"`, `"a, b"`, `"[\"a\"]"`, `0.5`, `1e999`, `-0`, `[]`, `["a",1]`, `{}`, `{"a":1}`, `{"kind":"b","x":1e-9}`,
		`["a",{"kind":"b"},{"y":1}]`, `"{\"a\":1}"`, `"1h"`, `"balanced"`, `9007199254740993`, `"\ud800"`, `{"":{"":[]}}`,
	} {
		f.Add(seed)
	}
	all := samples()
	f.Fuzz(func(t *testing.T, text string) {
		var value any
		if json.Unmarshal([]byte(text), &value) != nil {
			return
		}
		exact := json.NewDecoder(strings.NewReader(text))
		exact.UseNumber()
		var numbers any
		if exact.Decode(&numbers) != nil {
			return
		}
		for i := range all {
			p := &all[i]
			for _, form := range []param.Form{param.Typed, param.Texts} {
				for _, v := range []any{value, numbers, text} {
					checkParsed(t, p, v, form)
				}
			}
		}
	})
}

func checkParsed(t *testing.T, p *param.Parameter, v any, form param.Form) {
	t.Helper()
	got, err := p.Parse(v, form)
	if err != nil {
		if !strings.HasPrefix(err.Error(), p.Name) {
			t.Fatalf("%s: the error %q does not name it", p.Name, err)
		}
		return
	}
	switch x := got.(type) {
	case float64:
		if !p.Contains(x) || math.IsInf(x, 0) {
			t.Fatalf("%s takes %v as %v", p.Name, v, x)
		}
	case int:
		if !p.Contains(float64(x)) {
			t.Fatalf("%s takes %v as %v", p.Name, v, x)
		}
	case map[string]float64:
		return // parsed again it is of another Go type
	case []param.Values:
		return
	}
	again, err := p.Parse(got, form)
	if err != nil || !reflect.DeepEqual(got, again) {
		t.Fatalf("%s takes %v as %v, and that as %v, %v", p.Name, v, got, again, err)
	}
}
