package yamlwords_test

import (
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/yamlwords"
)

func TestUnmerged(t *testing.T) {
	merge := map[string]any{"folds": 3}
	for name, c := range map[string]struct {
		config any
		want   string // the path, "" for none
	}{
		"none":                 {map[string]any{"a": 1, "b": []any{map[string]any{"c": "<<"}}}, ""},
		"at the top":           {map[string]any{"project": "p", "<<": merge}, "<<"},
		"in an object":         {map[string]any{"window": map[string]any{"<<": merge}}, "window.<<"},
		"in an item of a list": {map[string]any{"models": []any{map[string]any{}, map[string]any{"<<": merge}}}, "models.1.<<"},
		"a list by itself":     {[]any{map[string]any{"<<": nil}}, "0.<<"},
	} {
		err := yamlwords.Unmerged(c.config)
		if (err != nil) != (c.want != "") || err != nil && !strings.HasPrefix(err.Error(), c.want+": ") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
