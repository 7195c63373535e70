package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/internal/glob"
)

// matcher finds what was declared for a name.
// It is asked once for each new key and not for each value, so patterns are tried
// one after the other.
type matcher[T any] struct {
	exact    map[string]T
	patterns []string // longest first
}

func newMatcher[T any](setting string, declared map[string]T) (matcher[T], error) {
	m := matcher[T]{exact: declared}
	for _, name := range sortedKeys(declared) {
		if !glob.Is(name) {
			continue
		}
		if !glob.Valid(name) {
			return m, fmt.Errorf("%s.%s: pattern is malformed", setting, name)
		}
		m.patterns = append(m.patterns, name)
	}
	slices.SortStableFunc(m.patterns, func(a, b string) int { return len(b) - len(a) })
	return m, nil
}

// find returns what is declared for name, and the name or pattern that
// declares it, which is empty when there is none. With dotted, patterns
// without a dot do not count.
func (m *matcher[T]) find(name string, dotted bool) (value T, by string) {
	if v, ok := m.exact[name]; ok {
		return v, name
	}
	for _, p := range m.patterns {
		if dotted && !strings.Contains(p, ".") {
			continue
		}
		if glob.Match(p, name) {
			return m.exact[p], p
		}
	}
	return value, ""
}

// sortedKeys makes the first error the same every time, as a map is walked in any
// order.
func sortedKeys[T any](m map[string]T) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
