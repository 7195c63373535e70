package schema

import (
	"fmt"
	"strings"
)

// Kind says how the values of an attribute are read and which sort of column
// they fill. The numbers are stored and never change their meaning.
type Kind uint8

// The kinds of attribute. Continuous, Binary and Timestamp fill a numeric
// column, Categorical and List a categorical one, Ignore none.
const (
	Continuous  Kind = 1 // a number
	Binary      Kind = 2 // 0 or 1, false or true
	Categorical Kind = 3 // one of a set of strings
	List        Kind = 4 // any number of strings out of a set
	Timestamp   Kind = 5 // a moment, as seconds since 1970
	Ignore      Kind = 6 // not read
)

// String returns the long name.
// ParseKind reads it back. A number without a name gives "kind" and the number.
func (k Kind) String() string {
	switch k {
	case Continuous:
		return "continuous"
	case Binary:
		return "binary"
	case Categorical:
		return "categorical"
	case List:
		return "list"
	case Timestamp:
		return "timestamp"
	case Ignore:
		return "ignore"
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// numeric reports whether attributes of this kind fill a numeric column.
func (k Kind) numeric() bool { return k == Continuous || k == Binary || k == Timestamp }

// categorical reports whether attributes of this kind fill a categorical column.
func (k Kind) categorical() bool { return k == Categorical || k == List }

// ParseKind reads the long name of a kind, in any case, or a letter of the
// short form: C continuous, B binary, T (category) and S (string) categorical,
// L list, X or - ignore. The error names s and what is accepted.
func ParseKind(s string) (Kind, error) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "continuous", "c":
		return Continuous, nil
	case "binary", "b":
		return Binary, nil
	case "categorical", "t", "s":
		return Categorical, nil
	case "list", "l":
		return List, nil
	case "timestamp":
		return Timestamp, nil
	case "ignore", "x", "-":
		return Ignore, nil
	}
	return 0, fmt.Errorf("unknown attribute type %q (want one of continuous, binary, categorical, list, timestamp, ignore)", shorten(s))
}
