package model_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
)

func TestDefinitionValidate(t *testing.T) {
	options := func(name string, v any) map[string]any { return map[string]any{name: v} }
	for _, c := range []struct {
		name string
		def  model.Definition
		want []string // parts of the error; none means valid
	}{
		{name: "least", def: model.Definition{Name: "a", Type: "hba"}},
		{name: "all options", def: model.Definition{Name: "a-B_9", Type: "hba", Inputs: []string{"s*", "t/[ab]"}, Options: map[string]any{"bins": "static", "count": 20, "smoothing": 0.2, "min_rows": 0}}},
		{name: "empty name", def: model.Definition{Type: "hba"}, want: []string{"name", `""`}},
		{name: "name with a dot", def: model.Definition{Name: "a.b", Type: "hba"}, want: []string{"name", `"a.b"`}},
		{name: "long name", def: model.Definition{Name: strings.Repeat("a", 101), Type: "hba"}, want: []string{"name"}},
		{name: "unknown type", def: model.Definition{Name: "a", Type: "hbo"}, want: []string{`"a"`, `"hbo"`, "hba"}},
		{name: "target without use", def: model.Definition{Name: "a", Type: "hba", Target: "y"}, want: []string{"target", `"y"`}},
		{name: "empty input", def: model.Definition{Name: "a", Type: "hba", Inputs: []string{"x", ""}}, want: []string{"inputs.1", `""`}},
		{name: "broken pattern", def: model.Definition{Name: "a", Type: "hba", Inputs: []string{"s[1-"}}, want: []string{"inputs.0", `"s[1-"`}},
		{name: "unknown option", def: model.Definition{Name: "a", Type: "hba", Options: options("bin", 3)}, want: []string{"options.bin", "bins, count, smoothing, min_rows"}},
		{name: "bins of no kind", def: model.Definition{Name: "a", Type: "hba", Options: options("bins", "few")}, want: []string{"options.bins", "few", "auto, static, dynamic"}},
		{name: "count as text", def: model.Definition{Name: "a", Type: "hba", Options: options("count", "ten")}, want: []string{"options.count", "ten"}},
		{name: "count too low", def: model.Definition{Name: "a", Type: "hba", Options: options("count", 1)}, want: []string{"options.count", "1"}},
		{name: "count too high", def: model.Definition{Name: "a", Type: "hba", Options: options("count", 1001)}, want: []string{"options.count", "1001"}},
		{name: "count not whole", def: model.Definition{Name: "a", Type: "hba", Options: options("count", 10.5)}, want: []string{"options.count", "10.5"}},
		{name: "smoothing of none", def: model.Definition{Name: "a", Type: "hba", Options: options("smoothing", 0)}, want: []string{"options.smoothing", "0"}},
		{name: "negative min_rows", def: model.Definition{Name: "a", Type: "hba", Options: options("min_rows", -1)}, want: []string{"options.min_rows", "-1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := catalogue.All().Validate(&c.def)
			if len(c.want) == 0 {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if !errors.Is(err, model.ErrDefinition) {
				t.Fatalf("error is %v, want one that wraps ErrDefinition", err)
			}
			for _, part := range c.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("error %q lacks %q", err, part)
				}
			}
		})
	}
}

// TestDefinitionEncode holds the stored bytes, literally.
func TestDefinitionEncode(t *testing.T) {
	d := model.Definition{Name: "m", Type: "hba", Inputs: []string{"b", "a"}, Options: map[string]any{"smoothing": 0.5, "bins": "static", "count": 20}}
	const want = `{"name":"m","type":"hba","inputs":["b","a"],"options":{"bins":"static","count":20,"smoothing":0.5}}`
	for range 20 { // the order of a map differs from one look to the next
		got, err := d.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Fatalf("encoded as %s, want %s", got, want)
		}
	}
	back, err := catalogue.All().Decode([]byte(want))
	if err != nil {
		t.Fatal(err)
	}
	again, err := back.Encode()
	if err != nil || string(again) != want {
		t.Errorf("encoded again as %s, %v, want %s", again, err, want)
	}
}

func TestDecodeDefinitionRefuses(t *testing.T) {
	for _, c := range []struct{ name, data, want string }{
		{name: "nothing", data: ``, want: "EOF"},
		{name: "no JSON", data: `name: m`, want: "invalid character"},
		{name: "unknown field", data: `{"name":"m","type":"hba","kind":1}`, want: "kind"},
		{name: "wrong type", data: `{"name":1,"type":"hba"}`, want: "name"},
		{name: "trailing bytes", data: `{"name":"m","type":"hba"}{}`, want: "trailing"},
		{name: "invalid definition", data: `{"name":"m","type":"none"}`, want: `"none"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := catalogue.All().Decode([]byte(c.data)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want one with %q", err, c.want)
			}
		})
	}
}

// FuzzDecodeDefinition: no panic; what is accepted is valid, and encoding and
// decoding it again changes nothing.
func FuzzDecodeDefinition(f *testing.F) {
	f.Add([]byte(`{"name":"m","type":"hba","inputs":["s*"],"options":{"bins":"static","count":20}}`))
	f.Add([]byte(`{"name":"m","type":"hba","options":{"count":1e999}}`))
	f.Add([]byte(`{"name":"m","type":"hba"}x`))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := catalogue.All().Decode(data)
		if err != nil {
			return
		}
		once, err := d.Encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := catalogue.All().Decode(once)
		if err != nil {
			t.Fatalf("decode of %s: %v", once, err)
		}
		if twice, err := back.Encode(); err != nil || string(twice) != string(once) {
			t.Fatalf("%s became %s, %v", once, twice, err)
		}
	})
}

// TestCatalogue checks what every row must have to be usable by its row alone.
func TestCatalogue(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range catalogue.All() {
		t.Run(e.Type, func(t *testing.T) {
			if e.Type == "" || e.Summary == "" || seen[e.Type] {
				t.Errorf("type %q is unnamed, undescribed or there twice", e.Type)
			}
			seen[e.Type] = true
			defaults := map[string]any{}
			for _, o := range e.Options() {
				if o.Default != nil {
					defaults[o.Name] = o.Default
				}
			}
			d := model.Definition{Name: "m", Type: e.Type, Options: defaults}
			if e.Target {
				d.Target = "y"
			}
			if err := catalogue.All().Validate(&d); err != nil {
				t.Errorf("the defaults are refused: %v", err)
			}
		})
	}
}
