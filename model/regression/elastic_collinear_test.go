package regression

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// optimal is how far a condition may be off, where the target has spread 1.
const optimal = 1e-8

// collinearDesign is inputs that follow a few factors, with correlations of
// rho within those of one factor, and a target that a tenth of them make up. The
// last `copies` inputs are sums of two others.
func collinearDesign(t testing.TB, r *rand.Rand, n, p, factors, copies int, rho float64) *stats.Summary {
	t.Helper()
	layout, rows := &stats.Layout{}, &stats.Rows{N: n, Numeric: p + 1}
	for i := range p {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: fmt.Sprintf("x%d", i+1)})
	}
	layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: "y"})
	effects := make([]float64, p)
	for i := range effects {
		if r.IntN(10) == 0 {
			effects[i] = r.NormFloat64()
		}
	}
	for range n {
		common := make([]float64, factors)
		for k := range common {
			common[k] = r.NormFloat64()
		}
		row, y := make([]float64, p), r.NormFloat64()
		for i := range row {
			row[i] = math.Sqrt(rho)*common[i%factors] + math.Sqrt(1-rho)*r.NormFloat64()
			if i >= p-copies {
				row[i] = row[i-copies] + row[i-copies-1]
			}
			y += effects[i] * row[i]
		}
		rows.Values = append(append(rows.Values, row...), y)
	}
	return mergedSummary(t, layout, rows, 1, optionsDouble)
}

// gramOf is the problem of a summary's target y, in units of the spreads of
// inputs and target.
func gramOf(t testing.TB, s *stats.Summary) *gram {
	t.Helper()
	r, err := newRegression(&model.Definition{Name: "m", Type: "elastic_net", Target: "y"}, readRegression(param.NewReader(nil, param.Typed)), &model.Evidence{Summary: s}, design.CodingFull)
	if err != nil {
		t.Fatal(err)
	}
	return newGram(r.base(r.all), true)
}

// conditions is by how much that condition of Karush, Kuhn and Tucker is off
// that is off most, in units of the target's spread.
func (q *gram) conditions(b []float64, lambda, eta float64) float64 {
	worst := 0.0
	for i := range q.p {
		grad := q.c[i] - lambda*(1-eta)*b[i]
		for j := range q.p {
			grad -= q.g[i*q.p+j] * b[j]
		}
		off := math.Abs(grad) - lambda*eta
		if b[i] != 0 {
			off = math.Abs(grad - math.Copysign(lambda*eta, b[i]))
		}
		worst = max(worst, off)
	}
	return worst / math.Sqrt(q.yy)
}

// TestCollinearConditions: at every point of the grid of the search with aicc,
// down to a lambda of 1e-10, and whatever the inputs have in common, the
// conditions of the optimum hold.
func TestCollinearConditions(t *testing.T) {
	drawn.Alone(t)
	for seed, c := range []struct {
		n, p, factors, copies int
		rho                   float64
	}{
		{n: 300, p: 166, factors: 1, rho: 0.9999},
		{n: 1000, p: 166, factors: 3, rho: 0.999},
		{n: 5000, p: 150, factors: 10, rho: 0.99},
		{n: 2000, p: 180, factors: 5, copies: 20, rho: 0.9},
		{n: 300, p: 200, factors: 8, copies: 3, rho: 0.9999},
		{n: 1000, p: 200, factors: 20, rho: 0.5},
		{n: 120, p: 166, factors: 4, rho: 0.99}, // fewer rows than inputs
	} {
		t.Run(fmt.Sprintf("%d rows, %d inputs, %d factors at %v, %d sums", c.n, c.p, c.factors, c.rho, c.copies), func(t *testing.T) {
			q := gramOf(t, collinearDesign(t, rand.New(rand.NewPCG(uint64(seed), 9)), c.n, c.p, c.factors, c.copies, c.rho))
			lambdas := geometric(1e3, 1e-10, 40)
			for _, eta := range []float64{0, 0.1, 0.5, 1} {
				worst, at, sweeps := 0.0, 0.0, 0
				err := q.walk(context.Background(), lambdas, eta, descentOptions{iterations: 10000, tolerance: 1e-7}, func(lambda float64, d *descent) error {
					sweeps += d.used
					if off := q.conditions(d.b, lambda, eta); off > worst {
						worst, at = off, lambda
					}
					return nil
				})
				if err != nil {
					t.Fatalf("eta %v: %v", eta, err)
				}
				t.Logf("eta %v: off by %.2g at lambda %.3g, %d sweeps", eta, worst, at, sweeps)
				if !(worst <= optimal) {
					t.Errorf("eta %v: a condition is off by %v at lambda %v", eta, worst, at)
				}
			}
		})
	}
}

// TestCollinearSearch: the search with aicc ends, down to a lambda of 1e-10, and
// the report names the inputs that others determine.
func TestCollinearSearch(t *testing.T) {
	const copies = 4
	s := collinearDesign(t, rand.New(rand.NewPCG(3, 9)), 1000, 166, 4, copies, 0.999)
	_, report := builtRegression(t, "elastic_net", "y", nil, map[string]any{"aicc": true, "num_lambda": 30.0, "num_eta": 3.0}, &model.Evidence{Summary: s})
	if report.AICc == nil || len(report.Search) != 3 {
		t.Errorf("AICc is %v of %d etas, want a number of 3", report.AICc, len(report.Search))
	}
	if len(report.Warnings) != copies {
		t.Errorf("%d inputs are named, want %d: %q", len(report.Warnings), copies, report.Warnings)
	}
}
