package schema

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
)

// made completes an expansion.
func made(t testing.TB, e expansion.Expansion) *expansion.Expansion {
	t.Helper()
	out, err := expansion.New(e)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// hats are three columns of an attribute.
func hats(t testing.TB, attribute string) *expansion.Expansion {
	return made(t, expansion.Expansion{Kind: expansion.Hats, Sources: []string{attribute}, Knots: []float64{0, 1, 2, 3}})
}

func product(t testing.TB, a, b string) *expansion.Expansion {
	return made(t, expansion.Expansion{Kind: expansion.Product, Sources: []string{a, b}})
}

// computing is a schema with a category and numbers, of which columns are computed.
func computing(t testing.TB) *Schema {
	t.Helper()
	g := Growth{Attributes: []Attribute{{Name: "x", Kind: Continuous}, {Name: "c", Kind: Categorical, Values: []string{"a"}}}}
	g.Add(hats(t, "x"))
	g.Attributes = append(g.Attributes, Attribute{Name: "y", Kind: Continuous})
	g.Add(product(t, "x", "y"))
	s, _ := (&Schema{}).Grow(g, Limits{})
	return s
}

// TestComputed: columns stand in the order in which they were added, are computed for
// every row, and stay what they are when a growth says otherwise.
func TestComputed(t *testing.T) {
	s := computing(t)
	if got := showAttributes(s.Attributes()); got != "x:continuous c:categorical(a) spline(x,1):continuous spline(x,2):continuous spline(x,3):continuous y:continuous product(x,y):continuous" {
		t.Fatalf("attributes are %s", got)
	}
	nan := math.NaN()
	rows := []float64{1.5, nan, nan, nan, 4, nan, 2, nan, nan, nan, nan, nan}
	s.Expand(rows)
	want := []float64{1.5, 0.5, 0.5, 0, 4, 6, 2, 0, 1, 0, nan, nan}
	for i := range want {
		if rows[i] != want[i] && !(math.IsNaN(rows[i]) && math.IsNaN(want[i])) {
			t.Fatalf("rows are %v, want %v", rows, want)
		}
	}
	var g Growth
	g.Add(made(t, expansion.Expansion{Kind: expansion.Hats, Sources: []string{"x"}, Knots: []float64{0, 5}}))
	if grown, added := s.Grow(g, Limits{}); added != 0 || grown != s {
		t.Errorf("other knots added %d", added)
	}
}

// TestComputedGrows: drawn growths, in any order and with any limit, give a schema whose
// bytes are read back, and one that lost a race adds what is missing only.
func TestComputedGrows(t *testing.T) {
	for seed := range drawn.Seeds(100) {
		r := rand.New(rand.NewPCG(seed, 5))
		s := &Schema{}
		limits := Limits{MaxAttributes: 1 + r.IntN(30)}
		for range 6 {
			var g Growth
			for range r.IntN(4) {
				name := string(rune('a' + r.IntN(4)))
				switch r.IntN(4) {
				case 0:
					g.Attributes = append(g.Attributes, Attribute{Name: "spline(" + name + ",2)", Kind: Continuous})
				case 1:
					g.Add(hats(t, name))
				case 2:
					g.Add(product(t, name, "b"))
				default:
					g.Attributes = append(g.Attributes, Attribute{Name: name, Kind: []Kind{Continuous, Categorical, Binary}[r.IntN(3)]})
				}
			}
			grown, _ := s.Grow(g, limits)
			if !grown.Succeeds(s) {
				t.Fatalf("seed %d: a grown schema does not succeed", seed)
			}
			s = grown
			data, err := s.MarshalBinary()
			if err != nil {
				t.Fatal(err)
			}
			var again Schema
			if err := again.UnmarshalBinary(data); err != nil {
				t.Fatalf("seed %d: %v of %s", seed, err, showAttributes(s.Attributes()))
			}
			if back, err := again.MarshalBinary(); err != nil || !bytes.Equal(back, data) {
				t.Fatalf("seed %d: other bytes come back (%v)", seed, err)
			}
			if len(s.Attributes()) > limits.MaxAttributes {
				t.Fatalf("seed %d: %d attributes, limit %d", seed, len(s.Attributes()), limits.MaxAttributes)
			}
			s.Expand(make([]float64, 3*len(s.Numeric())))
		}
	}
}

// TestRetypeOfASource: what is computed of an attribute is missing when that is no number
// any more, and goes on when it is again.
func TestRetypeOfASource(t *testing.T) {
	s, err := computing(t).Retype("x", "categorical")
	if err != nil {
		t.Fatal(err)
	}
	row := slices.Repeat([]float64{math.NaN()}, len(s.Numeric()))
	row[slices.IndexFunc(s.Numeric(), func(i int) bool { return s.Attributes()[i].Name == "y" })] = 2
	s.Expand(row)
	if at := s.Given(row); at >= 0 {
		t.Errorf("column %d is computed of a category", at)
	}
	if s, err = s.Retype("x", "continuous"); err != nil {
		t.Fatal(err)
	}
	row = slices.Repeat([]float64{math.NaN()}, len(s.Numeric()))
	for at, i := range s.Numeric() {
		if !s.Attributes()[i].Computed {
			row[at] = 2
		}
	}
	if s.Expand(row); s.Given(row) < 0 {
		t.Errorf("nothing is computed again: %v", row)
	}
	if _, err := s.Retype("product(x,y)", "categorical"); err == nil || !strings.Contains(err.Error(), "is computed") {
		t.Errorf("a computed column becomes a category: %v", err)
	}
}

// TestComputedDamage: bytes of which a computed column lacks its expansion, or the other way
// round, are refused.
func TestComputedDamage(t *testing.T) {
	s := computing(t)
	for _, c := range []struct {
		name  string
		spoil func(s *Schema)
		want  string
	}{
		{"no expansion", func(s *Schema) { s.expansions = s.expansions[:1] }, "computed by nothing"},
		{"no column", func(s *Schema) { s.attributes = s.attributes[:6] }, "not among the attributes"},
		{"other order", func(s *Schema) { s.attributes[2], s.attributes[3] = s.attributes[3], s.attributes[2] }, "not in its place"},
		{"twice", func(s *Schema) { s.expansions = append(s.expansions, s.expansions[1]) }, "twice"},
	} {
		t.Run(c.name, func(t *testing.T) {
			spoilt := *s
			spoilt.attributes, spoilt.expansions = slices.Clone(s.attributes), slices.Clone(s.expansions)
			c.spoil(&spoilt)
			data, err := spoilt.MarshalBinary()
			if err != nil {
				t.Fatal(err)
			}
			checkError(t, new(Schema).UnmarshalBinary(data), c.want)
		})
	}
}
