package schema

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// shownBytes is how much of a value an error message shows.
const shownBytes = 60

// shorten cuts s to shownBytes at a rune boundary.
// A cut at a rune boundary keeps the message valid UTF-8.
func shorten(s string) string {
	if len(s) <= shownBytes {
		return s
	}
	cut := shownBytes
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "..."
}

// shortenBytes is shorten without making a string of all of b.
func shortenBytes(b []byte) string {
	return shorten(string(b[:min(len(b), shownBytes+utf8.UTFMax)]))
}

// badString says that a string does not fit the field.
func badString(f *field, text []byte) error {
	switch f.kind {
	case Timestamp:
		return fmt.Errorf("attribute %q: value %q is neither a number nor an RFC 3339 time", f.name, shortenBytes(text))
	case Binary:
		return fmt.Errorf("attribute %q: value %q is a string, not true, false, 0 or 1%s", f.name, shortenBytes(text), f.advice())
	}
	return fmt.Errorf("attribute %q: value %q is a string, not a number%s", f.name, shortenBytes(text), f.advice())
}

// advice says how to make strings acceptable for an attribute whose kind was
// inferred.
// A name that YAML would read otherwise is quoted, so the advice can be pasted.
func (f *field) advice() string {
	if f.lenient {
		return ""
	}
	name := f.name
	if strings.ContainsAny(name, "{}[],:#&*!|>'\"%@` ") {
		name = fmt.Sprintf("%q", name)
	}
	return fmt.Sprintf(" (declare it as attributes: { %s: categorical } to learn strings)", name)
}

// badNumber says that a number other than 0 and 1 came for a binary attribute,
// whose kind is mostly inferred from its first value.
func badNumber(f *field, v float64) error {
	return fmt.Errorf("attribute %q: value %v is neither 0 nor 1, but the attribute is binary", f.name, v)
}

func badBool(f *field, v bool) error {
	return fmt.Errorf("attribute %q: value %t is a truth value, not a number", f.name, v)
}

// badRange says that a number is infinite in float64, about 1.8e308 or more.
func badRange(f *field, text []byte) error {
	return fmt.Errorf("attribute %q: number %s is out of range", f.name, shortenBytes(text))
}

func badNotFinite(f *field, v float64) error {
	return fmt.Errorf("attribute %q: value %v is not finite", f.name, v)
}

// badSort says that an object or array stands where a single value should.
func badSort(f *field, sort string) error {
	return fmt.Errorf("attribute %q: value is %s, but the attribute is %v", f.name, sort, f.kind)
}

func badMember(f *field, sort string) error {
	return fmt.Errorf("attribute %q: the list holds %s, want strings, numbers or truth values", f.name, sort)
}

func badList(f *field, n int) error {
	return fmt.Errorf("attribute %q: list is a string of %d bytes, at most %d are split", f.name, n, maxListBytes)
}

func tooManyAttributes(f *field, most int) error {
	return fmt.Errorf("attribute %q: the project has its most attributes, %d (max_attributes)", f.name, most)
}

// longKey says that the path of a key exceeds maxNameBytes.
func longKey(o *object, key string) error {
	if o.path != "" {
		return fmt.Errorf("key %q in %q: the path has more than %d bytes", shorten(key), shorten(o.path), maxNameBytes)
	}
	return fmt.Errorf("key %q has more than %d bytes", shorten(key), maxNameBytes)
}
