package jsonedit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"
)

// errNotObject is wrapped when the document, or what stands at a prefix of the
// path, is not an object.
var errNotObject = errors.New("not an object")

var errUnfinished = errors.New("document ends within a value")

// AppendInsert appends to dst the JSON object doc with value, which is JSON,
// at path, one key per level. Objects on the way are created as needed; a
// value that stands at path already is replaced; a new member goes to the end
// of its object. Of duplicate keys the last one counts. On error dst is
// returned as it was. dst must not overlap doc.
func AppendInsert(dst, doc []byte, path []string, value []byte) ([]byte, error) {
	if len(path) == 0 {
		return dst, errors.New("path is empty")
	}
	path = validKeys(path)
	first, last := skipSpace(doc, 0), len(doc)-1
	for last >= 0 && isSpace(doc[last]) {
		last--
	}
	if first >= last || doc[first] != '{' || doc[last] != '}' {
		return dst, fmt.Errorf("document is %w", errNotObject)
	}
	if !mayHave(doc, path[0]) {
		return appendMember(dst, doc, last, path, value), nil
	}
	return insertScanned(dst, doc, first, path, value)
}

// validKeys returns the path with bytes that are not UTF-8 made U+FFFD, which
// is what a document can hold.
func validKeys(path []string) []string {
	for i, key := range path {
		if !utf8.ValidString(key) {
			path = slices.Clone(path)
			path[i] = string([]rune(key))
			return append(path[:i+1], validKeys(path[i+1:])...)
		}
	}
	return path
}

// mayHave reports whether the key may occur in doc; a spelling with escapes
// cannot be excluded when there is a backslash.
func mayHave(doc []byte, key string) bool {
	if !simple(key) || bytes.IndexByte(doc, '\\') >= 0 {
		return true
	}
	at := 0
	for {
		i := bytes.Index(doc[at:], []byte(key))
		if i < 0 {
			return false
		}
		at += i
		if at > 0 && doc[at-1] == '"' && at+len(key) < len(doc) && doc[at+len(key)] == '"' {
			return true
		}
		at++
	}
}

// simple reports whether JSON holds the key as it is.
func simple(key string) bool {
	for i := range len(key) {
		if c := key[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return key != ""
}

// insertScanned looks for the path in the document, whose object begins at
// doc[at].
func insertScanned(dst, doc []byte, at int, path []string, value []byte) ([]byte, error) {
	for depth, key := range path {
		from, to, closing, err := member(doc, at, key)
		if err != nil {
			return dst, err
		}
		if from < 0 {
			return appendMember(dst, doc, closing, path[depth:], value), nil
		}
		if depth == len(path)-1 {
			if !json.Valid(doc[from:to]) {
				return dst, fmt.Errorf("value at %q is not JSON", path)
			}
			dst = append(dst, doc[:from]...)
			dst = append(dst, value...)
			return append(dst, doc[to:]...), nil
		}
		if doc[from] != '{' {
			return dst, fmt.Errorf("value at %q is %w", path[:depth+1], errNotObject)
		}
		at = from
	}
	return dst, nil
}

// appendMember appends doc with the rest of the path and the value as the last
// member of the object that closes at doc[closing].
func appendMember(dst, doc []byte, closing int, path []string, value []byte) []byte {
	end := closing
	for end > 0 && isSpace(doc[end-1]) {
		end--
	}
	dst = append(dst, doc[:end]...)
	if end > 0 && doc[end-1] != '{' {
		dst = append(dst, ',')
	}
	for i, key := range path {
		if i > 0 {
			dst = append(dst, '{')
		}
		dst = append(appendKey(dst, key), ':')
	}
	dst = append(dst, value...)
	for range path[1:] {
		dst = append(dst, '}')
	}
	return append(dst, doc[end:]...)
}

// appendKey appends the key as a JSON string.
func appendKey(dst []byte, key string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for _, c := range key {
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', byte(c))
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			dst = utf8.AppendRune(dst, c)
		}
	}
	return append(dst, '"')
}
