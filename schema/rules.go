package schema

import (
	"fmt"
	"maps"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/internal/glob"
)

// Config is what a user declares. The zero value declares nothing.
type Config struct {
	// Attributes gives kinds by name or pattern. A pattern is one of
	// path.Match whose * and ? match any character, slashes too; an exact name wins, then the longest pattern. A name or
	// pattern with a dot reaches into nested objects, which are not read
	// otherwise; * matches dots too.
	Attributes map[string]string
	// Types are the kinds of the names in Order, separated by commas, in the
	// short form "C,C,B,S,X".
	Types string
	Order []string
	// Separator splits a string into the values of a list; empty means that a
	// string is one value.
	Separator string
	// HashBuckets gives the number of hash buckets by name or pattern, 1 to
	// MaxCategories. A category is replaced by "#n", n being the 64-bit FNV-1a
	// hash of its bytes modulo the number.
	HashBuckets map[string]int
	// Reading says how text becomes values; what is not set in it is as the project
	// has it.
	Reading Reading
	// Limits bound the growth of the schema.
	Limits
}

// Rules are a validated Config. The zero value declares nothing and has the
// default limits. Rules are immutable and safe for concurrent use.
type Rules struct {
	kinds     matcher[Kind]
	buckets   matcher[int]
	parents   map[string]bool // objects that hold a declared exact path
	prefixes  []string        // literal beginnings of patterns with a dot
	separator string
	reading   Reading
	limits    Limits
}

// NewRules validates a Config and keeps no reference to it. Errors name the
// setting and its value.
func NewRules(c Config) (*Rules, error) {
	kinds, err := c.kinds()
	if err != nil {
		return nil, err
	}
	if err := c.checkLimits(); err != nil {
		return nil, err
	}
	if err := c.Reading.validate(); err != nil {
		return nil, err
	}
	r := &Rules{separator: c.Separator, reading: c.Reading, limits: c.Limits.withDefaults(), parents: map[string]bool{}}
	if r.kinds, err = newMatcher("attributes", kinds); err != nil {
		return nil, err
	}
	if r.buckets, err = newMatcher("hash_buckets", maps.Clone(c.HashBuckets)); err != nil {
		return nil, err
	}
	for _, name := range sortedKeys(c.HashBuckets) {
		if n := c.HashBuckets[name]; n < 1 || n > r.limits.MaxCategories {
			return nil, fmt.Errorf("hash_buckets.%s: %d is not within 1 to max_categories, %d", name, n, r.limits.MaxCategories)
		}
		if k, ok := kinds[name]; ok && !k.categorical() {
			return nil, fmt.Errorf("hash_buckets.%s: the attribute is declared as %v, want categorical or list", name, k)
		}
	}
	for _, name := range sortedKeys(kinds) {
		if kinds[name] == Ignore || !strings.Contains(name, ".") {
			continue
		}
		if meta := strings.IndexAny(name, glob.Meta); meta >= 0 {
			r.prefixes = append(r.prefixes, name[:meta])
		}
		addParents(r.parents, name)
	}
	return r, nil
}

func (c *Config) checkLimits() error {
	switch {
	case c.MaxAttributes < 0 || c.MaxAttributes > maxMaxAttributes:
		return fmt.Errorf("max_attributes: %d is not within 1 to %d", c.MaxAttributes, maxMaxAttributes)
	case c.MaxCategories < 0 || c.MaxCategories > maxMaxCategories:
		return fmt.Errorf("max_categories: %d is not within 1 to %d", c.MaxCategories, maxMaxCategories)
	case len(c.Separator) > maxValueBytes:
		return fmt.Errorf("separator: %d bytes are more than %d", len(c.Separator), maxValueBytes)
	}
	return nil
}

// kinds returns what Attributes, Types and Order declare together.
func (c *Config) kinds() (map[string]Kind, error) {
	kinds := make(map[string]Kind, len(c.Attributes)+len(c.Order))
	for _, name := range sortedKeys(c.Attributes) {
		if len(name) == 0 || len(name) > maxNameBytes {
			return nil, fmt.Errorf("attributes.%s: name has %d bytes, want 1 to %d", shorten(name), len(name), maxNameBytes)
		}
		kind, err := ParseKind(c.Attributes[name])
		if err != nil {
			return nil, fmt.Errorf("attributes.%s: %w", name, err)
		}
		kinds[name] = kind
	}
	var types []string
	if strings.TrimSpace(c.Types) != "" {
		types = strings.Split(c.Types, ",")
	}
	if len(types) != len(c.Order) {
		return nil, fmt.Errorf("attribute_types: %q gives %d types for the %d names of attribute_order", shorten(c.Types), len(types), len(c.Order))
	}
	for i, name := range c.Order {
		if len(name) == 0 || len(name) > maxNameBytes {
			return nil, fmt.Errorf("attribute_order[%d]: name %q has %d bytes, want 1 to %d", i, shorten(name), len(name), maxNameBytes)
		}
		kind, err := ParseKind(types[i])
		if err != nil {
			return nil, fmt.Errorf("attribute_types[%d]: %w", i, err)
		}
		if before, ok := kinds[name]; ok && before != kind {
			return nil, fmt.Errorf("attribute_types[%d]: attribute %q is %v here and declared as %v before", i, name, kind, before)
		}
		kinds[name] = kind
	}
	return kinds, nil
}

// Limits returns the limits, with defaults filled in.
func (r *Rules) Limits() Limits { return r.limits.withDefaults() }

// Check returns an error when the schema has an attribute with another kind than
// the rules declare. Ignoring an attribute that the schema has is allowed: the
// attribute is missing from then on.
func (r *Rules) Check(s *Schema) error {
	for i := range s.attributes {
		a := &s.attributes[i]
		if a.Computed {
			continue
		}
		kind, by := r.kinds.find(a.Name, a.Nested)
		if by != "" && kind != Ignore && kind != a.Kind {
			return fmt.Errorf("attributes.%s: attribute %q is declared as %v, but the project has learned it as %v: `sml alter PROJECT --set attributes.%s=%v` begins its statistics anew and keeps the rest; or set %v here; or give it another name before sml_learn and set %s to ignore", by, a.Name, kind, a.Kind, a.Name, kind, a.Kind, a.Name)
		}
		if n, by := r.buckets.find(a.Name, false); by != "" && a.Kind.categorical() && n != a.Buckets {
			return fmt.Errorf("hash_buckets.%s: attribute %q is declared with %d buckets, but the project has learned it with %d, and an attribute keeps its buckets: give it another name before sml_learn and set %s to ignore", by, a.Name, n, a.Buckets, a.Name)
		}
	}
	return nil
}

// ReadingOf returns how documents of a project with this schema are read: what the
// rules set, then what the project has, then the defaults. Settings that contradict
// each other are an error.
func (r *Rules) ReadingOf(s *Schema) (Reading, error) {
	base := DefaultReading()
	if s.reading != nil {
		base = s.reading.Over(base)
	}
	out := r.reading.Over(base)
	return out, out.validate()
}

// Changes returns what the rules change of a schema that has been begun: how
// documents are read, and which unread keys are declared now.
func (r *Rules) Changes(s *Schema) (Growth, error) {
	reading, err := r.ReadingOf(s)
	if err != nil || s.reading == nil {
		return Growth{}, err
	}
	var g Growth
	if !reading.equal(s.reading) {
		g.Reading = &reading
	}
	for _, u := range s.unread {
		if _, by := r.kinds.find(u.Name, false); by != "" || r.reaches(u.Name) || s.parents[u.Name] || s.Index(u.Name) >= 0 {
			g.Read = append(g.Read, u.Name)
		}
	}
	return g, nil
}

// Declared returns the kind that an attribute of this name is declared with; false where
// it is not declared, or where that depends on whether the name is one of a document or a
// path into it.
func (r *Rules) Declared(name string) (Kind, bool) {
	kind, by := r.kinds.find(name, strings.Contains(name, "."))
	return kind, by != ""
}

// names reports whether an attribute is declared by its name.
func (r *Rules) names(attribute string) bool {
	_, ok := r.kinds.exact[attribute]
	return ok
}

// reaches reports whether a declared attribute may be inside the object at
// that path.
// It may say yes in vain, for a pattern whose literal beginning fits: the object is
// then read and its attributes are matched one by one.
func (r *Rules) reaches(object string) bool {
	if r.parents[object] {
		return true
	}
	object += "."
	for _, p := range r.prefixes {
		if strings.HasPrefix(object, p) || strings.HasPrefix(p, object) {
			return true
		}
	}
	return false
}
