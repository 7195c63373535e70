package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
)

// Attribute is one named column of the records. Everything that is needed to
// read it is kept here and not in the rules. So a process that knows only the
// schema, such as a scorer, reads it in the same way.
type Attribute struct {
	// Name is the key; for a value in nested objects the keys joined by dots.
	Name string
	Kind Kind
	// Values are the categories of a categorical or list attribute: code i
	// means Values[i-1], code 0 any other.
	Values []string
	// Declared says that a user declared the kind. Numbers and truth values are
	// then also accepted as strings.
	Declared bool
	// Nested says that the name is a path that reaches into objects.
	Nested bool
	// Separator splits a string into the values of a list; empty means that a
	// string is one value.
	Separator string
	// Buckets, when positive, replaces each category by "#n", n being its hash
	// modulo Buckets.
	Buckets int
	// Settled is what settled the kind.
	Settled Settled
	// Retyped says that the attribute has been learned as another kind before: what
	// was learned then does not count.
	Retyped bool
	// Computed says that no document has the attribute: it is a column of an expansion
	// of the schema.
	Computed bool
}

// Schema is the attributes of a project in the order in which they were first
// seen. It is immutable and safe for concurrent use. The zero value is the
// empty schema.
type Schema struct {
	version    uint64
	attributes []Attribute
	columns    []int              // per attribute its numeric or categorical column
	codes      []map[string]int32 // per attribute its dictionary, shared between versions
	index      map[string]int
	parents    map[string]bool // paths of the objects that hold nested attributes
	numeric    []int
	categories []int
	reading    *Reading // nil for a project that nothing has been learned of
	unread     []Unread
	expansions []*expansion.Expansion
	computed   []computed // where they read and write, parallel to them
}

// New returns a schema of these attributes, which it copies; with any, documents are
// read as before the settings of that were stored. Names must be
// different and of 1 to maxNameBytes bytes; the values of one attribute must
// be different and of at most maxValueBytes bytes.
func New(attributes ...Attribute) (*Schema, error) { return newSchema(attributes, nil) }

// newSchema is New for attributes of which some are columns of the expansions.
func newSchema(attributes []Attribute, expansions []*expansion.Expansion) (*Schema, error) {
	s := &Schema{expansions: expansions}
	for i := range attributes {
		if err := attributes[i].validate(); err != nil {
			return nil, err
		}
		a := attributes[i]
		a.Values = slices.Clone(a.Values)
		s.attributes = append(s.attributes, a)
		s.codes = append(s.codes, dictionary(a))
		if len(s.codes[i]) != len(a.Values) {
			return nil, fmt.Errorf("attribute %q has a category twice", a.Name)
		}
	}
	if s.link(); len(s.index) != len(s.attributes) {
		return nil, fmt.Errorf("%d attributes have %d different names", len(s.attributes), len(s.index))
	}
	if err := s.checkExpansions(); err != nil {
		return nil, err
	}
	if len(attributes) > 0 {
		reading := legacyReading()
		s.reading = &reading
	}
	return s, nil
}

func (a *Attribute) validate() error {
	switch {
	case len(a.Name) == 0 || len(a.Name) > maxNameBytes:
		return fmt.Errorf("attribute name %q has %d bytes, want 1 to %d", shorten(a.Name), len(a.Name), maxNameBytes)
	case !a.Kind.numeric() && !a.Kind.categorical():
		return fmt.Errorf("attribute %q is of %v, which has no column", a.Name, a.Kind)
	case a.Computed && (a.Kind != Continuous || a.Nested || a.Retyped):
		return fmt.Errorf("attribute %q is computed and %v", a.Name, a.Kind)
	case a.Kind.numeric() && len(a.Values) > 0:
		return fmt.Errorf("attribute %q is %v and has categories", a.Name, a.Kind)
	case len(a.Separator) > maxValueBytes:
		return fmt.Errorf("attribute %q has a separator of %d bytes, want at most %d", a.Name, len(a.Separator), maxValueBytes)
	case a.Settled.Reason > lastReason || len(a.Settled.First) > maxFirstBytes:
		return fmt.Errorf("attribute %q was settled by reason %d and a value of %d bytes", a.Name, a.Settled.Reason, len(a.Settled.First))
	case a.Buckets < 0 || a.Buckets > maxMaxCategories:
		return fmt.Errorf("attribute %q has %d hash buckets, want 0 to %d", a.Name, a.Buckets, maxMaxCategories)
	case len(a.Values) > maxMaxCategories:
		return fmt.Errorf("attribute %q has %d categories, want at most %d", a.Name, len(a.Values), maxMaxCategories)
	}
	for _, v := range a.Values {
		if len(v) > maxValueBytes {
			return fmt.Errorf("attribute %q has a category of %d bytes, want at most %d", a.Name, len(v), maxValueBytes)
		}
	}
	return nil
}

// dictionary returns the codes of the attribute's values; nil when its kind
// has none.
func dictionary(a Attribute) map[string]int32 {
	if !a.Kind.categorical() {
		return nil
	}
	codes := make(map[string]int32, len(a.Values))
	for i, v := range a.Values {
		codes[v] = int32(i + 1)
	}
	return codes
}

// link builds everything that follows from the attributes, except the
// dictionaries.
// Columns are numbered in the order of the attributes of each sort, so appending
// attributes changes no column.
func (s *Schema) link() {
	s.index = make(map[string]int, len(s.attributes))
	s.columns = make([]int, len(s.attributes))
	s.parents = map[string]bool{}
	for i := range s.attributes {
		a := &s.attributes[i]
		s.index[a.Name] = i
		if a.Nested {
			addParents(s.parents, a.Name)
		}
		if a.Kind.numeric() {
			s.columns[i] = len(s.numeric)
			s.numeric = append(s.numeric, i)
		} else {
			s.columns[i] = len(s.categories)
			s.categories = append(s.categories, i)
		}
	}
	s.place()
}

// addParents adds "a" and "a.b" for the name "a.b.c".
func addParents(parents map[string]bool, name string) {
	for i := strings.IndexByte(name, '.'); i >= 0; {
		parents[name[:i]] = true
		k := strings.IndexByte(name[i+1:], '.')
		if k < 0 {
			return
		}
		i += 1 + k
	}
}

// Reading returns how the text of documents is read, false where the project has
// not been begun.
func (s *Schema) Reading() (Reading, bool) {
	if s.reading == nil {
		return Reading{}, false
	}
	return *s.reading, true
}

// Anew returns the schema as if it had been made at once, with version 0.
func (s *Schema) Anew() *Schema {
	out := *s
	out.version = 0
	return &out
}

// Version counts the growths since the empty schema.
func (s *Schema) Version() uint64 { return s.version }

// Attributes returns all attributes. They must not be changed.
func (s *Schema) Attributes() []Attribute { return s.attributes }

// Index returns the index of the attribute of that name, or -1.
func (s *Schema) Index(name string) int {
	if i, ok := s.index[name]; ok {
		return i
	}
	return -1
}

// Numeric returns the index of the attribute of each numeric column:
// continuous, binary and timestamp attributes in order of appearance. It must
// not be changed.
func (s *Schema) Numeric() []int { return s.numeric }

// Categorical returns the index of the attribute of each categorical column:
// categorical and list attributes in order of appearance. It must not be
// changed.
func (s *Schema) Categorical() []int { return s.categories }

// column returns the numeric or categorical column of attribute i, depending
// on its kind.
func (s *Schema) column(i int) int { return s.columns[i] }
