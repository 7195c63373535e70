package schema

import (
	"fmt"
	"strconv"

	"github.com/rpconnect-sml/rpconnect-sml/account"
)

// skipSpace returns the place of the first byte that is not white space.
func skipSpace(doc []byte, pos int) int {
	for pos < len(doc) && (doc[pos] == ' ' || doc[pos] == '\n' || doc[pos] == '\r' || doc[pos] == '\t') {
		pos++
	}
	return pos
}

// syntaxError says what is expected at that place.
func syntaxError(doc []byte, pos int, want string) error {
	if pos >= len(doc) {
		return account.NewFault("", strconv.Itoa(len(doc)), fmt.Sprintf("invalid JSON: the document ends after %%s bytes where %s is expected", want))
	}
	return account.NewFault("", quoted(doc[pos:]), fmt.Sprintf("invalid JSON at byte %d: %%s is found where %s is expected", pos, want))
}

// skipValue checks the value at doc[pos:], which is inside depth objects and
// arrays, and returns the place after it.
// Values that nobody reads are checked too: a document is either JSON or refused,
// whatever attributes a project has.
func skipValue(doc []byte, pos, depth int) (int, error) {
	if pos >= len(doc) {
		return 0, syntaxError(doc, pos, "a value")
	}
	switch doc[pos] {
	case '{', '[':
		return skipComposite(doc, pos, depth)
	case '"':
		end, _, at := scanString(doc, pos+1)
		if end < 0 {
			return 0, syntaxError(doc, at, "a character of a string")
		}
		return end + 1, nil
	case 't':
		return skipLiteral(doc, pos, "true")
	case 'f':
		return skipLiteral(doc, pos, "false")
	case 'n':
		return skipLiteral(doc, pos, "null")
	}
	return skipNumber(doc, pos)
}

func skipLiteral(doc []byte, pos int, literal string) (int, error) {
	if end := pos + len(literal); end <= len(doc) && string(doc[pos:end]) == literal {
		return end, nil
	}
	return 0, syntaxError(doc, pos, literal)
}

// skipNumber is parseNumber without its value.
func skipNumber(doc []byte, pos int) (int, error) {
	digits := func(i int) int {
		for i < len(doc) && doc[i]-'0' <= 9 {
			i++
		}
		return i
	}
	i := pos
	if i < len(doc) && doc[i] == '-' {
		i++
	}
	end := digits(i)
	if end == i || end > i+1 && doc[i] == '0' {
		return 0, syntaxError(doc, pos, "a value")
	}
	if i = end; i < len(doc) && doc[i] == '.' {
		if end = digits(i + 1); end == i+1 {
			return 0, syntaxError(doc, end, "a digit")
		}
		i = end
	}
	if i < len(doc) && doc[i]|0x20 == 'e' {
		i++
		if i < len(doc) && (doc[i] == '-' || doc[i] == '+') {
			i++
		}
		if end = digits(i); end == i {
			return 0, syntaxError(doc, end, "a digit")
		}
		i = end
	}
	return i, nil
}

// skipComposite checks an object or array.
// It recurses once for each level, and maxDepth bounds the stack.
func skipComposite(doc []byte, pos, depth int) (int, error) {
	if depth++; depth > maxDepth {
		return 0, fmt.Errorf("document nests deeper than %d", maxDepth)
	}
	isObject := doc[pos] == '{'
	closing := byte(']')
	if isObject {
		closing = '}'
	}
	pos = skipSpace(doc, pos+1)
	if pos < len(doc) && doc[pos] == closing {
		return pos + 1, nil
	}
	for {
		var err error
		if isObject {
			if pos, err = skipKey(doc, pos); err != nil {
				return 0, err
			}
		}
		if pos, err = skipValue(doc, pos, depth); err != nil {
			return 0, err
		}
		pos = skipSpace(doc, pos)
		switch {
		case pos < len(doc) && doc[pos] == ',':
			pos = skipSpace(doc, pos+1)
		case pos < len(doc) && doc[pos] == closing:
			return pos + 1, nil
		case isObject:
			return 0, syntaxError(doc, pos, "',' or '}'")
		default:
			return 0, syntaxError(doc, pos, "',' or ']'")
		}
	}
}

// skipKey checks a key with its colon and returns the place of the value.
func skipKey(doc []byte, pos int) (int, error) {
	if pos >= len(doc) || doc[pos] != '"' {
		return 0, syntaxError(doc, pos, "a key in quotes")
	}
	end, _, at := scanString(doc, pos+1)
	if end < 0 {
		return 0, syntaxError(doc, at, "a character of a key")
	}
	return skipColon(doc, end+1)
}

// skipColon returns the place of the value after a colon.
func skipColon(doc []byte, pos int) (int, error) {
	pos = skipSpace(doc, pos)
	if pos >= len(doc) || doc[pos] != ':' {
		return 0, syntaxError(doc, pos, "':'")
	}
	return skipSpace(doc, pos+1), nil
}
