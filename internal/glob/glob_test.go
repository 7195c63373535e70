package glob

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestMatch(t *testing.T) {
	for name, c := range map[string]struct {
		pattern, name string
		want          bool
	}{
		"star over a slash":       {"http/*", "http/requests/total", true},
		"star alone":              {"*", "a/b", true},
		"question mark, slash":    {"a?b", "a/b", true},
		"slash in a class":        {"a[/]b", "a/b", true},
		"class without the slash": {"a[xy]b", "a/b", false},
		"escaped star":            {`a\*`, "a*", true},
		"not the whole name":      {"a/*", "b/a/c", false},
		"malformed":               {"a[", "a[", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Match(c.pattern, c.name); got != c.want {
				t.Errorf("%q matches %q: %v", c.pattern, c.name, got)
			}
		})
	}
	if Valid("a[") || !Valid("a*") || Is("a/b") || !Is("a?") {
		t.Error("Valid or Is is wrong")
	}
}

// TestStarMatchesAnyName: a beginning and a star match each name with that
// beginning, whatever follows.
func TestStarMatchesAnyName(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	letters := []rune("ab/._- :°é\t")
	for range 1000 {
		name := make([]rune, r.IntN(12))
		for i := range name {
			name[i] = letters[r.IntN(len(letters))]
		}
		cut := r.IntN(len(name) + 1)
		pattern := string(name[:cut]) + "*"
		if !Match(pattern, string(name)) {
			t.Errorf("%q does not match %q", pattern, string(name))
		}
		if cut > 0 && Match(pattern, "#"+strings.TrimPrefix(string(name), "#")) {
			t.Errorf("%q matches another name than %q", pattern, string(name))
		}
	}
}
