package stats

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// Layout names the columns of encoded rows. A project's layout only grows: a
// later layout has the columns and values of an earlier one as a prefix, so
// indices and codes stay valid. A Layout is never changed once shared.
type Layout struct {
	Numeric     []NumericColumn
	Categorical []CategoricalColumn
	// Retyped are the attributes that have been learned as another type before; what
	// statistics hold of that type is dropped when they are read. It is no part of
	// what is stored with statistics.
	Retyped map[string]bool
}

// NumericColumn is a continuous attribute, or a binary one with values 0 and 1.
type NumericColumn struct {
	Name   string
	Binary bool
}

// CategoricalColumn is a categorical attribute, or a list, of which a row has
// any number of values. Code 0 is [Other], code i means Values[i-1].
type CategoricalColumn struct {
	Name   string
	List   bool
	Values []string
}

// NumericIndex returns the index of the numeric column of that name, or -1.
func (l *Layout) NumericIndex(name string) int {
	for i := range l.Numeric {
		if l.Numeric[i].Name == name {
			return i
		}
	}
	return -1
}

// CategoricalIndex returns the index of the categorical column of that name, or -1.
func (l *Layout) CategoricalIndex(name string) int {
	for i := range l.Categorical {
		if l.Categorical[i].Name == name {
			return i
		}
	}
	return -1
}

// Code returns the code of value, or Other when the column has no such value.
func (c *CategoricalColumn) Code(value string) int32 {
	for i, v := range c.Values {
		if v == value {
			return int32(i + 1)
		}
	}
	return Other
}

// Label returns the value that code stands for; Other has none and gives "".
func (c *CategoricalColumn) Label(code int32) string {
	if code <= Other || int(code) > len(c.Values) {
		return ""
	}
	return c.Values[code-1]
}

// Extends reports whether l has all columns and values of o as a prefix.
func (l *Layout) Extends(o *Layout) bool {
	if len(l.Numeric) < len(o.Numeric) || len(l.Categorical) < len(o.Categorical) {
		return false
	}
	for i := range o.Numeric {
		if l.Numeric[i] != o.Numeric[i] {
			return false
		}
	}
	for i := range o.Categorical {
		a, b := &l.Categorical[i], &o.Categorical[i]
		if a.Name != b.Name || a.List != b.List || len(a.Values) < len(b.Values) {
			return false
		}
		for k := range b.Values {
			if a.Values[k] != b.Values[k] {
				return false
			}
		}
	}
	return true
}

// encode appends the layout.
func (l *Layout) encode(w *wire.Writer) {
	w.Uvarint(uint64(len(l.Numeric)))
	for _, c := range l.Numeric {
		w.String(c.Name)
		w.Bool(c.Binary)
	}
	w.Uvarint(uint64(len(l.Categorical)))
	for _, c := range l.Categorical {
		w.String(c.Name)
		w.Bool(c.List)
		w.Uvarint(uint64(len(c.Values)))
		for _, v := range c.Values {
			w.String(v)
		}
	}
}

// decodeLayout reads what encode wrote and checks that no name occurs twice.
func decodeLayout(r *wire.Reader) *Layout {
	l := &Layout{}
	l.Numeric = make([]NumericColumn, r.Count(2))
	for i := range l.Numeric {
		l.Numeric[i] = NumericColumn{Name: r.String(), Binary: r.Bool()}
	}
	l.Categorical = make([]CategoricalColumn, r.Count(3))
	for i := range l.Categorical {
		c := CategoricalColumn{Name: r.String(), List: r.Bool()}
		c.Values = make([]string, r.Count(1))
		for k := range c.Values {
			c.Values[k] = r.String()
		}
		l.Categorical[i] = c
	}
	if err := l.validate(); err != nil {
		r.Fail("%v", err)
	}
	return l
}

// validate refuses a layout in which a name or a value occurs twice.
func (l *Layout) validate() error {
	// numeric and categorical attributes share one space of names, as summaries
	// are matched by them
	names := make(map[string]bool, len(l.Numeric)+len(l.Categorical))
	once := func(name string) error {
		if names[name] {
			return fmt.Errorf("attribute %q occurs twice", name)
		}
		names[name] = true
		return nil
	}
	for i := range l.Numeric {
		if err := once(l.Numeric[i].Name); err != nil {
			return err
		}
	}
	for i := range l.Categorical {
		c := &l.Categorical[i]
		if err := once(c.Name); err != nil {
			return err
		}
		values := make(map[string]bool, len(c.Values))
		for _, v := range c.Values {
			if values[v] {
				return fmt.Errorf("attribute %q has the value %q twice", c.Name, v)
			}
			values[v] = true
		}
	}
	return nil
}
