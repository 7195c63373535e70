package plugin_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// testName is a test as pages name it, and testFunc one as it is declared.
var (
	testName = regexp.MustCompile(`\bTest[A-Z]\w*`)
	testFunc = regexp.MustCompile(`(?m)^func (Test[A-Z]\w*)\(t \*testing\.T\)`)
	quoted   = regexp.MustCompile("`([^`]+)`")
	inParens = regexp.MustCompile(`\(([a-z/]+)\)`)
)

// declaredTests returns the folders of the repository that declare each test.
func declaredTests(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		folder := filepath.ToSlash(strings.TrimPrefix(filepath.Dir(path), ".."+string(filepath.Separator)))
		for _, m := range testFunc.FindAllStringSubmatch(string(source), -1) {
			out[m[1]] = append(out[m[1]], folder)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestPagesNameTests: each test that a page names exists.
func TestPagesNameTests(t *testing.T) {
	declared := declaredTests(t)
	pages, err := filepath.Glob("../docs/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatal(pages, err)
	}
	named := 0
	for _, page := range append(pages, "../README.md", "../CONTRIBUTING.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range testName.FindAllString(string(text), -1) {
			if named++; declared[name] == nil {
				t.Errorf("%s names %s, which no package has", page, name)
			}
		}
	}
	if named < 50 {
		t.Errorf("the pages name %d tests, want more", named)
	}
}

// TestGuaranteesAreHeld: each row of the tables of docs/guarantees.md names what holds it:
// tests that are in a package which the row names too, or a driver of its own.
func TestGuaranteesAreHeld(t *testing.T) {
	declared := declaredTests(t)
	page, err := os.ReadFile("../docs/guarantees.md")
	if err != nil {
		t.Fatal(err)
	}
	rows, last := 0, ""
	for _, line := range strings.Split(string(page), "\n") {
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if !strings.HasPrefix(line, "|") || len(cells) != 3 || strings.HasPrefix(line, "|---") || strings.Contains(line, "which test holds it") {
			continue
		}
		rows++
		holds := strings.TrimSuffix(cells[2], " |")
		if holds == "the same" {
			holds = last
		}
		last = holds
		var folders []string
		for _, m := range append(quoted.FindAllStringSubmatch(holds, -1), inParens.FindAllStringSubmatch(holds, -1)...) {
			if !strings.HasPrefix(m[1], "Test") {
				folders = append(folders, m[1])
			}
		}
		tests := testName.FindAllString(holds, -1)
		for _, name := range tests {
			if !slices.ContainsFunc(declared[name], func(f string) bool { return slices.Contains(folders, f) }) {
				t.Errorf("%q: %s is in %v, and the row names %v", cells[0], name, declared[name], folders)
			}
		}
		for _, folder := range folders {
			if strings.Contains(folder, "_") { // a field of a report
				continue
			}
			if info, err := os.Stat(filepath.Join("..", filepath.FromSlash(folder))); err != nil || !info.IsDir() {
				t.Errorf("%q: there is no folder %s", cells[0], folder)
			}
		}
		if len(tests) == 0 && !strings.Contains(holds, "test/chaos") && !strings.Contains(holds, "Draw") && !strings.Contains(holds, "model check") {
			t.Errorf("%q: no test holds it: %q", cells[0], holds)
		}
	}
	if rows < 50 {
		t.Errorf("%d rows, want more", rows)
	}
}
