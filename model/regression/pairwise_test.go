package regression_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
)

// described is what the test reads of a report.
type described struct {
	Coefficients []struct {
		Name      string
		Estimate  float64
		Low, High *float64
	}
	Warnings []string
}

// TestPairwiseIntervalsCover: where rows lack values by chance, intervals of 95 %
// cover the true coefficients in at least 90 % of all draws, however correlated
// the inputs are, or the report warns; where pairs of other rows decide it always
// warns.
func TestPairwiseIntervalsCover(t *testing.T) {
	drawn.Alone(t)
	const draws = 200
	type pairwiseCase struct {
		correlation, missing float64
		inputs, rows         int
		warns                bool
	}
	cases := []pairwiseCase{
		{correlation: 0, missing: 0.1, inputs: 2, rows: 2000},
		{correlation: 0.5, missing: 0.2, inputs: 3, rows: 1000},
		{correlation: 0.9, missing: 0.05, inputs: 2, rows: 1000},
		{correlation: 0.99, missing: 0.05, inputs: 2, rows: 5000},
		{correlation: 0.999, missing: 0.02, inputs: 2, rows: 10000, warns: true},
		{correlation: 0.999, missing: 0.1, inputs: 2, rows: 5000, warns: true},
		{correlation: 0.99, missing: 0.1, inputs: 4, rows: 5000},
	}
	settings := rand.New(rand.NewPCG(12, 5))
	for range 10 { // 1 - correlation from 0.1 to 1e-5
		cases = append(cases, pairwiseCase{correlation: 1 - math.Pow(10, -1-4*settings.Float64()), missing: 0.05 + 0.45*settings.Float64(), inputs: 2 + settings.IntN(5), rows: 1000 + settings.IntN(3000)})
	}
	for _, c := range cases {
		t.Run(fmt.Sprintf("%d inputs at %.6g, %.2g missing", c.inputs, c.correlation, c.missing), func(t *testing.T) {
			covered, intervals, refused, warned := 0, 0, 0, 0
			for seed := range uint64(draws) {
				report, err := pairwiseReport(t, rand.New(rand.NewPCG(seed, 5)), c.rows, c.inputs, c.correlation, c.missing)
				if err != nil {
					refused++ // moments that no rows can have
					continue
				}
				if len(report.Warnings) > 0 {
					warned++
				}
				for _, b := range report.Coefficients {
					if b.Name == "(intercept)" {
						continue
					}
					if b.Low == nil { // of the nearest moments, of which none is known
						continue
					}
					intervals++
					if truth := 1.0; *b.Low <= truth && truth <= *b.High {
						covered++
					}
				}
			}
			rate := float64(covered) / float64(max(intervals, 1))
			t.Logf("%d of %d intervals cover (%.3f), %d draws refused, %d warned", covered, intervals, rate, refused, warned)
			if (rate < 0.9 || rate > 0.99) && intervals > 0 {
				t.Errorf("%d of %d intervals of 95 %% cover the truth", covered, intervals)
			}
			if c.warns && warned+refused < draws {
				t.Errorf("%d of %d draws warn", warned, draws-refused)
			}
		})
	}
}

// pairwiseReport fits y = x0 + x1 + ... + noise to rows that lack values.
func pairwiseReport(t *testing.T, r *rand.Rand, n, inputs int, correlation, missing float64) (out described, err error) {
	t.Helper()
	values := make([]float64, 0, n*(inputs+1))
	for range n {
		common, y := r.NormFloat64(), r.NormFloat64()
		row := make([]float64, inputs+1)
		for i := range inputs {
			row[i] = math.Sqrt(correlation)*common + math.Sqrt(1-correlation)*r.NormFloat64()
			y += row[i]
		}
		row[inputs] = y
		for i := range row {
			if r.Float64() < missing {
				row[i] = math.NaN()
			}
		}
		values = append(values, row...)
	}
	s := modeltest.NumericSummary(t, inputs+1, values)
	target := s.Layout().Numeric[inputs].Name
	m, err := catalogue.All().Build(context.Background(), model.Definition{Name: "m", Type: "ols", Target: target}, &model.Evidence{Summary: s})
	if err != nil {
		return out, err
	}
	text, err := json.Marshal(m.Describe())
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out, nil
}
