package stats

import (
	"errors"
	"fmt"
	"strings"
)

// codeError says that more weight of a code, or of a pair of codes, was to be taken
// away than there is. It wraps ErrNotLearned.
type codeError struct {
	codes        []int32
	names        []string // of the codes, where they are known
	taken, whole float64
}

// Error names the categories, or the codes as long as nobody has named them.
func (e *codeError) Error() string {
	names := e.names
	if names == nil {
		for _, c := range e.codes {
			names = append(names, fmt.Sprint("code ", c))
		}
	}
	return fmt.Sprintf("%v: weight %v of %s taken from %v", ErrNotLearned, e.taken, strings.Join(names, " and "), e.whole)
}

// Unwrap returns ErrNotLearned.
func (e *codeError) Unwrap() error { return ErrNotLearned }

// namedCodes puts the names of categories into a codeError, column by column.
func namedCodes(err error, columns ...*CategoricalColumn) error {
	var e *codeError
	if !errors.As(err, &e) || len(columns) != len(e.codes) {
		return err
	}
	named := &codeError{codes: e.codes, taken: e.taken, whole: e.whole}
	for i, c := range columns {
		name := "all other categories"
		if at := int(e.codes[i]) - 1; at >= 0 && at < len(c.Values) {
			name = fmt.Sprintf("category %.100q", c.Values[at])
		}
		named.names = append(named.names, name)
	}
	return named
}
