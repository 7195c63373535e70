package param

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Error says that a value is not one that its parameter takes.
type Error struct {
	Name  string // of the parameter
	Value any    // what was given; nil when nothing was
	Want  string // what is taken, such as "a number from 0 to 1"
}

// Error names the parameter, the value and what was wanted.
func (e *Error) Error() string {
	if e.Value == nil {
		return fmt.Sprintf("%s is missing, want %s", e.Name, e.Want)
	}
	return fmt.Sprintf("%s: %s, want %s", e.Name, show(e.Value), e.Want)
}

// UnknownError says that a value was given for a name that is not declared.
type UnknownError struct {
	Name  string
	Known []string // the names that are, in their order
}

// Error names the parameter and those that there are.
func (e *UnknownError) Error() string {
	if len(e.Known) == 0 {
		return fmt.Sprintf("%s: unknown name (there are none)", show(e.Name))
	}
	return fmt.Sprintf("%s: unknown name (there are %s)%s", show(e.Name), strings.Join(e.Known, ", "), DidYouMean(e.Name, e.Known))
}

// Blamed returns the parameter that an error is about and the value that it was
// given, nil for none and as text where it is long or no JSON; empty where the error
// is about no parameter.
func Blamed(err error) (name string, value any) {
	if e := (*Error)(nil); errors.As(err, &e) {
		if text, err := json.Marshal(e.Value); err != nil || len(text) > maxShown {
			return e.Name, show(e.Value)
		}
		return e.Name, e.Value
	}
	if e := (*UnknownError)(nil); errors.As(err, &e) {
		return e.Name, nil
	}
	return "", nil
}

// maxShown bounds the bytes of a value in an error.
const maxShown = 200

// show writes a value for an error: a text as it is where it is one visible
// word, else in quotes, anything else as JSON; no more than maxShown bytes of it.
func show(value any) string {
	text, isText := value.(string)
	if said, ok := value.(fmt.Stringer); ok { // a duration, a number of JSON
		text, isText = said.String(), true
	}
	if !isText {
		var b bytes.Buffer
		encoder := json.NewEncoder(&b)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(value); err != nil { // NaN and the like
			return cut(fmt.Sprint(value))
		}
		return cut(strings.TrimSpace(b.String()))
	}
	if len(text) > maxShown {
		text = cut(text)
	}
	if text == "" || !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r)
	}) {
		return strconv.Quote(text)
	}
	return text
}

func cut(text string) string {
	if len(text) <= maxShown {
		return text
	}
	end := maxShown
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "..."
}
