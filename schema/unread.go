package schema

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Unread is a key of documents whose value is an object or an array that nobody
// has declared, so nothing of it is learned.
type Unread struct {
	Name string
	// Sort is "an object" or "an array".
	Sort string
	// Advice says what would learn it, or leave it out in silence.
	Advice string
}

// ResultKey is the key of documents under which scorers and thresholds put their
// results unless they are told another one. An object there is no surprise, and is not
// listed as unread.
const ResultKey = "sml"

// Bounds of what is kept of unread keys.
const (
	maxUnread      = 100
	maxAdviceBytes = 600
	maxLeaves      = 8 // that an advice names
	maxUnreadBytes = 64 << 10
)

func (u *Unread) validate() error {
	switch {
	case len(u.Name) == 0 || len(u.Name) > maxNameBytes:
		return fmt.Errorf("name of an unread key has %d bytes, want 1 to %d", len(u.Name), maxNameBytes)
	case len(u.Sort) > maxAdviceBytes || len(u.Advice) > maxAdviceBytes:
		return fmt.Errorf("unread key %q has more than %d bytes", shorten(u.Name), maxAdviceBytes)
	}
	return nil
}

// unreadJSON notes an object or an array as it stands in a document.
func (r *Reader) unreadJSON(f *field, text []byte) {
	if _, known := r.found.index[f.name]; f.told && !known || !r.collects() {
		return
	}
	var v any
	if len(text) <= maxUnreadBytes {
		_ = json.Unmarshal(text, &v) // what is no JSON fails the document elsewhere
	}
	r.unread(f, sortOf(text[0]), v)
}

// unread notes a key that is not learned, once for each schema.
// An object where an earlier document has made an attribute of another value is a clash.
func (r *Reader) unread(f *field, sort string, v any) {
	if at, known := r.found.index[f.name]; known && at < r.found.kept && r.collects() {
		r.found.clashed = true
		return
	}
	if f.told || !r.collects() || f.kind != 0 || len(r.schema.unread)+len(r.found.unread) >= maxUnread {
		return
	}
	f.told = true
	if f.name == ResultKey && sort == sortOf('{') {
		return
	}
	r.found.unread = append(r.found.unread, Unread{Name: f.name, Sort: sort, Advice: r.words.advice(f.name, v)})
	r.found.told = append(r.found.told, f)
}

// advice says which declaration learns the value.
func (c *conventions) advice(name string, v any) string {
	silence := fmt.Sprintf(", or { %s: ignore } to leave it out in silence", yamlKey(name))
	if items, ok := v.([]any); ok {
		if isList(items) {
			return fmt.Sprintf("declare attributes: { %s: list } to learn it%s", yamlKey(name), silence)
		}
		return "give its items names in a mapping before sml_learn, such as root.first = this." + name + ".index(0), to learn them" + silence
	}
	var leaves []string
	c.leaves(&leaves, name, v)
	if len(leaves) == 0 {
		return "bring its values to the top level by a mapping before sml_learn to learn them" + silence
	}
	more := ""
	if len(leaves) > maxLeaves {
		leaves, more = leaves[:maxLeaves], " and others inside"
	}
	advice := fmt.Sprintf("declare attributes: { %s }%s to learn it%s", strings.Join(leaves, ", "), more, silence)
	if len(advice) > maxAdviceBytes {
		return fmt.Sprintf("declare attributes: { %q: continuous } to learn its numbers", shorten(name)+".*")
	}
	return advice
}

// leaves appends declarations of the values inside v, by name in order.
func (c *conventions) leaves(into *[]string, name string, v any) {
	if len(*into) > maxLeaves {
		return
	}
	kind := Kind(0)
	switch t := v.(type) {
	case map[string]any:
		for _, key := range sortedKeys(t) {
			c.leaves(into, name+"."+key, t[key])
		}
	case []any:
		if isList(t) {
			kind = List
		}
	case string:
		if kind = Categorical; !c.isMissing([]byte(t)) {
			kind, _ = c.settle([]byte(t))
		}
	case bool:
		kind = Binary
	default:
		if _, ok := floatOf(v); ok {
			kind = Continuous
		}
	}
	if kind != 0 {
		*into = append(*into, yamlKey(name)+": "+kind.String())
	}
}

// isList reports whether the items are what a list is learned of: strings among
// them, and nothing nested.
func isList(items []any) bool {
	return slices.ContainsFunc(items, func(v any) bool { _, ok := v.(string); return ok }) &&
		!slices.ContainsFunc(items, func(v any) bool {
			switch v.(type) {
			case map[string]any, []any:
				return true
			}
			return false
		})
}

// yamlKey quotes a name that YAML would read otherwise, so that an advice can be
// pasted.
func yamlKey(name string) string {
	if strings.ContainsAny(name, "{}[],:#&*!|>'\"%@` \t\n") || strings.TrimLeft(name, "-?0123456789.") == "" {
		return fmt.Sprintf("%q", name)
	}
	return name
}

// addUnread adds what is not listed yet, and takes away what is told to be dropped.
// It returns how many entries changed.
func (s *Schema) addUnread(from []Unread, drop []string) int {
	before, changed := s.unread, 0
	s.unread = slices.DeleteFunc(slices.Clone(before), func(u Unread) bool { return slices.Contains(drop, u.Name) })
	changed = len(before) - len(s.unread)
	for i := range from {
		known := slices.ContainsFunc(s.unread, func(u Unread) bool { return u.Name == from[i].Name })
		if known || len(s.unread) >= maxUnread || from[i].validate() != nil {
			continue
		}
		s.unread = append(s.unread, from[i])
		changed++
	}
	if changed == 0 {
		s.unread = before
	}
	return changed
}

// Unread returns the keys of documents that hold objects or arrays of which nothing
// is learned. It must not be changed.
func (s *Schema) Unread() []Unread { return s.unread }
