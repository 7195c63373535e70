package schema

import (
	"fmt"
	"strings"
)

// Declare returns the schema of attributes that are declared before any row has been
// learned, kinds by name. A schema has names and no patterns; an error names the
// attribute.
func Declare(kinds map[string]string) (*Schema, error) {
	var attributes []Attribute
	for _, name := range sortedKeys(kinds) {
		kind, err := parseKind(kinds[name])
		switch {
		case err != nil:
			return nil, fmt.Errorf("attributes.%s: %w", shorten(name), err)
		case strings.ContainsAny(name, patternBytes):
			return nil, fmt.Errorf("attributes.%s: it is a pattern, want the name of an attribute; patterns are a setting of sml_learn", shorten(name))
		case kind == Ignore:
			return nil, fmt.Errorf("attributes.%s: which attributes are ignored is a setting of sml_learn", shorten(name))
		}
		attributes = append(attributes, Attribute{Name: name, Kind: kind, Declared: true, Nested: strings.Contains(name, ".")})
	}
	return New(attributes...)
}
