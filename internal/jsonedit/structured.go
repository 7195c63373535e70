package jsonedit

import (
	"encoding/json"
	"errors"
	"fmt"
)

// SetValue puts value, which is JSON, at path into a document that has been
// parsed: a map[string]any, which is changed. Objects on the way are created as
// needed, a value that stands at path is replaced. On error doc is as it was.
func SetValue(doc any, path []string, value []byte) error {
	if len(path) == 0 {
		return errors.New("path is empty")
	}
	at, ok := doc.(map[string]any)
	if !ok || at == nil {
		return fmt.Errorf("document is %w", errNotObject)
	}
	var parsed any
	if err := json.Unmarshal(value, &parsed); err != nil {
		return fmt.Errorf("value is not JSON: %w", err)
	}
	last := len(path) - 1
	for i, key := range path[:last] {
		next, exists := at[key]
		if !exists {
			for k := last; k > i; k-- {
				parsed = map[string]any{path[k]: parsed}
			}
			at[key] = parsed
			return nil
		}
		inner, ok := next.(map[string]any)
		if !ok || inner == nil {
			return fmt.Errorf("value at %q is %w", path[:i+1], errNotObject)
		}
		at = inner
	}
	at[path[last]] = parsed
	return nil
}
