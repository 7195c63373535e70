package yamlwords

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// mergeKey is the key by which YAML merges the fields of another mapping.
const mergeKey = "<<"

// NoMerge is what is wrong with a merge where the host reads fields by name.
const NoMerge = "merged fields are not read here: the host takes each field by its name only. Write them out, or take a whole value by its alias"

// Unmerged returns an error for the first merge that the host has left standing in a
// configuration that it has read by its fields: what is merged there has no effect, and
// defaults would be taken in its place without a word. Values that the host reads as they
// are, such as options of models, have their merges resolved and are none.
func Unmerged(config any) error {
	if path := unmerged("", config); path != "" {
		return fmt.Errorf("%s: %s", path, NoMerge)
	}
	return nil
}

// unmerged returns the path of a merge; "" for none.
func unmerged(path string, config any) string {
	switch config := config.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(config)) {
			at := name
			if path != "" {
				at = path + "." + name
			}
			if name == mergeKey {
				return at
			}
			if found := unmerged(at, config[name]); found != "" {
				return found
			}
		}
	case []any:
		for i, item := range config {
			at := strconv.Itoa(i)
			if path != "" {
				at = path + "." + at
			}
			if found := unmerged(at, item); found != "" {
				return found
			}
		}
	}
	return ""
}
