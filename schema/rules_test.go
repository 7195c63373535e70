package schema

import (
	"strings"
	"testing"
)

func TestNewRulesErrors(t *testing.T) {
	long := strings.Repeat("n", maxNameBytes+1)
	tests := []struct {
		name   string
		config Config
		want   string
	}{
		{"unknown type", Config{Attributes: map[string]string{"s1": "contnuous"}},
			`attributes.s1: unknown attribute type "contnuous" (want one of continuous, binary, categorical, list, timestamp, ignore)`},
		{"empty type", Config{Attributes: map[string]string{"s1": ""}}, `attributes.s1: unknown attribute type ""`},
		{"malformed pattern", Config{Attributes: map[string]string{"s[": "binary"}}, "attributes.s[: pattern is malformed"},
		{"empty name", Config{Attributes: map[string]string{"": "binary"}}, "name has 0 bytes, want 1 to 1000"},
		{"long name", Config{Attributes: map[string]string{long: "binary"}}, "name has 1001 bytes, want 1 to 1000"},
		{"too few types", Config{Types: "C,C", Order: []string{"a", "b", "c"}}, `attribute_types: "C,C" gives 2 types for the 3 names of attribute_order`},
		{"types without names", Config{Types: "C"}, `attribute_types: "C" gives 1 types for the 0 names`},
		{"unknown letter", Config{Types: "C,Q", Order: []string{"a", "b"}}, `attribute_types[1]: unknown attribute type "Q"`},
		{"empty ordered name", Config{Types: "C", Order: []string{""}}, `attribute_order[0]: name "" has 0 bytes`},
		{"contradiction", Config{Attributes: map[string]string{"a": "list"}, Types: "C", Order: []string{"a"}},
			`attribute_types[0]: attribute "a" is continuous here and declared as list before`},
		{"twice in the order", Config{Types: "C,B", Order: []string{"a", "a"}}, `attribute "a" is binary here and declared as continuous before`},
		{"negative attributes", Config{Limits: Limits{MaxAttributes: -1}}, "max_attributes: -1 is not within 1 to 10000"},
		{"too many attributes", Config{Limits: Limits{MaxAttributes: 10_001}}, "max_attributes: 10001 is not within 1 to 10000"},
		{"negative categories", Config{Limits: Limits{MaxCategories: -1}}, "max_categories: -1 is not within"},
		{"too many categories", Config{Limits: Limits{MaxCategories: 65_537}}, "max_categories: 65537 is not within"},
		{"no buckets", Config{HashBuckets: map[string]int{"c": 0}}, "hash_buckets.c: 0 is not within 1 to max_categories, 256"},
		{"too many buckets", Config{HashBuckets: map[string]int{"c": 257}}, "hash_buckets.c: 257 is not within 1 to max_categories, 256"},
		{"buckets of a number", Config{Attributes: map[string]string{"c": "C"}, HashBuckets: map[string]int{"c": 7}},
			"hash_buckets.c: the attribute is declared as continuous, want categorical or list"},
		{"malformed buckets", Config{HashBuckets: map[string]int{"c[": 7}}, "hash_buckets.c[: pattern is malformed"},
		{"long separator", Config{Separator: long}, "separator: 1001 bytes are more than 1000"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := NewRules(test.config)
			checkError(t, err, test.want)
		})
	}
}

func TestParseKind(t *testing.T) {
	for _, kind := range []Kind{Continuous, Binary, Categorical, List, Timestamp, Ignore} {
		if got, err := ParseKind(kind.String()); err != nil || got != kind {
			t.Errorf("%q is %v, %v", kind.String(), got, err)
		}
		if columns := kind.numeric() != kind.categorical(); columns != (kind != Ignore) {
			t.Errorf("%v: numeric %t, categorical %t", kind, kind.numeric(), kind.categorical())
		}
	}
	letters := map[string]Kind{"C": Continuous, "B": Binary, "T": Categorical, "S": Categorical, "L": List, "X": Ignore, "-": Ignore, " c ": Continuous}
	for letter, kind := range letters {
		if got, err := ParseKind(letter); err != nil || got != kind {
			t.Errorf("%q is %v, %v, want %v", letter, got, err, kind)
		}
	}
	if got := Kind(99).String(); got != "kind 99" {
		t.Errorf("unknown kind prints %q", got)
	}
}

func TestRulesCheck(t *testing.T) {
	s := schemaOf(t,
		Attribute{Name: "s1", Kind: Continuous},
		Attribute{Name: "user", Kind: Categorical, Buckets: 8},
		Attribute{Name: "m.t", Kind: Continuous, Nested: true},
	)
	tests := []struct {
		name   string
		config Config
		want   string
	}{
		{"nothing declared", Config{}, ""},
		{"the same", Config{Attributes: map[string]string{"s*": "continuous", "user": "categorical"}}, ""},
		{"ignored from now on", Config{Attributes: map[string]string{"s1": "ignore"}}, ""},
		{"other kind", Config{Attributes: map[string]string{"s*": "categorical"}}, `attributes.s*: attribute "s1" is declared as categorical, but the project has learned it as continuous`},
		{"nested of other kind", Config{Attributes: map[string]string{"m.*": "list"}}, `attributes.m.*: attribute "m.t" is declared as list`},
		{"pattern without a dot does not reach inside", Config{Attributes: map[string]string{"m*": "list"}}, ""},
		{"other buckets", Config{HashBuckets: map[string]int{"user": 9}}, `hash_buckets.user: attribute "user" is declared with 9 buckets, but the project has learned it with 8`},
		{"same buckets", Config{HashBuckets: map[string]int{"u*": 8}}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { checkError(t, rulesOf(t, test.config).Check(s), test.want) })
	}
}

func TestZeroRules(t *testing.T) {
	var rules Rules
	if got, want := rules.Limits(), (Limits{defaultMaxAttributes, defaultMaxCategories}); got != want {
		t.Errorf("limits %+v, want %+v", got, want)
	}
	if err := rules.Check(schemaOf(t, Attribute{Name: "a", Kind: List})); err != nil {
		t.Error(err)
	}
	_, s := learned(t, &rules, `{"a":{"b":1},"c":2}`)
	if got := showAttributes(s.Attributes()); got != "c:continuous" {
		t.Errorf("schema %s", got)
	}
}
