package anomaly_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// allDetectors are those of the summary, those that count in binnings, and the
// recommended ensemble.
func allDetectors() []detectorCase {
	return append(detectors(),
		detectorCase{name: "half_space_trees", typ: "half_space_trees"},
		detectorCase{name: "loda", typ: "loda"},
		detectorCase{name: "rs_hash", typ: "rs_hash"},
		detectorCase{name: "density_forest", typ: "density_forest"},
		detectorCase{name: "local_density", typ: "local_density"},
		detectorCase{name: "ensemble", typ: "ensemble"},
		detectorCase{name: "ensemble of two", typ: "ensemble", options: map[string]any{"combine": []any{"zscore", "loda"}}},
	)
}

// binned builds a model whose binnings are laid by the first rows and count all.
func binned(t testing.TB, c detectorCase, layout *stats.Layout, rows *stats.Rows) model.Model {
	t.Helper()
	const binningRows, seed = 256, 1
	d := model.Definition{Name: "m", Type: c.typ, Options: c.options}
	first := *rows
	first.N = min(binningRows, rows.N)
	first.Values = rows.Values[:first.N*rows.Numeric]
	needs, err := catalogue.All().Needs(d)
	if err != nil {
		t.Fatal(err)
	}
	binnings, err := needs.Draw(modeltest.SummaryOf(t, layout, &first), seed)
	if err != nil && !errors.Is(err, stats.ErrTooFew) {
		t.Fatal(err)
	}
	detectors, err := stats.NewDetectors(binnings...)
	if err != nil {
		t.Fatal(err)
	}
	if err := detectors.Learn(layout, rows); err != nil {
		t.Fatal(err)
	}
	m, err := catalogue.All().Build(context.Background(), d, &model.Evidence{Summary: modeltest.SummaryOf(t, layout, rows), Detectors: detectors})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestStepInConstant: whatever the constant, its neighbours and the number of
// rows, a step in it, however small or large, up or down, has a higher score than
// any row that was learned, and the largest part of it is the constant's; the
// constant itself adds nothing.
func TestStepInConstant(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	for _, others := range []int{0, 1, 7} {
		for _, level := range []float64{0, 20, -7.3e-5, 65535, 1e12} {
			n := 300 + r.IntN(1000)
			at := r.IntN(others + 1) // place of the constant
			layout, rows := &stats.Layout{}, &stats.Rows{N: n, Numeric: others + 1}
			for i := range others + 1 {
				layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: fmt.Sprintf("x%d", i)})
			}
			for range n {
				common := r.NormFloat64()
				for i := range others + 1 {
					x := level
					if i != at {
						x = 5 + common + r.NormFloat64()
					}
					rows.Values = append(rows.Values, x)
				}
			}
			for _, c := range allDetectors() {
				t.Run(fmt.Sprintf("%s/%v beside %d", c.name, level, others), func(t *testing.T) {
					m := binned(t, c, layout, rows)
					var result model.Result
					highest := 0.0
					for i := range n {
						m.Predict(rows.Values[i*rows.Numeric:(i+1)*rows.Numeric], nil, &result)
						highest = max(highest, result.Score)
					}
					row := append([]float64(nil), rows.Values[:rows.Numeric]...)
					for _, by := range []float64{1e-3, -1, 1e6, math.Inf(1)} {
						row[at] = level + by*max(1e-6, math.Abs(level))
						m.Predict(row, nil, &result)
						if !(result.Score > highest) || math.IsInf(result.Score, 0) {
							t.Errorf("a step from %v to %v scores %v, the highest row %v", level, row[at], result.Score, highest)
						}
						most := 0
						for i, part := range result.Contributions {
							if part > result.Contributions[most] {
								most = i
							}
						}
						if want := layout.Numeric[at].Name; len(result.Contributions) == 0 || m.Inputs()[most] != want {
							t.Errorf("parts of %v are %v, want %s largest of %v", row, result.Contributions, want, m.Inputs())
						}
					}
				})
			}
		}
	}
}

// TestOptionalMember: without its binning a member that is optional is left out by
// name, and one that is not is waited for.
func TestOptionalMember(t *testing.T) {
	s := modeltest.NumericSummary(t, 2, modeltest.NormalRows(500, 2))
	for _, optional := range []bool{false, true} {
		m := of(t, s, "ensemble", map[string]any{"combine": []any{"hba", map[string]any{"type": "loda", "optional": optional}}})
		if ready := m.MinRows() <= 500; ready != optional {
			t.Errorf("optional %v: the ensemble wants %v rows of 500", optional, m.MinRows())
		}
	}
}
