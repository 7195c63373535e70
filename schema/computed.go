package schema

import (
	"fmt"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// computed is where an expansion reads and writes: numeric columns, those that it writes
// being neighbours. A source that is no number any more is -1.
type computed struct {
	from  []int
	first int
	count int
}

// Add makes an expansion and its columns part of the growth.
func (g *Growth) Add(e *expansion.Expansion) {
	g.Expansions = append(g.Expansions, e)
	for _, name := range e.Names() {
		g.Attributes = append(g.Attributes, Attribute{Name: name, Kind: Continuous, Computed: true})
	}
}

// Expansions returns what the schema computes, in the order in which it was settled. It
// must not be changed.
func (s *Schema) Expansions() []*expansion.Expansion { return s.expansions }

// expansion returns the one of that ID, nil for none.
func (s *Schema) expansion(id string) *expansion.Expansion {
	at := slices.IndexFunc(s.expansions, func(e *expansion.Expansion) bool { return e.ID() == id })
	if at < 0 {
		return nil
	}
	return s.expansions[at]
}

// Computes reports whether an expansion of that ID is settled.
func (s *Schema) Computes(id string) bool { return s.expansion(id) != nil }

// Differs returns the IDs of expansions that the other schema has with other knots or
// frequencies: their columns have the same names and mean something else.
func (s *Schema) Differs(other *Schema) (ids []string) {
	for _, e := range other.expansions {
		if mine := s.expansion(e.ID()); mine != nil && !mine.Equal(e) {
			ids = append(ids, e.ID())
		}
	}
	return ids
}

// expands reports whether s computes all that other does, in the same way.
func (s *Schema) expands(other *Schema) bool {
	for _, e := range other.expansions {
		if mine := s.expansion(e.ID()); mine == nil || !mine.Equal(e) {
			return false
		}
	}
	return true
}

// fitting returns the expansions of a growth that can be added: all columns of one have
// room and no other attribute has their names. One that the schema has stays as it is.
func (s *Schema) fitting(g *Growth, most int) (out []*expansion.Expansion) {
	if len(g.Expansions) == 0 {
		return nil
	}
	plain := map[string]bool{}
	for i := range g.Attributes {
		if a := &g.Attributes[i]; !a.Computed && s.Index(a.Name) < 0 {
			plain[a.Name] = true
		}
	}
	room := most - len(s.attributes) - len(plain)
	seen := map[string]bool{}
	for _, e := range g.Expansions {
		names := e.Names()
		taken := slices.ContainsFunc(names, func(name string) bool {
			return plain[name] || s.Index(name) >= 0 || len(name) > maxNameBytes
		})
		if taken || seen[e.ID()] || s.expansion(e.ID()) != nil || len(names) > room {
			continue
		}
		seen[e.ID()] = true
		room -= len(names)
		out = append(out, e)
	}
	return out
}

// place finds the columns of the expansions.
func (s *Schema) place() {
	s.computed = nil
	for _, e := range s.expansions {
		c := computed{first: -1, count: e.Columns()}
		for _, name := range e.Sources {
			from := -1
			if i := s.Index(name); i >= 0 && s.attributes[i].Kind.numeric() && !s.attributes[i].Computed {
				from = s.columns[i]
			}
			c.from = append(c.from, from)
		}
		if i := s.Index(e.Names()[0]); i >= 0 && s.attributes[i].Computed {
			c.first = s.columns[i]
		}
		s.computed = append(s.computed, c)
	}
}

// checkExpansions refuses expansions whose columns are not there, or not side by side,
// and computed attributes of none.
func (s *Schema) checkExpansions() error {
	total := 0
	for k, e := range s.expansions {
		if slices.ContainsFunc(s.expansions[:k], func(o *expansion.Expansion) bool { return o.ID() == e.ID() }) {
			return fmt.Errorf("%s is computed twice", e.ID())
		}
		for i, name := range e.Names() {
			at := s.Index(name)
			if at < 0 || !s.attributes[at].Computed || s.columns[at] != s.computed[k].first+i {
				return fmt.Errorf("column %q of %s is not among the attributes, or not in its place", name, e.ID())
			}
			total++
		}
	}
	for i := range s.attributes {
		if s.attributes[i].Computed {
			total--
		}
	}
	if total != 0 {
		return fmt.Errorf("%d attributes are computed by nothing", -total)
	}
	return nil
}

// Given returns the numeric column of a computed attribute that a row has a value of
// before it was expanded, -1 for none: a document cannot give it.
func (s *Schema) Given(row []float64) int {
	for k := range s.computed {
		c := &s.computed[k]
		for i, x := range row[c.first : c.first+c.count] {
			if !math.IsNaN(x) {
				return c.first + i
			}
		}
	}
	return -1
}

// Expand computes the computed columns of rows of all numeric columns, one after another.
func (s *Schema) Expand(rows []float64) {
	if len(s.expansions) == 0 {
		return
	}
	var room [16]float64
	values := room[:0]
	for n := len(s.numeric); len(rows) >= n; rows = rows[n:] {
		row := rows[:n]
		for k, e := range s.expansions {
			c := &s.computed[k]
			values = values[:0]
			for _, from := range c.from {
				if from >= 0 {
					values = append(values, row[from])
				}
			}
			if len(values) == len(c.from) { // all are numbers still
				e.Compute(values, row[c.first:c.first+c.count], MaxMagnitude)
			}
		}
	}
}

func (s *Schema) appendExpansions(b []byte) []byte {
	w := wire.NewWriter(b)
	w.Uvarint(uint64(len(s.expansions)))
	for _, e := range s.expansions {
		e.Encode(w)
	}
	return w.Bytes()
}

func (d *decoder) expansions() (out []*expansion.Expansion) {
	if d.format != formatComputed || d.err != nil {
		return nil
	}
	r := wire.NewReader(d.buf)
	for range r.Count(3) {
		out = append(out, expansion.Decode(r))
	}
	d.buf = r.Rest()
	if r.Err() != nil {
		d.fail("%v", r.Err())
	}
	return out
}
