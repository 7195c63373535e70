package param

import (
	"slices"
	"time"
)

// Fields binds parameters to variables. One function that binds reads settings
// ([Bind]), writes them ([Write], [WriteStored]) and lists
// them, so that names, defaults and bounds are said once for all three.
type Fields struct {
	reader *Reader // nil when settings are written
	// stored says that settings are those of a record: what is left out is the
	// zero value of its kind, and what is local is not there.
	stored  bool
	written Settings
}

// Bind reads into the variables that the function binds, by the reader.
func Bind(r *Reader, bind func(*Fields)) { bind(&Fields{reader: r}) }

// BindStored reads what [WriteStored] has written: a parameter that is left out is
// zero, and one that is local is unknown.
func BindStored(r *Reader, bind func(*Fields)) { bind(&Fields{reader: r, stored: true}) }

// Write returns the settings that are in the variables, in the order in which they
// are bound.
func Write(bind func(*Fields)) Settings {
	f := &Fields{}
	bind(f)
	return f.written
}

// WriteStored is as Write, without what is local and without what is zero or an
// object of nothing else. So a setting that is added later changes no record in
// which it is not used.
func WriteStored(bind func(*Fields)) Settings {
	f := &Fields{stored: true}
	bind(f)
	return f.written
}

// bindable is what a variable of a parameter may be.
type bindable interface {
	int | float64 | bool | string | []string | time.Duration
}

// kindOf returns the kind that a variable has unless its parameter says another.
func kindOf(variable any) Kind {
	switch variable.(type) {
	case int:
		return KindInteger
	case float64:
		return KindNumber
	case bool:
		return KindBoolean
	case time.Duration:
		return KindDuration
	case []string:
		return KindTexts
	}
	return KindText
}

// Var binds a variable to a parameter, whose kind is that of the variable unless
// it says another. A parameter without a default has the zero value when it is
// left out.
func Var[T bindable](f *Fields, variable *T, p Parameter) {
	if p.Kind == "" {
		p.Kind = kindOf(*variable)
	}
	if f.stored && p.Local {
		return
	}
	if f.reader == nil {
		f.write(Setting{Parameter: p, Value: written(*variable)}, isZero(*variable))
		return
	}
	if f.stored {
		p.Default, p.Zero = nil, false // what is zero is left out
	}
	var fallback T
	if p.Default != nil {
		given, err := p.plain(p.Default, Typed)
		fallback = or(given, err == nil, fallback)
	}
	value, ok := f.reader.take(p)
	*variable = or(value, ok, fallback)
}

// Object binds the fields of an object. With on, which may be nil, it counts that
// the object is given, be it empty: that is read into on, and the object is written
// where on is true.
func (f *Fields) Object(p Parameter, on *bool, bind func(*Fields)) {
	if f.reader == nil {
		if on != nil && !*on {
			return
		}
		inner := &Fields{stored: f.stored}
		bind(inner)
		p.Kind = KindObject
		f.write(Setting{Parameter: p, Value: inner.written}, len(inner.written) == 0 && on == nil)
		return
	}
	stored := f.stored
	Object(f.reader, p.Name, p.Description, func(r *Reader) struct{} {
		bind(&Fields{reader: r, stored: stored})
		return struct{}{}
	})
	if on != nil {
		*on = f.reader.Given(p.Name)
	}
}

// Fail refuses a value that has been read, as [Reader.Fail] does; what is written
// is not refused.
func (f *Fields) Fail(name string, value any, want string) {
	if f.reader != nil {
		f.reader.Fail(name, value, want)
	}
}

func (f *Fields) write(s Setting, empty bool) {
	if f.stored && empty {
		return
	}
	f.written = append(f.written, s)
}

// written returns a value in the form in which it would be given.
func written(value any) any {
	switch v := value.(type) {
	case time.Duration:
		return v.String()
	case []string:
		return slices.Clone(v)
	}
	return value
}

func isZero(value any) bool {
	switch v := value.(type) {
	case int:
		return v == 0
	case float64:
		return v == 0
	case bool:
		return !v
	case string:
		return v == ""
	case time.Duration:
		return v == 0
	case []string:
		return len(v) == 0
	}
	return false
}
