package plugin_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTroubleshootingQuotesTheCode holds that each text of the first table of
// docs/troubleshooting.md is in a source of the program, part by part.
func TestTroubleshootingQuotesTheCode(t *testing.T) {
	page, err := os.ReadFile("../docs/troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(page), "## By text\n")
	table, _, ended := strings.Cut(table, "## By symptom\n")
	if !found || !ended {
		t.Fatal("the page has no tables by text and by symptom")
	}
	sources := sourceText(t)
	quoted := regexp.MustCompile("(?m)^\\| `([^`]+)` \\|").FindAllStringSubmatch(table, -1)
	if len(quoted) < 10 {
		t.Fatalf("only %d texts are found", len(quoted))
	}
	for _, q := range quoted {
		for part := range strings.SplitSeq(q[1], "…") {
			if part = strings.TrimSpace(part); part != "" && !strings.Contains(sources, part) {
				t.Errorf("nothing says %q of %q", part, q[1])
			}
		}
	}
}

// sourceText is all code that is no test, the verbs of formats left out.
func sourceText(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		all.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	// Texts are joined over lines, and quote names by verbs.
	text := regexp.MustCompile(`%[-+.\d]*[a-zA-Z]`).ReplaceAllString(all.String(), "…")
	return strings.NewReplacer("\\\"\"+shard+\"\\\"", "…", "\\\"", "\"").Replace(text)
}
