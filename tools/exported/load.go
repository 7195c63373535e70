package exported

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// listed is what `go list` says of one package.
type listed struct {
	ImportPath, Dir, Export            string
	ForTest                            string // not empty: compiled anew for a test
	GoFiles, TestGoFiles, XTestGoFiles []string
	Imports, TestImports, XTestImports []string
	Module                             *struct {
		Main bool
		Dir  string
	}
}

// source is a package as it was checked, without its tests.
type source struct {
	listed
	types *types.Package
}

// module is the source of a module, its types, and who uses what.
//
// Types of the module are those of the source, and types of other modules those of
// the compiler's export data. There is one of each, so types of two packages can
// be compared.
type module struct {
	root     string
	files    *token.FileSet
	export   map[string]string // path of a package of another module: its export data
	foreign  types.Importer
	packages []*source // dependencies first
	byPath   map[string]*types.Package

	uses       map[string]bool // of identifiers, by nameOf
	interfaces []*types.Interface
}

// load lists, parses and checks the packages of the module in dir, and then their
// tests. Source that does not compile is an error.
func load(dir string) (*module, error) {
	m := &module{files: token.NewFileSet(), export: map[string]string{}, byPath: map[string]*types.Package{}, uses: map[string]bool{}}
	if err := m.list(dir); err != nil {
		return nil, err
	}
	m.foreign = importer.ForCompiler(m.files, "gc", func(path string) (io.ReadCloser, error) {
		if m.export[path] == "" {
			return nil, fmt.Errorf("no export data of %s", path)
		}
		return os.Open(m.export[path])
	})
	for _, p := range m.packages {
		var err error
		if p.types, err = m.check(p.ImportPath, p.Dir, p.GoFiles, m); err != nil {
			return nil, err
		}
		m.byPath[p.ImportPath] = p.types
	}
	for _, p := range m.packages {
		if err := m.checkTests(p); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// list asks the go command for the packages, which it puts after those that they
// import, and then for the export data of what they import of other modules. None
// of the module's own packages is compiled for it.
func (m *module) list(dir string) error {
	err := goList(dir, func(p *listed) {
		if p.Module != nil && p.Module.Main && p.ForTest == "" && filepath.Ext(p.ImportPath) != ".test" {
			m.root = p.Module.Dir
			m.packages = append(m.packages, &source{listed: *p})
		}
	}, "-test", "-deps", "./...")
	if err != nil {
		return err
	}
	own, foreign := map[string]bool{}, map[string]bool{}
	for _, p := range m.packages {
		own[p.ImportPath] = true
	}
	for _, p := range m.packages {
		for _, path := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			if !own[path] {
				foreign[path] = true
			}
		}
	}
	arguments := append([]string{"-export", "-deps"}, slices.Sorted(maps.Keys(foreign))...)
	return goList(dir, func(p *listed) { m.export[p.ImportPath] = p.Export }, arguments...)
}

// goList calls visit for each package that the go command lists.
func goList(dir string, visit func(*listed), arguments ...string) error {
	command := exec.Command("go", append([]string{"list", "-tags", "integration",
		"-json=ImportPath,Dir,Export,ForTest,GoFiles,TestGoFiles,XTestGoFiles,Imports,TestImports,XTestImports,Module"}, arguments...)...)
	command.Dir = dir
	var complaints bytes.Buffer
	command.Stderr = &complaints
	out, err := command.Output()
	if err != nil {
		return fmt.Errorf("go list: %w\n%s", err, complaints.Bytes())
	}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("output of go list: %w", err)
		}
		visit(&p)
	}
}

// Import returns a package for one that imports it.
func (m *module) Import(path string) (*types.Package, error) {
	if p := m.byPath[path]; p != nil {
		return p, nil
	}
	return m.foreign.Import(path)
}

// importing is a module in which a package is replaced by itself with its tests.
type importing struct {
	*module
	path  string
	tests *types.Package
}

// Import returns a package for a test that imports it.
func (i importing) Import(path string) (*types.Package, error) {
	if path == i.path {
		return i.tests, nil
	}
	return i.module.Import(path)
}

// checkTests checks the tests of a package. Those in a package of their own see
// what the tests inside export. Other packages that they import were checked
// against the package without tests, so types may differ where a test passes what
// only tests have; uses are recorded all the same.
func (m *module) checkTests(p *source) error {
	within := importing{module: m, path: p.ImportPath, tests: p.types}
	if len(p.TestGoFiles) > 0 {
		all := append(append([]string{}, p.GoFiles...), p.TestGoFiles...)
		tests, err := m.check(p.ImportPath, p.Dir, all, m)
		if err != nil {
			return err
		}
		within.tests = tests
	}
	if len(p.XTestGoFiles) == 0 {
		return nil
	}
	_, err := m.check(p.ImportPath+"_test", p.Dir, p.XTestGoFiles, within)
	if within.tests != p.types && errors.As(err, new(types.Error)) {
		return nil
	}
	return err
}

// check parses and checks files as one package, and records what they use.
func (m *module) check(path, dir string, names []string, from types.Importer) (*types.Package, error) {
	var files []*ast.File
	for _, name := range names {
		f, err := parser.ParseFile(m.files, filepath.Join(dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("parse %s: %w", name, err)
		}
		files = append(files, f)
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{}}
	var first error
	conf := types.Config{Importer: from, Error: func(err error) {
		if first == nil {
			first = fmt.Errorf("check %s: %w", path, err)
		}
	}}
	p, _ := conf.Check(path, m.files, files, info) // its error is the first one that Error was told
	m.record(path, info)
	return p, first
}
