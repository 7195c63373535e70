package param

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// Need says whether a parameter without a default must be given.
type Need bool

// The needs.
const (
	Optional Need = false
	Required Need = true
)

// Reader declares parameters and reads their values, each in one call. It
// remembers the first failure; what is read after one is the default. It is for
// one goroutine.
type Reader struct {
	given    Values
	form     Form
	declared []Parameter
	idle     []string // taken, but not declared
	failed   error
	// listing says that nothing is given and nothing can be missing.
	listing bool
}

// NewReader returns a reader of values, which it does not change.
func NewReader(given Values, form Form) *Reader {
	return &Reader{given: given, form: form, declared: make([]Parameter, 0, 16)}
}

// List returns what a function declares.
func List(read func(*Reader)) []Parameter {
	r := &Reader{listing: true}
	read(r)
	return r.declared
}

// Close returns an [UnknownError] for a value whose name was not declared, else
// the first failure.
func (r *Reader) Close() error {
	for _, name := range slices.Sorted(maps.Keys(r.given)) {
		if !r.declares(name) && !slices.Contains(r.idle, name) {
			known := make([]string, len(r.declared))
			for i := range r.declared {
				known[i] = r.declared[i].Name
			}
			return &UnknownError{Name: name, Known: known}
		}
	}
	return r.failed
}

// Declared returns what has been declared by now.
func (r *Reader) Declared() []Parameter { return r.declared }

// Fail records that a value does not go with others: want says what would.
func (r *Reader) Fail(name string, value any, want string) {
	r.Refuse(&Error{Name: name, Value: value, Want: want})
}

// Refuse records a failure, unless there is one already.
func (r *Reader) Refuse(err error) {
	if r.failed == nil {
		r.failed = err
	}
}

// Given reports whether there is a value of that name.
func (r *Reader) Given(name string) bool { return !r.form.Absent(r.given[name]) }

// Declare declares parameters and returns the values of those that are given, as
// [Parameter.Parse] reads them.
func (r *Reader) Declare(parameters []Parameter) Values {
	out := Values{}
	for i := range parameters {
		if value, ok := r.take(parameters[i]); ok {
			out[parameters[i].Name] = value
		}
	}
	return out
}

// Boolean reads true or false.
func (r *Reader) Boolean(name string, fallback bool, description string) bool {
	value, ok := r.take(Parameter{Name: name, Kind: KindBoolean, Default: fallback, Description: description})
	return or(value, ok, fallback)
}

// DurationIfGiven reads a length of time, which is above 0; false when there is
// none.
func (r *Reader) DurationIfGiven(name, description string) (time.Duration, bool) {
	value, ok := r.take(Parameter{Name: name, Kind: KindDuration, Description: description})
	return or(value, ok, time.Duration(0)), ok
}

// Idle reads a value that counts for nothing here, as [Parameter.Parse] does; false
// when it is left out. It is not declared and so not listed: it is for what was
// taken before, so that what is stored stays valid. Where the name is declared by
// now nothing is read.
func (r *Reader) Idle(p Parameter) (any, bool) {
	if r.declares(p.Name) {
		return nil, false
	}
	r.idle = append(r.idle, p.Name)
	return r.read(&p)
}

// take declares a parameter and reads its value; false when it is left out or
// wrong.
func (r *Reader) take(p Parameter) (any, bool) {
	r.declared = append(r.declared, p)
	return r.read(&p)
}

// read reads the value of a parameter.
func (r *Reader) read(p *Parameter) (any, bool) {
	if r.listing {
		return nil, false
	}
	value := r.given[p.Name]
	if r.form.Absent(value) {
		if p.Required {
			r.Fail(p.Name, nil, p.wants(""))
		}
		return nil, false
	}
	out, err := p.Parse(value, r.form)
	if err != nil {
		r.Refuse(err)
		return nil, false
	}
	return out, true
}

func (r *Reader) declares(name string) bool {
	return slices.ContainsFunc(r.declared, func(p Parameter) bool { return p.Name == name })
}

// or is the value where there is one of the type, else the fallback.
func or[T any](value any, ok bool, fallback T) T {
	if v, is := value.(T); ok && is {
		return v
	}
	return fallback
}

// within puts the place of a nested value before its failure.
func within(place string, err error) error { return fmt.Errorf("%s.%w", place, err) }
