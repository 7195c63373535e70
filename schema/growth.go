package schema

import (
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
)

// Growth lists the attributes and values that documents had and the schema did
// not have, in the order in which they were seen. An entry for an attribute that
// the schema has lists only the new values.
type Growth struct {
	Attributes []Attribute
	// Reading is how documents are read from now on, nil for as before. A schema
	// that is grown without any has DefaultReading.
	Reading *Reading
	// Unread are keys with objects and arrays that are not learned; Read are names
	// that are no longer among them.
	Unread []Unread
	Read   []string
	// Expansions compute those of the attributes that are Computed: see Add.
	Expansions []*expansion.Expansion
}

// Empty reports whether there is nothing to add.
func (g Growth) Empty() bool {
	return len(g.Attributes) == 0 && g.Reading == nil && len(g.Unread) == 0 && len(g.Read) == 0 && len(g.Expansions) == 0
}

// Growth returns everything that the schema has, to add it to an empty one.
func (s *Schema) Growth() Growth {
	return Growth{Attributes: s.attributes, Reading: s.reading, Unread: s.unread, Expansions: s.expansions}
}

// Grow returns a schema that has the attributes and categories of g as well,
// and how many were added, with changes of other entries; with none it returns s. An attribute of s never
// changes, whatever g says about it: a writer that lost a race takes what the
// winner wrote. Entries beyond the limits and invalid entries are left out.
func (s *Schema) Grow(g Growth, limits Limits) (grown *Schema, added int) {
	limits = limits.withDefaults()
	out := &Schema{version: s.version + 1, attributes: slices.Clone(s.attributes), codes: slices.Clone(s.codes), reading: s.reading, unread: s.unread, expansions: s.expansions}
	expansions := s.fitting(&g, limits.MaxAttributes)
	out.expansions = append(slices.Clip(out.expansions), expansions...)
	added = len(expansions)
	taken := map[string]bool{}
	for _, e := range expansions {
		for _, name := range e.Names() {
			taken[name] = true
		}
	}
	fresh := map[string]int{}
	for i := range g.Attributes {
		from := &g.Attributes[i]
		at, ok := s.index[from.Name]
		if !ok {
			at, ok = fresh[from.Name]
		}
		if !ok {
			a := *from
			a.Values = nil
			if len(out.attributes) >= limits.MaxAttributes || a.validate() != nil || a.Computed != taken[a.Name] {
				continue
			}
			at = len(out.attributes)
			fresh[a.Name] = at
			out.attributes = append(out.attributes, a)
			out.codes = append(out.codes, dictionary(a))
			added++
		}
		added += out.addValues(at, from, limits.MaxCategories)
	}
	added += out.addUnread(g.Unread, g.Read)
	if g.Reading != nil && (s.reading == nil || !s.reading.equal(g.Reading)) {
		reading := g.Reading.Over(DefaultReading())
		out.reading = &reading
		added++
	}
	if added == 0 {
		return s, 0
	}
	if out.reading == nil {
		reading := DefaultReading()
		out.reading = &reading
	}
	out.link()
	return out, added
}

// addValues appends the values that attribute at does not have yet and returns
// how many.
// Clipping makes append copy: s shares the old values with schemas that are in use.
func (s *Schema) addValues(at int, from *Attribute, most int) int {
	a := &s.attributes[at]
	if a.Kind != from.Kind || !a.Kind.categorical() {
		return 0
	}
	before := len(a.Values)
	a.Values = slices.Clip(a.Values)
	var seen map[string]bool
	for _, v := range from.Values {
		if len(a.Values) >= most || len(v) > maxValueBytes || seen[v] {
			continue
		}
		if _, ok := s.codes[at][v]; ok {
			continue
		}
		if seen == nil {
			seen = map[string]bool{}
		}
		seen[v] = true
		a.Values = append(a.Values, v)
	}
	if len(a.Values) > before {
		s.codes[at] = dictionary(*a)
	}
	return len(a.Values) - before
}

// extends reports whether s is other, grown or not: it has the attributes of other in the
// same places with the same categories. Rows that were encoded by other then mean the
// same by s.
func (s *Schema) extends(other *Schema) bool {
	if len(s.attributes) < len(other.attributes) || !s.expands(other) {
		return false
	}
	for i := range other.attributes {
		if mine, theirs := &s.attributes[i], &other.attributes[i]; mine.Kind != theirs.Kind || !mine.continues(theirs) {
			return false
		}
	}
	return true
}
