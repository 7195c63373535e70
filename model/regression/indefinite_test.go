package regression_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// TestFewPairedRows: where so few rows have a pair that their correlations do not
// fit together, ols takes the complete rows, its intervals cover the truth, and a
// warning says so; where there are too few of them it takes the nearest
// correlations and gives no errors. It never fails.
func TestFewPairedRows(t *testing.T) {
	const draws = 400
	r := rand.New(rand.NewPCG(8, 5))
	complete, nearest, covered, intervals := 0, 0, 0, 0
	for range draws {
		inputs := 2 + r.IntN(3)
		rows, missing := 100+r.IntN(300), 0.1+0.5*r.Float64()
		report, err := pairwiseReport(t, r, rows, inputs, 1-math.Pow(10, -2-3*r.Float64()), missing)
		if err != nil {
			t.Fatalf("%d rows, %d inputs, %.2g missing: %v", rows, inputs, missing, err)
		}
		warnings := strings.Join(report.Warnings, " ")
		switch {
		case strings.Contains(warnings, "nearest"):
			nearest++
			for _, b := range report.Coefficients {
				if b.Low != nil {
					t.Errorf("%s has an interval from %v", b.Name, *b.Low)
				}
			}
		case strings.Contains(warnings, "complete rows are used"):
			complete++
			for _, b := range report.Coefficients[1:] {
				if intervals++; *b.Low <= 1 && 1 <= *b.High {
					covered++
				}
			}
		}
	}
	rate := float64(covered) / float64(intervals)
	t.Logf("%d of %d draws take complete rows (coverage %.3f), %d the nearest correlations", complete, draws, rate, nearest)
	if complete == 0 || nearest == 0 || !(rate >= 0.9) {
		t.Errorf("%d take complete rows, %d the nearest correlations; coverage %v", complete, nearest, rate)
	}
}

// TestIndicatorsBesideMissing: an indicator for each value of a category, which
// add up to 1, beside inputs that rows lack: no regression fails for a negative
// eigenvalue, and ols says what depends on what unless it may share coefficients.
func TestIndicatorsBesideMissing(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 5))
	for range 20 {
		values, others, missing := 2+r.IntN(5), 1+r.IntN(3), 0.05+0.4*r.Float64()
		s := indicatorSummary(r, t, 300+r.IntN(2000), values, others, missing)
		for _, c := range []struct {
			typ     string
			options map[string]any
			aliased bool
		}{
			{typ: "ols", aliased: true},
			{typ: "ols", options: map[string]any{"pseudo_inverse": true}},
			{typ: "elastic_net", options: map[string]any{"lambda": 1e-6}},
			{typ: "lasso", options: map[string]any{"lambda": 1e-8}},
			{typ: "ridge", options: map[string]any{"lambda": 1e-3}},
		} {
			m, err := catalogue.All().Build(context.Background(), model.Definition{Name: "m", Type: c.typ, Target: "y", Options: c.options}, &model.Evidence{Summary: s})
			if c.aliased && err != nil && strings.Contains(err.Error(), "is a combination of") {
				continue
			}
			if err != nil {
				t.Fatalf("%s %v of %d values, %d others, %.2g missing: %v", c.typ, c.options, values, others, missing, err)
			}
			text, err := json.Marshal(m.Describe())
			if err != nil {
				t.Fatal(err)
			}
			var report described
			if err := json.Unmarshal(text, &report); err != nil {
				t.Fatal(err)
			}
			for _, b := range report.Coefficients {
				if strings.HasPrefix(b.Name, "x") && math.Abs(b.Estimate-1) > 0.6 {
					t.Errorf("%s %v: %s is %v, the truth 1", c.typ, c.options, b.Name, b.Estimate)
				}
			}
		}
	}
}

// indicatorSummary is y = x0 + x1 + ... + an effect of a category + noise, with
// an indicator for each value of the category.
func indicatorSummary(r *rand.Rand, t *testing.T, n, values, others int, missing float64) *stats.Summary {
	t.Helper()
	layout, rows := &stats.Layout{}, &stats.Rows{N: n, Numeric: values + others + 1}
	for i := range values {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: fmt.Sprint("is", i)})
	}
	for i := range others {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: fmt.Sprint("x", i)})
	}
	layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: "y"})
	for range n {
		row, value := make([]float64, rows.Numeric), r.IntN(values)
		row[value] = 1
		y := float64(value) + r.NormFloat64()
		for i := range others {
			x := r.NormFloat64()
			if row[values+i] = x; r.Float64() < missing {
				row[values+i] = math.NaN()
			}
			y += x
		}
		row[values+others] = y
		rows.Values = append(rows.Values, row...)
	}
	return modeltest.SummaryOf(t, layout, rows)
}
