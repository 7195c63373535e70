// Package glob matches names of attributes against patterns: the syntax of
// path.Match, in which * and ? match any character of a name, a slash as well.
package glob

import (
	"path"
	"strings"
)

// Match reports whether the whole name matches the pattern. A malformed pattern
// matches nothing; [Valid] finds it.
func Match(pattern, name string) bool {
	ok, err := path.Match(opaque(pattern), opaque(name))
	return err == nil && ok
}

// Valid reports whether the pattern is well formed.
func Valid(pattern string) bool {
	_, err := path.Match(pattern, "")
	return err == nil
}

// Is reports whether a name has a character that makes it a pattern.
func Is(name string) bool { return strings.ContainsAny(name, Meta) }

// Meta are the characters that make a name a pattern.
const Meta = `*?[\`

// opaque hides slashes from path.Match, for which * stops at them.
func opaque(name string) string { return strings.ReplaceAll(name, "/", "\x00") }
