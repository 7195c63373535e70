package docgen_test

import (
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/tools/docgen"
)

func TestSection(t *testing.T) {
	const page = "a\n<!-- x: begin -->\nold\n<!-- x: end -->\nb\n"
	got, err := docgen.Section(page, "x", "new\n")
	if want := strings.Replace(page, "old", "new", 1); err != nil || got != want {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
	for name, page := range map[string]string{"no marks": "a\n", "no end": "<!-- x: begin -->\n", "no begin": "<!-- x: end -->\n"} {
		if _, err := docgen.Section(page, "x", "new\n"); err == nil || !strings.Contains(err.Error(), "x: begin") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestQuestions: arguments are told with what is needed, bounds, choices and
// defaults.
func TestQuestions(t *testing.T) {
	table := docgen.Questions()
	for _, want := range []string{
		"| `quantile` | `attribute`*, `q`* (from 0 to 1) |", "`limit` (from 1 to 1000; default `10`)",
		"`alternative` (`two-sided`, `less`, `greater`; default `two-sided`)", "| `vif` | `attributes` |",
	} {
		if !strings.Contains(table, want) {
			t.Errorf("the table lacks %q", want)
		}
	}
}
