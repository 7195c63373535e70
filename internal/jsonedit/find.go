package jsonedit

import "fmt"

// Find returns the bytes of the value at path, one key per level, within doc;
// ok is false when there is none. Of duplicate keys the last one counts. The
// error wraps errNotObject when the document is not an object.
func Find(doc []byte, path []string) (value []byte, ok bool, err error) {
	at := skipSpace(doc, 0)
	if at >= len(doc) || doc[at] != '{' {
		return nil, false, fmt.Errorf("document is %w", errNotObject)
	}
	for depth, key := range path {
		from, to, _, err := member(doc, at, key)
		if err != nil || from < 0 {
			return nil, false, err
		}
		if depth == len(path)-1 {
			return doc[from:to], true, nil
		}
		if doc[from] != '{' {
			return nil, false, nil
		}
		at = from
	}
	return nil, false, nil
}
