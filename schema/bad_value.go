package schema

import (
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/rpconnect-sml/rpconnect-sml/account"
)

// shownBytes is how much of a value an error message shows.
const shownBytes = account.ShownBytes

// shorten cuts s to shownBytes at a rune boundary.
func shorten(s string) string { return account.Shorten(s, shownBytes) }

// shortenBytes is shorten without making a string of all of b.
func shortenBytes(b []byte) string {
	return shorten(string(b[:min(len(b), shownBytes+utf8.UTFMax)]))
}

// fault is an error about a value of an attribute; text has the value in place of
// its %s.
func fault(f *field, value, text string) error {
	return account.NewFault(fmt.Sprintf("attribute %q", f.name), value, text)
}

// quoted is a text as a fault shows it.
func quoted(text []byte) string { return fmt.Sprintf("%q", shortenBytes(text)) }

// badString says that a string does not fit the field.
func badString(f *field, text []byte) error {
	switch f.kind {
	case Timestamp:
		return fault(f, quoted(text), "value %s "+errTime.Error())
	case Binary:
		if !f.declared && f.lenient {
			return fault(f, quoted(text), fmt.Sprintf("value %%s is a string, not true, false, 0 or 1 (declare it as attributes: { %s: binary } to read yes and no, on and off, or as categorical)", yamlKey(f.name)))
		}
		return fault(f, quoted(text), "value %s is a string, not true, false, 0 or 1"+f.advice())
	}
	return fault(f, quoted(text), "value %s is a string, not a number"+f.advice())
}

// advice says how to make strings acceptable for an attribute whose kind was
// inferred.
func (f *field) advice() string {
	if f.declared {
		return ""
	}
	return fmt.Sprintf(" (declare it as attributes: { %s: categorical } to learn strings)", yamlKey(f.name))
}

// badNumber says that a number other than 0 and 1 came for a binary attribute,
// whose kind is mostly inferred from its first value.
func badNumber(f *field, v float64) error {
	return fault(f, fmt.Sprint(v), "value %s is neither 0 nor 1, but the attribute is binary")
}

func badBool(f *field, v bool) error {
	return fault(f, fmt.Sprint(v), "value %s is a truth value, not a number")
}

// badRange says that a number is infinite in float64, about 1.8e308 or more.
func badRange(f *field, text []byte) error {
	return fault(f, shortenBytes(text), "number %s is out of range")
}

func badNotFinite(f *field, v float64) error {
	return fault(f, fmt.Sprint(v), "value %s is not finite")
}

// badSort says that an object or array stands where a single value should.
func badSort(f *field, sort string) error {
	return fault(f, sort, fmt.Sprintf("value is %%s, but the attribute is %v", f.kind))
}

func badMember(f *field, sort string) error {
	return fault(f, sort, "the list holds %s, want strings, numbers or truth values")
}

func badList(f *field, n int) error {
	return fault(f, strconv.Itoa(n), fmt.Sprintf("list is a string of %%s bytes, at most %d are split", maxListBytes))
}

func tooManyAttributes(f *field, most int) error {
	return fault(f, "", fmt.Sprintf("the project has its most attributes, %d (max_attributes)%%s", most))
}

// errEmptyKey refuses documents with a name that nothing can be asked by.
var errEmptyKey = errors.New(`document has a key that is empty: name it, or leave it out by a mapping before sml_learn: root = this.without("")`)

// longKey says that the path of a key exceeds maxNameBytes.
func longKey(o *object, key string) error {
	if o.path != "" {
		return fmt.Errorf("key %q in %q: the path has more than %d bytes", shorten(key), shorten(o.path), maxNameBytes)
	}
	return fmt.Errorf("key %q has more than %d bytes", shorten(key), maxNameBytes)
}
