package schema

import (
	"fmt"
	"strings"
	"testing"
)

func TestGrowthIsCollected(t *testing.T) {
	base := schemaOf(t, Attribute{Name: "n", Kind: Continuous}, Attribute{Name: "c", Kind: Categorical, Values: []string{"x"}})
	tests := []struct {
		name   string
		config Config
		docs   []string
		want   string
	}{
		{"nothing new", Config{}, []string{`{"n":1,"c":"x"}`, `{"c":null,"z":null}`}, ""},
		{"in order and once", Config{}, []string{`{"b":true,"c":"z"}`, `{"b":false,"c":"y","a":"q"}`, `{"c":"z","a":"p"}`}, "b:binary c:categorical(z,y) a:categorical(q,p)"},
		{"first kind stays", Config{}, []string{`{"a":1}`, `{"a":"x"}`}, "a:continuous"},
		{"bound on categories", Config{Limits: Limits{MaxCategories: 3}}, []string{`{"c":"p"}`, `{"c":"q"}`, `{"c":"r"}`}, "c:categorical(p,q)"},
		{"objects and arrays are no attributes", Config{}, []string{`{"o":{"a":1},"l":[1,"x"]}`}, ""},
		{"hashed", Config{Attributes: map[string]string{"l": "list"}, HashBuckets: map[string]int{"l": 1}}, []string{`{"l":["p","q"]}`}, "l:list(#0)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := NewReader(rulesOf(t, test.config))
			r.SetSchema(base)
			block := &Block{}
			block.Reset(base)
			for _, doc := range test.docs {
				if err := r.ReadJSON([]byte(doc), block); err != nil {
					t.Fatal(err)
				}
			}
			growth := r.Growth()
			if got := showAttributes(growth.Attributes); got != test.want || growth.Empty() != (test.want == "" && len(growth.Unread) == 0) {
				t.Errorf("growth %q, want %q", got, test.want)
			}
			// A growth is the caller's own: what is read later does not show.
			if err := r.ReadJSON([]byte(`{"c":"later"}`), block); err != nil {
				t.Fatal(err)
			}
			if got := showAttributes(growth.Attributes); got != test.want {
				t.Errorf("growth became %q", got)
			}
			r.SetSchema(base)
			if g := r.Growth(); !g.Empty() {
				t.Errorf("growth %+v after SetSchema", g)
			}
		})
	}
}

// TestRowThatDoesNotFitAddsNothing: a row with more attributes than there is room
// for is refused, and does not use the room up for the rows after it.
func TestRowThatDoesNotFitAddsNothing(t *testing.T) {
	base := schemaOf(t, Attribute{Name: "n", Kind: Continuous}, Attribute{Name: "c", Kind: Categorical, Values: []string{"x"}})
	r := NewReader(rulesOf(t, Config{Limits: Limits{MaxAttributes: 4}}))
	r.SetSchema(base)
	block := &Block{}
	block.Reset(base)
	checkError(t, r.ReadJSON([]byte(`{"n":1,"a":1,"b":2,"d":true,"c":"y"}`), block), `attribute "d": the project has its most attributes, 4 (max_attributes)`)
	if g := r.Growth(); !g.Empty() || block.N != 0 {
		t.Errorf("%d rows, growth %+v", block.N, g)
	}
	checkError(t, r.ReadJSON([]byte(`{"n":1,"e":1,"c":"z"}`), block), "")
	checkError(t, r.ReadJSON([]byte(`{"f":"x"}`), block), "")
	checkError(t, r.ReadJSON([]byte(`{"g":1}`), block), `attribute "g": the project has its most attributes, 4 (max_attributes)`)
	if got := showAttributes(r.Growth().Attributes); got != "e:continuous c:categorical(z) f:categorical(x)" {
		t.Errorf("growth %q", got)
	}
}

// TestFullSchema: a learner refuses what it has no room for, a scorer skips it.
func TestFullSchema(t *testing.T) {
	full := schemaOf(t, Attribute{Name: "n", Kind: Continuous})
	r := NewReader(rulesOf(t, Config{Limits: Limits{MaxAttributes: 1}}))
	r.SetSchema(full)
	for _, doc := range []string{`{"n":1,"a":2}`, `{"n":1,"a":"x"}`, `{"n":1,"a":true}`} {
		block := &Block{}
		block.Reset(full)
		r.Collect(true)
		checkError(t, r.ReadJSON([]byte(doc), block), `attribute "a": the project has its most attributes, 1 (max_attributes)`)
		r.Collect(false)
		checkError(t, r.ReadJSON([]byte(doc), block), "")
		if got := show(full, block); got != "n=1" {
			t.Errorf("%s is read as %q", doc, got)
		}
	}
	r.Collect(true)
	block := &Block{}
	block.Reset(full)
	checkError(t, r.ReadJSON([]byte(`{"n":1,"a":null,"o":{},"l":[]}`), block), "")
}

// TestSchemaIsEnough: who knows only the schema reads as the learner did.
func TestSchemaIsEnough(t *testing.T) {
	rules := rulesOf(t, Config{
		Attributes:  map[string]string{"m.*": "continuous", "l": "list", "at": "timestamp", "d": "continuous", "h": "categorical"},
		Separator:   ";",
		HashBuckets: map[string]int{"h": 5},
	})
	doc := `{"m":{"t":1,"u":{"v":2}},"l":"a;b","at":"2026-01-02T03:04:05Z","d":"7","h":"x","s":1}`
	learner, s := learned(t, rules, doc)
	data, err := s.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	var stored Schema
	if err := stored.UnmarshalBinary(data); err != nil {
		t.Fatal(err)
	}
	scorer := NewReader(nil)
	scorer.Collect(false)
	scorer.SetSchema(&stored)
	a, b := &Block{}, &Block{}
	a.Reset(s)
	b.Reset(&stored)
	if err := learner.ReadJSON([]byte(doc), a); err != nil {
		t.Fatal(err)
	}
	if err := scorer.ReadJSON([]byte(doc), b); err != nil {
		t.Fatal(err)
	}
	if x, y := show(s, a), show(&stored, b); x != y || strings.Count(x, "=") != 7 {
		t.Errorf("learner reads %q, scorer %q", x, y)
	}
}

// TestOlderSchemaIsAPrefix: columns and codes stay valid as a schema grows.
func TestOlderSchemaIsAPrefix(t *testing.T) {
	r, s := learned(t, nil, `{"n":1,"c":"x"}`)
	block := &Block{}
	block.Reset(s)
	if err := r.ReadJSON([]byte(`{"n":2,"c":"x"}`), block); err != nil {
		t.Fatal(err)
	}
	before := fmt.Sprint(block.Values, block.Codes)
	grown, _ := s.Grow(Growth{Attributes: []Attribute{{Name: "c", Kind: Categorical, Values: []string{"w"}}, {Name: "m", Kind: Binary}, {Name: "d", Kind: List}}}, Limits{})
	checkError(t, func() error { r.SetSchema(grown); return r.ReadJSON([]byte(`{}`), block) }(), "block has 1 numeric and 1 categorical columns, the schema 2 and 2")
	block.Reset(grown)
	if err := r.ReadJSON([]byte(`{"n":2,"c":"x"}`), block); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(block.Values[:1], block.Codes[:1]); got != before {
		t.Errorf("%s became %s", before, got)
	}
}
