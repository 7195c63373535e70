package account

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Fault is an error about one value of a row.
type Fault struct {
	// Field is what the value is of, such as `attribute "temp"` or `weight`; empty
	// where the text says it.
	Field string
	// Value is the value as it is shown: quoted where it is a text, and short.
	Value string
	// Before and After are the text around the value.
	Before, After string
}

// NewFault returns a fault of a field. The text has the value in place of its %s.
func NewFault(field, value, text string) *Fault {
	before, after, _ := strings.Cut(text, "%s")
	return &Fault{Field: field, Value: value, Before: before, After: after}
}

// Error returns the field, and the text with the value.
func (f *Fault) Error() string { return f.text(f.Value) }

// safe is Error without the value.
func (f *Fault) safe() string { return f.text(hidden) }

func (f *Fault) text(value string) string {
	text := f.Before + value + f.After
	if f.Field == "" {
		return text
	}
	return f.Field + ": " + text
}

// hidden stands in place of a value that is not to be told.
const hidden = "(value left out)"

// safe returns the text of an error without any value of a row: that of the Fault
// in its chain. The text of another error may hold anything, so it is left out.
func safe(err error) string {
	if f := (*Fault)(nil); errors.As(err, &f) {
		return f.safe()
	}
	return "the error is left out, as it may hold values"
}

// ShownBytes is how much of a value a fault or a line shows.
const ShownBytes = 60

// Shorten cuts a text to at most that many bytes, between two characters, and says
// by an ellipsis that it did.
func Shorten(s string, most int) string {
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "..."
}

// quote returns a text in quotes, cut to ShownBytes.
func quote(s string) string { return fmt.Sprintf("%q", Shorten(s, ShownBytes)) }
