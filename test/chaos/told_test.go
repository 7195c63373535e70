//go:build linux

package main

import (
	"fmt"
	"strings"
	"testing"
)

// TestTold: lines add up by reason, and a line that is missing shows.
func TestTold(t *testing.T) {
	line := func(rows, total int, reason string) string {
		return fmt.Sprintf(`level=warn msg="root.pipeline.processors.0: project \"p\": left out %d rows, reason %s (%d since the start); for example temp: \"x\""`, rows, reason, total)
	}
	good := []string{line(1, 1, "refused"), "level=info msg=other", line(5, 5, "replayed"), line(7, 8, "refused")}
	sums, err := told([]byte(strings.Join(good, "\n")))
	if err != nil || fmt.Sprint(sums) != "map[refused:8 replayed:5]" {
		t.Errorf("%v (%v), want 8 refused and 5 replayed", sums, err)
	}
	if _, err := told([]byte(strings.Join(good[1:], "\n"))); err == nil {
		t.Error("a line is missing, and nothing was said")
	}
}
