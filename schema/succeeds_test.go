package schema

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestSucceeds draws a history of a schema, grown and retyped: each later state succeeds
// each earlier one and not the other way round; a schema that was begun anew with other
// attributes is neither.
func TestSucceeds(t *testing.T) {
	kinds := []string{"continuous", "binary", "categorical", "list"}
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 7))
		states := []*Schema{{}}
		for i := range 2 + r.IntN(12) {
			s := states[len(states)-1]
			if n := len(s.attributes); n > 0 && r.IntN(2) == 0 {
				next, err := s.Retype(s.attributes[r.IntN(n)].Name, kinds[r.IntN(len(kinds))])
				if err != nil {
					t.Fatal(err)
				}
				s = next
			} else {
				s, _ = s.Grow(Growth{Attributes: []Attribute{{Name: fmt.Sprint("a", i), Kind: []Kind{Continuous, Binary, Categorical}[r.IntN(3)]}}}, Limits{})
			}
			if s != states[len(states)-1] {
				states = append(states, s)
			}
		}
		for i, earlier := range states {
			for j, later := range states {
				if got := later.Succeeds(earlier); got != (j >= i) {
					t.Errorf("seed %d: state %d succeeds state %d is %v:\n%v\n%v", seed, j, i, got, later.attributes, earlier.attributes)
				}
			}
		}
		anew, _ := new(Schema).Grow(Growth{Attributes: []Attribute{{Name: "other", Kind: Continuous}}}, Limits{})
		anew.version = uint64(r.IntN(30))
		if last := states[len(states)-1]; len(last.attributes) > 0 && (anew.Succeeds(last) || last.Succeeds(anew)) {
			t.Errorf("seed %d: one that was begun anew passes for a state of the schema", seed)
		}
	}
}
