package anomaly_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// of builds a model of the type from the summary alone.
func of(t testing.TB, s *stats.Summary, typ string, options map[string]any, inputs ...string) model.Model {
	t.Helper()
	m, err := catalogue.All().Build(context.Background(), model.Definition{Name: "m", Type: typ, Inputs: inputs, Options: options}, &model.Evidence{Summary: s})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// detectorCase is a detector that is built from the summary alone.
type detectorCase struct {
	name    string
	typ     string
	options map[string]any
}

// detectors are the anomaly models built from the summary alone, by option.
func detectors() []detectorCase {
	return []detectorCase{
		{name: "hba", typ: "hba"},
		{name: "ecod", typ: "ecod"},
		{name: "ecod skewness", typ: "ecod", options: map[string]any{"tails": "skewness"}},
		{name: "copod", typ: "copod"},
		{name: "mahalanobis", typ: "mahalanobis"},
		{name: "mahalanobis shrunk", typ: "mahalanobis", options: map[string]any{"covariance": "oas"}},
		{name: "pca", typ: "pca"},
		{name: "pca shrunk", typ: "pca", options: map[string]any{"covariance": map[string]any{"estimator": "ridge", "lambda": 0.1}}},
		{name: "pca t2", typ: "pca", options: map[string]any{"measure": "t2"}},
		{name: "pca spe", typ: "pca", options: map[string]any{"measure": "spe"}},
		{name: "pca major_minor", typ: "pca", options: map[string]any{"measure": "major_minor"}},
		{name: "pca weighted", typ: "pca", options: map[string]any{"measure": "weighted"}},
		{name: "zscore", typ: "zscore"},
		{name: "zscore robust", typ: "zscore", options: map[string]any{"robust": true}},
	}
}

// detectorRows is n seeded rows of five numeric attributes: correlated, skewed,
// binary, constant and with a fifth of its values missing.
func detectorRows(n int) (*stats.Layout, *stats.Rows) {
	r := rand.New(rand.NewPCG(5, 6))
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "a"}, {Name: "b"}, {Name: "flag", Binary: true}, {Name: "same"}, {Name: "gaps"}}}
	rows := &stats.Rows{N: n, Numeric: 5}
	for range n {
		x := r.NormFloat64()
		gaps := x + r.NormFloat64()
		if r.IntN(5) == 0 {
			gaps = math.NaN()
		}
		rows.Values = append(rows.Values, 1e6+x, math.Exp(x/2+r.NormFloat64()/4), float64(r.IntN(10)/9), 3, gaps)
	}
	return layout, rows
}

// TestDetectorsAnything: scores of anything are finite and not negative, their
// parts add up and none is NaN, a missing value adds nothing, and probabilities
// are from 0 to 1 or NaN.
func TestDetectorsAnything(t *testing.T) {
	// of the largest part: a sum in another order
	const addsUp = 1e-9
	layout, rows := detectorRows(2000)
	one := &stats.Rows{N: 1, Numeric: 5, Values: []float64{1, 2, 0, 3, math.NaN()}}
	inf, nan := math.Inf(1), math.NaN()
	samples := [][]float64{
		{1e6, 1, 0, 3, 0}, {1e6, 1, 1, 4, 0}, {nan, nan, nan, nan, nan}, {}, {1e6}, {inf, -inf, 1, inf, -inf},
		{1e300, -1e300, 0, -1e300, 1e300}, {nan, 1, nan, 3, 50}, {1e6, nan, nan, nan, nan, 7, 8}, {0, 0, 0, 0, 0},
	}
	for _, c := range detectors() {
		for _, s := range []struct {
			name    string
			summary *stats.Summary
		}{
			{name: "mixed", summary: modeltest.SummaryOf(t, layout, rows)},
			{name: "one row", summary: modeltest.SummaryOf(t, layout, one)},
			{name: "no row", summary: modeltest.SummaryOf(t, layout, &stats.Rows{Numeric: 5})},
		} {
			t.Run(c.name+"/"+s.name, func(t *testing.T) {
				m := of(t, s.summary, c.typ, c.options)
				var r model.Result
				for _, values := range samples {
					m.Predict(values, nil, &r)
					if !(r.Score >= 0) || math.IsInf(r.Score, 0) {
						t.Errorf("score of %v is %v", values, r.Score)
					}
					if r.PValue < 0 || r.PValue > 1 {
						t.Errorf("probability of %v is %v", values, r.PValue)
					}
					sum, largest := 0.0, 0.0
					for i, part := range r.Contributions {
						sum, largest = sum+part, max(largest, part)
						if !(part >= 0) || part > 0 && (i >= len(values) || math.IsNaN(values[i])) {
							t.Errorf("contribution %d of %v is %v", i, values, part)
						}
					}
					if !(math.Abs(sum-r.Score) <= addsUp*largest) {
						t.Errorf("score of %v is %v, its parts add up to %v", values, r.Score, sum)
					}
				}
			})
		}
	}
}

// TestDetectorsMerged: a model of merged shards scores as one of all rows at
// once. Moments and co-moments agree to rounding, histograms exactly.
func TestDetectorsMerged(t *testing.T) {
	// eigenvectors magnify what rounding leaves; PCA's weighted form most
	const near = 1e-6
	layout, rows := detectorRows(3000)
	whole, merged := modeltest.SummaryOf(t, layout, rows), modeltest.SummaryOf(t, layout, &stats.Rows{Numeric: 5})
	for _, cut := range [][2]int{{1700, 3000}, {0, 10}, {10, 1700}} {
		part := rows.Select(cut[0], cut[1])
		if err := merged.Merge(modeltest.SummaryOf(t, layout, &part)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range detectors() {
		t.Run(c.name, func(t *testing.T) {
			a, b := of(t, whole, c.typ, c.options), of(t, merged, c.typ, c.options)
			for i := range 100 {
				x, y := scoreOf(a, rows.Row(i), nil), scoreOf(b, rows.Row(i), nil)
				if !(math.Abs(x-y) <= near*max(1, x)) {
					t.Fatalf("row %d scores %v and %v", i, x, y)
				}
			}
		})
	}
}

func TestDetectorsBadOptions(t *testing.T) {
	for _, c := range []struct {
		typ     string
		options map[string]any
	}{
		{typ: "ecod", options: map[string]any{"tails": "both"}},
		{typ: "copod", options: map[string]any{"min_rows": -1}},
		{typ: "mahalanobis", options: map[string]any{"min_rows": "ten"}},
		{typ: "mahalanobis", options: map[string]any{"covariance": "magic"}},
		{typ: "half_space_trees", options: map[string]any{"cells": 100}},
		{typ: "loda", options: map[string]any{"components": 1000, "cells": 4096}},
		{typ: "rs_hash", options: map[string]any{"frame_rows": 3}},
		{typ: "density_forest", options: map[string]any{"trees": 1000, "depth": 12}},
		{typ: "density_forest", options: map[string]any{"stop_prior": 1}},
		{typ: "density_forest", options: map[string]any{"local": -0.1}},
		{typ: "density_forest", options: map[string]any{"cells": 512}},
		{typ: "local_density", options: map[string]any{"components": 200, "cells": 32}},
		{typ: "local_density", options: map[string]any{"ridge": 0}},
		{typ: "local_density", options: map[string]any{"local": 1.5}},
		{typ: "local_density", options: map[string]any{"trees": 10}},
		{typ: "pca", options: map[string]any{"measure": 7}},
		{typ: "pca", options: map[string]any{"explained": 1.5}},
		{typ: "zscore", options: map[string]any{"robust": "yes"}},
	} {
		t.Run(fmt.Sprint(c.typ, c.options), func(t *testing.T) {
			d := model.Definition{Name: "m", Type: c.typ, Options: c.options}
			if err := catalogue.All().Validate(&d); err == nil {
				t.Error("there is no error")
			}
		})
	}
}

func BenchmarkDetectors(b *testing.B) {
	cases := append(detectors(), detectorCase{name: "ensemble", typ: "ensemble"})
	for i := range 2 * len(cases) {
		c, columns := cases[i/2], [...]int{9, 30}[i%2]
		b.Run(fmt.Sprintf("%s/d=%d", c.name, columns), func(b *testing.B) {
			const n = 4096
			values := modeltest.NormalRows(n, columns)
			m := of(b, modeltest.NumericSummary(b, columns, values), c.typ, c.options)
			var result model.Result
			b.ReportAllocs()
			at := 0
			for b.Loop() {
				m.Predict(values[at:at+columns], nil, &result)
				if at += columns; at == len(values) {
					at = 0
				}
			}
		})
	}
}
