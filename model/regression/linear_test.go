package regression

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// addsUp is what rounding may leave of sums of a few parts, relative.
const addsUp = 1e-12

// allRegressions are definitions of every type, with what they need.
var allRegressions = []struct {
	typ     string
	options map[string]any
}{
	{typ: "ols", options: map[string]any{"interval": "prediction"}},
	{typ: "ridge"},
	{typ: "lasso", options: map[string]any{"lambda": 0.1, "path": true, "num_lambda": 10}},
	{typ: "elastic_net", options: map[string]any{"aicc": true, "num_lambda": 10, "num_eta": 3}},
	{typ: "pcr"},
	{typ: "pcr", options: map[string]any{"kind": "full", "lambda": 0.01}},
	{typ: "pls"},
	{typ: "svr"},
}

// TestRegressionContracts: of every type, contributions add up to the
// prediction less that at the means, nothing is allocated, rows that lack
// everything are predicted, the description is JSON, and many may predict.
func TestRegressionContracts(t *testing.T) {
	layout, rows := modeltest.MixedRows(200, false, 31)
	e := &model.Evidence{Summary: modeltest.SummaryOf(t, layout, rows)}
	for _, c := range allRegressions {
		for _, impute := range []string{"mean", "conditional"} {
			t.Run(fmt.Sprint(c.typ, c.options, impute), func(t *testing.T) {
				options := map[string]any{"impute": impute}
				for k, v := range c.options {
					options[k] = v
				}
				m, report := builtRegression(t, c.typ, "y", nil, options, e)
				var bare, result model.Result
				m.Predict(nil, nil, &bare)
				for i := range 20 {
					m.Predict(rows.Row(i), rows.RowCodes(i), &result)
					sum := bare.Prediction
					for _, part := range result.Contributions {
						sum += part
					}
					if !(math.Abs(sum-result.Prediction) <= addsUp*math.Abs(sum)) || len(result.Contributions) != len(m.Inputs()) {
						t.Fatalf("prediction is %v, the parts add up to %v", result.Prediction, sum)
					}
				}
				// 0 for the svr with its penalised intercept
				if y := report.Rows; y != 0 && c.typ != "svr" && !(math.Abs(bare.Prediction-m.(*linear).fit.level) <= addsUp*math.Abs(bare.Prediction)) {
					t.Errorf("a row without inputs gives %v, want %v", bare.Prediction, m.(*linear).fit.level)
				}
				lacking, codes := []float64{math.NaN(), 1}, []int32{1, stats.Missing}
				m.Predict(lacking, codes, &result)
				if n := testing.AllocsPerRun(50, func() { m.Predict(lacking, codes, &result) }); n != 0 {
					t.Errorf("%v allocations a row, want 0", n)
				}
				if _, err := json.Marshal(m.Describe()); err != nil {
					t.Error(err)
				}
				want := result.Prediction
				var wait sync.WaitGroup
				for range 4 {
					wait.Go(func() {
						var own model.Result
						for range 50 {
							m.Predict(lacking, codes, &own)
							if own.Prediction != want {
								t.Errorf("prediction is %v, want %v", own.Prediction, want)
							}
						}
					})
				}
				wait.Wait()
			})
		}
	}
}

// TestPredictByHand: y = 2x + 3 [colour=blue] + 1, without noise.
func TestPredictByHand(t *testing.T) {
	layout := &stats.Layout{
		Numeric:     []stats.NumericColumn{{Name: "x"}, {Name: "y"}},
		Categorical: []stats.CategoricalColumn{{Name: "colour", Values: []string{"red", "blue"}}},
	}
	rows := &stats.Rows{N: 5, Numeric: 2, Categorical: 1, Values: []float64{1, 3, 2, 8, 3, 7, 4, 9, 5, 14}, Codes: []int32{1, 2, 1, 1, 2}}
	m, report := builtRegression(t, "ols", "y", nil, map[string]any{"clip_negative": true}, &model.Evidence{Summary: modeltest.SummaryOf(t, layout, rows)})
	for i, want := range []struct {
		name     string
		estimate float64
	}{{interceptName, 1}, {"x", 2}, {"colour=blue", 3}} {
		if c := report.Coefficients[i]; c.Name != want.name || !(math.Abs(c.Estimate-want.estimate) <= addsUp) {
			t.Errorf("coefficient %d is %s %v, want %v", i, c.Name, c.Estimate, want)
		}
	}
	for _, c := range []struct {
		name   string
		values []float64
		codes  []int32
		want   float64
	}{
		{name: "reference", values: []float64{10}, codes: []int32{1}, want: 21},
		{name: "blue", values: []float64{10}, codes: []int32{2}, want: 24},
		{name: "unseen is missing: two in five are blue", values: []float64{10}, codes: []int32{7}, want: 21 + 3*0.4},
		{name: "x missing: its mean is 3", values: []float64{math.NaN()}, codes: []int32{1}, want: 7},
		{name: "clipped", values: []float64{-10}, codes: []int32{1}, want: 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			var result model.Result
			m.Predict(c.values, c.codes, &result)
			if !(math.Abs(result.Prediction-c.want) <= addsUp*20) {
				t.Errorf("prediction is %v, want %v", result.Prediction, c.want)
			}
		})
	}
}

// TestImputeConditional: a missing input is what a regression on the others
// says of it.
func TestImputeConditional(t *testing.T) {
	layout, rows := modeltest.MixedRows(300, false, 41)
	e := &model.Evidence{Summary: modeltest.SummaryOf(t, layout, rows)}
	inputs := []string{"x", "flag", "shape"}
	m, _ := builtRegression(t, "ols", "y", inputs, map[string]any{"impute": "conditional"}, e)
	x, _ := builtRegression(t, "ols", "x", []string{"flag", "shape"}, nil, e)
	var got, want, filled model.Result
	for i := range 20 {
		row := append([]float64(nil), rows.Row(i)...)
		x.Predict(row, rows.RowCodes(i), &filled)
		row[0] = filled.Prediction
		m.Predict(row, rows.RowCodes(i), &want)
		row[0] = math.NaN()
		m.Predict(row, rows.RowCodes(i), &got)
		if !(math.Abs(got.Prediction-want.Prediction) <= 1e-9*math.Abs(want.Prediction)) {
			t.Fatalf("prediction is %v, want %v", got.Prediction, want.Prediction)
		}
	}
}

// TestProductsByPartition: y = x (1 + [shape=cube]) is found in a partitioned
// project, where least squares on a column of products finds it too.
func TestProductsByPartition(t *testing.T) {
	layout, rows := modeltest.MixedRows(300, false, 51)
	for i := range rows.N {
		rows.Values[3*i+2] = rows.Values[3*i] * float64(rows.Codes[2*i+1])
	}
	e := &model.Evidence{Summary: modeltest.SummaryOf(t, layout, rows), Partition: modeltest.Partitioned(t, layout, rows, 1)}
	m, report := builtRegression(t, "ols", "y", []string{"x", "shape", "shape:x"}, nil, e)
	if last := report.Coefficients[3]; !strings.Contains(last.Name, "shape=") || !(math.Abs(math.Abs(last.Estimate)-1) <= 1e-9) {
		t.Errorf("the product is %s %v, want 1 or -1", last.Name, last.Estimate)
	}
	var result model.Result
	for i := range 20 {
		m.Predict(rows.Row(i), rows.RowCodes(i), &result)
		if want := rows.Row(i)[2]; !(math.Abs(result.Prediction-want) <= 1e-9*want) {
			t.Errorf("prediction is %v, want %v", result.Prediction, want)
		}
	}
}

// TestRegressionRefuses: errors say what is wrong, and wrap ErrDefinition when
// no rows can mend it.
func TestRegressionRefuses(t *testing.T) {
	layout := &stats.Layout{
		Numeric:     []stats.NumericColumn{{Name: "x"}, {Name: "twice"}, {Name: "one"}, {Name: "y"}, {Name: "flat"}},
		Categorical: []stats.CategoricalColumn{{Name: "kind", Values: []string{"a", "b"}}},
	}
	rows := &stats.Rows{N: 4, Numeric: 5, Categorical: 1, Codes: []int32{1, 2, 1, 2}}
	for _, x := range []float64{1, 2, 3, 5} {
		rows.Values = append(rows.Values, x, 2*x, 1, x*x, 7)
	}
	s := modeltest.SummaryOf(t, layout, rows)
	empty := modeltest.SummaryOf(t, layout, &stats.Rows{Numeric: 5, Categorical: 1})
	for _, c := range []struct {
		name       string
		definition model.Definition
		summary    *stats.Summary
		want       string
		forever    bool
	}{
		{name: "unknown target", definition: model.Definition{Type: "ols", Target: "z"}, want: `target: unknown attribute "z"`},
		{name: "categorical target", definition: model.Definition{Type: "ols", Target: "kind"}, want: "is categorical", forever: true},
		{name: "target among the inputs", definition: model.Definition{Type: "ols", Target: "y", Inputs: []string{"x", "y"}}, want: "is the target", forever: true},
		{name: "unknown input", definition: model.Definition{Type: "ols", Target: "y", Inputs: []string{"z"}}, want: `unknown attribute "z"`},
		{name: "constant target", definition: model.Definition{Type: "ols", Target: "flat", Inputs: []string{"x"}}, want: `target "flat" is constant`},
		{name: "constant target of the lasso", definition: model.Definition{Type: "lasso", Target: "flat", Inputs: []string{"x"}}, want: `target "flat" is constant`},
		{name: "aliased", definition: model.Definition{Type: "ols", Target: "y", Inputs: []string{"x", "twice"}}, want: `is a combination of`},
		{name: "constant input", definition: model.Definition{Type: "ols", Target: "y", Inputs: []string{"x", "one"}}, want: `"one" is constant`},
		{name: "too few rows", definition: model.Definition{Type: "ols", Target: "y", Inputs: []string{"x", "twice", "one", "kind"}}, want: "4 rows are too few for 5 coefficients"},
		{name: "no rows", definition: model.Definition{Type: "ridge", Target: "y"}, summary: empty, want: "no row has the target"},
		{name: "no rows, components", definition: model.Definition{Type: "pcr", Target: "y"}, summary: empty, want: "no row has the target"},
		{name: "too many components", definition: model.Definition{Type: "pls", Target: "y", Inputs: []string{"x"}}, want: "2 components of 1 inputs", forever: true},
		{name: "components beyond the rank", definition: model.Definition{Type: "pcr", Target: "y", Inputs: []string{"x", "twice"}}, want: "rank 1"},
		{name: "interval", definition: model.Definition{Type: "ols", Target: "y", Options: map[string]any{"interval": "wide"}}, want: "options.interval: wide", forever: true},
		{name: "confidence", definition: model.Definition{Type: "ols", Target: "y", Options: map[string]any{"confidence": 1.0}}, want: "options.confidence: 1", forever: true},
		{name: "grid", definition: model.Definition{Type: "lasso", Target: "y", Options: map[string]any{"min_lambda_power": 4.0}}, want: "min_lambda_power: 4", forever: true},
		{name: "truth", definition: model.Definition{Type: "ridge", Target: "y", Options: map[string]any{"standardize": "yes"}}, want: "want true or false", forever: true},
		{name: "no product", definition: model.Definition{Type: "ols", Target: "y", Inputs: []string{"x", "x:kind"}}, want: "the statistics do not hold it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.definition.Name = "m"
			if c.summary == nil {
				c.summary = s
			}
			_, err := model.NewCatalogue(Entries()).Build(context.Background(), c.definition, &model.Evidence{Summary: c.summary})
			if err == nil || !strings.Contains(err.Error(), c.want) || errors.Is(err, model.ErrDefinition) != c.forever {
				t.Errorf("error is %v, want %q, for ever: %v", err, c.want, c.forever)
			}
		})
	}
}

// TestMissingRows: rows that lack values are read pairwise, or left out.
func TestMissingRows(t *testing.T) {
	layout, rows := modeltest.MixedRows(500, true, 61)
	s := modeltest.SummaryOf(t, layout, rows)
	complete := &stats.Rows{}
	complete.Reset(rows.Numeric, rows.Categorical)
	for i := range rows.N {
		if v := rows.Row(i); v[0]+v[1]+v[2] == v[0]+v[1]+v[2] {
			complete.Append(rows, i)
		}
	}
	inputs := []string{"x", "flag"}
	_, want := builtRegression(t, "ols", "y", inputs, nil, &model.Evidence{Summary: modeltest.SummaryOf(t, layout, complete)})
	_, got := builtRegression(t, "ols", "y", inputs, map[string]any{"missing": "complete"}, &model.Evidence{Summary: s})
	_, pairwise := builtRegression(t, "ols", "y", inputs, nil, &model.Evidence{Summary: s})
	for i, c := range want.Coefficients {
		if g := got.Coefficients[i].Estimate; !(math.Abs(g-c.Estimate) <= 1e-9*math.Abs(c.Estimate)) {
			t.Errorf("%s is %v of the complete rows, want %v", c.Name, g, c.Estimate)
		}
	}
	if !pairwise.Pairwise || got.Pairwise || pairwise.Coefficients[1].Estimate == got.Coefficients[1].Estimate {
		t.Errorf("pairwise gives %+v", pairwise.Coefficients[1])
	}
	if _, err := model.NewCatalogue(Entries()).Build(context.Background(), model.Definition{Name: "m", Type: "ols", Target: "y", Options: map[string]any{"missing": "complete"}}, &model.Evidence{Summary: s}); !errors.Is(err, model.ErrNotHeld) {
		t.Errorf("error of complete rows with categories is %v", err)
	}
	// pairs that no rows can have: x and z agree, y agrees with x and opposes z
	nan := math.NaN()
	odd := &stats.Rows{N: 12, Numeric: 3}
	for _, x := range []float64{1, 2, 3.1, 4} {
		odd.Values = append(odd.Values, x, x, nan, x, nan, x, nan, x, -x)
	}
	plain := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}, {Name: "z"}, {Name: "y"}}}
	for _, typ := range []string{"ols", "lasso"} {
		_, report := builtRegression(t, typ, "y", nil, map[string]any{"min_rows": 4.0}, &model.Evidence{Summary: modeltest.SummaryOf(t, plain, odd)})
		if len(report.Warnings) == 0 || !strings.Contains(report.Warnings[0], "nearest") {
			t.Errorf("%s: warnings of pairs that do not fit together are %q", typ, report.Warnings)
		}
		for _, c := range report.Coefficients {
			if math.IsNaN(c.Estimate) || math.Abs(c.Estimate) > 10 || c.coefficientInference != nil && c.StdError != nil {
				t.Errorf("%s: %s is %v with the error %v", typ, c.Name, c.Estimate, c.coefficientInference)
			}
		}
	}
}

// wideSummary learns n rows of p inputs and a target y.
func wideSummary(t testing.TB, p, n int) (*stats.Summary, *stats.Rows) {
	r := rand.New(rand.NewPCG(5, 6))
	layout, rows := &stats.Layout{}, &stats.Rows{N: n, Numeric: p + 1}
	for i := range p {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: fmt.Sprintf("x%d", i+1)})
	}
	layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: "y"})
	for range n {
		y, shared := 0.0, r.NormFloat64()
		for i := range p {
			x := r.NormFloat64() + 0.5*shared
			if i%5 == 0 {
				y += x / float64(1+i)
			}
			rows.Values = append(rows.Values, x)
		}
		rows.Values = append(rows.Values, y+r.NormFloat64())
	}
	return modeltest.SummaryOf(t, layout, rows), rows
}

func BenchmarkBuildRegression(b *testing.B) {
	s, _ := wideSummary(b, 99, 2000)
	for _, c := range []struct {
		name, typ string
		options   map[string]any
	}{
		{name: "ols", typ: "ols"},
		{name: "ridge", typ: "ridge"},
		{name: "elastic net", typ: "elastic_net", options: map[string]any{"lambda": 0.01}},
		{name: "elastic net path", typ: "elastic_net", options: map[string]any{"lambda": 0.01, "path": true}},
		{name: "pcr", typ: "pcr", options: map[string]any{"q": 10}},
		{name: "pls", typ: "pls", options: map[string]any{"q": 10}},
	} {
		b.Run(c.name, func(b *testing.B) {
			d := model.Definition{Name: "m", Type: c.typ, Target: "y", Options: c.options}
			for b.Loop() {
				if _, err := model.NewCatalogue(Entries()).Build(context.Background(), d, &model.Evidence{Summary: s}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkPredictLinear(b *testing.B) {
	s, rows := wideSummary(b, 100, 500)
	m, _ := builtRegression(b, "ols", "y", nil, nil, &model.Evidence{Summary: s})
	var result model.Result
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		m.Predict(rows.Row(i%rows.N), nil, &result)
		i++
	}
}
