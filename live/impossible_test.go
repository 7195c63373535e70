package live

import (
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
)

// TestImpossible: a regression on a target that the first value settled as a category
// is impossible, with the reason; a classifier, a number and an unknown target are not.
func TestImpossible(t *testing.T) {
	r := schema.NewReader(nil)
	if err := r.ReadJSON([]byte(`{"price":"1,234","size":"5.1","kind":"a"}`), &schema.Block{}); err != nil {
		t.Fatal(err)
	}
	s, _ := new(schema.Schema).Grow(r.Growth(), schema.Limits{})
	for name, c := range map[string]struct{ kind, target, want string }{
		"a category":   {"ols", "price", `target "price" is categorical (the first value was "1,234", a string that is no number), and type ols predicts a number: declare attributes: { "price": continuous }`},
		"a number":     {"ols", "size", ""},
		"not seen":     {"ridge", "weight", ""},
		"a classifier": {"naive_bayes", "kind", ""},
		"an anomaly":   {"hba", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := Impossible("p", s, &model.Definition{Name: "m", Type: c.kind, Target: c.target})
			if !strings.Contains(got, c.want) || (got == "") != (c.want == "") {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
