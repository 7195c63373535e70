package processors

import (
	"errors"
	"testing"
)

// TestReadSettingsOfEveryProcessor: the command line reads pipelines with any of
// our processors, and skips those that open no project.
func TestReadSettingsOfEveryProcessor(t *testing.T) {
	settings := map[string]struct {
		yaml  string
		opens bool
	}{
		learnName:     {yaml: "{ project: p, cache: c }", opens: true},
		scoreName:     {yaml: "{ project: p, cache: c, model: m }", opens: true},
		thresholdName: {yaml: "{ project: p, cache: c, name: a, value: 'root = this.x' }", opens: true},
		driftName:     {yaml: "{ project: p, cache: c }", opens: true},
		incidentsName: {yaml: "{ project: p, cache: c, name: a, alarm: 'root = this.x' }", opens: true},
		featuresName:  {yaml: "{ name: p, cache: c, key: k, features: [ { type: lag, of: x } ] }"},
		changeName:    {yaml: "{ name: p, cache: c, value: 'root = this.x' }"},
		httpName:      {yaml: "{}"},
	}
	for _, c := range components() {
		want, ok := settings[c.name]
		if !ok {
			t.Errorf("%s is not in the table of this test", c.name)
			continue
		}
		got, err := ReadSettings(c.name, want.yaml)
		switch {
		case want.opens && (err != nil || got.Project != "p" || got.Cache != "c"):
			t.Errorf("%s: settings %+v, error %v", c.name, got, err)
		case !want.opens && !errors.Is(err, ErrNoProject):
			t.Errorf("%s: error is %v, want one that says that it names no project", c.name, err)
		}
	}
}
