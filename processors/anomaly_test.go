package processors_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/internal/shuttle/shuttletest"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
)

// normalDocuments are n seeded documents with a, b and y = a + b + noise.
func normalDocuments(n int) (out []document) {
	r := rand.New(rand.NewPCG(41, 42))
	for range n {
		a, b := r.NormFloat64(), r.NormFloat64()
		out = append(out, document{content: fmt.Sprintf(`{"a":%g,"b":%g,"y":%g}`, a, b, a+b+r.NormFloat64()/10)})
	}
	return out
}

// batchesOf cuts documents into batches.
func batchesOf(all []document, size int) (out [][]document) {
	for from := 0; from < len(all); from += size {
		out = append(out, all[from:min(from+size, len(all))])
	}
	return out
}

// learnModels is sml_learn with one model of each given definition, in JSON.
func learnModels(t *testing.T, definitions ...model.Definition) string {
	t.Helper()
	text, err := json.Marshal(definitions)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("sml_learn: { project: p, cache: sml_state, models: %s }", text)
}

// TestEVTOnEveryModel: a two-sided threshold of extreme value theory works on
// the score of every anomaly model and on the residual of a regression; all its
// outputs are there.
func TestEVTOnEveryModel(t *testing.T) {
	definitions := []model.Definition{{Name: "line", Type: "ols", Target: "y"}}
	for _, e := range catalogue.All() {
		if e.Role == model.RoleAnomaly {
			definitions = append(definitions, model.Definition{Name: e.Type, Type: e.Type})
		}
	}
	usual := normalDocuments(3000)
	for _, d := range definitions {
		t.Run(d.Name, func(t *testing.T) {
			t.Parallel()
			b := builder(t, environment(t), fmt.Sprintf(`
sml_score:
  project: p
  cache: sml_state
  model: %s
  quantiles: [ 0.95, 0.98, 0.99 ]
  threshold: { method: evt, alpha: 0.002, warm_up: 1000, two_sided: true }
`, d.Name))
			if err := b.AddProcessorYAML(learnModels(t, d)); err != nil {
				t.Fatal(err)
			}
			out := run(t, b, append(batchesOf(usual, 100), []document{{content: `{"a":60,"b":-60,"y":400}`}})...)
			last, _ := field(t, out[len(out)-1].content, "sml", d.Name).(map[string]any)
			for _, name := range []string{"threshold", "threshold_upper", "threshold_lower", "p_value", "quantile"} {
				if _, ok := last[name].(float64); !ok {
					t.Errorf("no %s in %s", name, out[len(out)-1].content)
				}
			}
			if last["is_anomaly"] != true || last["threshold"] != last["threshold_upper"] {
				t.Errorf("an outlier gives %s", out[len(out)-1].content)
			}
			q, _ := last["quantiles"].(map[string]any)
			q95, _ := q["q95"].(float64)
			q98, _ := q["q98"].(float64)
			q99, _ := q["q99"].(float64)
			if !(q95 != 0 && q95 <= q98 && q98 <= q99) || len(q) != 3 {
				t.Errorf("quantiles are %v", q)
			}
			alarms := 0
			for _, o := range out[2000:3000] {
				if field(t, o.content, "sml", d.Name).(map[string]any)["is_anomaly"] == true {
					alarms++
				}
			}
			if alarms > 20 { // ten times what was asked for
				t.Errorf("%d alarms in 1000 usual rows", alarms)
			}
		})
	}
}

// TestColdStart: no anomaly model says a number before its min_rows, in one
// batch or in many, alone or as a member.
func TestColdStart(t *testing.T) {
	const minRows = 60
	options := map[string]any{"min_rows": minRows}
	var definitions []model.Definition
	for _, e := range catalogue.All() {
		if e.Role == model.RoleAnomaly {
			definitions = append(definitions, model.Definition{Name: e.Type, Type: e.Type, Options: options})
		}
		if e.Role == model.RoleAnomaly && e.Type != "ensemble" {
			definitions = append(definitions, model.Definition{Name: "with_" + e.Type, Type: "ensemble", Options: map[string]any{
				"min_rows": 1, "combine": []any{"hba", map[string]any{"type": e.Type, "options": options}},
			}})
		}
	}
	binned := func(d model.Definition) bool {
		name := strings.TrimPrefix(d.Name, "with_")
		return name == "half_space_trees" || name == "loda" || name == "rs_hash" || name == "density_forest" || name == "local_density"
	}
	const fixing = 256 // rows that fix a binning
	all := normalDocuments(700)
	for _, d := range definitions {
		for _, size := range []int{20, 700} {
			t.Run(fmt.Sprint(d.Name, "/", size), func(t *testing.T) {
				t.Parallel()
				b := builder(t, environment(t), fmt.Sprintf("sml_score: { project: p, cache: sml_state, model: %s }", d.Name))
				if err := b.AddProcessorYAML(learnModels(t, d)); err != nil {
					t.Fatal(err)
				}
				least := minRows
				if binned(d) {
					least += fixing
				}
				scored := 0
				for i, o := range run(t, b, batchesOf(all, size)...) {
					result, _ := field(t, o.content, "sml", d.Name).(map[string]any)
					if _, ok := result["score"]; ok {
						scored++
						if i < least {
							t.Fatalf("row %d has %v, want no score before %d rows", i, result, least)
						}
					} else if _, counts := result["rows"]; result["warming_up"] != true || counts == (result["waiting_for"] != nil) {
						t.Fatalf("row %d has %v, want warming_up with the rows or what it waits for", i, result)
					}
				}
				if scored == 0 && !binned(d) { // how soon a binning is fixed depends on the clock
					t.Error("there is no score at all")
				}
			})
		}
	}
}

// TestColdAgain: a model says none again when rows have been forgotten until fewer than
// its min_rows are left.
func TestColdAgain(t *testing.T) {
	options, all := map[string]any{"min_rows": 60}, normalDocuments(101)
	d := model.Definition{Name: "hba", Type: "hba", Options: options}
	b := builder(t, environment(t), "sml_score: { project: p, cache: sml_state, model: hba }")
	learn := learnModels(t, d)
	forget := strings.Replace(learn, "cache: sml_state,", "cache: sml_state, mode: forget,", 1)
	if err := b.AddProcessorYAML(fmt.Sprintf(`
switch:
  - check: meta("kafka_topic") == "gone"
    processors: [ { %s } ]
  - processors: [ { %s } ]
`, forget, learn)); err != nil {
		t.Fatal(err)
	}
	gone := append([]document(nil), all[:80]...)
	for i := range gone {
		gone[i].topic, gone[i].offset = "gone", i
	}
	out := run(t, b, all[:100], all[100:101], gone, all[100:101])
	if _, ok := field(t, out[100].content, "sml", "hba").(map[string]any)["score"]; !ok {
		t.Errorf("100 rows give %s", out[100].content)
	}
	if last := out[len(out)-1]; field(t, last.content, "sml", "hba", "warming_up") != true || field(t, last.content, "sml", "hba", "rows") != 21.0 {
		t.Errorf("21 rows that are left give %s (%v)", last.content, last.err)
	}
}

const (
	labelledBatch = 500 // rows
	labelledEvery = 100 // one row of so many has a label
)

// labelled is a stream of rows of which some have a label.
type labelled struct {
	batches  [][]document
	positive []bool // whether a row is an anomaly
	scored   []bool // false for messages that repeat a row with its label
}

// labelledStream gives some rows their label, at once or in a message of its own that
// repeats the row later.
func labelledStream(t *testing.T, all []shuttletest.Row, late bool) (s labelled) {
	t.Helper()
	r := rand.New(rand.NewPCG(3, 4))
	var repeat []document
	for from := 0; from < len(all); from += labelledBatch {
		var docs []document
		for _, row := range all[from:min(from+labelledBatch, len(all))] {
			values := map[string]any{}
			for k, x := range row.S {
				values[fmt.Sprint("s", k+1)] = x
			}
			labelled := r.IntN(labelledEvery) == 0
			if labelled && !late {
				values["bad"] = row.Anomalous()
			}
			text, err := json.Marshal(values)
			if err != nil {
				t.Fatal(err)
			}
			docs = append(docs, document{content: string(text)})
			s.positive, s.scored = append(s.positive, row.Anomalous()), append(s.scored, true)
			if labelled && late {
				values["bad"] = row.Anomalous()
				if text, err = json.Marshal(values); err != nil {
					t.Fatal(err)
				}
				repeat = append(repeat, document{content: string(text)})
			}
		}
		s.batches = append(s.batches, docs)
		if len(repeat) > 0 && from%(4*labelledBatch) == 0 {
			s.batches = append(s.batches, repeat)
			for range repeat {
				s.positive, s.scored = append(s.positive, false), append(s.scored, false)
			}
			repeat = nil
		}
	}
	return s
}

// TestLabelledFeedback: with 1 % of the rows of Statlog (Shuttle) labelled, the
// ensemble that has the label is better than every detector without, in one
// pass, test then train. In the second case the labels come late, in a message
// of their own that repeats the row.
func TestLabelledFeedback(t *testing.T) {
	drawn.Alone(t) // TestEvaluate has learners and scorers at the same time
	const rows = 20_000
	all, err := shuttletest.Rows()
	if err != nil {
		t.Skipf("no data: %v", err)
	}
	all = all[:rows]
	for _, late := range []bool{false, true} {
		t.Run(fmt.Sprint("late ", late), func(t *testing.T) {
			stream := labelledStream(t, all, late)
			definitions := []model.Definition{{Name: "fed", Type: "ensemble", Options: map[string]any{"label": "bad"}}}
			inputs := []string{"s*"}
			for _, typ := range []string{"hba", "ecod", "copod", "mahalanobis", "pca", "zscore", "ensemble"} {
				definitions = append(definitions, model.Definition{Name: typ, Type: typ, Inputs: inputs})
			}
			b := builder(t, environment(t), "sml_score: { project: p, cache: sml_state, model: fed, contributions: 0 }")
			for _, d := range definitions[1:] {
				if err := b.AddProcessorYAML(fmt.Sprintf("sml_score: { project: p, cache: sml_state, model: %s, contributions: 0 }", d.Name)); err != nil {
					t.Fatal(err)
				}
			}
			if err := b.AddProcessorYAML(strings.Replace(learnModels(t, definitions...), "cache: sml_state,", `cache: sml_state, attributes: { bad: binary },`, 1)); err != nil {
				t.Fatal(err)
			}
			scores, kept := map[string][]float64{}, []bool(nil)
			for i, o := range run(t, b, stream.batches...) {
				var doc struct {
					SML map[string]struct {
						Score *float64 `json:"score"`
					} `json:"sml"`
				}
				if err := json.Unmarshal([]byte(o.content), &doc); err != nil {
					t.Fatalf("%s: %v", o.content, err)
				}
				if !stream.scored[i] || i < labelledBatch {
					continue
				}
				kept = append(kept, stream.positive[i])
				for name, s := range doc.SML {
					x := math.NaN()
					if s.Score != nil {
						x = *s.Score
					}
					scores[name] = append(scores[name], x)
				}
			}
			fed := evaluation.ROCAUC(scores["fed"], kept)
			t.Logf("fed %.4f", fed)
			for _, d := range definitions[1:] {
				auc := evaluation.ROCAUC(scores[d.Name], kept)
				t.Logf("%s %.4f", d.Name, auc)
				if !(fed > auc) {
					t.Errorf("ROC AUC is %.4f with labels, that of %s %.4f without", fed, d.Name, auc)
				}
			}
		})
	}
}
