package exported

import (
	"go/ast"
	"go/types"
	"strings"
)

// nameOf returns the package and the name of a package's identifier or of a
// method, which has that of its type before it; empty for all else. Two checks of
// one package give the same name.
func nameOf(object types.Object) string {
	if object == nil || object.Pkg() == nil || !object.Exported() {
		return ""
	}
	name := object.Pkg().Path() + "." + object.Name()
	switch o := object.(type) {
	case *types.Func:
		receiver := o.Signature().Recv()
		if receiver == nil {
			break
		}
		named := namedOf(receiver.Type())
		if named == nil {
			return ""
		}
		return methodName(named, o)
	case *types.TypeName, *types.Const:
	case *types.Var:
		if o.IsField() {
			return ""
		}
	default:
		return ""
	}
	if object.Parent() != object.Pkg().Scope() {
		return "" // of a function
	}
	return name
}

func methodName(of *types.Named, method types.Object) string {
	return of.Obj().Pkg().Path() + "." + of.Obj().Name() + "." + method.Name()
}

// namedOf returns the type that a method with this receiver belongs to, nil for a
// type without a package.
func namedOf(t types.Type) *types.Named {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return nil
	}
	return named.Origin()
}

// record takes over what a package uses of others, and its interfaces.
func (m *module) record(path string, info *types.Info) {
	own := strings.TrimSuffix(path, "_test")
	for _, object := range info.Uses {
		if object.Pkg() != nil && object.Pkg().Path() != own {
			if name := nameOf(object); name != "" {
				m.uses[name] = true
			}
		}
	}
	for expression, t := range info.Types {
		if _, ok := expression.(*ast.InterfaceType); ok {
			if i, ok := t.Type.Underlying().(*types.Interface); ok {
				m.interfaces = append(m.interfaces, i)
			}
		}
	}
}

// spread marks, until nothing is added, the types that used identifiers mention,
// and the constants of used types.
func (m *module) spread() {
	for again := true; again; {
		again = false
		mark := func(name string) {
			if name != "" && !m.uses[name] {
				m.uses[name], again = true, true
			}
		}
		for _, p := range m.packages {
			for object := range m.declared(p) {
				if c, ok := object.(*types.Const); ok {
					if of := namedOf(c.Type()); of != nil && m.uses[nameOf(of.Obj())] {
						mark(nameOf(c))
					}
				}
				if m.uses[nameOf(object)] {
					mentioned(object, func(t *types.TypeName) { mark(nameOf(t)) })
				}
			}
		}
	}
}

// mentioned calls visit for each named type in the declaration of an object, as
// others see it: without unexported fields.
func mentioned(object types.Object, visit func(*types.TypeName)) {
	t := object.Type()
	if name, ok := object.(*types.TypeName); ok && !name.IsAlias() {
		t = t.Underlying()
	}
	seen := map[types.Type]bool{}
	var walk func(types.Type)
	tuple := func(of *types.Tuple) {
		for v := range of.Variables() {
			walk(v.Type())
		}
	}
	walk = func(t types.Type) {
		if seen[t] {
			return
		}
		seen[t] = true
		switch t := t.(type) {
		case *types.Alias:
			visit(t.Obj())
			walk(t.Rhs())
		case *types.Named:
			visit(t.Obj())
			for argument := range t.TypeArgs().Types() {
				walk(argument)
			}
		case interface{ Elem() types.Type }: // pointer, slice, array, channel, map
			if k, ok := t.(*types.Map); ok {
				walk(k.Key())
			}
			walk(t.Elem())
		case *types.Signature:
			tuple(t.Params())
			tuple(t.Results())
		case *types.Struct:
			for f := range t.Fields() {
				if f.Exported() {
					walk(f.Type())
				}
			}
		case *types.Interface:
			for f := range t.ExplicitMethods() {
				walk(f.Type())
			}
			for e := range t.EmbeddedTypes() {
				walk(e)
			}
		}
	}
	walk(t)
}
