package sml

import (
	"fmt"
	"strings"
	"testing"
)

// TestAlter changes settings of a project, first not really, and learns on.
func TestAlter(t *testing.T) {
	s := newSite(t, "p", ", histogram_bins: 64")
	s.learn("p", "t/0", documents(30, 0))
	text, code := s.run("alter", "p", "--cache", "first", "--set", "histogram_bins=512", "--set", "conditional_bins=16")
	for _, want := range []string{"would change project p", "histogram_bins 64 to 512", "conditional_bins 0 to 16", "Nothing was done"} {
		if code != 0 || !strings.Contains(text, want) {
			t.Errorf("exit %d, %q, want %q", code, text, want)
		}
	}
	settings := func() string {
		var got infoAnswer
		s.must(&got, "info", "p", "--cache", "first")
		if got.Rows != 30 {
			t.Errorf("%v rows, want 30", got.Rows)
		}
		return got.Composition.String()
	}
	if said := settings(); !strings.Contains(said, "histogram_bins 64") {
		t.Errorf("without --yes it is %s", said)
	}
	var got alterAnswer
	s.must(&got, "alter", "p", "--cache", "first", "--set", "histogram_bins=512", "--set", "conditional_bins=16", "--yes")
	if !got.Done || len(got.Effects) != 2 {
		t.Errorf("%+v", got)
	}
	if said := settings(); !strings.Contains(said, "histogram_bins 512") || !strings.Contains(said, "conditional_bins 16") {
		t.Errorf("with --yes it is %s", said)
	}
	// back to what the learner has, which then goes on
	s.must(&got, "alter", "p", "--cache", "first", "--set", "histogram_bins=64", "--set", "conditional_bins=0", "--yes")
	s.learn("p", "t/0", documents(40, 0))
	var after infoAnswer
	s.must(&after, "info", "p", "--cache", "first")
	if after.Rows != 40 {
		t.Errorf("%v rows, want 40: the first 30 were there", after.Rows)
	}
	for want, args := range map[string][]string{
		"folds: cannot be changed":        {"--set", "folds=3"},
		"max_categories: 0, want a whole": {"--set", "max_categories=0"},
		"histogram_bins: 1, want a whole": {"--set", "histogram_bins=1"},
		"want NAME=VALUE":                 {"--set", "histogram_bins"},
		"gives max_patterns twice":        {"--set", "max_patterns=2", "--set", "max_patterns=3"},
		"nothing to change":               nil,
	} {
		if text, code := s.run("alter", append([]string{"p", "--cache", "first"}, args...)...); code != exitUsage || !strings.Contains(text, want) {
			t.Errorf("%s: exit %d, %q, want %s", fmt.Sprint(args), code, text, want)
		}
	}
}
