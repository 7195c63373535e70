package project

import (
	"fmt"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// maxNameBytes bounds the names of projects and prefixes.
const maxNameBytes = 100

// ValidateName returns an error that wraps state.ErrName and names field and
// value unless name has 1 to 100 characters of [A-Za-z0-9_-].
func ValidateName(field, name string) error {
	if name == "" || len(name) > maxNameBytes {
		return fmt.Errorf("%w: %s %.120q has %d bytes, want 1 to %d", state.ErrName, field, name, len(name), maxNameBytes)
	}
	for i := range len(name) {
		if c := name[i]; !plain(c) {
			return fmt.Errorf("%w: %s %q has %q at byte %d, allowed are letters, digits, '_' and '-'", state.ErrName, field, name, name[i:i+1], i)
		}
	}
	return nil
}

func plain(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_'
}

// Base returns the beginning of all keys of a project: <prefix>.<name>.
func Base(prefix, name string) string { return prefix + "." + name }

// ScoresBase begins the keys of the shards of scores of the project whose keys
// begin with base.
func ScoresBase(base string) string { return base + ".scores" }

// DriftBase begins the keys of the verdicts of drift of the project whose keys begin with base.
func DriftBase(base string) string { return base + ".drift" }

// IncidentsBase begins the keys of the shards of incidents of the project whose keys
// begin with base.
func IncidentsBase(base string) string { return base + ".incidents" }

// FeaturesBase begins the keys of the state of features of that name.
func FeaturesBase(prefix, name string) string { return Base(prefix, name) + ".features" }

func schemaBase(base string) string      { return base + ".schema" }
func definitionsBase(base string) string { return base + ".models" }

// ReservedShard begins the ids of shards that are not of rows to learn. No topic
// has it in its name, and a configured shard may not begin with it.
const ReservedShard = "~"

// Beginnings of the ids of shards of other kinds: rows to forget, and the
// statistics that frozen models were built from.
const (
	ForgetPrefix = ReservedShard + "forget/"
	FrozenPrefix = ReservedShard + "frozen/"
)

// HoldsRows reports whether a shard is of rows that count: not of rows to be
// forgotten, and not what a frozen model was built from.
func HoldsRows(shard string) bool { return !strings.HasPrefix(shard, ReservedShard) }
