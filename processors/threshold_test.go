package processors_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestThreshold: an outlier raises an alarm with a p-value, whatever else the
// document holds; a text instead of a number marks its message only.
func TestThreshold(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	b := builder(t, environment(t), "sml_threshold: { project: p, cache: sml_state, name: temp, value: root = this.t, alpha: 0.001, two_sided: true }")
	batches := [][]document{{}, {{content: `{ "t": 100, "x": 1.50 }`}, {content: `{"t":"hot"}`}, {content: `{"t":-100}`}, {content: `{"u":1}`}, {content: `{"t":0}`}}}
	for range 3000 {
		batches[0] = append(batches[0], document{content: fmt.Sprintf(`{"t":%g}`, rng.NormFloat64())})
	}
	out := run(t, b, batches...)[3000:]
	if !strings.HasPrefix(out[0].content, `{ "t": 100, "x": 1.50`) || field(t, out[0].content, "sml", "temp", "is_anomaly") != true {
		t.Errorf("a high outlier gives %s", out[0].content)
	}
	if p, _ := field(t, out[0].content, "sml", "temp", "p_value").(float64); p > 1e-5 {
		t.Errorf("a high outlier gives %s", out[0].content)
	}
	if out[1].err == nil || !strings.Contains(out[1].err.Error(), "value") {
		t.Errorf("a text gives %q, error %v", out[1].content, out[1].err)
	}
	if field(t, out[2].content, "sml", "temp", "is_anomaly") != true {
		t.Errorf("a low outlier gives %s", out[2].content)
	}
	if out[3].err != nil || field(t, out[3].content, "sml", "temp", "is_anomaly") != nil || !strings.Contains(out[3].content, `"value":null,"is_anomaly":null`) {
		t.Errorf("no value gives %s, error %v", out[3].content, out[3].err)
	}
	if field(t, out[4].content, "sml", "temp", "is_anomaly") != false {
		t.Errorf("a usual value gives %s", out[4].content)
	}
}

// TestScoreThreshold: sml_score with a threshold of the tail has a p-value and
// keeps quiet while it warms up.
func TestScoreThreshold(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	b := builder(t, environment(t), "sml_score: { project: p, cache: sml_state, model: m, threshold: { method: evt, alpha: 0.001, warm_up: 500 } }")
	if err := b.AddProcessorYAML(thenLearn); err != nil {
		t.Fatal(err)
	}
	var batches [][]document
	for range 40 {
		var batch []document
		for range 100 {
			batch = append(batch, document{content: fmt.Sprintf(`{"a":%g,"b":%g}`, rng.NormFloat64(), rng.NormFloat64())})
		}
		batches = append(batches, batch)
	}
	batches = append(batches, []document{{content: `{"a":50,"b":-50}`}})
	out := run(t, b, batches...)
	if _, early := field(t, out[100].content, "sml", "m").(map[string]any)["threshold"]; early {
		t.Errorf("a threshold before the warm-up: %s", out[100].content)
	}
	last := out[len(out)-1].content
	if field(t, last, "sml", "m", "is_anomaly") != true {
		t.Errorf("an outlier gives %s", last)
	}
	if _, ok := field(t, last, "sml", "m", "p_value").(float64); !ok {
		t.Errorf("no p-value in %s", last)
	}
}
