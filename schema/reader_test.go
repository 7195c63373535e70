package schema

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"
)

// valueCases are documents from which a schema grows, and the rows they become.
var valueCases = []struct {
	name   string
	config Config
	docs   []string
	schema string
	rows   string
}{
	{
		name:   "inferred",
		docs:   []string{`{"n":1.5,"b":true,"c":"up","z":null,"o":{"x":1},"a":[1]}`, `{"n":-0,"b":false,"c":"down"}`},
		schema: "n:continuous b:binary c:categorical(up,down)",
		rows:   "n=1.5 b=1 c=up; n=0 b=0 c=down",
	},
	{
		name:   "settled by the first value that is not null",
		docs:   []string{`{"a":null}`, `{"a":null,"b":1}`, `{"a":2}`},
		schema: "b:continuous a:continuous",
		rows:   "; b=1; a=2",
	},
	{
		name:   "missing",
		docs:   []string{`{"n":1,"c":"x"}`, `{}`, `{"n":null,"c":null}`},
		schema: "n:continuous c:categorical(x)",
		rows:   "n=1 c=x; ; ",
	},
	{
		name:   "numbers as binary",
		docs:   []string{`{"b":true}`, `{"b":0}`, `{"b":1.0}`},
		schema: "b:binary",
		rows:   "b=1; b=0; b=1",
	},
	{
		name:   "declared continuous takes numerals and truth values",
		config: Config{Attributes: map[string]string{"n": "continuous"}},
		docs:   []string{`{"n":"1e2"}`, `{"n":" -0.5 "}`, `{"n":true}`, `{"n":""}`, `{"n":false}`},
		schema: "n:continuous",
		rows:   "n=100; n=-0.5; n=1; ; n=0",
	},
	{
		name:   "declared binary takes strings",
		config: Config{Attributes: map[string]string{"b": "binary"}},
		docs:   []string{`{"b":"1"}`, `{"b":"false"}`, `{"b":"true"}`, `{"b":0}`},
		schema: "b:binary",
		rows:   "b=1; b=0; b=1; b=0",
	},
	{
		name:   "categories out of numbers and truth values",
		config: Config{Attributes: map[string]string{"c": "categorical"}},
		docs:   []string{`{"c":1}`, `{"c":1.0}`, `{"c":100e-2}`, `{"c":true}`, `{"c":-0}`, `{"c":12345678901234567890}`, `{"c":2.50}`, `{"c":1e-9}`},
		schema: "c:categorical(1,true,0,12345678901234567890,2.5,1e-09)",
		rows:   "c=1; c=1; c=1; c=true; c=0; c=12345678901234567890; c=2.5; c=1e-09",
	},
	{
		name:   "lists",
		config: Config{Attributes: map[string]string{"l": "list"}, Separator: "|"},
		docs:   []string{`{"l":["b","a","b",null,7,true,2.5]}`, `{"l":"a| c |"}`, `{"l":[]}`, `{"l":null}`, `{"l":4}`},
		schema: "l:list(b,a,7,true,2.5,c,4)",
		rows:   "l=[b,a,7,true,2.5]; l=[a,c]; l=[]; ; l=[4]",
	},
	{
		name:   "list without a separator",
		config: Config{Attributes: map[string]string{"l": "list"}},
		docs:   []string{`{"l":"a|b"}`},
		schema: "l:list(a|b)",
		rows:   "l=[a|b]",
	},
	{
		name:   "empty list first",
		config: Config{Attributes: map[string]string{"l": "list"}},
		docs:   []string{`{"l":[]}`},
		schema: "l:list",
		rows:   "l=[]",
	},
	{
		name:   "timestamps",
		config: Config{Attributes: map[string]string{"t": "timestamp"}},
		// date -u -d 2026-01-02T03:04:05Z +%s gives 1767323045.
		docs:   []string{`{"t":"2026-01-02T03:04:05.25Z"}`, `{"t":"2026-01-02T04:04:05+01:00"}`, `{"t":12.5}`, `{"t":"13"}`},
		schema: "t:timestamp",
		rows:   "t=1.76732304525e+09; t=1.767323045e+09; t=12.5; t=13",
	},
	{
		name:   "ignored, whatever it is",
		config: Config{Attributes: map[string]string{"x": "ignore", "tmp_*": "-"}},
		docs:   []string{`{"x":1,"tmp_a":"q","y":2}`, `{"x":{"deep":[1]},"tmp_b":[],"y":3}`},
		schema: "y:continuous",
		rows:   "y=2; y=3",
	},
	{
		name:   "nested by path",
		config: Config{Attributes: map[string]string{"motor.temp": "continuous", "motor.state.name": "categorical"}},
		docs:   []string{`{"motor":{"temp":80,"other":1,"state":{"name":"run","x":1}},"sml":{"score":1}}`, `{"motor":5}`, `{"motor":null}`},
		schema: "motor.temp:continuous motor.state.name:categorical(run) motor:continuous",
		rows:   "motor.temp=80 motor.state.name=run; motor=5; ",
	},
	{
		name:   "nested by pattern",
		config: Config{Attributes: map[string]string{"motor.*": "continuous", "motor.id": "ignore"}},
		docs:   []string{`{"motor":{"temp":80,"id":7,"in":{"deep":1}},"pump":{"temp":3}}`},
		schema: "motor.temp:continuous motor.in.deep:continuous",
		rows:   "motor.temp=80 motor.in.deep=1",
	},
	{
		name:   "a key with a dot is the same attribute as the path",
		config: Config{Attributes: map[string]string{"m.t": "continuous"}},
		docs:   []string{`{"m.t":1}`, `{"m":{"t":2}}`},
		schema: "m.t:continuous",
		rows:   "m.t=1; m.t=2",
	},
	{
		name:   "longest pattern wins, exact name before",
		config: Config{Attributes: map[string]string{"s*": "ignore", "sensor_*": "categorical", "sensor_1": "continuous"}},
		docs:   []string{`{"state":1,"sensor_1":2,"sensor_2":3}`},
		schema: "sensor_1:continuous sensor_2:categorical(3)",
		rows:   "sensor_1=2 sensor_2=3",
	},
	{
		name:   "bound on categories",
		config: Config{Limits: Limits{MaxCategories: 2}},
		docs:   []string{`{"c":"a"}`, `{"c":"b"}`, `{"c":"c"}`},
		schema: "c:categorical(a,b)",
		rows:   "c=a; c=b; c=<other>",
	},
	{
		name:   "long category",
		docs:   []string{`{"c":"` + strings.Repeat("x", maxValueBytes+1) + `"}`, `{"c":"` + strings.Repeat("y", maxValueBytes*7) + `"}`},
		schema: "c:categorical",
		rows:   "c=<other>; c=<other>",
	},
	{
		name: "hash buckets",
		// FNV-1a of "a" is af63dc4c8601ec8c and of "foobar" 85944171f73967e8
		// (test vectors of the authors), modulo 10 that is 6 and 8.
		config: Config{HashBuckets: map[string]int{"c": 10}},
		docs:   []string{`{"c":"a"}`, `{"c":"foobar"}`},
		schema: "c:categorical(#6,#8)",
		rows:   "c=#6; c=#8",
	},
	{
		name:   "short form",
		config: Config{Types: "C, B,S,T,X,L", Order: []string{"a", "b", "c", "d", "e", "f"}},
		docs:   []string{`{"a":"1","b":1,"c":2,"d":"x","e":3,"f":"y"}`},
		schema: "a:continuous b:binary c:categorical(2) d:categorical(x) f:list(y)",
		rows:   "a=1 b=1 c=2 d=x f=[y]",
	},
	{
		name:   "odd keys",
		docs:   []string{`{"a\"b":2,"k\u00e9y":3,"kéy2":"é\n","tab\t":4}`},
		schema: "a\"b:continuous kéy:continuous kéy2:categorical(é\n) tab\t:continuous",
		rows:   "a\"b=2 kéy=3 kéy2=é\n tab\t=4",
	},
}

// TestReadValues reads documents both as bytes and as structured values: first
// to grow the schema, then to encode.
func TestReadValues(t *testing.T) {
	for _, test := range valueCases {
		t.Run(test.name, func(t *testing.T) {
			r, s := learned(t, rulesOf(t, test.config), test.docs...)
			if got := showAttributes(s.Attributes()); got != test.schema {
				t.Fatalf("schema %s, want %s", got, test.schema)
			}
			fromBytes, structured := &Block{}, &Block{}
			fromBytes.Reset(s)
			structured.Reset(s)
			for _, doc := range test.docs {
				if err := r.ReadJSON([]byte(doc), fromBytes); err != nil {
					t.Fatal(err)
				}
				decoder := json.NewDecoder(strings.NewReader(doc))
				decoder.UseNumber()
				var v any
				if err := decoder.Decode(&v); err != nil {
					t.Fatal(err)
				}
				if err := r.ReadStructured(v, structured); err != nil {
					t.Fatal(err)
				}
			}
			if got := show(s, fromBytes); got != test.rows {
				t.Errorf("rows %q, want %q", got, test.rows)
			}
			if a, b := show(s, structured), show(s, fromBytes); a != b {
				t.Errorf("structured rows %q, from bytes %q", a, b)
			}
			if g := r.Growth(); !g.Empty() {
				t.Errorf("growth after growing: %+v", g)
			}
		})
	}
}

// errorCases are documents that do not fit the schema of [TestReadErrors].
var errorCases = []struct{ name, doc, want string }{
	{"string for a number", `{"s1":"abc"}`, `attribute "s1": value "abc" is a string, not a number (declare it as attributes: { s1: categorical } to learn strings)`},
	{"name in quotes", `{"odd name":"abc"}`, `{ "odd name": categorical }`},
	{"numeral for an inferred number", `{"s1":"12"}`, `value "12" is a string, not a number`},
	{"long string", `{"s1":"` + strings.Repeat("é", 100) + `"}`, `value "` + strings.Repeat("é", 30) + `..." is a string`},
	{"no numeral", `{"d1":"abc"}`, `attribute "d1": value "abc" is a string, not a number`},
	{"named number", `{"d1":"NaN"}`, `attribute "d1": value "NaN" is a string`},
	{"hexadecimal numeral", `{"d1":"0x10"}`, `value "0x10"`},
	{"numeral out of range", `{"d1":"1e999"}`, `attribute "d1": number 1e999 is out of range`},
	{"two points", `{"d1":"1.2.3"}`, `value "1.2.3"`},
	{"truth value for an inferred number", `{"s1":true}`, `attribute "s1": value true is a truth value, not a number`},
	{"number out of range", `{"s1":1e999}`, `attribute "s1": number 1e999 is out of range`},
	{"category out of range", `{"c1":-1e999}`, `attribute "c1": number -1e999 is out of range`},
	{"new attribute out of range", `{"new":1e999}`, `attribute "new": number 1e999 is out of range`},
	{"number that is not binary", `{"b1":2}`, `attribute "b1": value 2 is neither 0 nor 1`},
	{"string that is not binary", `{"b1":"yes"}`, `attribute "b1": value "yes" is a string, not true, false, 0 or 1`},
	{"object", `{"s1":{"a":1}}`, `attribute "s1": value is an object, but the attribute is continuous`},
	{"array", `{"c1":["x"]}`, `attribute "c1": value is an array, but the attribute is categorical`},
	{"object in a list", `{"l1":["x",{}]}`, `attribute "l1": the list holds an object`},
	{"array in a list", `{"l1":[[]]}`, `attribute "l1": the list holds an array`},
	{"list member out of range", `{"l1":[1e999]}`, `attribute "l1": number 1e999 is out of range`},
	{"long list", `{"l1":"` + strings.Repeat("a", maxListBytes+1) + `"}`, `attribute "l1": list is a string of 1048577 bytes, at most 1048576 are split`},
	{"no time", `{"t1":"yesterday"}`, `attribute "t1": value "yesterday" is neither a number nor an RFC 3339 time`},
	{"truth value for a time", `{"t1":true}`, `attribute "t1": value true is a truth value`},
	{"nested", `{"m":{"t":"abc"}}`, `attribute "m.t": value "abc" is a string`},
	{"long key", `{"` + strings.Repeat("k", maxNameBytes+1) + `":1}`, `has more than 1000 bytes`},
	{"bad value that a duplicate replaces", `{"s1":"abc","s1":1}`, `attribute "s1": value "abc"`},
	{"empty", "", "document is empty"},
	{"blank", " \n", "document is empty"},
	{"array document", "[1]", "document is an array, not an object"},
	{"string document", `"a"`, "document is a string, not an object"},
	{"number document", "-1", "document is a number, not an object"},
	{"null document", "null", "document is null, not an object"},
	{"truth value document", "true", "document is a truth value, not an object"},
	{"no JSON", "hello", `invalid JSON at byte 0: "hello" is found where a value is expected`},
	{"cut", `{"s1":1`, "invalid JSON: the document ends after 7 bytes where ',' or '}' is expected"},
	{"trailing", `{"s1":1} x`, `invalid JSON at byte 9: "x" is found where the end of the document is expected`},
	{"trailing comma", `{"s1":1,}`, "where a key in quotes is expected"},
	{"leading zero", `{"s1":01}`, "invalid JSON at byte 6"},
	{"control character in an ignored string", "{\"z\":[\"a\tb\"]}", "invalid JSON at byte 8"},
	{"bad escape", `{"s1":"\x"}`, "invalid JSON at byte 7"},
	{"empty key", `{"s1":1,"":2}`, "document has a key that is empty"},
	{"bare word", `{"s1":nul}`, "where null is expected"},
}

func TestReadErrors(t *testing.T) {
	schema := schemaOf(t,
		Attribute{Name: "s1", Kind: Continuous},
		Attribute{Name: "d1", Kind: Continuous, Declared: true},
		Attribute{Name: "b1", Kind: Binary},
		Attribute{Name: "c1", Kind: Categorical, Values: []string{"x"}},
		Attribute{Name: "l1", Kind: List, Separator: "|"},
		Attribute{Name: "t1", Kind: Timestamp, Declared: true},
		Attribute{Name: "m.t", Kind: Continuous, Nested: true},
		Attribute{Name: "odd name", Kind: Continuous},
	)
	for _, test := range errorCases {
		t.Run(test.name, func(t *testing.T) {
			r := NewReader(nil)
			r.SetSchema(schema)
			block := &Block{}
			block.Reset(schema)
			if err := r.ReadJSON([]byte(`{"s1":1,"l1":["q"],"c1":"x"}`), block); err != nil {
				t.Fatal(err)
			}
			before := fmt.Sprint(block.N, len(block.Values), len(block.Codes), len(block.Sets), len(block.members))
			growth := fmt.Sprint(r.Growth().Attributes)
			// What is new in a document with an error must not be collected.
			doc := strings.Replace(test.doc, `{"`, `{"fresh":1,"c1":"fresh","`, 1)
			checkError(t, r.ReadJSON([]byte(test.doc), block), test.want)
			if err := r.ReadJSON([]byte(doc), block); err == nil {
				t.Errorf("no error for %s", doc)
			}
			if after := fmt.Sprint(block.N, len(block.Values), len(block.Codes), len(block.Sets), len(block.members)); after != before {
				t.Errorf("block is %s, was %s", after, before)
			}
			if g := fmt.Sprint(r.Growth().Attributes); g != growth {
				t.Errorf("growth %s, was %s", g, growth)
			}
		})
	}
}

// structuredTime is a time as a value.
var structuredTime = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// structuredCases are documents of Go values, read with the schema of
// [TestReadStructuredTypes].
var structuredCases = []struct {
	name string
	doc  any
	rows string
	want string
}{
	{name: "float64", doc: map[string]any{"n": 1.5, "c": 2.5}, rows: "n=1.5 c=2.5"},
	{name: "float32", doc: map[string]any{"n": float32(1.5), "c": float32(2.5)}, rows: "n=1.5 c=2.5"},
	{name: "int", doc: map[string]any{"n": 7, "c": 7}, rows: "n=7 c=7"},
	{name: "int64", doc: map[string]any{"n": int64(7), "c": int64(7)}, rows: "n=7 c=7"},
	{name: "int32", doc: map[string]any{"n": int32(7), "c": int32(7)}, rows: "n=7 c=7"},
	{name: "int16", doc: map[string]any{"n": int16(7), "c": int16(7)}, rows: "n=7 c=7"},
	{name: "int8", doc: map[string]any{"n": int8(7), "c": int8(7)}, rows: "n=7 c=7"},
	{name: "uint", doc: map[string]any{"n": uint(7), "c": uint(7)}, rows: "n=7 c=7"},
	{name: "uint64", doc: map[string]any{"n": uint64(7), "c": uint64(7)}, rows: "n=7 c=7"},
	{name: "uint32", doc: map[string]any{"n": uint32(7), "c": uint32(7)}, rows: "n=7 c=7"},
	{name: "uint16", doc: map[string]any{"n": uint16(7), "c": uint16(7)}, rows: "n=7 c=7"},
	{name: "uint8", doc: map[string]any{"n": uint8(7), "c": uint8(7)}, rows: "n=7 c=7"},
	{name: "json.Number", doc: map[string]any{"n": json.Number("7.50"), "c": json.Number("7.0")}, rows: "n=7.5 c=7"},
	{name: "decimal", doc: map[string]any{"n": big.NewRat(5, 2), "c": big.NewRat(5, 2)}, rows: "n=2.5 c=2.5"},
	{name: "duration", doc: map[string]any{"n": 1500 * time.Millisecond}, rows: "n=1.5"},
	{name: "time", doc: map[string]any{"t": structuredTime, "c": structuredTime}, rows: "c=2026-01-02T03:04:05Z t=1.767323045e+09"},
	{name: "bytes", doc: map[string]any{"c": []byte("7")}, rows: "c=7"},
	{name: "backslash stays", doc: map[string]any{"c": `a\n`}, rows: `c=a\n`},
	{name: "no UTF-8", doc: map[string]any{"c": "\xff"}, rows: "c=\uFFFD"},
	{name: "list", doc: map[string]any{"l": []any{int64(7), "a", nil, "a", 7.0}}, rows: "l=[7,a]"},
	{name: "list of strings", doc: map[string]any{"l": []string{"a", "new"}}, rows: "l=[<other>,a]"},
	{name: "unknown keys", doc: map[string]any{"n": 1, "x": map[string]any{}, "y": []any{1}}, rows: "n=1"},
	{name: "NaN", doc: map[string]any{"n": math.NaN()}, want: `attribute "n": value NaN is not finite`},
	{name: "infinity", doc: map[string]any{"n": math.Inf(-1)}, want: `attribute "n": value -Inf is not finite`},
	{name: "infinite float32", doc: map[string]any{"n": float32(math.Inf(1))}, want: `attribute "n": value +Inf is not finite`},
	{name: "infinite list member", doc: map[string]any{"l": []any{math.Inf(1)}}, want: `attribute "l": value +Inf is not finite`},
	{name: "infinite decimal", doc: map[string]any{"n": new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), 2000))}, want: `attribute "n": value +Inf is not finite`},
	{name: "time for a number", doc: map[string]any{"n": structuredTime}, want: `attribute "n": value is a time, but the attribute is continuous`},
	{name: "object in a list", doc: map[string]any{"l": []any{map[string]any{}}}, want: "the list holds an object"},
	{name: "no number", doc: map[string]any{"n": json.Number("1x")}, want: `attribute "n": "1x" is not a number`},
	{name: "number out of range", doc: map[string]any{"n": json.Number("1e999")}, want: "number 1e999 is out of range"},
	{name: "unknown type", doc: map[string]any{"n": struct{}{}}, want: `attribute "n": value is a value of another sort, which cannot be learned`},
	{name: "several bad values", doc: map[string]any{"n": "x", "t": "y"}, want: `attribute "n"`},
	{name: "array", doc: []any{1}, want: "document is an array, not an object"},
	{name: "null", doc: nil, want: "document is null, not an object"},
	{name: "number", doc: 1, want: "document is a number, not an object"},
}

func TestReadStructuredTypes(t *testing.T) {
	schema := schemaOf(t,
		Attribute{Name: "n", Kind: Continuous},
		Attribute{Name: "c", Kind: Categorical, Values: []string{"7", "2.5", "2026-01-02T03:04:05Z", "a\\n", "\uFFFD"}},
		Attribute{Name: "t", Kind: Timestamp},
		Attribute{Name: "l", Kind: List, Values: []string{"7", "a"}},
	)
	for _, test := range structuredCases {
		t.Run(test.name, func(t *testing.T) {
			r := NewReader(nil)
			r.SetSchema(schema)
			block := &Block{}
			block.Reset(schema)
			err := r.ReadStructured(test.doc, block)
			checkError(t, err, test.want)
			if got := show(schema, block); got != test.rows {
				t.Errorf("rows %q, want %q", got, test.rows)
			}
			if wantN := 1; err == nil && block.N != wantN || err != nil && block.N != 0 {
				t.Errorf("block has %d rows", block.N)
			}
		})
	}
}

func TestStructuredTimeBecomesTimestamp(t *testing.T) {
	r := NewReader(nil)
	if err := r.ReadStructured(map[string]any{"at": time.Unix(5, 0)}, &Block{}); err != nil {
		t.Fatal(err)
	}
	if got := showAttributes(r.Growth().Attributes); got != "at:timestamp" {
		t.Errorf("growth %s", got)
	}
}
