package jsonedit

import (
	"encoding/json"
	"fmt"
)

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

func skipSpace(doc []byte, i int) int {
	for i < len(doc) && isSpace(doc[i]) {
		i++
	}
	return i
}

// member finds the last member of that key in the object that begins at
// doc[at]: its value is doc[from:to], from being -1 when there is none, and
// the object's closing brace is at closing.
func member(doc []byte, at int, key string) (from, to, closing int, err error) {
	from = -1
	i := skipSpace(doc, at+1)
	if i < len(doc) && doc[i] == '}' {
		return from, to, i, nil
	}
	for {
		if i >= len(doc) || doc[i] != '"' {
			return 0, 0, 0, fmt.Errorf("no key at byte %d", i)
		}
		start := i
		if i, err = skipString(doc, i); err != nil {
			return 0, 0, 0, err
		}
		found := sameKey(doc[start:i], key)
		i = skipSpace(doc, i)
		if i >= len(doc) || doc[i] != ':' {
			return 0, 0, 0, fmt.Errorf("no colon at byte %d", i)
		}
		i = skipSpace(doc, i+1)
		start = i
		if i, err = skipValue(doc, i); err != nil {
			return 0, 0, 0, err
		}
		if found {
			from, to = start, i
		}
		i = skipSpace(doc, i)
		switch {
		case i < len(doc) && doc[i] == ',':
			i = skipSpace(doc, i+1)
		case i < len(doc) && doc[i] == '}':
			return from, to, i, nil
		default:
			return 0, 0, 0, fmt.Errorf("no comma at byte %d", i)
		}
	}
}

// sameKey compares a key in quotes with what is looked for.
func sameKey(quoted []byte, key string) bool {
	if inner := quoted[1 : len(quoted)-1]; simple(string(inner)) || len(inner) == 0 {
		return string(inner) == key
	}
	var s string
	return json.Unmarshal(quoted, &s) == nil && s == key
}

// skipString returns the place after the string that begins at doc[i].
func skipString(doc []byte, i int) (int, error) {
	for i++; i < len(doc); i++ {
		switch doc[i] {
		case '"':
			return i + 1, nil
		case '\\':
			i++
		}
	}
	return 0, errUnfinished
}

// skipValue returns the place after the value that begins at doc[i].
func skipValue(doc []byte, i int) (int, error) {
	if i >= len(doc) {
		return 0, errUnfinished
	}
	switch doc[i] {
	case '"':
		return skipString(doc, i)
	case '{', '[':
		return skipComposite(doc, i)
	}
	start := i
	for i < len(doc) && !isSpace(doc[i]) && doc[i] != ',' && doc[i] != '}' && doc[i] != ']' {
		i++
	}
	if i == start {
		return 0, fmt.Errorf("no value at byte %d", i)
	}
	return i, nil
}

// skipComposite skips an object or array by counting brackets.
func skipComposite(doc []byte, i int) (int, error) {
	depth := 0
	for i < len(doc) {
		switch doc[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1, nil
			}
		case '"':
			end, err := skipString(doc, i)
			if err != nil {
				return 0, err
			}
			i = end
			continue
		}
		i++
	}
	return 0, errUnfinished
}
