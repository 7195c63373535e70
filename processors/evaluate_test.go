package processors_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/redpanda-data/benthos/v4/public/service"
)

// evaluating returns a stream that predicts y and kind, evaluates both, and
// learns.
func evaluating(t *testing.T) *service.StreamBuilder {
	t.Helper()
	b := builder(t, environment(t), "sml_score: { project: p, cache: sml_state, model: line, evaluate: { enabled: true, window: 500, in_document: true }, threshold: { method: evt, warm_up: 500, two_sided: true } }")
	for _, p := range []string{
		"sml_score: { project: p, cache: sml_state, model: kind, evaluate: { enabled: true, in_document: true } }",
		`
sml_learn:
  project: p
  cache: sml_state
  models:
    - { name: line, type: ols, target: y, inputs: [ x ], options: { interval: prediction } }
    - { name: kind, type: lda, target: kind, inputs: [ x, y ] }
`,
		`mapping: |
  root = this
  root.told = sml_evaluation("p", "kind").classes.accuracy
  root.slope = sml_model("p", "line").model.coefficients.filter(c -> c.name == "x").index(0).estimate`,
	} {
		if err := b.AddProcessorYAML(p); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// TestEvaluate: a regression and a classifier are predicted with, evaluated and
// learned in one pipeline; replays do not count twice.
func TestEvaluate(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	var batches [][]document
	offset := 0
	for range 30 {
		var batch []document
		for range 100 {
			x, kind := rng.NormFloat64(), "a"
			if x > 0 {
				kind = "b"
			}
			batch = append(batch, document{content: fmt.Sprintf(`{"x":%g,"y":%g,"kind":%q}`, x, 3*x+1+0.1*rng.NormFloat64(), kind), topic: "t", offset: offset})
			offset++
		}
		batches = append(batches, batch)
	}
	batches = append(batches, batches[29], []document{{content: `{"x":1,"y":40,"kind":"b"}`, topic: "t", offset: offset}})
	out := run(t, evaluating(t), batches...)
	last := out[len(out)-1]
	if last.err != nil {
		t.Fatal(last.err)
	}
	number := func(path ...string) float64 {
		v, ok := field(t, last.content, path...).(float64)
		if !ok {
			t.Fatalf("no number at %v in %s", path, last.content)
		}
		return v
	}
	if got := number("sml", "line", "prediction"); got < 3.9 || got > 4.1 {
		t.Errorf("prediction %v, want about 4", got)
	}
	low, high := number("sml", "line", "interval", "low"), number("sml", "line", "interval", "high")
	if !(low < 4 && high > 4 && high-low < 1) {
		t.Errorf("interval %v to %v", low, high)
	}
	if field(t, last.content, "sml", "line", "is_anomaly") != true {
		t.Errorf("a residual of 36 is no anomaly: %s", last.content)
	}
	if got := number("sml", "line", "evaluation", "r2"); got < 0.99 {
		t.Errorf("R2 is %v", got)
	}
	if rows := number("sml", "kind", "evaluation", "rows"); rows < 2500 || rows > 3000 {
		t.Errorf("%v rows evaluated, want at most 3000: replays count once", rows)
	}
	if field(t, last.content, "sml", "kind", "class") != "b" || number("sml", "kind", "probability") < 0.6 {
		t.Errorf("class in %s", last.content)
	}
	if got := number("told"); got < 0.9 {
		t.Errorf("accuracy by the function is %v", got)
	}
	if got := number("slope"); got < 2.9 || got > 3.1 {
		t.Errorf("slope by the function is %v", got)
	}
}

// TestEvaluateRefused: a model that gives nothing to compare with a target is
// refused by the field that asks for it: at the start where its definition is in
// the configuration, whichever component comes first, else at the first batch.
func TestEvaluateRefused(t *testing.T) {
	const (
		scores = "sml_score: { project: p, cache: sml_state, model: m, evaluate: { enabled: true } }"
		learns = "sml_learn: { project: p, cache: sml_state, models: [ { name: m, type: hba } ] }"
	)
	for name, processors := range map[string][]string{"scored first": {scores, learns}, "learned first": {learns, scores}} {
		t.Run(name, func(t *testing.T) {
			b := builder(t, environment(t), processors[0])
			if err := b.AddProcessorYAML(processors[1]); err != nil {
				t.Fatal(err)
			}
			stream, err := b.Build()
			if err == nil {
				err = stream.Run(t.Context())
			}
			if err == nil || !strings.Contains(err.Error(), "evaluate: model \"m\"") || strings.Count(err.Error(), "pipeline.processors.") < 2 {
				t.Errorf("the pipeline says %v", err)
			}
		})
	}
}
