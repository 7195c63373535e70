package sml

import (
	"context"
	"slices"
	"testing"
)

// TestComplete: what may stand at a place comes from the file and from its cache.
func TestComplete(t *testing.T) {
	s := newSite(t, "p", "")
	s.learn("p", "t/0", documents(10, 0))
	s.learn("stored", "t/1", documents(10, 0))
	for name, c := range map[string]struct {
		command string
		args    []string
		want    []string // among those there are
		lacks   string
	}{
		"projects":                {"info", []string{""}, []string{"p", "stored"}, "x"},
		"a cache":                 {"info", []string{"--cache", ""}, []string{"first", "second"}, "p"},
		"project or question":     {"explore", []string{""}, []string{"p", "stored", "univariate"}, "x"},
		"a question":              {"explore", []string{"p", ""}, []string{"univariate"}, "p"},
		"attributes":              {"explore", []string{"p", "bivariate", ""}, []string{"x", "y", "c"}, "p"},
		"the second attribute":    {"explore", []string{"p", "bivariate", "x", ""}, []string{"x", "y", "c"}, "p"},
		"attributes, no project":  {"explore", []string{"univariate", ""}, []string{"x", "y", "c"}, "p"},
		"type of a model":         {"build", []string{"--type", ""}, []string{"ols", "hba"}, "p"},
		"target":                  {"build", []string{"p", "--target", ""}, []string{"x", "y"}, "p"},
		"a model":                 {"model", []string{"p", ""}, []string{"h"}, "p"},
		"project or model":        {"model", []string{""}, []string{"p", "h"}, "x"},
		"a shard":                 {"forget", []string{"p", "--shard", ""}, []string{"t/0"}, "t/1"},
		"a shard as an argument":  {"epoch", []string{"p", ""}, []string{"t/0"}, "t/1"},
		"nothing after the model": {"model", []string{"p", "h", ""}, nil, "p"},
		"an unknown project":      {"model", []string{"nope", ""}, nil, "p"},
	} {
		args := append([]string{"-c", s.config, "--cache", "first"}, c.args...)
		if c.args[0] == "--cache" {
			args = append([]string{"-c", s.config}, c.args...)
		}
		got := Complete(context.Background(), []string{"sml", c.command}, args)
		for _, w := range c.want {
			if !slices.Contains(got, w) {
				t.Errorf("%s: %v, want %s in it", name, got, w)
			}
		}
		if slices.Contains(got, c.lacks) || c.want == nil && len(got) > 0 {
			t.Errorf("%s: %v has too much", name, got)
		}
	}
	if got := Complete(context.Background(), []string{"sml", "info"}, []string{"-c", "/nonexistent", ""}); len(got) > 0 {
		t.Errorf("without a file: %v", got)
	}
}
