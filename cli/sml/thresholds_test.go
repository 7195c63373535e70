package sml

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/redpanda-data/benthos/v4/public/service"
)

// TestThresholdsCommand: in a process of its own the command tells the thresholds by
// the settings of the components of the file, sets one, and resets it.
func TestThresholdsCommand(t *testing.T) {
	s := siteWithScores(t)
	var all thresholdsAnswer
	s.must(&all, "thresholds")
	if len(all.Thresholds) != 2 || all.Thresholds[0].Name != "h" || all.Thresholds[1].Name != "watch.x" {
		t.Fatalf("the thresholds are %+v", all.Thresholds)
	}
	model, watched := all.Thresholds[0], all.Thresholds[1]
	if model.Settings["alpha"] != 0.02 || model.From != "component" || model.Threshold == nil {
		t.Errorf("of the model: %+v", model)
	}
	// 400 whole numbers from 1 to 1000, of which a tenth are above the 0.9-quantile.
	if watched.Scores != 400 || watched.Threshold == nil || *watched.Threshold < 800 || *watched.Threshold > 1000 || watched.Method != "quantile" {
		t.Errorf("of the value: %+v", watched)
	}
	var would, done, reset thresholdsAnswer
	s.must(&would, "thresholds", "p", "watch.x", "--set", "alpha=0.4")
	if would.Done || len(would.Thresholds) != 2 || *would.Thresholds[1].Threshold >= *watched.Threshold || *would.Thresholds[0].Threshold != *watched.Threshold {
		t.Errorf("without --yes: %+v", would)
	}
	s.must(&done, "thresholds", "watch.x", "--set", "alpha=0.4", "--yes")
	if !done.Done || *done.Thresholds[0].Threshold != *would.Thresholds[1].Threshold || done.Thresholds[0].From != "set" || done.Thresholds[0].Settings["warm_up"] != 50.0 {
		t.Errorf("with --yes: %+v", done)
	}
	s.must(&reset, "thresholds", "watch.x", "--reset", "--yes")
	if *reset.Thresholds[0].Threshold != *watched.Threshold || reset.Thresholds[0].From != "component" {
		t.Errorf("reset: %+v", reset)
	}
	for name, c := range map[string]struct {
		args []string
		code int
		want string
	}{
		"for people":      {[]string{"p"}, 0, "alpha=0.02"},
		"what would be":   {[]string{"p", "h", "--set", "alpha=0.1"}, 0, "Nothing was done; --yes does it"},
		"no such scores":  {[]string{"p", "nope"}, 1, "it has those of h, watch.x"},
		"unknown option":  {[]string{"p", "h", "--set", "beta=1"}, 2, "beta"},
		"out of range":    {[]string{"p", "h", "--set", "alpha=2", "--yes"}, 2, "alpha"},
		"set of none":     {[]string{"p", "--set", "alpha=0.1"}, 2, "want one SCORES"},
		"both":            {[]string{"p", "h", "--set", "alpha=0.1", "--reset"}, 2, "either"},
		"yes to nothing":  {[]string{"p", "h", "--yes"}, 2, "--yes does nothing"},
		"unknown project": {[]string{"q", "h"}, 1, `"q"`},
	} {
		if out, code := s.run("thresholds", c.args...); code != c.code || !strings.Contains(out, c.want) {
			t.Errorf("%s: exit code %d, %s", name, code, fmt.Sprintf("%.400s", out))
		}
	}
}

// siteWithScores returns a site whose project has the scores of a model and of a value.
func siteWithScores(t *testing.T) *site {
	t.Helper()
	s := newSite(t, "p", "")
	text, err := os.ReadFile(s.config)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), "input: { generate: { count: 1, mapping: 'root = {}' } }",
		"input: { generate: { count: 400, interval: '', mapping: 'root.x = random_int(min: 1, max: 1000)' } }", 1)
	changed = strings.Replace(changed, "processors:\n", `processors:
    - sml_score: { project: p, cache: first, model: h, threshold: { method: evt, alpha: 0.02, warm_up: 100 } }
    - sml_threshold: { project: p, cache: first, name: x, value: root = this.x, method: quantile, alpha: 0.1, warm_up: 50 }
`, 1)
	if err := os.WriteFile(s.config, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	b := service.NewStreamBuilder()
	if err := b.SetYAML(strings.ReplaceAll(changed, "${SML_TEST_PROJECT:p}", "p") + "\nlogger: { level: NONE }\nhttp: { enabled: false }\n"); err != nil {
		t.Fatal(err)
	}
	stream, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return s
}
