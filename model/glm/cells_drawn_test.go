package glm

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/internal/likelihood"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// drawnGLM is a drawn model and its rows: a flag and a count to predict, categories,
// numbers with few values or many, an offset, and gaps.
type drawnGLM struct {
	layout  *stats.Layout
	values  []int // of each numeric column; 0 for any number
	gaps    float64
	target  string
	options Options
	family  likelihood.Family
	many    bool // an input or the offset varies without end
}

func drawGLM(r *rand.Rand) *drawnGLM {
	d := &drawnGLM{layout: &stats.Layout{Numeric: []stats.NumericColumn{{Name: "flag", Binary: true}, {Name: "claims"}}}, values: []int{2, 6}, target: "flag", family: likelihood.Logistic}
	if r.IntN(2) == 0 {
		d.target, d.family, d.values[1] = "claims", likelihood.Poisson, []int{6, 60}[r.IntN(2)]
	}
	number := func(name string) {
		n := []int{2, 4, 8, 0}[r.IntN(4)]
		d.layout.Numeric, d.values, d.many = append(d.layout.Numeric, stats.NumericColumn{Name: name}), append(d.values, n), d.many || n == 0
	}
	for i := range r.IntN(2) {
		number(fmt.Sprintf("x%d", i))
	}
	if r.IntN(2) == 0 {
		number("lexp")
		d.options.Offset = "lexp"
	}
	for i := range 1 + r.IntN(3) {
		c := stats.CategoricalColumn{Name: fmt.Sprintf("c%d", i)}
		for k := range 2 + r.IntN(4) {
			c.Values = append(c.Values, fmt.Sprint(k))
		}
		d.layout.Categorical = append(d.layout.Categorical, c)
	}
	d.gaps = []float64{0, 0.05, 0.2}[r.IntN(3)]
	d.options.ExactRows, d.options.Complete = 20_000, r.IntN(2) == 0
	return d
}

// rows draws n rows.
func (d *drawnGLM) rows(r *rand.Rand, n int) *stats.Rows {
	out := &stats.Rows{N: n, Numeric: len(d.values), Categorical: len(d.layout.Categorical)}
	for range n {
		for j, values := range d.values {
			switch {
			case j > 0 && r.Float64() < d.gaps:
				out.Values = append(out.Values, math.NaN())
			case values == 0:
				out.Values = append(out.Values, r.NormFloat64())
			case j == 1:
				out.Values = append(out.Values, float64(r.IntN(values)))
			default:
				out.Values = append(out.Values, float64(r.IntN(values))/2)
			}
		}
		out.Values[len(out.Values)-len(d.values)] = float64(r.IntN(2))
		for i := range d.layout.Categorical {
			code := int32(stats.Other + 1 + int32(r.IntN(len(d.layout.Categorical[i].Values))))
			if r.Float64() < d.gaps {
				code = stats.Missing
			}
			out.Codes = append(out.Codes, code)
		}
	}
	return out
}

// TestMethodIsCellsOrSaysWhy: whatever the inputs, offsets and gaps, and when the model was
// defined, the method is `cells`, with the estimates of the rows themselves, or a reason
// names the attributes that the combinations do not have.
func TestMethodIsCellsOrSaysWhy(t *testing.T) {
	cells := 0
	for seed := range drawn.Seeds(40) {
		r := rand.New(rand.NewPCG(seed, 31))
		d := drawGLM(r)
		need, err := Need(&model.Definition{Name: "m", Target: d.target}, d.options, d.family, 0)
		if err != nil {
			t.Fatal(err)
		}
		s, err := stats.NewSummary(stats.SummaryOptions{})
		if err != nil {
			t.Fatal(err)
		}
		all := (*stats.Likelihoods)(nil).Following([]stats.LikelihoodUse{{LikelihoodSpec: need.LikelihoodSpec}}, func(string) bool { return false })
		late := (*stats.Likelihoods)(nil).Following([]stats.LikelihoodUse{{LikelihoodSpec: need.LikelihoodSpec}}, func(string) bool { return false })
		for batch := range 4 {
			rows := d.rows(r, 200)
			if err := s.Learn(d.layout, rows); err != nil {
				t.Fatal(err)
			}
			all.Learn(d.layout, rows)
			if batch > 1 {
				late.Learn(d.layout, rows)
			}
		}
		for name, kept := range map[string]*stats.Likelihoods{"from the start": all, "late": late} {
			of := EvidenceOf(&need, &model.Evidence{Summary: s, Likelihoods: kept})
			fit, err := of.Fit(context.Background(), 0)
			if err != nil {
				t.Fatalf("%d, %s: %v", seed, name, err)
			}
			report := fit.Report(0.95)
			if isCells := report.Method == "cells"; isCells != (report.Reason == "") || d.many && isCells {
				t.Fatalf("%d, %s: method %q, reason %q, many values: %v", seed, name, report.Method, report.Reason, d.many)
			} else if !isCells {
				requireNames(t, s, d, report.Reason)
				continue
			}
			cells++
			byRows, err := fitRows(context.Background(), &need.LikelihoodSpec, all.Of(need.Key), 0)
			if err != nil {
				t.Fatal(err)
			}
			requireSameFit(t, fmt.Sprintf("%d, %s", seed, name), report, byRows.Report(0.95))
		}
	}
	if cells == 0 {
		t.Error("no model was fitted to cells")
	}
}

// requireNames checks that a reason names an attribute that varies, and only such that the
// cells do not have by themselves.
func requireNames(t *testing.T, s *stats.Summary, d *drawnGLM, reason string) {
	t.Helper()
	named := 0
	for _, c := range d.layout.Numeric {
		if !strings.Contains(reason, fmt.Sprintf("attribute %q", c.Name)) {
			continue
		}
		named++
		if _, err := s.LikelihoodOfCells(&stats.LikelihoodSpec{Family: likelihood.Logistic, Target: c.Name, Selects: func(string) bool { return false }}); err == nil {
			t.Errorf("the combinations have %q, and the reason is %q", c.Name, reason)
		}
	}
	for _, c := range d.layout.Categorical {
		if strings.Contains(reason, fmt.Sprintf("attribute %q", c.Name)) {
			named++
		}
	}
	if named == 0 {
		t.Errorf("the reason names no attribute: %q", reason)
	}
}

// requireSameFit compares a fit of cells with that of the rows.
func requireSameFit(t *testing.T, what string, got, want *Report) {
	t.Helper()
	const rounding = 1e-8 // of Newton's method, and of sums in another order
	near := func(name string, a, b float64) {
		if math.Abs(a-b) > rounding*max(1, math.Abs(b)) {
			t.Errorf("%s: %s is %v by cells, %v by rows", what, name, a, b)
		}
	}
	near("rows", got.Rows, want.Rows)
	near("left out", got.LeftOut, want.LeftOut)
	near("log-likelihood", *got.LogLikelihood, *want.LogLikelihood)
	near("null log-likelihood", *got.NullLogLikelihood, *want.NullLogLikelihood)
	if len(got.Coefficients) != len(want.Coefficients) {
		t.Fatalf("%s: %d coefficients by cells, %d by rows", what, len(got.Coefficients), len(want.Coefficients))
	}
	for i, c := range want.Coefficients {
		near(c.Name, got.Coefficients[i].Estimate, c.Estimate)
		if c.StdError != nil && got.Coefficients[i].StdError != nil {
			near("standard error of "+c.Name, *got.Coefficients[i].StdError, *c.StdError)
		}
	}
}
