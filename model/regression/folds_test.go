package regression

import (
	"math"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// foldsClose is what summing squared errors row by row may be off by, relative.
const foldsClose = 1e-10

// validatedCases are every type of regression, with the options that change its fit.
var validatedCases = []struct {
	name, typ string
	inputs    []string
	options   map[string]any
}{
	{name: "ols", typ: "ols"},
	{name: "ols without intercept", typ: "ols", inputs: []string{"x", "flag"}, options: map[string]any{"intercept": false}},
	{name: "ridge", typ: "ridge", options: map[string]any{"lambda": 20.0}},
	{name: "ridge standardized", typ: "ridge", options: map[string]any{"lambda": 20.0, "standardize": true}},
	{name: "lasso", typ: "lasso", options: map[string]any{"lambda": 0.2}},
	{name: "lasso debiased", typ: "lasso", options: map[string]any{"lambda": 0.5, "debias": true}},
	{name: "elastic net", typ: "elastic_net", options: map[string]any{"lambda": 0.2, "eta": 0.3, "standardize": true}},
	{name: "elastic net by aicc", typ: "elastic_net", options: map[string]any{"aicc": true, "num_lambda": 20, "num_eta": 3}},
	{name: "pcr", typ: "pcr", options: map[string]any{"q": 3}},
	{name: "pcr full", typ: "pcr", options: map[string]any{"kind": "full", "lambda": 0.1}},
	{name: "pls", typ: "pls", options: map[string]any{"q": 2}},
	{name: "svr", typ: "svr", options: map[string]any{"nu": 0.01}},
	{name: "svr raw", typ: "svr", options: map[string]any{"nu": 0.01, "standardize": false}},
	{name: "svr without intercept", typ: "svr", options: map[string]any{"nu": 0.01, "intercept": false}},
}

// TestCrossValidation compares cross-validation from fold summaries with
// refitting on the rows of the other folds and predicting each row, for every
// type of regression.
func TestCrossValidation(t *testing.T) {
	const k = 5
	layout, rows := modeltest.MixedRows(300, false, 21)
	rows.Weights = nil // the reference below does not weigh
	folds := make([]*stats.Rows, k)
	for i := range folds {
		folds[i] = &stats.Rows{}
		folds[i].Reset(rows.Numeric, rows.Categorical)
	}
	for i := range rows.N {
		folds[i*7%k].Append(rows, i)
	}
	whole := modeltest.SummaryOf(t, layout, rows)
	e := &model.Evidence{Summary: whole}
	for _, part := range folds {
		e.Folds = append(e.Folds, modeltest.SummaryOf(t, layout, part))
	}
	for _, c := range validatedCases {
		t.Run(c.name, func(t *testing.T) {
			_, report := builtRegression(t, c.typ, "y", c.inputs, c.options, e)
			cv := report.CrossValidation
			if cv == nil || cv.Error != "" || cv.Folds != k {
				t.Fatalf("cross-validation is %+v", cv)
			}
			squares := 0.0
			var result model.Result
			for out, fold := range folds {
				rest := &stats.Rows{}
				rest.Reset(rows.Numeric, rows.Categorical)
				for in := range folds {
					for i := range folds[in].N {
						if in != out {
							rest.Append(folds[in], i)
						}
					}
				}
				m, _ := builtRegression(t, c.typ, "y", c.inputs, c.options, &model.Evidence{Summary: modeltest.SummaryOf(t, layout, rest)})
				for i := range fold.N {
					m.Predict(fold.Row(i), fold.RowCodes(i), &result)
					d := fold.Row(i)[2] - result.Prediction
					squares += d * d
				}
			}
			rmse := math.Sqrt(squares / float64(rows.N))
			r2 := 1 - squares/(whole.Moments(2).Variance(0)*float64(rows.N))
			if !(math.Abs(*cv.RMSE-rmse) <= foldsClose*rmse) || !(math.Abs(*cv.R2-r2) <= foldsClose) {
				t.Errorf("RMSE is %.14g and R2 %.14g, refitting gives %.14g and %.14g", *cv.RMSE, *cv.R2, rmse, r2)
			}
		})
	}
}

// TestCrossValidationSaysWhy: a fold that holds all rows of a level leaves the
// others without it.
func TestCrossValidationSaysWhy(t *testing.T) {
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}, {Name: "y"}}}
	a := &stats.Rows{N: 3, Numeric: 2, Values: []float64{1, 1, 1, 2, 1, 4}}
	b := &stats.Rows{N: 2, Numeric: 2, Values: []float64{2, 1, 3, 2}}
	all := &stats.Rows{N: 5, Numeric: 2, Values: append(append([]float64{}, a.Values...), b.Values...)}
	e := &model.Evidence{Summary: modeltest.SummaryOf(t, layout, all), Folds: []*stats.Summary{modeltest.SummaryOf(t, layout, a), modeltest.SummaryOf(t, layout, b), nil}}
	_, report := builtRegression(t, "ols", "y", nil, nil, e)
	if cv := report.CrossValidation; cv == nil || cv.Error == "" || cv.R2 != nil {
		t.Errorf("cross-validation is %+v, want an error", cv)
	}
}
