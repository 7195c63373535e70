package plugin_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strings"
	"testing"
)

// formatsOfGo are the verbs that write the name of a type, or a value with the names of
// its fields.
var formatsOfGo = regexp.MustCompile(`%T|%[+#]v`)

// formatsOfGoFor are the texts that may have such a verb, by file, each with its reason.
var formatsOfGoFor = map[string]string{}

// TestErrorsAreInWords: no text of the program is made with a verb that shows names of
// Go. What reaches a user names a field, a value and a thing that the documentation
// names. Tests and tools for developers may.
func TestErrorsAreInWords(t *testing.T) {
	used := map[string]bool{}
	err := eachGoFile("..", func(name string, source []byte) error {
		if strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "../tools/") || strings.HasPrefix(name, "../test/") || strings.Contains(name, "test/") {
			return nil
		}
		files := token.NewFileSet()
		parsed, err := parser.ParseFile(files, name, source, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			text, ok := n.(*ast.BasicLit)
			if !ok || text.Kind != token.STRING || !formatsOfGo.MatchString(text.Value) {
				return true
			}
			if formatsOfGoFor[name] != "" {
				used[name] = true
				return true
			}
			t.Errorf("%v: %s shows names of Go: name the thing in words", files.Position(text.Pos()), text.Value)
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range formatsOfGoFor {
		if !used[name] {
			t.Errorf("%s has no such text any more: take it off the list", name)
		}
	}
}
