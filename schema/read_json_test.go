package schema

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
)

// TestLastDuplicateWins also covers what a duplicate does to nested values.
func TestLastDuplicateWins(t *testing.T) {
	s := schemaOf(t,
		Attribute{Name: "n", Kind: Continuous},
		Attribute{Name: "c", Kind: Categorical, Values: []string{"x", "y"}},
		Attribute{Name: "l", Kind: List, Values: []string{"x", "y"}},
		Attribute{Name: "m.t", Kind: Continuous, Nested: true},
		Attribute{Name: "m.u.v", Kind: Continuous, Nested: true},
	)
	tests := []struct{ name, doc, want string }{
		{"numbers", `{"n":1,"n":2}`, "n=2"},
		{"spelled with an escape", `{"n":1,"\u006e":2}`, "n=2"},
		{"null last", `{"n":1,"n":null}`, ""},
		{"null first", `{"n":null,"n":1}`, "n=1"},
		{"categories", `{"c":"x","c":"y"}`, "c=y"},
		{"lists", `{"l":["x"],"l":["y"]}`, "l=[y]"},
		{"nested object", `{"m":{"t":1,"u":{"v":2}},"m":{"u":{}}}`, ""},
		{"nested object by a number", `{"m":{"t":1},"m":3}`, ""},
		{"inner object", `{"m":{"t":1,"u":{"v":2},"u":{"v":3}}}`, "m.t=1 m.u.v=3"},
		{"path after the dotted key", `{"m.t":1,"m":{"t":2}}`, "m.t=2"},
		{"dotted key after the path", `{"m":{"t":2},"m.t":1}`, "m.t=1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := NewReader(nil)
			r.Collect(false)
			r.SetSchema(s)
			block := &Block{}
			block.Reset(s)
			for range 2 { // the second time with a learned order
				if err := r.ReadJSON([]byte(test.doc), block); err != nil {
					t.Fatal(err)
				}
			}
			if got, want := show(s, block), test.want+"; "+test.want; got != want {
				t.Errorf("rows %q, want %q", got, want)
			}
		})
	}
}

// TestChangingOrder reads documents whose keys come and go in random order.
func TestChangingOrder(t *testing.T) {
	const keys, rows = 12, 2000
	rng := rand.New(rand.NewPCG(3, 5))
	var all []Attribute
	for k := range keys {
		// Names of 1 to 34 bytes, on both sides of every width that readRun
		// compares by.
		all = append(all, Attribute{Name: strings.Repeat("k", 3*k) + string(rune('a'+k)), Kind: Continuous})
	}
	s := schemaOf(t, all...)
	r := NewReader(nil)
	r.SetSchema(s)
	block := &Block{}
	block.Reset(s)
	styles := []struct{ colon, comma string }{{":", ","}, {": ", ", "}, {" : ", " ,\n"}, {":\t", ","}}
	var want []float64
	for range rows {
		style := styles[rng.IntN(len(styles))]
		row := make([]float64, keys)
		var parts []string
		for _, k := range rng.Perm(keys) {
			if row[k] = math.NaN(); rng.IntN(4) > 0 {
				row[k] = math.Round(rng.NormFloat64()*1000) / 8
				parts = append(parts, strconv.Quote(all[k].Name)+style.colon+strconv.FormatFloat(row[k], 'f', -1, 64))
			}
		}
		want = append(want, row...)
		if err := r.ReadJSON([]byte("{"+strings.Join(parts, style.comma)+"}"), block); err != nil {
			t.Fatal(err)
		}
	}
	for i, v := range want {
		if got := block.Values[i]; got != v && !(math.IsNaN(got) && math.IsNaN(v)) {
			t.Fatalf("row %d, column %d is %v, want %v", i/keys, i%keys, got, v)
		}
	}
}

// TestNumbersAsStrconv compares numbers of many spellings with strconv, bit
// for bit.
func TestNumbersAsStrconv(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 9))
	texts := []string{
		"0", "-0", "0.0", "-0.0e5", "1", "-1", "9007199254740992", "9007199254740993", "9007199254740991.5", "18446744073709551615",
		"18446744073709551616", "99999999999999999999999999", "0.1", "1e22", "1e23", "1E-22", "1e+5", "4.9e-324", "2.4e-324", "1e-400", "1.7976931348623157e71", "1e72",
		"0.00000000000000000000001", "0.000000000000000000000000000000000000000000001", "123456789012345678901234567890e-20", "5e-1",
		"1234567.12345678", "0.3000000000000000166", "8.5e-17", "1e0", "100000000000000000000000",
	}
	for range 20_000 {
		v := math.Float64frombits(rng.Uint64())
		if !(math.Abs(v) <= MaxMagnitude) {
			continue
		}
		texts = append(texts, strconv.FormatFloat(v, 'e', -1, 64), strconv.FormatFloat(rng.NormFloat64()*1000, 'f', rng.IntN(20), 64),
			strconv.FormatUint(rng.Uint64()>>rng.IntN(64), 10))
	}
	s := schemaOf(t, Attribute{Name: "n", Kind: Continuous}, Attribute{Name: "m", Kind: Continuous})
	r := NewReader(nil)
	r.SetSchema(s)
	block := &Block{}
	for _, text := range texts {
		want, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatal(err)
		}
		block.Reset(s)
		if err := r.ReadJSON([]byte(`{"n":`+text+`,"m":`+text+`}`), block); err != nil {
			t.Fatal(err)
		}
		for _, got := range block.Values {
			if math.Float64bits(got) != math.Float64bits(want+0) {
				t.Fatalf("%s is read as %v, want %v", text, got, want)
			}
		}
	}
}

// checkAgainstStandard reads doc as a learner does and compares with
// encoding/json: what it refuses must be refused; what the reader refuses must
// be for the sake of the values; and the numbers, truth values and strings at
// the top level must be the same.
func checkAgainstStandard(t *testing.T, doc []byte) {
	t.Helper()
	var m map[string]any
	decoder := json.NewDecoder(strings.NewReader(string(doc)))
	decoder.UseNumber()
	err := decoder.Decode(&m)
	valid := err == nil && m != nil && json.Valid(doc)

	r := NewReader(rulesOf(t, Config{Reading: legacyReading()})) // a string is no number, as in encoding/json
	first := r.ReadJSON(doc, &Block{})
	if !valid {
		if first == nil {
			t.Fatalf("%q is read, encoding/json refuses it", doc)
		}
		return
	}
	if first != nil {
		if text := first.Error(); strings.HasPrefix(text, "invalid JSON") || strings.Contains(text, "not an object") {
			t.Fatalf("%q: %v, encoding/json reads it", doc, first)
		}
		return
	}
	s, _ := (&Schema{}).Grow(r.Growth(), Limits{})
	r.SetSchema(s)
	block := &Block{}
	block.Reset(s)
	if err := r.ReadJSON(doc, block); err != nil {
		if strings.HasPrefix(err.Error(), "attribute ") {
			return // a duplicate of another kind
		}
		t.Fatalf("%q: %v at the second reading", doc, err)
	}
	for i, a := range s.Attributes() {
		v := m[a.Name]
		if a.Kind.numeric() {
			got := block.Values[s.column(i)]
			if want := standardNumber(v); got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
				t.Fatalf("%q: %q is %v, want %v", doc, a.Name, got, want)
			}
			continue
		}
		got := showCode(&a, block, block.Codes[s.column(i)])
		if want, ok := v.(string); ok && got != want && len(want) <= maxValueBytes {
			t.Fatalf("%q: %q is %q, want %q", doc, a.Name, got, want)
		}
	}
	for name, v := range m {
		if want := standardNumber(v); !math.IsNaN(want) && name != "" && s.Index(name) < 0 {
			t.Fatalf("%q: attribute %q is not learned", doc, name)
		}
	}
}

// standardNumber is the number that a value of encoding/json stands for, NaN
// when it stands for none.
func standardNumber(v any) float64 {
	switch t := v.(type) {
	case json.Number:
		f, _ := t.Float64()
		return f
	case bool:
		if t {
			return 1
		}
		return 0
	}
	return math.NaN()
}

// oddDocuments are documents on which JSON readers differ.
func oddDocuments() []string {
	docs := []string{
		`{}`, ` { } `, `{"a":1}`, "\t{\"a\" :\r\n1 , \"b\":[1,{\"c\":null}]}\n", `{"a":1,"a":2}`, `{"a":1,"a":"x"}`,
		`{"a":"\ud83d\ude00"}`, `{"a":"\ud83d"}`, `{"a":"\ud83dx"}`, `{"a":"\ude00\ud83d"}`, `{"a":"\ud83d\u0041"}`, `{"\u0061":1,"a":2}`,
		"{\"a\":\"\xff\"}", "{\"a\":\"\xe2\x82\"}", "{\"\xff\":1}", "{\"a\":\"\xed\xa0\x80\"}", "{\"a\":\"x\x00\"}", "{\"a\":\"\x7f\"}", "{\"a\":\"\u2028\"}",
		`{"a":-0}`, `{"a":-}`, `{"a":+1}`, `{"a":.5}`, `{"a":1.}`, `{"a":1e}`, `{"a":1e+}`, `{"a":00}`, `{"a":-01}`, `{"a":0x1}`, `{"a":1_0}`, `{"a":NaN}`,
		`{"a":tru}`, `{"a":truex}`, `{"a":nulL}`, `{"a":True}`, `{"a"}`, `{"a":}`, `{,}`, `{"a":1,}`, `{"a":1 "b":2}`, `{a:1}`, `{'a':1}`, `{"a":1}}`, `{"a":1}{}`,
		`{"a":[1,]}`, `{"a":[,1]}`, `{"a":[1 2]}`, `{"a":{"b":1,}}`, `{"a":[}`, `{"a":{]}`, `{"a":"\u12g4"}`, `{"a":"\`, `{"a":"\u123`, `{"a":"`, `{"`, `{`, ``,
		`{"a":/**/1}`, `{"a":"\/\b\f\n\r\t\"\\"}`, `{"a.b":1,"a":{"b":2}}`, `{"a":1e400}`, `{"a":[1e400]}`, `null`, `[]`, `"x"`, `1`, `true`,
		"{\"a\":1}\x00", "{\"a\":1\x0b}", "{\"a\u00a0\":1}", `{"a":1,"b":true,"c":"x","d":null}`,
	}
	return append(docs, `{"a":`+strings.Repeat("[", 100)+strings.Repeat("]", 100)+`}`)
}

func TestAgainstEncodingJSON(t *testing.T) {
	for _, doc := range oddDocuments() {
		checkAgainstStandard(t, []byte(doc))
	}
	// Every document with one byte changed to one that matters.
	const bytesThatMatter = "{}[]\",:\\0.-e tn\x00\xff\n"
	for _, doc := range oddDocuments() {
		for i := range doc {
			for k := range len(bytesThatMatter) {
				checkAgainstStandard(t, []byte(doc[:i]+bytesThatMatter[k:k+1]+doc[i+1:]))
			}
			checkAgainstStandard(t, []byte(doc[:i]+doc[i+1:]))
		}
	}
}

func TestHostileDocuments(t *testing.T) {
	drawn.Alone(t)
	// 100 MB is far above what a broker lets through.
	const size = 100 << 20
	repeat := func(n int, before, filling, after string) []byte {
		doc := make([]byte, 0, len(before)+n*len(filling)+len(after))
		doc = append(doc, before...)
		for range n {
			doc = append(doc, filling...)
		}
		return append(doc, after...)
	}
	manyKeys := []byte(`{"k":1`)
	for i := range 100_000 {
		manyKeys = fmt.Appendf(manyKeys, `,"k%d":%d`, i, i)
	}
	tests := []struct {
		name                   string
		n                      int
		before, filling, after string
		want                   string
	}{
		{"100,000 keys", 1, string(manyKeys), "", "}", "the project has its most attributes, 1000 (max_attributes)"},
		{"nested 10,000 times", 10_000, `{"z":`, "[", "", "document nests deeper than 1000"},
		{"nested 10,000 times in what is read", 10_000, "", `{"m":`, "", "has more than 1000 bytes"},
		{"digits", size, `{"a":`, "1", "}", "is out of range"},
		{"string", size, `{"a":"`, "x", `"}`, ""},
		{"escapes", size / 2, `{"a":"`, `\n`, `"}`, ""},
		{"ignored array", size / 2, `{"z":[0`, ",0", `]}`, ""},
		{"list", size / 16, `{"l":[0`, `,"0123456789012"`, `]}`, ""},
		{"duplicate key", size / 8, `{"a":"x"`, `,"a":"x"`, `}`, "document has more than 10000 keys"},
		{"blanks", size, `{"a":"x"`, ` `, `}`, ""},
		{"key", size, `{"`, `k`, `":1}`, "has more than 1000 bytes"},
		{"unfinished", size, `{"a":"`, `x`, ``, "invalid JSON: the document ends"},
	}
	const (
		mostTime   = 20 * time.Second // about 0.2 s is usual
		mostMemory = 8 << 20          // bytes kept by the reader and the block
	)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if testing.Short() && test.n > 10_000 {
				t.Skip("documents of 100 MB are left out with -short")
			}
			doc := repeat(test.n, test.before, test.filling, test.after)
			r := NewReader(rulesOf(t, Config{Attributes: map[string]string{"l": "list", "m.*": "continuous"}}))
			block := &Block{}
			begin := time.Now()
			checkError(t, r.ReadJSON(doc, block), test.want)
			if d := time.Since(begin); d > mostTime {
				t.Errorf("took %v", d)
			}
			if kept := cap(r.scratch) + 4*cap(block.members) + 8*cap(block.Values) + r.cachedBytes; kept > mostMemory {
				t.Errorf("keeps %d bytes", kept)
			}
		})
	}
}

// TestForgetsKeys reads documents that never have the same key twice.
func TestForgetsKeys(t *testing.T) {
	r := NewReader(nil)
	r.Collect(false)
	block := &Block{}
	for i := range 3 * maxCachedKeys {
		if err := r.ReadJSON(fmt.Appendf(nil, `{"key%d":1}`, i), block); err != nil {
			t.Fatal(err)
		}
		if n := len(r.root.fields); n > maxCachedKeys+1 {
			t.Fatalf("%d keys are remembered", n)
		}
	}
	if block.N != 3*maxCachedKeys {
		t.Errorf("%d rows", block.N)
	}
}

func TestNoAllocation(t *testing.T) {
	docs := shuttleDocs(16)
	r, s := learned(t, nil, string(docs[0]), string(docs[1]), string(docs[2]), string(docs[3]))
	block := &Block{}
	pass := func() {
		block.Reset(s)
		for _, doc := range docs {
			if err := r.ReadJSON(doc, block); err != nil {
				t.Fatal(err)
			}
		}
	}
	r.Collect(false)
	pass()
	if n := testing.AllocsPerRun(100, pass); n != 0 {
		t.Errorf("%v allocations for %d rows", n, len(docs))
	}
}

// FuzzReadJSON: no document makes the reader panic; it reads exactly what
// encoding/json reads, to the same values, unless a value does not fit; with
// an error the block is as it was; a row is read the same the second time,
// when the order of keys is known; what it read as bytes it reads as a
// structured value.
func FuzzReadJSON(f *testing.F) {
	for _, doc := range oddDocuments() {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		checkAgainstStandard(t, doc)
		rules := rulesOf(t, Config{
			Attributes: map[string]string{"a": "list", "b": "categorical", "c.*": "continuous", "d": "timestamp"}, Separator: ",",
			HashBuckets: map[string]int{"b": 3},
		})
		r := NewReader(rules)
		if r.ReadJSON(doc, &Block{}) != nil {
			return
		}
		s, _ := (&Schema{}).Grow(r.Growth(), Limits{})
		r.SetSchema(s)
		rows := [3]Block{}
		errs := [3]error{}
		for i := range 2 {
			rows[i].Reset(s)
			errs[i] = r.ReadJSON(doc, &rows[i])
		}
		if (errs[0] == nil) != (errs[1] == nil) {
			t.Fatalf("%q: error %v, then %v", doc, errs[0], errs[1])
		}
		if b := &rows[0]; errs[0] != nil && (b.N != 0 || len(b.Values)+len(b.Codes)+len(b.Sets) != 0) {
			t.Fatalf("%q: %d rows with error %v", doc, b.N, errs[0])
		}
		if errs[0] != nil {
			return
		}
		m := map[string]any{}
		decoder := json.NewDecoder(strings.NewReader(string(doc)))
		decoder.UseNumber()
		if err := decoder.Decode(&m); err != nil {
			t.Fatal(err)
		}
		rows[2].Reset(s)
		errs[2] = r.ReadStructured(m, &rows[2])
		texts := [3]string{show(s, &rows[0]), show(s, &rows[1]), show(s, &rows[2])}
		if texts[0] != texts[1] {
			t.Fatalf("%q is read as %q, then as %q", doc, texts[0], texts[1])
		}
		for key := range m {
			if strings.Contains(key, ".") {
				return // may be the same attribute as a path
			}
		}
		if errs[2] != nil || texts[2] != texts[0] {
			t.Fatalf("%q is read as %q, structured as %q, %v", doc, texts[0], texts[2], errs[2])
		}
	})
}
