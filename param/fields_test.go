package param_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// bound has a variable of every type that can be bound.
type bound struct {
	N      int
	X      float64
	On     bool
	Word   string
	Words  []string
	Span   time.Duration
	Given  bool
	Inside int
}

func (b *bound) bind(f *param.Fields) {
	param.Var(f, &b.N, param.Parameter{Name: "n", Default: 3, Range: param.Between(2, 9).OrZero()})
	param.Var(f, &b.X, param.Parameter{Name: "x", Default: 0.5})
	param.Var(f, &b.On, param.Parameter{Name: "on", Local: true, Default: true})
	param.Var(f, &b.Word, param.Parameter{Name: "word", Kind: param.KindAttribute})
	param.Var(f, &b.Words, param.Parameter{Name: "words"})
	f.Object(param.Parameter{Name: "object"}, &b.Given, func(f *param.Fields) {
		param.Var(f, &b.Span, param.Parameter{Name: "span", Default: "90s", Range: param.Any().OrZero()})
		param.Var(f, &b.Inside, param.Parameter{Name: "inside"})
		if b.Inside > 5 {
			f.Fail("inside", b.Inside, "5 or less")
		}
	})
}

func TestFields(t *testing.T) {
	defaults := bound{N: 3, X: 0.5, On: true, Span: 90 * time.Second}
	for name, c := range map[string]struct {
		given, written, stored, wrong string
		want                          func(*bound)
	}{
		"defaults": {given: `{}`, want: func(*bound) {}, written: `{"n":3,"x":0.5,"on":true,"word":"","words":null}`, stored: `{"n":3,"x":0.5}`},
		"object":   {given: `{"object":{}}`, want: func(b *bound) { b.Given = true }, written: `{"n":3,"x":0.5,"on":true,"word":"","words":null,"object":{"span":"1m30s","inside":0}}`, stored: `{"n":3,"x":0.5,"object":{"span":"1m30s"}}`},
		"all": {
			given:   `{"n":0,"x":2,"on":false,"word":"a","words":["b"],"object":{"span":"0s","inside":4}}`,
			want:    func(b *bound) { *b = bound{X: 2, Word: "a", Words: []string{"b"}, Given: true, Inside: 4} },
			written: `{"n":0,"x":2,"on":false,"word":"a","words":["b"],"object":{"span":"0s","inside":4}}`, stored: `{"x":2,"word":"a","words":["b"],"object":{"inside":4}}`,
		},
		"out of range":   {given: `{"n":1}`, wrong: "n: 1, want a whole number from 2 to 9, or 0"},
		"within":         {given: `{"object":{"span":"-1s"}}`, wrong: "object.span: -1s, want a duration of 0s or more, such as 1h30m"},
		"what is failed": {given: `{"object":{"inside":6}}`, wrong: "object.inside: 6, want 5 or less"},
	} {
		t.Run(name, func(t *testing.T) {
			var given param.Values
			if err := json.Unmarshal([]byte(c.given), &given); err != nil {
				t.Fatal(err)
			}
			r, got := param.NewReader(given, param.Typed), bound{}
			param.Bind(r, got.bind)
			err := r.Close()
			if c.wrong != "" {
				if err == nil || err.Error() != c.wrong {
					t.Errorf("error is %v, want %s", err, c.wrong)
				}
				return
			}
			want := defaults
			c.want(&want)
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Fatalf("%+v, %v, want %+v", got, err, want)
			}
			requireJSON(t, param.Write(got.bind), c.written)
			requireJSON(t, param.WriteStored(got.bind), c.stored)
			stored := param.Values{}
			if err := json.Unmarshal([]byte(c.stored), &stored); err != nil {
				t.Fatal(err)
			}
			r, again := param.NewReader(stored, param.Typed), bound{}
			param.BindStored(r, again.bind)
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
			requireJSON(t, param.WriteStored(again.bind), c.stored)
		})
	}
}

// TestStoredIsStrict: a record has nothing that is local, and no zeros.
func TestStoredIsStrict(t *testing.T) {
	for wrong, given := range map[string]param.Values{
		"on: unknown name (there are n, x, word, words, object)": {"on": true},
		"n: 0, want a whole number from 2 to 9":                  {"n": 0},
	} {
		r, b := param.NewReader(given, param.Typed), bound{}
		param.BindStored(r, b.bind)
		if err := r.Close(); err == nil || err.Error() != wrong {
			t.Errorf("error is %v, want %s", err, wrong)
		}
	}
}

func TestSettings(t *testing.T) {
	b := bound{N: 4, Given: true, Span: time.Minute, Words: []string{"a"}}
	all := param.Write(b.bind)
	if got, want := all.String(), `n 4, x 0, on false, word "", words ["a"], object.span 1m0s, object.inside 0`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	requireJSON(t, all.Shared(), `{"n":4,"x":0,"word":"","words":["a"],"object":{"span":"1m0s","inside":0}}`)
}

func requireJSON(t *testing.T, s param.Settings, want string) {
	t.Helper()
	got, err := json.Marshal(s)
	if err != nil || string(got) != want {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
	var again param.Settings
	if err := json.Unmarshal(got, &again); err != nil {
		t.Fatal(err)
	}
	if text, err := json.Marshal(again); err != nil || string(text) != want {
		t.Errorf("read back: %s, %v, want %s", text, err, want)
	}
}
