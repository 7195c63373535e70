package state

import (
	"errors"
	"fmt"
	"strings"
)

// ErrName is wrapped when a name cannot be part of a key.
var ErrName = errors.New("invalid name")

// maxNameBytes bounds the names of projects and prefixes.
const maxNameBytes = 100

// ValidateName returns an error that wraps ErrName and names field and value
// unless name has 1 to 100 characters of [A-Za-z0-9_-].
func ValidateName(field, name string) error {
	if name == "" || len(name) > maxNameBytes {
		return fmt.Errorf("%w: %s %.120q has %d bytes, want 1 to %d", ErrName, field, name, len(name), maxNameBytes)
	}
	for i := range len(name) {
		if c := name[i]; !plain(c) && c != '_' {
			return fmt.Errorf("%w: %s %q has %q at byte %d, allowed are letters, digits, '_' and '-'", ErrName, field, name, name[i:i+1], i)
		}
	}
	return nil
}

// ProjectBase returns the beginning of all keys of a project: <prefix>.<project>.
func ProjectBase(prefix, project string) string { return prefix + "." + project }

// EscapeKey makes one component of a key of any string, injectively: bytes
// outside [A-Za-z0-9-] become _XX in hexadecimal. So it holds no '.', which
// separates components.
func EscapeKey(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if plain(s[i]) {
			b.WriteByte(s[i])
		} else {
			fmt.Fprintf(&b, "_%02X", s[i])
		}
	}
	return b.String()
}

func plain(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-'
}

// ScoresBase begins the keys of the shards of scores of the project whose keys
// begin with base.
func ScoresBase(base string) string { return base + ".scores" }

func schemaBase(base string) string      { return base + ".schema" }
func definitionsBase(base string) string { return base + ".models" }
func directoryBase(base string) string   { return base + ".dir" }
func shardBase(base, id string) string   { return base + ".shard." + EscapeKey(id) }
