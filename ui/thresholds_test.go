package ui_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model/threshold"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/ui"
)

// told is the answer about a threshold.
type told struct {
	Name, Kind, Method, From string
	Scores                   float64
	Threshold                *float64
	Lower                    *float64 `json:"threshold_lower"`
	Waiting                  string   `json:"waiting_for"`
	Settings, Set            map[string]any
	Highest                  *float64
}

// watchAll watches values of a project, in batches, and returns the last result.
func watchAll(t *testing.T, p *live.Project, settings live.WatcherSettings, values []float64) map[string]any {
	t.Helper()
	w, err := p.NewWatcher(settings)
	if err != nil {
		t.Fatal(err)
	}
	var last map[string]any
	for i := range values {
		r, err := w.Watch(context.Background(), []live.Message{{Shard: "t/0"}}, values[i:i+1])
		if err != nil {
			t.Fatal(err)
		}
		if i == len(values)-1 {
			if err := json.Unmarshal(r.JSON(0), &last); err != nil {
				t.Fatal(err)
			}
		}
	}
	return last
}

// TestThresholdsAreThoseOfTheCore: of drawn values and options, GET tells the
// threshold that the core reads off the same values, also with options of the
// question.
func TestThresholdsAreThoseOfTheCore(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 13))
	for draw := range 12 {
		w := newWorld(t, worldOf{})
		p := w.learn(t, "p", live.LearnSettings{}, `{"x":1}`)
		o := threshold.ThresholdOptions{Method: []string{"evt", "quantile"}[r.IntN(2)], Alpha: 0.001 + 0.1*r.Float64(), TwoSided: r.IntN(2) == 0, WarmUp: float64(50 + r.IntN(100))}
		values := make([]float64, 200+r.IntN(600))
		for i := range values {
			values[i] = r.NormFloat64()
		}
		histogram, extremes := distributionOf(t, values)
		watcher, err := p.NewWatcher(live.WatcherSettings{Name: "t", Threshold: o})
		if err != nil {
			t.Fatal(err)
		}
		messages := make([]live.Message, len(values))
		for i := range messages {
			messages[i].Shard = "t/0"
		}
		if _, err := watcher.Watch(context.Background(), messages, values); err != nil {
			t.Fatal(err)
		}
		want, err := threshold.NewThreshold(o, histogram, extremes)
		if err != nil {
			t.Fatal(err)
		}
		all := decoded[[]told](t, get(t, w.API, "projects/p/thresholds", 200))
		if len(all) != 1 || all[0].Name != "watch.t" || all[0].Kind != "value" || all[0].From != "component" || all[0].Scores != float64(len(values)) || all[0].Method != want.Method() {
			t.Fatalf("draw %d: %+v", draw, all)
		}
		if all[0].Settings["alpha"] != o.Alpha || all[0].Settings["warm_up"] != o.WarmUp || all[0].Settings["two_sided"] != o.TwoSided {
			t.Errorf("draw %d: settings %v, want those of %+v", draw, all[0].Settings, o)
		}
		requireBound(t, fmt.Sprintf("draw %d: threshold", draw), all[0].Threshold, want.Upper())
		if o.TwoSided {
			requireBound(t, fmt.Sprintf("draw %d: lower threshold", draw), all[0].Lower, want.Lower())
		}
		asked := threshold.ThresholdOptions{Method: "quantile", Alpha: 0.2}
		would := decoded[told](t, get(t, w.API, "projects/p/thresholds/watch.t?method=quantile&alpha=0.2", 200))
		if would.From != "asked" || would.Method != "quantile" {
			t.Errorf("draw %d: asked: %+v", draw, would)
		}
		if _, err := threshold.NewThreshold(asked, histogram, extremes); err == nil {
			t.Fatal("the default warm-up is 1000")
		}
		if would.Threshold != nil || would.Waiting == "" {
			t.Errorf("draw %d: before the warm-up: %+v", draw, would)
		}
		asked.WarmUp = 10
		other, err := threshold.NewThreshold(asked, histogram, extremes)
		if err != nil {
			t.Fatal(err)
		}
		would = decoded[told](t, get(t, w.API, "projects/p/thresholds/watch.t?method=quantile&alpha=0.2&warm_up=10", 200))
		requireBound(t, "asked", would.Threshold, other.Upper())
	}
}

// requireBound compares a threshold of an answer with the one computed.
func requireBound(t *testing.T, what string, got *float64, want float64) {
	t.Helper()
	if got == nil || *got != want {
		t.Errorf("%s is %v, want %v", what, show(got), want)
	}
}

// near reports whether a number of a result, which has nine digits, is the one computed.
func near(got any, want float64) bool {
	x, ok := got.(float64)
	return ok && math.Abs(x-want) <= 1e-8*math.Abs(want)
}

func show(x *float64) string {
	if x == nil {
		return "null"
	}
	return fmt.Sprint(*x)
}

// TestThresholdIsSetEverywhere: what is set counts for the next result of a running
// component and in another process, as what is told, until it is reset.
func TestThresholdIsSetEverywhere(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 14))
	w := plainWorld(t, worldOf{})
	p, err := w.table.Find("p")
	if err != nil {
		t.Fatal(err)
	}
	values := make([]float64, 500)
	for i := range values {
		values[i] = r.ExpFloat64()
	}
	o := live.WatcherSettings{Name: "t", Threshold: threshold.ThresholdOptions{Alpha: 0.01, WarmUp: 100}}
	watchAll(t, p, o, values)
	before := decoded[told](t, get(t, w.API, "projects/p/thresholds/watch.t", 200))
	scored := decoded[told](t, get(t, w.API, "projects/p/thresholds/m", 200))
	if scored.Method != "anomaly_quantile" || scored.Kind != "model" || scored.Scores != 300 || scored.Threshold == nil {
		t.Errorf("the scores of a model without a threshold: %+v", scored)
	}
	after := decoded[told](t, send(t, w.API, "projects/p/thresholds/watch.t/set", `{"alpha": 0.2}`, 200))
	if after.From != "set" || after.Set["alpha"] != 0.2 || after.Settings["warm_up"] != 100.0 || *after.Threshold >= *before.Threshold {
		t.Errorf("set: %+v, before %+v", after, before)
	}
	if got := watchAll(t, p, o, []float64{(*after.Threshold + *before.Threshold) / 2}); got["is_anomaly"] != true || !near(got["threshold"], *after.Threshold) {
		t.Errorf("the next result is %v, want an anomaly above %v", got, *after.Threshold)
	}
	if err := p.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	elsewhere := newWorld(t, worldOf{store: w.store})
	there := decoded[told](t, get(t, elsewhere.API, "projects/p/thresholds/watch.t", 200))
	if there.From != "set" || there.Settings["alpha"] != 0.2 || there.Scores != 501 {
		t.Errorf("in another process: %+v", there)
	}
	// Options that are left out stay; null leaves out.
	both := decoded[told](t, send(t, w.API, "projects/p/thresholds/watch.t/set", `{"method": "quantile", "alpha": null}`, 200))
	if both.Set["alpha"] != 0.2 || both.Method != "quantile" {
		t.Errorf("set twice: %+v", both)
	}
	reset := decoded[told](t, send(t, w.API, "projects/p/thresholds/watch.t/reset", "", 200))
	if reset.From != "component" || reset.Settings["alpha"] != 0.01 || len(reset.Set) > 0 {
		t.Errorf("reset: %+v", reset)
	}
	if got := watchAll(t, p, o, []float64{0}); !near(got["threshold"], *reset.Threshold) {
		t.Errorf("the next result is %v, want the threshold %v", got, *reset.Threshold)
	}
	refusesThresholds(t, w.API)
}

// refusesThresholds asks for what there is not, and sets what is out of bounds.
func refusesThresholds(t *testing.T, api *ui.API) {
	t.Helper()
	for target, c := range map[string]struct {
		body string
		want int
	}{
		"projects/p/thresholds/nope/set":      {`{"alpha":0.1}`, 404},
		"projects/p/thresholds/nope/reset":    {"", 404},
		"projects/p/thresholds/m/set":         {`{"alpha":0.7}`, 400},
		"projects/p/thresholds/watch.t/set":   {`{"alpha":"0.1"}`, 400},
		"projects/p/thresholds/watch.t/set?":  {`{"beta":0.1}`, 400},
		"projects/p/thresholds/watch.t/set?a": {`{}`, 400},
	} {
		send(t, api, target, c.body, c.want)
	}
	get(t, api, "projects/p/thresholds/nope", 404)
	get(t, api, "projects/p/thresholds/m?alpha=2", 400)
}

// distributionOf returns what a threshold of the values is read off. In one batch there
// is no threshold yet by which a value could be left out.
func distributionOf(t *testing.T, values []float64) (*stats.Histogram, *stats.Exceedances) {
	t.Helper()
	histogram, err := stats.NewHistogram(stats.DefaultBins)
	if err != nil {
		t.Fatal(err)
	}
	extremes, err := stats.NewExceedances(stats.DefaultExceedances)
	if err != nil {
		t.Fatal(err)
	}
	histogram.AddColumn(values, 0, 1, len(values), nil)
	for _, x := range values {
		if err := extremes.Add(x, 1); err != nil {
			t.Fatal(err)
		}
	}
	return histogram, extremes
}
