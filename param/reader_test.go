package param_test

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// all is what one reader reads of every kind.
type all struct {
	Attribute, Text, Choice string
	Attributes, Texts       []string
	Number, Needed, Maybe   float64
	HasMaybe                bool
	Share                   float64
	Word                    string
	Integer, Count          int
	HasCount                bool
	Boolean                 bool
	Over                    time.Duration
	HasOver                 bool
	NumbersWord             string
	Numbers                 map[string]float64
	Object                  pointed
	Objects                 []pointed
	Options                 param.Values
}

func readAll(r *param.Reader) (o all) {
	o.Attribute = r.Attribute("attribute", param.Required, "An attribute.")
	o.Attributes = r.Attributes("attributes", param.Optional, "Attributes.")
	o.Text = r.Text("text", param.Optional, "A text.")
	o.Texts = r.Texts("texts", param.Optional, "Texts.")
	o.Choice = r.Choice("choice", "a", []string{"a", "b"}, "A choice.")
	o.Number = r.Number("number", 0.5, param.Between(0, 1), "A number.")
	o.Needed = r.RequiredNumber("needed", param.Any(), "A number.")
	o.Maybe, o.HasMaybe = r.NumberIfGiven("maybe", param.Any(), "A number.")
	o.Share, o.Word = r.NumberOrWord("share", 0.25, param.Between(0, 1), []string{"balanced"}, "A share.")
	o.Integer = r.Integer("integer", 10, param.AtLeast(1), "An integer.")
	o.Count, o.HasCount = r.IntegerIfGiven("count", param.Any(), "An integer.")
	o.Boolean = r.Boolean("boolean", true, "A boolean.")
	o.Over, o.HasOver = r.DurationIfGiven("over", "A duration.")
	o.NumbersWord, o.Numbers = r.Numbers("numbers", "even", []string{"even"}, param.Above(0), "Numbers.")
	o.Object = param.Object(r, "object", "An object.", point)
	o.Objects = param.Objects(r, "objects", []any{"b"}, "Objects.", point)
	o.Options = r.Options("options", "Options.")
	return o
}

// defaults are what readAll reads of nothing but what is needed.
func defaults() all {
	return all{
		Attribute: "x", Choice: "a", Number: 0.5, Needed: 3, Share: 0.25, Integer: 10, Boolean: true, NumbersWord: "even",
		Object: pointed{kind: "a", x: 1}, Objects: []pointed{{kind: "b", x: 1}},
	}
}

// needed returns what must be given, and more.
func needed(more param.Values) param.Values {
	out := param.Values{"attribute": "x", "needed": 3}
	for name, value := range more {
		out[name] = value
	}
	return out
}

func TestReader(t *testing.T) {
	for name, c := range map[string]struct {
		given param.Values
		form  param.Form
		want  func(*all)
		wrong string
	}{
		"defaults":         {given: needed(nil), want: func(*all) {}},
		"null is left out": {given: needed(param.Values{"number": nil, "object": nil, "objects": nil, "numbers": nil}), want: func(*all) {}},
		"empty texts are left out": {
			given: needed(param.Values{"number": "", "attributes": []any{}, "texts": []string{}, "objects": ""}), form: param.Texts, want: func(*all) {},
		},
		"all": {
			given: needed(param.Values{
				"attributes": []any{"y"}, "text": "t", "texts": []any{"u"}, "choice": "b", "number": 1, "maybe": 0, "share": "balanced", "integer": 2, "count": 0,
				"boolean": false, "over": "1m", "numbers": map[string]any{"a": 1}, "object": "b", "objects": []any{"a", map[string]any{"x": 2, "more": map[string]any{"z": 1}}},
				"options": map[string]any{"o": true},
			}),
			want: func(o *all) {
				*o = all{
					Attribute: "x", Attributes: []string{"y"}, Text: "t", Texts: []string{"u"}, Choice: "b", Number: 1, Needed: 3, HasMaybe: true, Share: 0.25, Word: "balanced",
					Integer: 2, HasCount: true, Over: time.Minute, HasOver: true, Numbers: map[string]float64{"a": 1}, Object: pointed{kind: "b", x: 1},
					Objects: []pointed{{kind: "a", x: 1}, {kind: "a", x: 2, more: param.Values{"z": 1}}}, Options: param.Values{"o": true},
				}
			},
		},
		"texts": {
			given: param.Values{"attribute": "x", "needed": "3", "boolean": "false", "integer": "4", "texts": "a, b"}, form: param.Texts,
			want: func(o *all) { o.Boolean, o.Integer, o.Texts = false, 4, []string{"a", "b"} },
		},
		"missing":                {given: param.Values{"needed": 3}, wrong: "attribute is missing, want the name of an attribute"},
		"missing number":         {given: param.Values{"attribute": "x"}, wrong: "needed is missing, want a number"},
		"unknown":                {given: needed(param.Values{"numbr": 1}), wrong: "numbr: unknown name (there are attribute, attributes, text"},
		"unknown before wrong":   {given: needed(param.Values{"numbr": 1, "number": 7}), wrong: "numbr: unknown name"},
		"the first failure":      {given: needed(param.Values{"number": 7, "integer": 0}), wrong: "number: 7, want a number from 0 to 1"},
		"wrong in an object":     {given: needed(param.Values{"object": map[string]any{"x": 0}}), wrong: "object.x: 0, want a number above 0"},
		"unknown in an object":   {given: needed(param.Values{"object": map[string]any{"y": 0}}), wrong: "object.y: unknown name (there are kind, x, more)"},
		"no object":              {given: needed(param.Values{"object": 3}), wrong: "object: 3, want one of a, b, or an object with kind, x, more"},
		"wrong in a list":        {given: needed(param.Values{"objects": []any{"a", "c"}}), wrong: "objects.1.kind: c, want one of a, b"},
		"no list":                {given: needed(param.Values{"objects": 3}), wrong: "objects: 3, want a list"},
		"an empty list of texts": {given: needed(param.Values{"objects": []any{}}), wrong: "objects: [], want a list"},
	} {
		t.Run(name, func(t *testing.T) {
			r := param.NewReader(c.given, c.form)
			got := readAll(r)
			err := r.Close()
			if c.wrong != "" {
				if err == nil || !strings.HasPrefix(err.Error(), c.wrong) {
					t.Errorf("error is %v, want %s", err, c.wrong)
				}
				return
			}
			want := defaults()
			c.want(&want)
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%+v, %v\nwant %+v", got, err, want)
			}
		})
	}
}

// TestReaderFails: what a caller refuses is remembered, the first only, and a
// failure in a nested reader has its place.
func TestReaderFails(t *testing.T) {
	r := param.NewReader(param.Values{"low": 3, "high": 2}, param.Typed)
	low, high := r.Number("low", 0, param.Any(), "Low."), r.Number("high", 1, param.Any(), "High.")
	if !r.Given("low") || r.Given("middle") {
		t.Error("low is given and middle is not")
	}
	if low > high {
		r.Fail("low", low, "at most high, 2")
	}
	other := errors.New("another failure")
	r.Refuse(other)
	if err := r.Close(); err == nil || err.Error() != "low: 3, want at most high, 2" {
		t.Errorf("error is %v", err)
	}
	nested := param.NewReader(param.Values{"list": []any{map[string]any{}}}, param.Typed)
	param.Objects(nested, "list", nil, "A list.", func(fields *param.Reader) bool {
		fields.Refuse(other)
		return fields.Boolean("on", false, "On.")
	})
	if err := nested.Close(); !errors.Is(err, other) || err.Error() != "list.0.another failure" {
		t.Errorf("error is %v", err)
	}
}

// TestIdle: what counts for nothing is checked and not listed, and read only where
// it is not declared.
func TestIdle(t *testing.T) {
	rows := param.Parameter{Name: "rows", Kind: param.KindInteger, Range: param.Between(1, 10)}
	read := func(r *param.Reader) any {
		r.Boolean("on", false, "On.")
		value, _ := r.Idle(rows)
		return value
	}
	if got := param.List(func(r *param.Reader) { read(r) }); len(got) != 1 || got[0].Name != "on" {
		t.Errorf("%v is listed, want on alone", got)
	}
	for name, c := range map[string]struct {
		given param.Values
		want  any
		wrong string
	}{
		"none":    {},
		"given":   {given: param.Values{"rows": 7}, want: 7},
		"wrong":   {given: param.Values{"rows": 11}, wrong: "rows: 11, want a whole number from 1 to 10"},
		"unknown": {given: param.Values{"row": 7}, wrong: "row: unknown name (there are on)"},
	} {
		t.Run(name, func(t *testing.T) {
			r := param.NewReader(c.given, param.Typed)
			got, err := read(r), r.Close()
			if got != c.want || (err == nil) != (c.wrong == "") || err != nil && err.Error() != c.wrong {
				t.Errorf("%v, %v, want %v, %q", got, err, c.want, c.wrong)
			}
		})
	}
	r := param.NewReader(param.Values{"rows": 7}, param.Typed)
	r.Integer("rows", 1, rows.Range, "Rows.")
	if got, ok := r.Idle(rows); ok || got != nil {
		t.Errorf("%v is read twice", got)
	}
}

func TestRequiredChoice(t *testing.T) {
	for given, c := range map[string]struct{ want, wrong string }{
		"a": {want: "a"},
		"c": {wrong: "kind: c, want one of a, b"},
		"":  {wrong: "kind is missing, want one of a, b"},
	} {
		r := param.NewReader(param.Values{"kind": given}, param.Texts)
		got, err := r.RequiredChoice("kind", []string{"a", "b"}, "A kind."), r.Close()
		if got != c.want || (err == nil) != (c.wrong == "") || err != nil && err.Error() != c.wrong {
			t.Errorf("%q: %q, %v, want %q, %q", given, got, err, c.want, c.wrong)
		}
	}
}

// TestDeclare: what was listed is read as it was declared.
func TestDeclare(t *testing.T) {
	list := param.List(func(r *param.Reader) { readAll(r) })
	r := param.NewReader(param.Values{"attribute": "x", "needed": "2", "integer": "5", "object": "b"}, param.Texts)
	got := r.Declare(list)
	want := param.Values{"attribute": "x", "needed": 2.0, "integer": 5, "object": param.Values{"kind": "b"}}
	if err := r.Close(); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	if !reflect.DeepEqual(r.Declared(), list) {
		t.Error("what is declared differs from the list")
	}
}

// TestListing: a list needs no values, and what is read meanwhile is the default.
func TestListing(t *testing.T) {
	var read all
	param.List(func(r *param.Reader) { read = readAll(r) })
	want := defaults()
	want.Attribute, want.Needed = "", 0
	if !reflect.DeepEqual(read, want) {
		t.Errorf("%+v\nwant %+v", read, want)
	}
	if r := param.NewReader(nil, param.Typed); r.Close() != nil {
		t.Error("a reader of nothing fails")
	}
	r := param.NewReader(param.Values{"x": 1}, param.Typed)
	if err := r.Close(); err == nil || err.Error() != "x: unknown name (there are none)" {
		t.Errorf("error is %v", err)
	}
	empty := param.NewReader(param.Values{"nothing": "text"}, param.Typed)
	param.Object(empty, "nothing", "No fields.", func(*param.Reader) int { return 0 })
	if err := empty.Close(); err == nil || err.Error() != "nothing: text, want a text, or an object with " {
		t.Errorf("error is %v", err)
	}
}

func TestWords(t *testing.T) {
	list := param.List(func(r *param.Reader) { readAll(r) })
	for name, c := range map[string]struct{ help, markdown, text string }{
		"attribute": {help: "An attribute.", markdown: "the name of an attribute"},
		"choice":    {help: "A choice. One of `a`, `b`; default `a`.", markdown: "one of `a`, `b`", text: "a"},
		"number":    {help: "A number. A number from 0 to 1; default `0.5`.", markdown: "a number from 0 to 1", text: "0.5"},
		"share":     {help: "A share. A number from 0 to 1, or `balanced`; default `0.25`.", markdown: "a number from 0 to 1, or `balanced`", text: "0.25"},
		"boolean":   {help: "A boolean. Default `true`.", markdown: "true or false", text: "true"},
		"objects":   {help: "Objects. Default `[\"b\"]`.", markdown: "a list, each one of `a`, `b`, or an object with `kind`, `x`, `more`", text: `["b"]`},
	} {
		t.Run(name, func(t *testing.T) {
			for i := range list {
				if p := &list[i]; p.Name == name && (p.Help() != c.help || p.Markdown() != c.markdown || p.DefaultText() != c.text) {
					t.Errorf("%q, %q, %q", p.Help(), p.Markdown(), p.DefaultText())
				}
			}
		})
	}
	each := param.Parameter{Kind: param.KindNumbers}
	if each.Markdown() != "an object of numbers, each finite" {
		t.Error(each.Markdown())
	}
}

func TestRange(t *testing.T) {
	for phrase, c := range map[string]struct {
		in      param.Range
		yes, no []float64
	}{
		"":                                      {in: param.Any(), yes: []float64{-1e300, 0}, no: []float64{math.NaN()}},
		"from 0 to 1":                           {in: param.Between(0, 1), yes: []float64{0, 1}, no: []float64{-1e-300, 1.1}},
		"of 10000000 or more":                   {in: param.AtLeast(1e7), yes: []float64{1e7, 1e300}, no: []float64{9999999}},
		"above 0":                               {in: param.Above(0), yes: []float64{1e-300}, no: []float64{0}},
		"above 0 and at most 1e+100":            {in: param.Above(0).UpTo(1e100), yes: []float64{1e100}, no: []float64{0, 2e100}},
		"above 0 and below 0.5":                 {in: param.Above(0).Below(0.5), yes: []float64{0.25}, no: []float64{0, 0.5}},
		"from 0 to below 1":                     {in: param.AtLeast(0).Below(1), yes: []float64{0}, no: []float64{1}},
		"below 5":                               {in: param.Any().Below(5), yes: []float64{-5}, no: []float64{5}},
		"of at most 5":                          {in: param.Any().UpTo(5), yes: []float64{5}, no: []float64{6}},
		"from 1e+10 to 1.7976931348623157e+308": {in: param.Between(1e10, math.MaxFloat64), yes: []float64{1e10}, no: []float64{math.Inf(1)}},
	} {
		if got := c.in.Phrase(); got != phrase {
			t.Errorf("%q, want %q", got, phrase)
		}
		for _, x := range c.yes {
			if !c.in.Contains(x) {
				t.Errorf("%q does not contain %v", phrase, x)
			}
		}
		for _, x := range c.no {
			if c.in.Contains(x) {
				t.Errorf("%q contains %v", phrase, x)
			}
		}
	}
}

// TestErrorsAreShort: an error shows the value, never all of a long one, and
// nothing that cannot be printed.
func TestErrorsAreShort(t *testing.T) {
	for name, c := range map[string]struct {
		value any
		want  string
	}{
		"word":        {value: "few", want: "few"},
		"two words":   {value: "a few", want: `"a few"`},
		"empty":       {value: "", want: `""`},
		"control":     {value: "a\x00\n", want: `"a\x00\n"`},
		"no UTF-8":    {value: "\xff", want: `"\xff"`},
		"long":        {value: strings.Repeat("€", 100), want: strings.Repeat("€", 66) + "..."},
		"long list":   {value: strings.Split(strings.Repeat("abcdefg ", 100), " "), want: `["abcdefg","abcdefg",`},
		"unprintable": {value: make(chan int), want: "0x"},
		"markup":      {value: []any{"<b>"}, want: `["<b>"]`},
	} {
		t.Run(name, func(t *testing.T) {
			text := (&param.Error{Name: "n", Value: c.value, Want: "w"}).Error()
			if !strings.HasPrefix(text, "n: "+c.want) || len(text) > 250 {
				t.Errorf("%s, want n: %s", text, c.want)
			}
		})
	}
}

func TestSchema(t *testing.T) {
	want := map[string]string{
		"attribute": `{"type":"string"}`,
		"choice":    `{"default":"a","enum":["a","b"],"type":"string"}`,
		"number":    `{"default":0.5,"maximum":1,"minimum":0,"type":"number"}`,
		"word":      `{"default":0,"type":"string"}`,
		"above":     `{"default":1,"exclusiveMinimum":true,"maximum":1e+100,"minimum":0,"type":"number"}`,
		"below":     `{"default":0,"exclusiveMaximum":true,"maximum":1,"minimum":-1,"type":"number"}`,
		"integer":   `{"default":10,"maximum":100,"minimum":1,"type":"integer"}`,
		"boolean":   `{"default":false,"type":"boolean"}`,
		"duration":  `{"type":"string"}`,
	}
	for name, schema := range want {
		got, err := json.Marshal(sample(t, name).Schema())
		if err != nil || string(got) != schema {
			t.Errorf("%s: %s, %v, want %s", name, got, err, schema)
		}
	}
}

// TestJSON holds the form in which parameters are listed over REST.
func TestJSON(t *testing.T) {
	for name, want := range map[string]string{
		"number":    `{"name":"number","kind":"number","required":false,"description":"A number.","default":0.5,"minimum":0,"maximum":1}`,
		"boolean":   `{"name":"boolean","kind":"boolean","required":false,"description":"A boolean.","default":false}`,
		"attribute": `{"name":"attribute","kind":"attribute","required":false,"description":"An attribute."}`,
		"above":     `{"name":"above","kind":"number","required":false,"description":"A number above 0.","default":1,"minimum":0,"maximum":1e+100,"exclusive_minimum":true}`,
	} {
		got, err := json.Marshal(sample(t, name))
		if err != nil || string(got) != want {
			t.Errorf("%s, %v, want %s", got, err, want)
		}
	}
}
