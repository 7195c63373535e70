package explore_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
)

// TestQuestionsAreDocumented: docs/explore.md has a row for every question that
// names all of its parameters.
func TestQuestionsAreDocumented(t *testing.T) {
	content, err := os.ReadFile(filepath.Join("..", "docs", "explore.md"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(content), "\n")
	for _, q := range explore.Questions() {
		row := ""
		for _, line := range lines {
			if row == "" && strings.HasPrefix(line, "| `"+q.Name+"` |") {
				row = line
			}
		}
		if row == "" {
			t.Errorf("docs/explore.md has no row for %s", q.Name)
			continue
		}
		for _, p := range q.Parameters {
			if !strings.Contains(row, "`"+p.Name+"`") {
				t.Errorf("docs/explore.md: the row of %s lacks its parameter %s", q.Name, p.Name)
			}
		}
		if q.Summary == "" {
			t.Errorf("%s has no summary", q.Name)
		}
	}
}
