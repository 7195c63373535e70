package plugin_test

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const architecturePage = "../docs/architecture.md"

// packageRow is a row of the table of packages.
var packageRow = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| (.*) \\| (.*) \\|$")

// TestArchitecture compares the table of packages in docs/architecture.md with
// what the packages import, both ways, and holds that arrows go up in it.
func TestArchitecture(t *testing.T) {
	page, err := os.ReadFile(architecturePage)
	if err != nil {
		t.Fatal(err)
	}
	begin := strings.Index(string(page), "## Packages")
	length := strings.Index(string(page)[begin:], "\n## Rows")
	if begin < 0 || length < 0 {
		t.Fatal("docs/architecture.md has no section Packages before Rows")
	}
	section := string(page)[begin : begin+length]
	imports := importsOf(t)
	if *update {
		section = packageRow.ReplaceAllStringFunc(section, func(row string) string {
			m := packageRow.FindStringSubmatch(row)
			return "| `" + m[1] + "` | " + m[2] + " | " + listed(imports[m[1]]) + " |"
		})
		written := string(page)[:begin] + section + string(page)[begin+length:]
		if err := os.WriteFile(architecturePage, []byte(written), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	place := map[string]int{}
	rows := packageRow.FindAllStringSubmatch(section, -1)
	for i, row := range rows {
		place[row[1]] = i
	}
	for i, row := range rows {
		name := row[1]
		actual, exists := imports[name]
		if !exists {
			t.Errorf("the table has %s, which is no package", name)
			continue
		}
		if want := listed(actual); row[3] != want {
			t.Errorf("%s imports %s, the table says %s", name, want, row[3])
		}
		for _, imported := range actual {
			if place[imported] >= i {
				t.Errorf("%s imports %s, which stands below it", name, imported)
			}
		}
	}
	for name := range imports {
		if _, ok := place[name]; !ok {
			t.Errorf("the table lacks %s", name)
		}
	}
}

// importsOf returns, for each package of the module by its folder, the folders
// of those that it imports. Tests do not count.
func importsOf(t *testing.T) map[string][]string {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, module+"...").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	imports := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		name := strings.TrimPrefix(fields[0], module)
		imports[name] = nil
		for _, path := range fields[1:] {
			if own, ok := strings.CutPrefix(path, module); ok {
				imports[name] = append(imports[name], own)
			}
		}
		slices.Sort(imports[name])
	}
	return imports
}

// listed is a cell of the table.
func listed(imports []string) string {
	if len(imports) == 0 {
		return "–"
	}
	return "`" + strings.Join(imports, "`, `") + "`"
}
