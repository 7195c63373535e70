package regression_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/model/regression"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// TestGapsBesideCategories: with gaps and a category, gam and ridge of splines predict rows that were not
// learned at most 5 % worse on the mean than the same model of the rows that lack nothing, and
// where the pairs contradict each other, of inputs that hardly differ, a warning says so.
func TestGapsBesideCategories(t *testing.T) {
	drawn.Alone(t)
	for _, c := range []struct {
		typ     string
		options map[string]any
	}{{typ: "gam"}, {typ: "ridge", options: map[string]any{"lambda": "auto"}}} {
		ratio, warned, cases := 0.0, 0, 30.0
		for seed := range uint64(cases) {
			r := rand.New(rand.NewPCG(seed, 77))
			how := drawGapCase(r)
			if seed%10 == 0 {
				how.correlation = 1 - math.Pow(10, -1.5-2*r.Float64())
			}
			g := newGapRows(t, r, how)
			gappy, warnings := g.fitted(t, c.typ, c.options, g.gappy)
			complete, _ := g.fitted(t, c.typ, c.options, g.complete)
			if warnings != "" {
				warned++
			} else if gappy > 1.2*complete {
				t.Errorf("%s %+v: %.3f, of complete rows %.3f, and no warning", c.typ, how, gappy, complete)
			}
			if how.correlation <= .95 {
				ratio += math.Log(gappy/complete) / cases
			}
		}
		t.Logf("%s: the error is %.4f times that of complete rows; %d of %v models warn", c.typ, math.Exp(ratio), warned, cases)
		if !(math.Exp(ratio) <= 1.05) || warned == 0 {
			t.Errorf("%s: the error is %.4f times that of complete rows; %d of %v models warn", c.typ, math.Exp(ratio), warned, cases)
		}
	}
}

// fitted returns the error of a model of splines, and its warnings.
func (g *gapRows) fitted(t *testing.T, typ string, options map[string]any, rows *stats.Rows) (rmse float64, warnings string) {
	t.Helper()
	d := model.Definition{Name: "m", Type: typ, Target: "y", Options: options, Features: []string{"splines"}}
	m, err := model.NewCatalogue(regression.Entries()).Build(context.Background(), d, g.evidenceOf(t, rows))
	if err != nil {
		t.Fatal(err)
	}
	return g.errorOf(m), strings.TrimSuffix(fmt.Sprint(modeltest.Described(t, m)["warnings"]), "<nil>")
}

// TestBandsWithGaps: the bands of curves cover the true ones at 90 % of the points or more, gaps and a
// category or not.
func TestBandsWithGaps(t *testing.T) {
	drawn.Alone(t)
	covered, points, without := [2]int{}, [2]int{}, 0
	for seed := range uint64(24) {
		r := rand.New(rand.NewPCG(seed, 78))
		how := drawGapCase(r)
		how.knots, how.kind = 10, expansion.Natural // that can follow the curves
		g := newGapRows(t, r, how)
		for which, rows := range []*stats.Rows{g.gappy, g.complete} {
			about, _ := gamOf(t, g.evidenceOf(t, rows), nil)
			for j, curve := range about.Curves {
				f, mean, n := g.truth[j], 0.0, 0.0
				for i, x := range g.inputs[j] {
					if which == 0 || !g.lacks[i] {
						mean += f(x)
						n++
					}
				}
				mean /= n
				for _, p := range curve.Points[1 : len(curve.Points)-1] {
					if p.Low == p.High {
						without++
						continue // has none
					}
					if points[which]++; p.Low <= f(p.X)-mean && f(p.X)-mean <= p.High {
						covered[which]++
					}
				}
			}
		}
	}
	for which, n := range points {
		rate := float64(covered[which]) / float64(n)
		t.Logf("%.3f of %d points, %d without bands", rate, n, without)
		if rate < .88 {
			t.Errorf("bands of 95 %% hold the truth at %.3f of %d points", rate, n)
		}
	}
}

// TestIntervalsBesideCategories: intervals of 95 % of ols cover the coefficients of numbers and of levels
// in at least 90 % of the draws, also where the category says how often numbers are missing.
func TestIntervalsBesideCategories(t *testing.T) {
	for _, byCategory := range []bool{false, true} {
		covered, intervals := map[bool]int{}, map[bool]int{}
		for seed := range drawn.Seeds(200) {
			r := rand.New(rand.NewPCG(seed, 3))
			report := gappyLeastSquares(t, r, byCategory)
			reference := 0
			for strings.Contains(report, fmt.Sprintf("category=v%d\"", reference)) {
				reference++
			}
			var about described
			if err := json.Unmarshal([]byte(report), &about); err != nil {
				t.Fatal(err)
			}
			for _, b := range about.Coefficients {
				truth, level := 1.0, 0
				_, err := fmt.Sscanf(b.Name, "category=v%d", &level)
				if err == nil {
					truth = float64(level - reference)
				}
				if strings.HasPrefix(b.Name, "(") || b.Low == nil {
					continue
				}
				if intervals[err == nil]++; *b.Low <= truth && truth <= *b.High {
					covered[err == nil]++
				}
			}
		}
		for level, n := range intervals {
			rate := float64(covered[level]) / float64(n)
			t.Logf("gaps by category %v, levels %v: %.3f of %d", byCategory, level, rate, n)
			if rate < .9 || rate > .99 {
				t.Errorf("gaps by category %v, levels %v: %.3f of %d intervals of 95 %% cover the truth", byCategory, level, rate, n)
			}
		}
	}
}

// gappyLeastSquares describes ols of numbers whose coefficients are 1 and a category whose values are
// 0, 1, ... apart; the numbers depend on the category.
func gappyLeastSquares(t *testing.T, r *rand.Rand, byCategory bool) string {
	t.Helper()
	inputs, categories, gap, correlation := 1+r.IntN(3), 2+r.IntN(4), .05+.35*r.Float64(), .8*r.Float64()
	layout := &stats.Layout{Categorical: []stats.CategoricalColumn{{Name: "category"}}}
	for i := range inputs {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: fmt.Sprint("x", i)})
	}
	layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: "y"})
	for i := range categories {
		layout.Categorical[0].Values = append(layout.Categorical[0].Values, fmt.Sprint("v", i))
	}
	rows := &stats.Rows{N: 300 + r.IntN(1500), Numeric: inputs + 1, Categorical: 1}
	for range rows.N {
		code := r.IntN(categories)
		common, y, row := r.NormFloat64(), float64(code)+r.NormFloat64(), make([]float64, inputs+1)
		lacks := gap
		if byCategory {
			lacks = min(2*gap*float64(code)/float64(categories-1), .8)
		}
		for j := range inputs {
			row[j] = math.Sqrt(correlation)*common + math.Sqrt(1-correlation)*r.NormFloat64() + .5*float64(code)
			y += row[j]
			if r.Float64() < lacks {
				row[j] = math.NaN()
			}
		}
		row[inputs] = y
		rows.Values, rows.Codes = append(rows.Values, row...), append(rows.Codes, int32(code)+1)
	}
	m, err := catalogue.All().Build(context.Background(), model.Definition{Name: "m", Type: "ols", Target: "y"}, &model.Evidence{Summary: modeltest.SummaryOf(t, layout, rows)})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(m.Describe())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
