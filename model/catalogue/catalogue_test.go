package catalogue_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
)

// TestAllTypesAreComplete: types are unique and in order, and every row says
// what the surfaces show of it.
func TestAllTypesAreComplete(t *testing.T) {
	all := catalogue.All()
	if !slices.IsSortedFunc(all, func(a, b model.Entry) int { return strings.Compare(a.Type, b.Type) }) {
		t.Error("the types are not in order")
	}
	seen := map[string]bool{}
	for _, e := range all {
		if seen[e.Type] {
			t.Errorf("%s is listed twice", e.Type)
		}
		seen[e.Type] = true
		if e.Type == "" || e.Summary == "" || e.Role == "" || len(e.Options()) == 0 {
			t.Errorf("%q lacks its summary, role or options", e.Type)
		}
		if e.Target == (e.Role == model.RoleAnomaly) {
			t.Errorf("%s: target is %v, role %s", e.Type, e.Target, e.Role)
		}
	}
}
