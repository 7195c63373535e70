package schema

import (
	"fmt"
	"slices"
)

// Retype returns the schema in which an attribute has another kind, given as rules
// name it, and begins anew: it comes after all others, without categories. Where
// both kinds are plain numbers it keeps its place, and with it its statistics. An
// attribute of that name must be there; one that has the kind already is left as it
// is, and s is returned.
func (s *Schema) Retype(name, kind string) (*Schema, error) {
	to, err := ParseKind(kind)
	if err != nil {
		return nil, err
	}
	at := s.Index(name)
	switch {
	case at < 0:
		return nil, fmt.Errorf("attribute %q is not among those learned", shorten(name))
	case to == Ignore:
		return nil, fmt.Errorf("attribute %q cannot be altered to %v: set it in sml_learn, and what was learned of it stays", shorten(name), to)
	case s.attributes[at].Kind == to:
		return s, nil
	case s.attributes[at].Computed:
		return nil, fmt.Errorf("attribute %q is computed (`expand` of sml_learn) and always a number", shorten(name))
	}
	attributes := slices.Clone(s.attributes)
	a := attributes[at]
	if SharesColumn(a.Kind, to) {
		attributes[at].Kind, attributes[at].Declared, attributes[at].Settled = to, true, settledAgain(s)
	} else {
		again := Attribute{Name: a.Name, Kind: to, Declared: true, Nested: a.Nested, Retyped: true, Settled: settledAgain(s)}
		if to.categorical() && a.Kind.categorical() {
			again.Separator, again.Buckets = a.Separator, a.Buckets
		}
		attributes = append(slices.Delete(attributes, at, at+1), again)
	}
	out, err := newSchema(attributes, s.expansions)
	if err != nil {
		return nil, err
	}
	out.version, out.reading, out.unread = s.version+1, s.reading, s.unread
	return out, nil
}

// Succeeds reports whether s is other, grown, retyped or not: a later state of the same
// schema. Attributes of other that have not been retyped stand in the same order in s,
// with the same categories; one that has been retyped is marked so in s. A schema that
// was retyped has a higher version than before.
func (s *Schema) Succeeds(other *Schema) bool {
	switch {
	case s.version < other.version && other.wasRetyped():
		return false // as it was before, also where it was retyped there and back
	case s.extends(other):
		return true
	case s.version <= other.version || !s.expands(other):
		return false
	}
	at := 0
	for i := range other.attributes {
		theirs := &other.attributes[i]
		if at < len(s.attributes) && s.attributes[at].continues(theirs) {
			at++
			continue
		}
		if again := s.Index(theirs.Name); again < at || !s.attributes[again].Retyped {
			return false
		}
	}
	return true
}

func (s *Schema) wasRetyped() bool {
	return slices.ContainsFunc(s.attributes, func(a Attribute) bool { return a.Retyped })
}

// continues reports whether an attribute is an earlier one, with more categories or
// with another kind that shares its column.
func (a *Attribute) continues(earlier *Attribute) bool {
	return a.Name == earlier.Name && SharesColumn(a.Kind, earlier.Kind) && a.Buckets == earlier.Buckets &&
		len(a.Values) >= len(earlier.Values) && slices.Equal(a.Values[:len(earlier.Values)], earlier.Values)
}

// SharesColumn reports whether two kinds are read into the same sort of column, so
// that an attribute which becomes the other keeps its statistics.
func SharesColumn(a, b Kind) bool {
	plain := func(k Kind) bool { return k == Continuous || k == Timestamp }
	return a == b || plain(a) && plain(b)
}

// settledAgain is what settles an attribute that is retyped: a declaration. A schema
// of before that was stored stays without.
func settledAgain(s *Schema) Settled {
	if s.format() != formatReading {
		return Settled{}
	}
	return Settled{Reason: FromDeclaration}
}
