package plugin_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	namedTest    = regexp.MustCompile(`\bTest[A-Z]\w*`)
	declaredTest = regexp.MustCompile(`(?m)^func (Test[A-Z]\w*)\(`)
)

// TestDocsNameTestsThatThereAre: each test that docs/guarantees.md says holds a
// guarantee is in this module.
func TestDocsNameTestsThatThereAre(t *testing.T) {
	declared := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range declaredTest.FindAllSubmatch(source, -1) {
			declared[string(m[1])] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../docs/guarantees.md")
	if err != nil {
		t.Fatal(err)
	}
	named := namedTest.FindAllString(string(page), -1)
	if len(named) < 20 {
		t.Errorf("the page names %d tests", len(named))
	}
	for _, name := range named {
		if !declared[name] {
			t.Errorf("docs/guarantees.md names %s, which is no test", name)
		}
	}
}
