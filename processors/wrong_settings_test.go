package processors_test

import (
	"strings"
	"testing"
)

// TestWrongChanges: the same of sml_change and of features that are detectors.
func TestWrongChanges(t *testing.T) {
	const change = "sml_change: { name: f, cache: sml_state, value: 'root = this.x', "
	requireRefused(t, []wrongSetting{
		{name: "option of a detector", processor: change + "options: { delta: 2 } }", want: []string{"options.delta: 2, want a number above 0 and below 1"}},
		{name: "unknown option", processor: change + "options: { dleta: 0.1 } }", want: []string{"options", "dleta", "delta"}},
		{name: "options that contradict", processor: change + "detector: ddm, options: { warning_threshold: 4 } }", want: []string{"options.warning_threshold: 4, want at most drift_threshold"}},
		{name: "path of changes", processor: change + "result_path: 'x.' }", want: []string{"result_path", `"x."`}},
		{name: "option of a feature", processor: "sml_features: { name: f, cache: sml_state, features: [ { type: adwin, of: x, options: { clock: 0 } } ] }", want: []string{"features.0", "options.clock: 0"}},
		{name: "feature of no detector", processor: "sml_features: { name: f, cache: sml_state, features: [ { type: changes, of: x } ] }", want: []string{"features.0", `of: "x" is no earlier feature`}},
	})
}

// TestWrongSettings: each is refused before anything is read, with an error
// that names the field and the value that it has.
func TestWrongSettings(t *testing.T) {
	const (
		learn     = "sml_learn: { project: p, cache: sml_state, "
		score     = "sml_score: { project: p, cache: sml_state, model: m, "
		threshold = "sml_threshold: { project: p, cache: sml_state, name: t, value: 'root = this.x', "
		incidents = "sml_incidents: { project: p, cache: sml_state, name: i, alarm: 'root = this.x', "
		features  = "sml_features: { name: f, cache: sml_state, features: [ { type: hour } ], "
	)
	requireRefused(t, []wrongSetting{
		{name: "negative refresh", processor: learn + "refresh: -1s }", want: []string{"refresh", "-1s"}},
		{name: "refresh of a scorer", processor: score + "refresh: -5s }", want: []string{"refresh", "-5s"}},
		{name: "no duration", processor: learn + "every: x }", want: []string{"every", `"x"`}},
		{name: "max_attributes", processor: learn + "max_attributes: 0 }", want: []string{"max_attributes is 0", "1 to 10000"}},
		{name: "max_categories", processor: learn + "max_categories: 70000 }", want: []string{"max_categories is 70000", "1 to 65536"}},
		{name: "max_patterns", processor: learn + "max_patterns: 0 }", want: []string{"max_patterns is 0"}},
		{name: "histogram_bins", processor: learn + "histogram_bins: 2 }", want: []string{"histogram_bins is 2"}},
		{name: "one fold", processor: learn + "folds: 1 }", want: []string{"folds is 1", "2 to 100"}},
		{name: "short tiles", processor: learn + "window: { period: 1ns } }", want: []string{"window period is 1ns", "12 tiles"}},
		{name: "beside no window", processor: learn + "window: { beside: true } }", want: []string{"window.beside: true", "period or rows"}},
		{name: "beside no decay", processor: learn + "decay: { beside: true } }", want: []string{"decay.beside: true", "half_life"}},
		{name: "window of rows beyond measure", processor: learn + "window: { rows: 9223372036854775807, tiles: 3 } }", want: []string{"rows is 9223372036854775807", "1000000000"}},
		{name: "power without a name", processor: learn + "power: { attributes: [ '' ] } }", want: []string{"power", "attributes.0", `""`}},
		{name: "power twice", processor: learn + "power: { attributes: [ x, x ] } }", want: []string{"power", "attributes.1", `"x"`}},
		{name: "quantile", processor: score + "anomaly_quantile: 1.5 }", want: []string{"anomaly_quantile is 1.5"}},
		{name: "contributions", processor: score + "contributions: -2 }", want: []string{"contributions is -2"}},
		{name: "alpha", processor: score + "threshold: { method: evt, alpha: 0.9 } }", want: []string{"alpha is 0.9"}},
		{name: "start of the tail", processor: score + "threshold: { method: evt, initial_quantile: 0.2 } }", want: []string{"threshold.initial_quantile: 0.2, want a number from 0.5 to below 1"}},
		{name: "warm-up", processor: threshold + "warm_up: -1 }", want: []string{"pipeline.processors.0: warm_up: -1, want a number above 0"}},
		{name: "drift window", processor: threshold + "drift_window: 1 }", want: []string{"drift_window is 1"}},
		{name: "empty part of a path", processor: score + "result_path: a..b }", want: []string{"result_path", `"a..b"`}},
		{name: "path that ends with a dot", processor: threshold + "result_path: 'x.' }", want: []string{"result_path", `"x."`}},
		{name: "path of features", processor: features + "result_path: '' }", want: []string{"result_path", `""`}},
		{name: "alarms without rows", processor: incidents + "open: { alarms: 3 } }", want: []string{"open.alarms is 3", "open.rows"}},
		{name: "alarms of both", processor: incidents + "open: { alarms: 2, rows: 9, within: 5m } }", want: []string{"open.rows is 9", "open.within is 5m0s"}},
		{name: "quiet of incidents", processor: incidents + "close: { quiet: -1s } }", want: []string{"close.quiet is -1s"}},
		{name: "ahead of incidents", processor: incidents + "ahead: 0s }", want: []string{"ahead is 0s"}},
		{name: "name of incidents", processor: "sml_incidents: { project: p, cache: sml_state, name: a/b, alarm: 'root = this.x' }", want: []string{"name", `"a/b"`}},
		{name: "no model", processor: "sml_score: { project: p, cache: sml_state, model: '' }", want: []string{"model is empty"}},
		{name: "replay rows", processor: features + "replay_rows: -1 }", want: []string{"replay_rows is -1"}},
		{name: "cache of the page", processor: "sml_http: { cache: nope }", want: []string{"cache", `"nope"`}},
		{name: "prefix of the page", processor: "sml_http: { prefix: a.b }", want: []string{"prefix", `"a.b"`}},
		{name: "refresh of the page", processor: "sml_http: { refresh: x }", want: []string{"refresh", `"x"`}},
		{name: "body of the page", processor: "sml_http: { max_body_bytes: 0 }", want: []string{"max_body_bytes is 0"}},
	})
}

// wrongSetting is a processor that is refused with an error that has these words.
type wrongSetting struct {
	name, processor string
	want            []string
}

func requireRefused(t *testing.T, cases []wrongSetting) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			err := refused(t, c.processor)
			if err == nil {
				t.Fatal("was taken")
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("error is %v, want it to contain %q", err, w)
				}
			}
		})
	}
}
