package jsonedit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// insertCases are documents before and after a value, written as V, is inserted at a
// path.
var insertCases = []struct {
	name, doc string
	path      []string
	want      string
}{
	{"appended", `{"s1": 1.50}`, []string{"sml", "hba1"}, `{"s1": 1.50,"sml":{"hba1":V}}`},
	{"empty object", `{}`, []string{"a"}, `{"a":V}`},
	{"blank object", " { }\n", []string{"a"}, " {\"a\":V }\n"},
	{"layout is kept", "{\n  \"s1\": 1\n}\n", []string{"a"}, "{\n  \"s1\": 1,\"a\":V\n}\n"},
	{"replaced", `{"a" : {"x":[1,"}"]} ,"b":2}`, []string{"a"}, `{"a" : V ,"b":2}`},
	{"beside", `{"sml":{"m1":{"score":1}},"b":2}`, []string{"sml", "m2"}, `{"sml":{"m1":{"score":1},"m2":V},"b":2}`},
	{"into an empty object", `{"sml":{ },"b":2}`, []string{"sml", "m2"}, `{"sml":{"m2":V },"b":2}`},
	{"replaced inside", `{"sml":{"m1":{"score":1},"m2":0}}`, []string{"sml", "m1"}, `{"sml":{"m1":V,"m2":0}}`},
	{"three levels", `{"a":{"b":{}}}`, []string{"a", "b", "c"}, `{"a":{"b":{"c":V}}}`},
	{"two new levels", `{"a":{"x":1}}`, []string{"a", "b", "c"}, `{"a":{"x":1,"b":{"c":V}}}`},
	{"last duplicate", `{"a":1,"a":2}`, []string{"a"}, `{"a":1,"a":V}`},
	{"name as a value", `{"x":"sml","y":["sml"],"z":{"sml":1}}`, []string{"sml"}, `{"x":"sml","y":["sml"],"z":{"sml":1},"sml":V}`},
	{"name within a name", `{"xsml":1,"smlx":2}`, []string{"sml"}, `{"xsml":1,"smlx":2,"sml":V}`},
	{"key with an escape in the document", `{"\u0073ml":1}`, []string{"sml"}, `{"\u0073ml":V}`},
	{"key that needs escapes", `{"a\"b":1}`, []string{"a\"b"}, `{"a\"b":V}`},
	{"new key that needs escapes", `{"x":1}`, []string{"a\"\\\n\x01é"}, `{"x":1,"a\"\\\u000a\u0001é":V}`},
	{"key that is not UTF-8", `{"x":1}`, []string{"\xff"}, `{"x":1,"` + "\uFFFD" + `":V}`},
	{"empty key", `{"":1}`, []string{""}, `{"":V}`},
	{"quote before a brace", `{"a":"\"}"}`, []string{"b"}, `{"a":"\"}","b":V}`},
}

func TestInsert(t *testing.T) {
	for _, test := range insertCases {
		t.Run(test.name, func(t *testing.T) {
			const value = `{"score":12.3}`
			want := strings.ReplaceAll(test.want, "V", value)
			doc := []byte(test.doc)
			got, err := AppendInsert([]byte("before"), doc, test.path, []byte(value))
			if err != nil || string(got) != "before"+want {
				t.Errorf("%s, %v, want %s", got, err, want)
			}
			if string(doc) != test.doc {
				t.Errorf("the document became %s", doc)
			}
			if !json.Valid([]byte(want)) {
				t.Errorf("%s is not JSON", want)
			}
			again, err := AppendInsert(nil, []byte(want), test.path, []byte(value))
			if err != nil || string(again) != want {
				t.Errorf("again: %s, %v, want %s", again, err, want)
			}
			var parsed any
			if err := json.Unmarshal(doc, &parsed); err != nil {
				t.Fatal(err)
			}
			if err := SetValue(parsed, test.path, []byte(value)); err != nil {
				t.Fatal(err)
			}
			var wanted any
			if err := json.Unmarshal([]byte(want), &wanted); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(test.name, "UTF-8") {
				return // structured keys stay as they are
			}
			if !reflect.DeepEqual(parsed, wanted) {
				t.Errorf("structured: %v, want %v", parsed, wanted)
			}
		})
	}
}

func TestInsertErrors(t *testing.T) {
	tests := []struct {
		name, doc string
		path      []string
		want      string
		notObject bool
	}{
		{"no path", `{}`, nil, "path is empty", false},
		{"array", `[1]`, []string{"a"}, "document is not an object", true},
		{"null", `null`, []string{"a"}, "document is not an object", true},
		{"number", `1`, []string{"a"}, "document is not an object", true},
		{"number on the way", `{"a":1}`, []string{"a", "b"}, `value at ["a"] is not an object`, true},
		{"null on the way", `{"a":{"b":null}}`, []string{"a", "b", "c"}, `value at ["a" "b"] is not an object`, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dst := []byte("before")
			got, err := AppendInsert(dst, []byte(test.doc), test.path, []byte("1"))
			if err == nil || err.Error() != test.want || errors.Is(err, errNotObject) != test.notObject {
				t.Errorf("error %v, want %q", err, test.want)
			}
			if string(got) != "before" {
				t.Errorf("dst became %s", got)
			}
			var parsed any
			if err := json.Unmarshal([]byte(test.doc), &parsed); err != nil {
				t.Fatal(err)
			}
			if err := SetValue(parsed, test.path, []byte("1")); err == nil || err.Error() != test.want {
				t.Errorf("structured: error %v, want %q", err, test.want)
			}
			if after, _ := json.Marshal(parsed); string(after) != test.doc {
				t.Errorf("the structured document became %s", after)
			}
		})
	}
	if err := SetValue(map[string]any{}, []string{"a"}, []byte("{")); err == nil {
		t.Error("a value that is not JSON is taken")
	}
	if _, err := AppendInsert(nil, []byte(``), []string{"a"}, []byte("1")); !errors.Is(err, errNotObject) {
		t.Errorf("empty document: error %v", err)
	}
}

func TestInsertDamaged(t *testing.T) {
	for _, doc := range []string{`{"a}`, `{"a"}`, `{"a":}`, `{"a":1 2}`, `{a:1,"a"}`, `{"a":{"b":[}`, `{"a":"\}`, `{"a",}`, `{"a":[{]}}`, `{"a":{"b":A}}`} {
		out, err := AppendInsert(nil, []byte(doc), []string{"a", "b"}, []byte("1"))
		if err == nil && json.Valid(out) {
			t.Errorf("%s became %s", doc, out)
		}
	}
}

// FuzzInsert: nothing panics. Of a JSON object the result is an error that
// wraps errNotObject, or JSON that means what the document means with the value
// at the path, and consists of the document with one stretch replaced. Of
// anything else it is an error or no JSON.
func FuzzInsert(f *testing.F) {
	f.Add([]byte(`{"a":{"b":1}}`), "a", "b")
	f.Add([]byte(` {"x":"a", "\u0061" : { } } `), "a", "b")
	f.Add([]byte(`{"a":1,"a":{"b":[2]}}`), "a", "")
	f.Add([]byte(`[{}]`), "a", "b")
	f.Add([]byte(`{"a":1}{"b":2}`), "c", "d")
	f.Fuzz(func(t *testing.T, doc []byte, first, second string) {
		const value = `{"v":[1,"}"]}`
		path := []string{first, second}
		out, err := AppendInsert(nil, doc, path, []byte(value))
		var m map[string]any
		if json.Unmarshal(doc, &m) != nil || m == nil {
			if err == nil && json.Valid(out) {
				t.Fatalf("%q became %q", doc, out)
			}
			return
		}
		if strings.ToValidUTF8(first, "")+strings.ToValidUTF8(second, "") != first+second {
			return
		}
		want := SetValue(m, path, []byte(value))
		if (err == nil) != (want == nil) || err != nil && !errors.Is(err, errNotObject) {
			t.Fatalf("%q: error %v, structured %v", doc, err, want)
		}
		if err != nil {
			return
		}
		var got map[string]any
		if err := json.Unmarshal(out, &got); err != nil {
			t.Fatalf("%q became %q: %v", doc, out, err)
		}
		if !reflect.DeepEqual(got, m) {
			t.Fatalf("%q became %q", doc, out)
		}
		at := 0
		for at < len(doc) && at < len(out) && doc[at] == out[at] {
			at++
		}
		rest := 0
		for rest < len(doc)-at && doc[len(doc)-1-rest] == out[len(out)-1-rest] {
			rest++
		}
		if !bytes.Equal(doc[:at], out[:at]) || !bytes.Equal(doc[len(doc)-rest:], out[len(out)-rest:]) {
			t.Fatalf("%q became %q", doc, out)
		}
	})
}

func ExampleAppendInsert() {
	doc := []byte(`{"s1": 1.50, "s2": 2}`)
	out, err := AppendInsert(nil, doc, []string{"sml", "hba1"}, []byte(`{"score":3}`))
	fmt.Println(string(out), err)
	// Output: {"s1": 1.50, "s2": 2,"sml":{"hba1":{"score":3}}} <nil>
}

func BenchmarkAppendInsert(b *testing.B) {
	flat := `{"s1":-12.34567,"s2":45.12345,"s3":0.55512,"s4":-7.00012,"s5":101.99999,"s6":3.14159,"s7":-2.71828,"s8":1.41421,"s9":9.80665}`
	value := []byte(`{"score":12.3456789,"quantile":0.997,"threshold":20.5,"is_anomaly":false}`)
	path := []string{"sml", "hba1"}
	docs := []struct{ name, doc string }{
		{"append", flat},
		{"append to a document with escapes", flat[:len(flat)-1] + `,"c":"a\n"}`},
		{"beside", flat[:len(flat)-1] + `,"sml":{"other":{"score":1}}}`},
	}
	for _, d := range docs {
		b.Run(d.name, func(b *testing.B) {
			doc, dst := []byte(d.doc), make([]byte, 0, 1024)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := AppendInsert(dst[:0], doc, path, value); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("encoding/json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var m map[string]any
			if err := json.Unmarshal([]byte(flat), &m); err != nil {
				b.Fatal(err)
			}
			if err := SetValue(m, path, value); err != nil {
				b.Fatal(err)
			}
			if _, err := json.Marshal(m); err != nil {
				b.Fatal(err)
			}
		}
	})
}
