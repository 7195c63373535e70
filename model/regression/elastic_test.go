package regression

import (
	"math"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// stationary is what the descent's tolerance leaves of the conditions, as a
// share of the first lambda.
const stationary = 1e-5

// optionsDouble keeps no double-double.
var optionsDouble = stats.SummaryOptions{ExtendedUpTo: -1}

// TestPathConditions: every model of the path satisfies the conditions of
// Karush, Kuhn and Tucker, whatever the strong rules left out.
func TestPathConditions(t *testing.T) {
	s, _ := wideSummary(t, 30, 60)
	for _, eta := range []float64{0, 0.3, 1} {
		typ, options := "elastic_net", map[string]any{"eta": eta, "path": true, "num_lambda": 40, "standardize": true}
		r, err := newRegression(&model.Definition{Name: "m", Type: typ, Target: "y"}, readRegression(param.NewReader(nil, param.Typed)), &model.Evidence{Summary: s}, design.CodingFull)
		if err != nil {
			t.Fatal(err)
		}
		q := newGram(r.all, true)
		_, report := builtRegression(t, typ, "y", nil, options, &model.Evidence{Summary: s})
		if len(report.Path) != 40 {
			t.Fatalf("eta %v: path of %d", eta, len(report.Path))
		}
		for k, point := range report.Path {
			if k > 0 && eta == 1 && !(point.R2 >= report.Path[k-1].R2-1e-9) {
				t.Errorf("R2 falls from %v to %v", report.Path[k-1].R2, point.R2)
			}
			for i := range q.p {
				b := point.Coef[i] * q.unit[i]
				grad := q.c[i] - point.Lambda*(1-eta)*b
				for j := range q.p {
					grad -= q.g[i*q.p+j] * point.Coef[j] * q.unit[j]
				}
				l1 := point.Lambda * eta
				off := max(math.Abs(grad)-l1, 0)
				if b != 0 {
					off = math.Abs(grad - math.Copysign(l1, b))
				}
				if off > stationary*q.firstLambda(1) {
					t.Errorf("eta %v, lambda %v: condition %d is off by %v", eta, point.Lambda, i, off)
				}
			}
		}
	}
}

// TestAICcSearch: the model that the search finds has the least AICc of all
// that are built one by one on the grid.
func TestAICcSearch(t *testing.T) {
	s, _ := wideSummary(t, 8, 40)
	e := &model.Evidence{Summary: s}
	grid := map[string]any{"aicc": true, "min_lambda_power": -3.0, "max_lambda_power": 1.0, "num_lambda": 9, "num_eta": 3}
	_, found := builtRegression(t, "elastic_net", "y", nil, grid, e)
	least := math.Inf(1)
	for _, lambda := range geometric(10, 1e-3, 9) {
		for _, eta := range []float64{0, 0.5, 1} {
			_, report := builtRegression(t, "elastic_net", "y", nil, map[string]any{"lambda": lambda, "eta": eta}, e)
			if report.AICc != nil {
				least = min(least, *report.AICc)
			}
		}
	}
	if !(math.Abs(*found.AICc-least) <= 1e-6) {
		t.Errorf("AICc is %v at lambda %v, eta %v; the least on the grid is %v", *found.AICc, found.Lambda, found.eta(), least)
	}
	if len(found.Search) != 3 {
		t.Errorf("search has %d points, want one for each eta", len(found.Search))
	}
}

// TestRidgeIsElasticNet: with eta 0 and lambda over the rows they agree, as do
// their degrees of freedom.
func TestRidgeIsElasticNet(t *testing.T) {
	s, _ := wideSummary(t, 12, 100)
	_, ridge := builtRegression(t, "ridge", "y", nil, map[string]any{"lambda": 30.0}, &model.Evidence{Summary: s})
	_, net := builtRegression(t, "elastic_net", "y", nil, map[string]any{"lambda": 0.3, "eta": 0.0}, &model.Evidence{Summary: s})
	for i, c := range ridge.Coefficients {
		if got := net.Coefficients[i].Estimate; !(math.Abs(got-c.Estimate) <= 1e-10) {
			t.Errorf("%s is %v and %v", c.Name, got, c.Estimate)
		}
	}
	if !(math.Abs(ridge.shrinkageReport.DF-net.shrinkageReport.DF) <= 1e-9) || !(ridge.shrinkageReport.DF < 12) {
		t.Errorf("degrees of freedom are %v and %v", ridge.shrinkageReport.DF, net.shrinkageReport.DF)
	}
}

// TestProximal: the support vector regression solves (I/nu + E'E) r = E'y of
// the rows, E = [X 1].
func TestProximal(t *testing.T) {
	const nu = 0.05
	s, rows := wideSummary(t, 3, 50)
	_, report := builtRegression(t, "svr", "y", nil, map[string]any{"nu": nu, "standardize": false}, &model.Evidence{Summary: s})
	r := []float64{report.Coefficients[1].Estimate, report.Coefficients[2].Estimate, report.Coefficients[3].Estimate, report.Coefficients[0].Estimate}
	left := make([]float64, 4) // (I/nu + E'E) r - E'y
	for i := range r {
		left[i] = r[i] / nu
	}
	for i := range rows.N {
		row := append(append([]float64(nil), rows.Row(i)[:3]...), 1)
		residual := -rows.Row(i)[3]
		for j, x := range row {
			residual += x * r[j]
		}
		for j, x := range row {
			left[j] += x * residual
		}
	}
	for i, x := range left {
		if !(math.Abs(x) <= 1e-10) {
			t.Errorf("equation %d is off by %v", i, x)
		}
	}
}

// TestPCRFull: with a small penalty the lasso on inputs and components is
// least squares, with a large one it is nothing.
func TestPCRFull(t *testing.T) {
	s, _ := wideSummary(t, 5, 80)
	e := &model.Evidence{Summary: s}
	_, ols := builtRegression(t, "ols", "y", nil, nil, e)
	_, full := builtRegression(t, "pcr", "y", nil, map[string]any{"kind": "full", "lambda": 1e-9}, e)
	_, none := builtRegression(t, "pcr", "y", nil, map[string]any{"kind": "full", "lambda": 1e3}, e)
	_, all := builtRegression(t, "pcr", "y", nil, map[string]any{"q": 5}, e)
	for i, c := range ols.Coefficients[1:] {
		if got := full.Coefficients[i+1].Estimate; !(math.Abs(got-c.Estimate) <= 1e-5) {
			t.Errorf("%s is %v, least squares %v", c.Name, got, c.Estimate)
		}
		if got := all.Coefficients[i+1].Estimate; !(math.Abs(got-c.Estimate) <= 1e-10) {
			t.Errorf("%s is %v with all components, least squares %v", c.Name, got, c.Estimate)
		}
		if got := none.Coefficients[i+1].Estimate; got != 0 {
			t.Errorf("%s is %v, want 0", c.Name, got)
		}
	}
}

// TestPrecisionsAgree: float64 statistics give what extended ones do.
func TestPrecisionsAgree(t *testing.T) {
	s, rows := wideSummary(t, 10, 200)
	double := mergedSummary(t, s.Layout(), rows, 3, optionsDouble)
	for _, c := range allRegressions {
		_, a := builtRegression(t, c.typ, "y", nil, c.options, &model.Evidence{Summary: s})
		_, b := builtRegression(t, c.typ, "y", nil, c.options, &model.Evidence{Summary: double})
		if a.Precision != "extended" || b.Precision != "double" {
			t.Fatalf("precisions are %s and %s", a.Precision, b.Precision)
		}
		for i, x := range a.Coefficients {
			if y := b.Coefficients[i].Estimate; !(math.Abs(x.Estimate-y) <= 1e-9) {
				t.Errorf("%s: %s is %v extended and %v double", c.typ, x.Name, x.Estimate, y)
			}
		}
	}
	m := &design.Moments{N: 1, Mean: make([]dd.Number, 1), Cross: make([]dd.Number, 1)}
	if !design.Constant(m, 0) {
		t.Error("a term without variance is not constant")
	}
}
