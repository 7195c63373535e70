package exported

import (
	"cmp"
	"fmt"
	"go/types"
	"iter"
	"path/filepath"
	"slices"
	"strings"
)

// Identifier is an exported identifier that no other package uses.
type Identifier struct {
	Package  string // folder, from the root of the module
	Name     string // of a method with its type: "Type.Method"
	Position string // file:line, from the root of the module
}

// String returns what is looked for in the source: "folder.Name".
func (i Identifier) String() string { return i.Package + "." + i.Name }

// Unused returns the exported identifiers of the module in dir that no other
// package of it uses, by package and name. Source that does not compile is an
// error.
func Unused(dir string) ([]Identifier, error) {
	m, err := load(dir)
	if err != nil {
		return nil, fmt.Errorf("read the module in %q: %w", dir, err)
	}
	m.markContracts()
	m.spread()
	var out []Identifier
	for _, p := range m.packages {
		for object := range m.declared(p) {
			if !m.uses[nameOf(object)] {
				out = append(out, m.identifier(p, object))
			}
		}
	}
	slices.SortFunc(out, func(a, b Identifier) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Name, b.Name))
	})
	return out, nil
}

// declared yields the exported identifiers of a package, and the exported methods
// of its exported types that are no interfaces.
func (m *module) declared(p *source) iter.Seq[types.Object] {
	return func(yield func(types.Object) bool) {
		for _, name := range p.types.Scope().Names() {
			object := p.types.Scope().Lookup(name)
			if !object.Exported() {
				continue
			}
			if !yield(object) {
				return
			}
			t, ok := object.(*types.TypeName)
			if !ok || t.IsAlias() {
				continue
			}
			named, ok := t.Type().(*types.Named)
			if !ok || types.IsInterface(named) {
				continue
			}
			for method := range named.Methods() {
				if method.Exported() && !yield(method) {
					return
				}
			}
		}
	}
}

func (m *module) identifier(p *source, object types.Object) Identifier {
	at := m.files.Position(object.Pos())
	file, err := filepath.Rel(m.root, at.Filename)
	if err != nil {
		file = at.Filename
	}
	folder, err := filepath.Rel(m.root, p.Dir)
	if err != nil {
		folder = p.Dir
	}
	name := strings.TrimPrefix(nameOf(object), p.ImportPath+".")
	return Identifier{Package: filepath.ToSlash(folder), Name: name, Position: fmt.Sprintf("%s:%d", file, at.Line)}
}
