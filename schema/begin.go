package schema

import (
	"fmt"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/internal/glob"
)

// Begin returns the schema of a project that is begun with what a user declares and
// has learned nothing: attributes by their names, and how documents are read. The
// error names the setting and its value; a pattern and an attribute that is ignored
// are refused, as only the settings of a learner keep them.
func Begin(c Config) (*Schema, error) {
	rules, err := NewRules(c)
	if err != nil {
		return nil, err
	}
	s := &Schema{}
	reading, err := rules.ReadingOf(s)
	if err != nil {
		return nil, err
	}
	g := Growth{Reading: &reading}
	for _, name := range sortedKeys(rules.kinds.exact) {
		kind := rules.kinds.exact[name]
		if kind == Ignore || glob.Is(name) {
			return nil, fmt.Errorf("attributes.%s: %v, want the type of one attribute by its name: patterns and ignore are settings of sml_learn", name, kind)
		}
		buckets := c.HashBuckets[name]
		g.Attributes = append(g.Attributes, Attribute{
			Name: name, Kind: kind, Declared: true, Nested: strings.Contains(name, "."), Separator: c.Separator, Buckets: buckets, Settled: Settled{Reason: FromDeclaration},
		})
	}
	s, _ = s.Grow(g, rules.Limits())
	return s, nil
}
