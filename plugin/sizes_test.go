package plugin_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Lines that a reader can still take in at once.
const (
	longestFunction = 60
	longestFile     = 500
	longestTestFile = 800
)

// longFunctionsFor are the functions that are longer, each with its reason.
var longFunctionsFor = map[string]string{}

// TestLongFunctions holds that no function of the module has more lines than
// [longestFunction], its signature and braces included, and no file more than
// [longestFile], or [longestTestFile] if it holds tests.
func TestLongFunctions(t *testing.T) {
	found := map[string]bool{}
	err := eachGoFile("..", func(name string, source []byte) error {
		most := longestFile
		if strings.HasSuffix(name, "_test.go") {
			most = longestTestFile
		}
		if lines := bytes.Count(source, []byte("\n")); lines > most {
			t.Errorf("%s has %d lines, want at most %d", name, lines, most)
		}
		long, err := longFunctions(name, source)
		if err != nil {
			return err
		}
		for function, lines := range long {
			found[function] = true
			if longFunctionsFor[function] == "" {
				t.Errorf("%s has %d lines, want at most %d", function, lines, longestFunction)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for function := range longFunctionsFor {
		if !found[function] {
			t.Errorf("%s is listed as long, and is short or gone", function)
		}
	}
}

// eachGoFile calls do with each Go file below a folder, test data and hidden
// folders aside, and its name relative to the folder.
func eachGoFile(folder string, do func(name string, source []byte) error) error {
	return filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			if name == "testdata" || len(name) > 2 && strings.HasPrefix(name, ".") {
				return fs.SkipDir
			}
			return nil
		}
		if filepath.Ext(name) != ".go" {
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		return do(filepath.ToSlash(relative), source)
	})
}

// longFunctions returns the lines of the functions of a file that have more than
// [longestFunction], by file and name.
func longFunctions(name string, source []byte) (map[string]int, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	long := map[string]int{}
	for _, declaration := range file.Decls {
		function, ok := declaration.(*ast.FuncDecl)
		if !ok || function.Body == nil {
			continue
		}
		first, last := files.Position(function.Pos()).Line, files.Position(function.End()).Line
		if lines := last - first + 1; lines > longestFunction {
			long[fmt.Sprintf("%s %s", name, function.Name.Name)] = lines
		}
	}
	return long, nil
}
