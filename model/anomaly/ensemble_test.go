package anomaly_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

func TestEnsembleOptions(t *testing.T) {
	for _, c := range []struct {
		name    string
		options map[string]any
		want    string // part of the error; empty for none
	}{
		{name: "default"},
		{name: "names", options: map[string]any{"combine": []any{"hba", "ecod"}}},
		{name: "names of Go", options: map[string]any{"combine": []string{"hba", "ecod"}}},
		{name: "objects", options: map[string]any{"combine": []any{map[string]any{"type": "hba", "weight": 2, "options": map[string]any{"bins": "static"}}}}},
		{name: "empty", options: map[string]any{"combine": []any{}}, want: "combine"},
		{name: "no list", options: map[string]any{"combine": "hba"}, want: "combine"},
		{name: "unknown", options: map[string]any{"combine": []any{"hba", "forest"}}, want: "options.combine.1.type: forest, want one of hba, ecod"},
		{name: "itself", options: map[string]any{"combine": []any{"ensemble"}}, want: "options.combine.0.type: ensemble, want one of hba, ecod"},
		{name: "bad option of a member", options: map[string]any{"combine": []any{map[string]any{"type": "hba", "options": map[string]any{"bins": "many"}}}}, want: "options.combine.0.options.bins: many"},
		{name: "unknown option of a member", options: map[string]any{"combine": []any{map[string]any{"type": "hba", "options": map[string]any{"colour": "red"}}}}, want: "options.combine.0.options.colour: unknown option of type hba"},
		{name: "unknown field", options: map[string]any{"combine": []any{map[string]any{"type": "hba", "colour": "red"}}}, want: "colour"},
		{name: "weight", options: map[string]any{"combine": []any{map[string]any{"type": "hba", "weight": 0}}}, want: "options.combine.0.weight: 0, want a number above 0"},
		{name: "number", options: map[string]any{"combine": []any{7}}, want: "options.combine.0: 7, want one of hba"},
		{name: "label", options: map[string]any{"label": 7}, want: "label"},
		{name: "sample", options: map[string]any{"sample": 1}, want: "sample"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := model.Definition{Name: "m", Type: "ensemble", Options: c.options}
			err := catalogue.All().Validate(&d)
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want %q", err, c.want)
			}
		})
	}
}

// TestEnsembleAddsUp: the score is the sum of the contributions, a member that
// has nothing to work with is left out, and two builds are the same.
func TestEnsembleAddsUp(t *testing.T) {
	const rounding = 1e-12 // of sums of a few terms in another order
	layout := &stats.Layout{Categorical: []stats.CategoricalColumn{{Name: "colour", Values: []string{"red", "blue"}}}}
	rows := &stats.Rows{N: 100, Categorical: 1}
	for i := range rows.N {
		rows.Codes = append(rows.Codes, int32(1+i/99))
	}
	m := of(t, modeltest.SummaryOf(t, layout, rows), "ensemble", nil)
	var r model.Result
	m.Predict(nil, []int32{2}, &r)
	if rare := r.Score; !(rare > scoreOf(m, nil, []int32{1})) || len(m.Inputs()) != 1 {
		t.Errorf("score of a rare category is %v; inputs are %v", rare, m.Inputs())
	}
	mixed, values := detectorRows(2000)
	s := modeltest.SummaryOf(t, mixed, values)
	m, again := of(t, s, "ensemble", nil), of(t, s, "ensemble", nil)
	for i := range 200 {
		m.Predict(values.Row(i), nil, &r)
		sum := 0.0
		for _, c := range r.Contributions {
			sum += c
		}
		if !(math.Abs(sum-r.Score) <= rounding*max(1, r.Score)) || r.Score != scoreOf(again, values.Row(i), nil) {
			t.Fatalf("score is %v, contributions add up to %v, another build gives %v", r.Score, sum, scoreOf(again, values.Row(i), nil))
		}
	}
	empty := of(t, modeltest.SummaryOf(t, mixed, &stats.Rows{Numeric: 5}), "ensemble", nil)
	if got := scoreOf(empty, values.Row(0), nil); got != 0 {
		t.Errorf("without rows the score is %v", got)
	}
}

// TestEnsembleLabels: labels of one per cent of the rows turn the score towards
// anomalies that are nothing special otherwise, and parts still add up.
func TestEnsembleLabels(t *testing.T) {
	const rounding = 1e-12
	r := rand.New(rand.NewPCG(12, 1))
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "a"}, {Name: "b"}, {Name: "flag", Binary: true}, {Name: "bad", Binary: true}}}
	rows := &stats.Rows{Numeric: 4}
	var positive []bool
	for range 4000 {
		bad := r.IntN(10) == 0
		shift, label := 0.0, math.NaN()
		if bad {
			shift = 1.5
		}
		if r.IntN(100) == 0 {
			label = map[bool]float64{true: 1}[bad]
		}
		rows.Values = append(rows.Values, r.NormFloat64()+shift, r.NormFloat64()-shift, float64(r.IntN(2)), label)
		rows.N++
		positive = append(positive, bad)
	}
	s := modeltest.SummaryOf(t, layout, rows)
	auc := func(m model.Model) float64 {
		scores := make([]float64, rows.N)
		for i := range scores {
			scores[i] = scoreOf(m, rows.Row(i), nil)
		}
		return evaluation.ROCAUC(scores, positive)
	}
	without := auc(of(t, s, "ensemble", nil, "a", "b", "flag"))
	m := of(t, s, "ensemble", map[string]any{"label": "bad"})
	with := auc(m)
	t.Logf("ROC AUC %.4f without, %.4f with labels", without, with)
	if !(with > without+0.04) {
		t.Errorf("ROC AUC is %v with labels, %v without", with, without)
	}
	for _, name := range m.Inputs() {
		if name == "bad" {
			t.Error("the label is an input")
		}
	}
	var result model.Result
	for _, values := range [][]float64{rows.Row(0), {3, -3, 0}, {math.NaN(), 1}, {}, {-9, 9, 1}, {math.Inf(1), math.Inf(-1), 1}} {
		m.Predict(values, nil, &result)
		sum := 0.0
		for _, c := range result.Contributions {
			sum += c
		}
		if !(result.Score >= 0) || math.IsInf(result.Score, 0) || !(math.Abs(sum-result.Score) <= rounding*max(1, result.Score)) {
			t.Errorf("score of %v is %v, parts add up to %v", values, result.Score, sum)
		}
	}
	d := model.Definition{Name: "m", Type: "ensemble", Options: map[string]any{"label": "a"}}
	if _, err := catalogue.All().Build(context.Background(), d, &model.Evidence{Summary: s}); err == nil {
		t.Error("a label that is not binary is accepted")
	}
	if m := of(t, s, "ensemble", map[string]any{"label": "not seen yet"}); m == nil {
		t.Error("a label that nobody has is refused")
	}
}

// TestBinnings: a binning needs its rows, is the same for the same statistics and
// found again by the definition; a model without it never scores.
func TestBinnings(t *testing.T) {
	layout, rows := detectorRows(1000)
	first := rows.Select(0, 300)
	early := modeltest.SummaryOf(t, layout, &first)
	for _, typ := range []string{"half_space_trees", "loda", "rs_hash", "density_forest", "local_density"} {
		t.Run(typ, func(t *testing.T) {
			d := model.Definition{Name: "m", Type: typ, Inputs: []string{"a", "b", "same", "gaps"}}
			few := rows.Select(0, 100)
			if _, err := binningsOf(d, modeltest.SummaryOf(t, layout, &few), 1); !errors.Is(err, stats.ErrTooFew) {
				t.Errorf("binning of 100 rows says %v", err)
			}
			binnings, err := binningsOf(d, early, 1)
			if err != nil || len(binnings) != 1 {
				t.Fatalf("%d binnings, %v", len(binnings), err)
			}
			binning := binnings[0]
			again, err := binningsOf(d, early, 1)
			if err != nil || len(again) != 1 || binning.ID() != again[0].ID() {
				t.Errorf("the same binning has other bytes (%v)", err)
			}
			if strings.Join(binning.Inputs, " ") != "a b gaps" {
				t.Errorf("inputs are %v, want all but the constant one", binning.Inputs)
			}
			detectors, err := stats.NewDetectors(binning)
			if err != nil {
				t.Fatal(err)
			}
			build := func() model.Model {
				m, err := catalogue.All().Build(context.Background(), d, &model.Evidence{Summary: early, Detectors: detectors})
				if err != nil {
					t.Fatal(err)
				}
				return m
			}
			if m := build(); m.MinRows() <= early.Weight() {
				t.Error("a model without counts scores")
			}
			if err := detectors.Learn(layout, rows); err != nil {
				t.Fatal(err)
			}
			m := build()
			usual, strange := scoreOf(m, []float64{1e6, 1, 0, 3, 0}, nil), scoreOf(m, []float64{1e6 + 9, 30, 0, 3, -9}, nil)
			if m.MinRows() > early.Weight() || !(strange > usual) || !(usual >= 0) {
				t.Errorf("scores are %v and %v, min rows %v", usual, strange, m.MinRows())
			}
			if got := scoreOf(m, nil, nil); got != 0 {
				t.Errorf("score of nothing is %v", got)
			}
			d.Options = map[string]any{"frame_rows": 200}
			if m := build(); m.MinRows() <= early.Weight() {
				t.Error("another definition uses the binning")
			}
		})
	}
}
