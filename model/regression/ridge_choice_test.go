package regression_test

import (
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/model/regression"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// noisyRows are rows of p inputs, few of which matter, and a target behind them.
func noisyRows(r *rand.Rand, n, p int) (*stats.Layout, *stats.Rows) {
	layout := &stats.Layout{}
	for i := range p {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: string(rune('a' + i))})
	}
	layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: "y"})
	rows := &stats.Rows{N: n, Numeric: p + 1}
	for range n {
		y, common := 0.0, r.NormFloat64()
		for i := range p {
			x := (r.NormFloat64() + common) * math.Pow(2, float64(i%4))
			rows.Values = append(rows.Values, x)
			if i < 3 {
				y += x
			}
		}
		rows.Values = append(rows.Values, y+5*r.NormFloat64())
	}
	return layout, rows
}

// ridgeOf builds a ridge and returns what it says of lambda and df.
func ridgeOf(t *testing.T, e *model.Evidence, options map[string]any) (lambda, df float64, predict func([]float64) float64) {
	t.Helper()
	m, err := model.NewCatalogue(regression.Entries()).Build(context.Background(), model.Definition{Name: "m", Type: "ridge", Target: "y", Options: options}, e)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(m.Describe())
	if err != nil {
		t.Fatal(err)
	}
	var about struct{ Lambda, DF float64 }
	if err := json.Unmarshal(text, &about); err != nil {
		t.Fatal(err)
	}
	return about.Lambda, about.DF, func(values []float64) float64 {
		var result model.Result
		m.Predict(values, nil, &result)
		return result.Prediction
	}
}

// squares returns the sum of squared errors on rows.
func squares(rows *stats.Rows, predict func([]float64) float64) (sum float64) {
	for i := range rows.N {
		row := rows.Row(i)
		e := row[len(row)-1] - predict(row)
		sum += e * e
	}
	return sum
}

// TestLambdaByGCV: no other lambda has less generalised cross-validation, which is worked
// out here from the predictions of all rows; and with folds none has less error on them.
func TestLambdaByGCV(t *testing.T) {
	for seed := range drawn.Seeds(12) {
		r := rand.New(rand.NewPCG(seed, 31))
		layout, rows := noisyRows(r, 40+r.IntN(60), 8)
		standardize, n := r.IntN(2) == 0, float64(rows.N)
		e := &model.Evidence{Summary: modeltest.SummaryOf(t, layout, rows)}
		gcv := func(lambda any) (float64, float64) {
			lambdaIs, df, predict := ridgeOf(t, e, map[string]any{"lambda": lambda, "standardize": standardize})
			return n * squares(rows, predict) / ((n - df - 1) * (n - df - 1)), lambdaIs
		}
		best, chosen := gcv("auto")
		for _, factor := range []float64{1e-3, 0.1, 0.5, 0.9, 1.1, 2, 10, 1e3} {
			if other, _ := gcv(chosen * factor); other < best*(1-1e-9) {
				t.Errorf("seed %d: lambda %v has %v, and %v times it %v", seed, chosen, best, factor, other)
			}
		}
		k := 3 + r.IntN(3)
		var parts []*stats.Rows
		for f := range k {
			part := &stats.Rows{}
			part.Reset(rows.Numeric, 0)
			for i := f; i < rows.N; i += k {
				part.Append(rows, i)
			}
			parts = append(parts, part)
			e.Folds = append(e.Folds, modeltest.SummaryOf(t, layout, part))
		}
		outside := func(lambda float64) (sum float64) {
			for f := range parts {
				rest := &stats.Rows{}
				rest.Reset(rows.Numeric, 0)
				for i := range rows.N {
					if i%k != f {
						rest.Append(rows, i)
					}
				}
				_, _, predict := ridgeOf(t, &model.Evidence{Summary: modeltest.SummaryOf(t, layout, rest)}, map[string]any{"lambda": lambda, "standardize": standardize})
				sum += squares(parts[f], predict)
			}
			return sum
		}
		chosen, _, _ = ridgeOf(t, e, map[string]any{"lambda": "folds", "standardize": standardize})
		best = outside(chosen)
		for _, factor := range []float64{1e-2, 0.5, 2, 100} {
			if other := outside(chosen * factor); other < best*(1-1e-9) {
				t.Errorf("seed %d: by folds lambda %v has %v, and %v times it %v", seed, chosen, best, factor, other)
			}
		}
	}
}

// TestLambdaByFoldsNeedsThem: without folds the choice waits, and says why.
func TestLambdaByFoldsNeedsThem(t *testing.T) {
	layout, rows := noisyRows(rand.New(rand.NewPCG(1, 32)), 50, 3)
	_, err := model.NewCatalogue(regression.Entries()).Build(context.Background(), model.Definition{Name: "m", Type: "ridge", Target: "y", Options: map[string]any{"lambda": "folds"}}, &model.Evidence{Summary: modeltest.SummaryOf(t, layout, rows)})
	if err == nil {
		t.Error("a lambda was chosen by folds that are not there")
	}
}
