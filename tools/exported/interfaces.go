package exported

import "go/types"

// contracts returns every interface that a type of the module may be meant to
// satisfy, by the names of its methods: those of the module's source, and those
// of the packages that it imports.
func (m *module) contracts() map[string][]*types.Interface {
	all := m.interfaces
	seen := map[*types.Package]bool{}
	for _, p := range m.packages {
		for _, imported := range p.types.Imports() {
			if seen[imported] || m.byPath[imported.Path()] != nil {
				continue
			}
			seen[imported] = true
			for _, name := range imported.Scope().Names() {
				if t, ok := imported.Scope().Lookup(name).(*types.TypeName); ok {
					if i, ok := t.Type().Underlying().(*types.Interface); ok {
						all = append(all, i)
					}
				}
			}
		}
	}
	all = append(all, types.Universe.Lookup("error").Type().Underlying().(*types.Interface))
	by := map[string][]*types.Interface{}
	for _, i := range all {
		for method := range i.Methods() {
			by[method.Name()] = append(by[method.Name()], i)
		}
	}
	return by
}

// markContracts marks the methods by which a type of the module satisfies an
// interface. That may be the method of a type that is embedded in it.
func (m *module) markContracts() {
	by := m.contracts()
	for _, p := range m.packages {
		for _, name := range p.types.Scope().Names() {
			t, ok := p.types.Scope().Lookup(name).(*types.TypeName)
			if !ok || t.IsAlias() || types.IsInterface(t.Type()) {
				continue
			}
			pointer := types.NewPointer(t.Type())
			m.markConstraints(p, pointer)
			methods := types.NewMethodSet(pointer)
			for selection := range methods.Methods() {
				method := selection.Obj()
				if !m.uses[nameOf(method)] && satisfies(pointer, by[method.Name()]) {
					m.uses[nameOf(method)] = true
				}
			}
		}
	}
}

// satisfies reports whether a type satisfies one of the interfaces. A generic type
// satisfies one of which it has all methods by name.
func satisfies(t *types.Pointer, interfaces []*types.Interface) bool {
	named, _ := t.Elem().(*types.Named)
	for _, i := range interfaces {
		if named != nil && named.TypeParams().Len() > 0 {
			if hasAll(t, i) {
				return true
			}
		} else if types.Implements(t, i) {
			return true
		}
	}
	return false
}

func hasAll(t types.Type, i *types.Interface) bool {
	methods := types.NewMethodSet(t)
	for method := range i.Methods() {
		if methods.Lookup(method.Pkg(), method.Name()) == nil {
			return false
		}
	}
	return true
}

// markConstraints marks the methods by which a type satisfies a constraint of its
// package on a parameter that stands for the type itself, such as
// interface{ Merge(T) error }.
func (m *module) markConstraints(p *source, t *types.Pointer) {
	for _, name := range p.types.Scope().Names() {
		generic, ok := p.types.Scope().Lookup(name).Type().(*types.Named)
		if !ok || !types.IsInterface(generic) || generic.TypeParams().Len() != 1 {
			continue
		}
		instance, err := types.Instantiate(nil, generic, []types.Type{t}, true)
		if err != nil {
			continue // t cannot stand for the parameter
		}
		constraint := instance.Underlying().(*types.Interface)
		if !types.Implements(t, constraint) {
			continue
		}
		for required := range constraint.Methods() {
			method, _, _ := types.LookupFieldOrMethod(t, true, p.types, required.Name())
			m.uses[nameOf(method)] = true
		}
	}
}
