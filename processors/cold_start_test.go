package processors_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
)

// TestEveryRoleWarmsUp: with sml_score before sml_learn in `try`, models of every role answer
// warming_up until they can be built, and then predict; no message fails and none is
// kept from being learned, however the first rows are drawn.
func TestEveryRoleWarmsUp(t *testing.T) {
	for _, c := range []struct{ name, model, answer string }{
		{name: "regression", model: "{ name: m, type: ols, target: y, inputs: [ x, z ] }", answer: "prediction"},
		{name: "elastic net", model: "{ name: m, type: elastic_net, target: y, inputs: [ x, z ] }", answer: "prediction"},
		{name: "classifier", model: "{ name: m, type: lda, target: kind, inputs: [ x, z ] }", answer: "class"},
		{name: "anomaly model", model: "{ name: m, type: mahalanobis, inputs: [ x, z ] }", answer: "score"},
	} {
		for seed := range uint64(2) {
			t.Run(fmt.Sprint(c.name, seed), func(t *testing.T) {
				r := rand.New(rand.NewPCG(seed, 9))
				var batches [][]document
				sent, constant := 0, r.IntN(40)
				for sent < 160 {
					var batch []document
					for range 1 + r.IntN(12) {
						x, z := r.NormFloat64(), r.NormFloat64()
						y, kind := 2*x-z+0.1*r.NormFloat64(), "a"
						if x+z > 0 {
							kind = "b"
						}
						if sent < constant { // nothing varies yet
							y, kind = 1, "a"
						}
						batch = append(batch, document{content: fmt.Sprintf(`{"x":%g,"z":%g,"y":%g,"kind":%q}`, x, z, y, kind)})
						sent++
					}
					batches = append(batches, batch)
				}
				out := run(t, builder(t, environment(t), `
try:
  - sml_score: { project: p, cache: sml_state, model: m, refresh: 0s }
  - sml_learn: { project: p, cache: sml_state, refresh: 0s, models: [ `+c.model+` ] }
`), batches...)
				answered := false
				for i, o := range out {
					if o.err != nil {
						t.Fatalf("row %d: %v", i, o.err)
					}
					result, _ := field(t, o.content, "sml", "m").(map[string]any)
					switch {
					case result["warming_up"] == true && !answered:
					case result[c.answer] != nil:
						answered = true
					default:
						t.Fatalf("row %d: %v", i, result)
					}
				}
				if !answered {
					t.Errorf("%d rows, and the model still warms up: %s", len(out), out[len(out)-1].content)
				}
			})
		}
	}
}

// TestMissingInputs: a result names the inputs that the document lacks, and without
// any input there is no score.
func TestMissingInputs(t *testing.T) {
	var batches [][]document
	for i := range 80 {
		batches = append(batches, []document{{content: fmt.Sprintf(`{"x":%d,"z":%d,"c":"k%d"}`, i%7, i%5, i%3)}})
	}
	asked := []struct {
		row, path string
		missing   []any
		score     bool
	}{
		{row: `{"x":3,"z":2,"c":"k1"}`, score: true},
		{row: `{"x":3,"c":"k1"}`, missing: []any{"z"}, score: true},
		{row: `{"z":null,"c":"k1"}`, missing: []any{"x", "z"}, score: true},
		{row: `{"other":1}`, missing: []any{"x", "z", "c"}},
	}
	for _, a := range asked {
		batches = append(batches, []document{{content: a.row}})
	}
	out := run(t, builder(t, environment(t), `
try:
  - sml_score: { project: p, cache: sml_state, model: m, refresh: 0s }
  - sml_learn: { project: p, cache: sml_state, refresh: 0s, models: [ { name: m, type: hba } ], attributes: { other: ignore } }
`), batches...)
	for i, a := range asked {
		o := out[len(out)-len(asked)+i]
		result, _ := field(t, o.content, "sml", "m").(map[string]any)
		missing, _ := result["missing_inputs"].([]any)
		if o.err != nil || !reflect.DeepEqual(missing, a.missing) || (result["score"] != nil) != a.score {
			t.Errorf("%s gives %v, error %v", a.row, result, o.err)
		}
		if !a.score && result["is_anomaly"] != nil {
			t.Errorf("%s: is_anomaly is %v, want null", a.row, result["is_anomaly"])
		}
	}
}

// TestQuantileWarmsUp: a quantile means something as soon as there are so many scores
// that one can be expected above it; until then nothing is an anomaly, or none.
func TestQuantileWarmsUp(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	var batches [][]document
	for range 130 {
		batches = append(batches, []document{{content: fmt.Sprintf(`{"x":%g}`, r.NormFloat64())}})
	}
	out := run(t, builder(t, environment(t), `
try:
  - sml_score: { project: p, cache: sml_state, model: m, refresh: 0s, anomaly_quantile: 0.98 }
  - sml_learn: { project: p, cache: sml_state, refresh: 0s, models: [ { name: m, type: hba } ] }
`), batches...)
	scores := 0
	for i, o := range out {
		result, _ := field(t, o.content, "sml", "m").(map[string]any)
		if result["score"] == nil {
			continue
		}
		if _, judged := result["is_anomaly"].(bool); judged != (scores >= 50) {
			t.Errorf("row %d, after %d scores: %v", i, scores, result)
		}
		scores++
	}
	if scores < 60 {
		t.Errorf("%d scores, want more", scores)
	}
}
