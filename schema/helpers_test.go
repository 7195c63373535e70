package schema

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// rulesOf returns the rules of c, which must be valid.
func rulesOf(t testing.TB, c Config) *Rules {
	t.Helper()
	rules, err := NewRules(c)
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

// schemaOf returns a schema of these attributes, which must be valid.
func schemaOf(t testing.TB, attributes ...Attribute) *Schema {
	t.Helper()
	s, err := New(attributes...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// learned reads the documents as a learner does, growing an empty schema, and
// returns a reader that has the result.
func learned(t testing.TB, rules *Rules, docs ...string) (*Reader, *Schema) {
	t.Helper()
	r := NewReader(rules)
	block := &Block{}
	for _, doc := range docs {
		if err := r.ReadJSON([]byte(doc), block); err != nil {
			t.Fatalf("%s: %v", doc, err)
		}
	}
	s, _ := (&Schema{}).Grow(r.Growth(), r.limits)
	r.SetSchema(s)
	return r, s
}

// show writes the rows of a block as name=value, absent attributes left out.
func show(s *Schema, b *Block) string {
	var rows []string
	for i := range b.N {
		var parts []string
		for at, a := range s.Attributes() {
			if a.Kind.numeric() {
				if v := b.Values[i*b.Numeric+s.column(at)]; !math.IsNaN(v) {
					parts = append(parts, fmt.Sprintf("%s=%v", a.Name, v))
				}
				continue
			}
			if text := showCode(&a, b, b.Codes[i*b.Categorical+s.column(at)]); text != "" {
				parts = append(parts, a.Name+"="+text)
			}
		}
		rows = append(rows, strings.Join(parts, " "))
	}
	return strings.Join(rows, "; ")
}

func showCode(a *Attribute, b *Block, code int32) string {
	switch {
	case code == missingCode:
		return ""
	case code == otherCode:
		return "<other>"
	case code > 0:
		return a.Values[code-1]
	}
	parts := []string{}
	for _, c := range b.Sets[-2-code] {
		parts = append(parts, showCode(a, b, c))
	}
	return "[" + strings.Join(parts, ",") + "]"
}

// showAttributes writes attributes as name:kind(values).
func showAttributes(attributes []Attribute) string {
	var parts []string
	for _, a := range attributes {
		text := a.Name + ":" + a.Kind.String()
		if len(a.Values) > 0 {
			text += "(" + strings.Join(a.Values, ",") + ")"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " ")
}

// checkError compares an error with the text that it must contain; an empty
// text means no error.
func checkError(t testing.TB, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("error %v, want none", err)
	case want != "" && err == nil:
		t.Errorf("no error, want %q", want)
	case want != "" && !strings.Contains(err.Error(), want):
		t.Errorf("error %q, want %q", err, want)
	}
}
