package plugin_test

import (
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/tools/exported"
)

// exportedFor are the identifiers that are exported although no other package uses
// them, each with its reason.
var exportedFor = map[string]string{
	"keyed.Keyed.Join":          "package state finds it by an interface",
	"project.DecodeComposition": "the inverse of Encode, whose format the tests from outside hold",
	"project.Index.Remove":      "the inverse of Add",

	"stats/wrap.Folds":     alikeWrappers,
	"stats/wrap.Partition": alikeWrappers,
	"stats/wrap.RowWindow": alikeWrappers,
	"stats/wrap.Window":    alikeWrappers,
}

const alikeWrappers = "the other wrappers are used, and all are exported alike"

// TestExported holds that nothing is exported which no other package uses.
func TestExported(t *testing.T) {
	unused, err := exported.Unused("..")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, u := range unused {
		found[u.String()] = true
		if exportedFor[u.String()] == "" {
			t.Errorf("%s: %s is exported, and no other package uses it", u.Position, u)
		}
	}
	for name := range exportedFor {
		if !found[name] {
			t.Errorf("%s is listed as unused, and is used or gone", name)
		}
	}
}
