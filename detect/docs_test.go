package detect

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestOptionsAreDocumented: docs/drift.md has a row for every option of every type, with
// its default and its bounds.
func TestOptionsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/drift.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, typ := range Catalogue() {
		if !strings.Contains(string(page), fmt.Sprintf("| `%s` | %s |", typ.Name, typ.Input)) {
			t.Errorf("no row for %s, which takes %s", typ.Name, typ.Input)
		}
		for i := range typ.Parameters {
			p := &typ.Parameters[i]
			if row := fmt.Sprintf("| `%s` | `%s` | %s | %s | %s |", typ.Name, p.Name, p.DefaultText(), p.Markdown(), p.Description); !strings.Contains(string(page), row) {
				t.Errorf("the table of options lacks\n%s", row)
			}
		}
	}
}
