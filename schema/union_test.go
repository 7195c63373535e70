package schema

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// avroTypes are names of types with values that they have in Avro's JSON form.
var avroTypes = []struct {
	name   string
	values []any
}{
	{"double", []any{5.1, -2.0, 1e30}}, {"float", []any{0.5, 3.0}}, {"int", []any{1, -7}}, {"long", []any{1234567890123, 0}},
	{"boolean", []any{true, false}}, {"string", []any{"x", "", "ä\"b"}}, {"bytes", []any{"\u0001"}},
	{"long.timestamp-millis", []any{1600000000000}}, {"bytes.decimal", []any{"12.5"}}, {"shop.Colour", []any{"RED", "BLUE"}},
}

// drawnUnion returns a document in its plain form and with its values as unions.
func drawnUnion(random *rand.Rand) (plain, union map[string]any) {
	plain, union = map[string]any{}, map[string]any{}
	for i, of := range avroTypes {
		name := fmt.Sprintf("a%d", i)
		switch random.IntN(4) {
		case 0: // missing
		case 1:
			plain[name], union[name] = nil, nil
		default:
			v := of.values[random.IntN(len(of.values))]
			plain[name], union[name] = v, map[string]any{of.name: v}
		}
	}
	inner := map[string]any{"temp": 20 + random.Float64(), "on": random.IntN(2) == 0}
	plain["motor"] = inner
	union["motor"] = map[string]any{"plant.Motor": map[string]any{"temp": map[string]any{"double": inner["temp"]}, "on": map[string]any{"boolean": inner["on"]}}}
	tags := []any{"p", "q", "r"}[:random.IntN(4)]
	wrapped := []any{}
	for _, tag := range tags {
		wrapped = append(wrapped, map[string]any{"string": tag})
	}
	plain["tags"], union["tags"] = tags, map[string]any{"array": wrapped}
	return plain, union
}

// TestUnionsReadAsTheirValues: documents in Avro's JSON form give the same schema
// and the same rows as those that have the values themselves, as JSON and as
// structured values, also wrapped as records of a union.
func TestUnionsReadAsTheirValues(t *testing.T) {
	rules := rulesOf(t, Config{Attributes: map[string]string{"motor.*": "continuous", "motor.on": "binary", "tags": "list", "a9": "categorical"}})
	for seed := range uint64(50) {
		random := rand.New(rand.NewPCG(seed, 3))
		var plain, union []map[string]any
		for range 20 {
			p, u := drawnUnion(random)
			plain, union = append(plain, p), append(union, u)
		}
		want := readAll(t, rules, plain, false)
		for _, structured := range []bool{false, true} {
			if got := readAll(t, rules, union, structured); got != want {
				t.Fatalf("seed %d, structured %t:\n%s\nwant\n%s", seed, structured, got, want)
			}
			records := make([]map[string]any, len(union))
			for i, u := range union {
				records[i] = map[string]any{"plant.Reading": u}
			}
			if got := readAll(t, rules, records, structured); got != want {
				t.Fatalf("seed %d, records, structured %t:\n%s\nwant\n%s", seed, structured, got, want)
			}
		}
	}
}

// readAll learns the schema of documents and returns it with their rows.
func readAll(t *testing.T, rules *Rules, docs []map[string]any, structured bool) string {
	t.Helper()
	r := NewReader(rules)
	read := func(b *Block) {
		for _, doc := range docs {
			text, err := json.Marshal(doc)
			if err == nil && structured {
				err = r.ReadStructured(doc, b)
			} else if err == nil {
				err = r.ReadJSON(text, b)
			}
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
		}
	}
	read(&Block{})
	s, _ := (&Schema{}).Grow(r.Growth(), r.limits)
	r.SetSchema(s)
	b := &Block{}
	b.Reset(s)
	read(b)
	// New attributes of a structured document come in the order of their names.
	parts := strings.Split(show(s, b), "; ")
	for i, p := range parts {
		parts[i] = fmt.Sprint(sortedKeys(setOf(strings.Split(p, " "))))
	}
	return showKinds(s) + "\n" + strings.Join(parts, "\n")
}

func setOf(parts []string) map[string]bool {
	out := map[string]bool{}
	for _, p := range parts {
		out[p] = true
	}
	return out
}

func showKinds(s *Schema) string {
	kinds := map[string]bool{}
	for _, a := range s.Attributes() {
		kinds[fmt.Sprintf("%s:%v", a.Name, a.Kind)] = true
	}
	return fmt.Sprint(sortedKeys(kinds))
}

// TestUnionOrObject: what is declared for exactly a path inside an object wins over
// the reading as a union, and an object that no rule makes a union stays one.
func TestUnionOrObject(t *testing.T) {
	for _, c := range []struct {
		name       string
		attributes map[string]string
		doc        string
		rows       string
		err        string
	}{
		{name: "inferred", doc: `{"temp":{"double":5.1},"name":{"string":"x"},"gone":null,"a":{"int":1}}`, rows: "temp=5.1 name=x a=1"},
		{name: "white space", doc: `{ "temp" : { "double" : 5.1 } , "b" : { "boolean" : true } }`, rows: "temp=5.1 b=1"},
		{name: "two keys", doc: `{"temp":{"double":5.1,"string":"x"},"y":1}`, rows: "y=1"},
		{name: "another sort of value", doc: `{"temp":{"double":"x"},"y":1}`, rows: "y=1"},
		{name: "no type", doc: `{"temp":{"value":5.1},"y":1}`, rows: "y=1"},
		{name: "declared inside", attributes: map[string]string{"temp.double": "continuous"}, doc: `{"temp":{"double":5.1}}`, rows: "temp.double=5.1"},
		{name: "declared inside by a pattern", attributes: map[string]string{"temp.*": "continuous"}, doc: `{"temp":{"double":5.1}}`, rows: "temp.double=5.1"},
		{name: "a pattern that both match", attributes: map[string]string{"motor.*": "continuous"}, doc: `{"motor":{"temp":{"double":5.1}}}`, rows: "motor.temp=5.1"},
		{name: "ignored", attributes: map[string]string{"temp": "ignore"}, doc: `{"temp":{"double":5.1},"y":1}`, rows: "y=1"},
		{name: "enum with a namespace", doc: `{"c":{"shop.Colour":"RED"}}`, rows: "c=RED"},
		{name: "enum without one, undeclared", doc: `{"c":{"Colour":"RED"},"y":1}`, rows: "y=1"},
		{name: "enum without one, declared", attributes: map[string]string{"c": "categorical"}, doc: `{"c":{"Colour":"RED"}}`, rows: "c=RED"},
		{name: "object of a declared number", attributes: map[string]string{"c": "continuous"}, doc: `{"c":{"Colour":5}}`, err: "value is an object"},
		{name: "record without a namespace stays an object", attributes: map[string]string{"motor.temp": "continuous"}, doc: `{"motor":{"inner":{"temp":5}},"y":1}`, rows: "y=1"},
		{name: "record with a namespace", attributes: map[string]string{"motor.temp": "continuous"}, doc: `{"motor":{"a.Motor":{"temp":{"double":5}}}}`, rows: "motor.temp=5"},
		{name: "map", attributes: map[string]string{"motor.temp": "continuous"}, doc: `{"motor":{"map":{"temp":5}}}`, rows: "motor.temp=5"},
		{name: "nested object that has type names as keys", attributes: map[string]string{"limits.int": "continuous", "limits.string": "categorical"}, doc: `{"limits":{"int":5}}`, rows: "limits.int=5"},
		{name: "document with a dotted key that is declared inside", attributes: map[string]string{"a.b.temp": "continuous"}, doc: `{"a.b":{"temp":5}}`, rows: "a.b.temp=5"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rules := rulesOf(t, Config{Attributes: c.attributes})
			for _, structured := range []bool{false, true} {
				r, s, b := NewReader(rules), &Schema{}, &Block{}
				var err error
				for range 2 {
					r.SetSchema(s)
					b.Reset(s)
					if structured {
						var doc map[string]any
						if err := json.Unmarshal([]byte(c.doc), &doc); err != nil {
							t.Fatal(err)
						}
						err = r.ReadStructured(doc, b)
					} else {
						err = r.ReadJSON([]byte(c.doc), b)
					}
					s, _ = s.Grow(r.Growth(), r.limits)
				}
				checkError(t, err, c.err)
				got := fmt.Sprint(sortedKeys(setOf(strings.Split(show(s, b), " "))))
				if want := fmt.Sprint(sortedKeys(setOf(strings.Split(c.rows, " ")))); got != want {
					t.Errorf("structured %t: rows %q, want %q", structured, got, want)
				}
			}
		})
	}
}

// TestUnionOfATime: a decoder that makes times of logical types gives them as values.
func TestUnionOfATime(t *testing.T) {
	r := NewReader(nil)
	doc := map[string]any{"at": map[string]any{"long.timestamp-millis": time.Unix(5, 0)}}
	if err := r.ReadStructured(doc, &Block{}); err != nil {
		t.Fatal(err)
	}
	if got := showAttributes(r.Growth().Attributes); got != "at:timestamp" {
		t.Errorf("growth %s", got)
	}
}

// TestUnwrapScalar takes the value out of a union and leaves everything else.
func TestUnwrapScalar(t *testing.T) {
	for doc, want := range map[string]string{
		`{"double":5.1}`: `5.1`, ` {"double":5.1}`: ` {"double":5.1}`, `{ "int" : 7 }`: `7`, `{"boolean":true}`: `true`, `{"double":"x"}`: `{"double":"x"}`,
		`{"double":1,"int":2}`: `{"double":1,"int":2}`, `5`: `5`, `{}`: `{}`, `{"a":1}`: `{"a":1}`, ``: ``, `{"double":`: `{"double":`,
	} {
		if got := string(unwrapScalar([]byte(doc))); got != want {
			t.Errorf("%s gives %s, want %s", doc, got, want)
		}
	}
}
