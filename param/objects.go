package param

// Object reads an object by a function that reads its fields; a text stands for
// the first field. What is left out is as in an empty object, and the default is
// that of the first field where that is a text. The function must do nothing but read: it is also
// called to list the fields.
func Object[T any](r *Reader, name, description string, read func(fields *Reader) T) T {
	p := Parameter{Name: name, Kind: KindObject, Description: description}
	out := listFields(&p, read)
	if len(p.Fields) > 0 && p.Fields[0].Kind == KindText {
		p.Default = p.Fields[0].Default
	}
	given, ok := r.enter(p)
	if !ok {
		return out
	}
	fields, err := p.object(given, r.form)
	if err != nil {
		r.Refuse(p.wrong(given))
		return out
	}
	return nested(r, name, fields, read)
}

// Objects reads a list of objects, each by a function that reads its fields; a
// text stands for the first field of one. When nothing is given the objects are
// those of fallback, texts or objects. The function must do nothing but
// read.
func Objects[T any](r *Reader, name string, fallback []any, description string, read func(fields *Reader) T) []T {
	p := Parameter{Name: name, Kind: KindObjects, Default: fallback, Description: description}
	listFields(&p, read)
	given, ok := r.enter(p)
	if !ok {
		given = fallback
	}
	items, err := p.objects(given, r.form)
	if err != nil {
		r.Refuse(err)
		return nil
	}
	out := make([]T, len(items))
	for i, fields := range items {
		out[i] = nested(r, place(name, i), fields, read)
	}
	return out
}

// Options reads an object that is passed on as it is; nil for none.
func (r *Reader) Options(name, description string) Values {
	value, ok := r.take(Parameter{Name: name, Kind: KindOptions, Description: description})
	return or[Values](value, ok, nil)
}

// listFields fills in the fields of an object and returns what is read of an
// empty one.
func listFields[T any](p *Parameter, read func(*Reader) T) T {
	r := &Reader{listing: true}
	out := read(r)
	p.Fields = r.declared
	return out
}

// enter declares a parameter whose fields have a reader of their own, and returns
// what is given for it; false for nothing.
func (r *Reader) enter(p Parameter) (any, bool) {
	r.declared = append(r.declared, p)
	value := r.given[p.Name]
	return value, !r.form.Absent(value)
}

// nested reads the fields of one object; a failure has its place before it.
func nested[T any](r *Reader, place string, fields Values, read func(*Reader) T) T {
	inner := NewReader(fields, r.form)
	out := read(inner)
	if err := inner.Close(); err != nil {
		r.Refuse(within(place, err))
	}
	return out
}
