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
	to, err := parseKind(kind)
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
	out, err := New(attributes...)
	if err != nil {
		return nil, err
	}
	out.version, out.reading, out.unread = s.version+1, s.reading, s.unread
	return out, nil
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
