package ui_test

import (
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/project"
)

// TestKeys: rows are learned with the key that a field of theirs has, and
// questions are asked of one key.
func TestKeys(t *testing.T) {
	w := newWorld(t, worldOf{})
	w.learn(t, "p", live.LearnSettings{Composition: project.Composition{}.With(project.Entities{On: true, HistogramBins: 16})})
	for _, c := range []struct {
		name, verb, target, body, contains string
		status                             int
	}{
		{"learn", "POST", "projects/p/learn?key=at.id", `[{"x":1,"at":{"id":"a"}},{"x":3,"at":{"id":"a"}},{"x":9,"at":{"id":7.0}}]`, `"learned":3`, 200},
		{"no key", "POST", "projects/p/learn?key=at.id", `[{"x":1},{"x":1,"at":{"id":"a"}},{"x":1,"at":{"id":""}},{"x":1,"at":{"id":[1]}}]`, `"learned":1,"failed":3`, 200},
		{"no path", "POST", "projects/p/learn", `[{"x":1}]`, "key is empty", 200},
		{"long key", "POST", "projects/p/learn?key=x", `[{"x":"` + strings.Repeat("k", 300) + `"}]`, "want 1 to 200 bytes", 200},
		{"forget", "POST", "projects/p/forget?key=at.id", `[{"x":1,"at":{"id":"a"}}]`, `"forgotten":1`, 200},
		{"of a key", "GET", "projects/p/explore/univariate?attribute=x&part=key:a", "", `"count":2,"missing":0,"mean":2,`, 200},
		{"of a number", "GET", "projects/p/explore/univariate?attribute=x&part=key:7.0", "", `"mean":9,`, 200},
		{"summary of a key", "GET", "projects/p/summary?part=key:a", "", `"rows":2,`, 200},
		{"histogram of a key", "GET", "projects/p/plots/histogram?attribute=x&part=key:a", "", `<svg`, 200},
		{"unknown key", "GET", "projects/p/explore/univariate?attribute=x&part=key:z", "", `problem:unknown-key`, 404},
		{"live", "GET", "projects/p/live", "", `"keyed":true`, 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := call(w.API, c.verb, c.target, c.body)
			if r.Status != c.status || !strings.Contains(string(r.Body), c.contains) {
				t.Fatalf("status %d, body %.300s; want %d with %q", r.Status, r.Body, c.status, c.contains)
			}
		})
	}
}
