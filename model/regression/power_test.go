package regression

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// powerDigits is what SciPy's own rounding leaves to compare with.
const powerDigits = 1e-13

// TestYeoJohnson: values of scipy.stats.yeojohnson (SciPy 1.16,
// tools/reference/yeojohnson.py), and back again.
func TestYeoJohnson(t *testing.T) {
	for _, c := range []struct{ y, lambda, want float64 }{
		{y: -3.5, lambda: -2.0, want: -102.26562500000004},
		{y: -3.5, lambda: -0.5, want: -16.78269478283311},
		{y: -3.5, lambda: 0.0, want: -9.625000000000002},
		{y: -3.5, lambda: 0.5, want: -5.697294364012261},
		{y: -3.5, lambda: 1.0, want: -3.5000000000000004},
		{y: -3.5, lambda: 2.0, want: -1.5040773967762742},
		{y: -3.5, lambda: 3.0, want: -0.7777777777777778},
		{y: -0.25, lambda: -2.0, want: -0.3603515625},
		{y: -0.25, lambda: -0.5, want: -0.2987712429686843},
		{y: -0.25, lambda: 0.0, want: -0.28125},
		{y: -0.25, lambda: 0.5, want: -0.26502832395824577},
		{y: -0.25, lambda: 1.0, want: -0.25},
		{y: -0.25, lambda: 2.0, want: -0.22314355131420976},
		{y: -0.25, lambda: 3.0, want: -0.2},
		{y: 0.0, lambda: -2.0, want: 0.0},
		{y: 0.0, lambda: -0.5, want: 0.0},
		{y: 0.0, lambda: 0.0, want: 0.0},
		{y: 0.0, lambda: 0.5, want: 0.0},
		{y: 0.0, lambda: 1.0, want: 0.0},
		{y: 0.0, lambda: 2.0, want: 0.0},
		{y: 0.0, lambda: 3.0, want: 0.0},
		{y: 0.75, lambda: -2.0, want: 0.336734693877551},
		{y: 0.75, lambda: -0.5, want: 0.4881421079630911},
		{y: 0.75, lambda: 0.0, want: 0.5596157879354227},
		{y: 0.75, lambda: 0.5, want: 0.6457513110645905},
		{y: 0.75, lambda: 1.0, want: 0.75},
		{y: 0.75, lambda: 2.0, want: 1.03125},
		{y: 0.75, lambda: 3.0, want: 1.453125},
		{y: 12.0, lambda: -2.0, want: 0.4970414201183432},
		{y: 12.0, lambda: -0.5, want: 1.4452998037747709},
		{y: 12.0, lambda: 0.0, want: 2.5649493574615367},
		{y: 12.0, lambda: 0.5, want: 5.211102550927978},
		{y: 12.0, lambda: 1.0, want: 12.0},
		{y: 12.0, lambda: 2.0, want: 84.0},
		{y: 12.0, lambda: 3.0, want: 732.0000000000003},
	} {
		got := model.YeoJohnson(c.y, c.lambda)
		if math.Abs(got-c.want) > powerDigits*max(1, math.Abs(c.want)) {
			t.Errorf("YeoJohnson(%v, %v) = %v, want %v", c.y, c.lambda, got, c.want)
		}
		if back := model.InverseYeoJohnson(got, c.lambda); math.Abs(back-c.y) > 1e-10*max(1, math.Abs(c.y)) {
			t.Errorf("InverseYeoJohnson(%v, %v) = %v, want %v", got, c.lambda, back, c.y)
		}
	}
	if y := model.InverseYeoJohnson(10, -2); math.IsNaN(y) || math.IsInf(y, 0) {
		t.Errorf("a value that no power reaches gives %v", y)
	}
}

// powerRows are rows of x, y = psi^-1(2 + 1.5 x + e) for the power 0.5, and the
// powers of y from -1 to 2 in steps of a half.
func powerRows(n int) (*stats.Layout, *stats.Rows, []float64) {
	lambdas := []float64{-1, -0.5, 0, 0.5, 1, 1.5, 2}
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}, {Name: "y"}}}
	for _, l := range lambdas {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: model.PowerColumn("y", l)})
	}
	layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: model.JacobianColumn("y")})
	rng := rand.New(rand.NewPCG(11, 12))
	rows := &stats.Rows{N: n, Numeric: len(layout.Numeric)}
	for range n {
		x := rng.NormFloat64()
		y := model.InverseYeoJohnson(2+1.5*x+0.5*rng.NormFloat64(), 0.5)
		rows.Values = append(rows.Values, x, y)
		for _, l := range lambdas {
			rows.Values = append(rows.Values, model.YeoJohnson(y, l))
		}
		rows.Values = append(rows.Values, model.LogJacobian(y))
	}
	return layout, rows, lambdas
}

// bruteLikelihood fits one power of y on x on the rows.
func bruteLikelihood(rows *stats.Rows, lambda float64) float64 {
	n, mx, mz, jacobian := float64(rows.N), 0.0, 0.0, 0.0
	for i := range rows.N {
		row := rows.Row(i)
		mx, mz, jacobian = mx+row[0]/n, mz+model.YeoJohnson(row[1], lambda)/n, jacobian+model.LogJacobian(row[1])
	}
	sxx, sxz, szz := 0.0, 0.0, 0.0
	for i := range rows.N {
		row := rows.Row(i)
		x, z := row[0]-mx, model.YeoJohnson(row[1], lambda)-mz
		sxx, sxz, szz = sxx+x*x, sxz+x*z, szz+z*z
	}
	rss := szz - sxz*sxz/sxx
	return -n/2*(math.Log(2*math.Pi*rss/n)+1) + (lambda-1)*jacobian
}

// TestPower: the likelihood of every power equals that of the rows, the power
// that made the data is chosen, from merged summaries, and what is predicted is
// on the scale of y, its contributions adding up.
func TestPower(t *testing.T) {
	layout, rows, lambdas := powerRows(4000)
	first, second := rows.Select(0, 1234), rows.Select(1234, rows.N)
	s := modeltest.SummaryOf(t, layout, &first)
	if err := s.Merge(modeltest.SummaryOf(t, layout, &second)); err != nil {
		t.Fatal(err)
	}
	for _, predict := range []string{predictMedian, predictMean} {
		d := model.Definition{Name: "m", Type: "power", Target: "y", Options: map[string]any{"interval": "prediction", "predict": predict}}
		m, err := model.NewCatalogue(Entries()).Build(context.Background(), d, &model.Evidence{Summary: s})
		if err != nil {
			t.Fatal(err)
		}
		report := m.Describe().(*powerReport)
		if report.Lambda != 0.5 || len(report.Path) != len(lambdas) {
			t.Fatalf("power %v of %d, want 0.5 of %d", report.Lambda, len(report.Path), len(lambdas))
		}
		for i, at := range report.Path {
			want := bruteLikelihood(rows, lambdas[i])
			if at.Lambda != lambdas[i] || math.Abs(*at.LogLikelihood-want) > 1e-10*math.Abs(want) {
				t.Errorf("log-likelihood of power %v is %v, want %v", at.Lambda, *at.LogLikelihood, want)
			}
		}
		if got := fmt.Sprint(m.Inputs()); got != "[x]" {
			t.Errorf("inputs %s, want only x", got)
		}
		var base, result model.Result
		m.Predict([]float64{math.NaN()}, nil, &base)
		covered, bias := 0, 0.0
		for i := range rows.N {
			row := rows.Row(i)
			m.Predict(row[:1], nil, &result)
			if row[1] >= result.Interval.Low && row[1] <= result.Interval.High {
				covered++
			}
			bias += (row[1] - result.Prediction) / float64(rows.N)
			if sum := base.Prediction + result.Contributions[0]; math.Abs(sum-result.Prediction) > 1e-9 {
				t.Fatalf("contributions give %v, the prediction is %v", sum, result.Prediction)
			}
		}
		if share := float64(covered) / float64(rows.N); share < 0.94 || share > 0.96 {
			t.Errorf("%s: %v of the rows in their intervals, want 0.95", predict, share)
		}
		if predict == predictMean && math.Abs(bias) > 0.02 {
			t.Errorf("predictions of the mean are off by %v on average", bias)
		}
	}
}

func TestPowerRefuses(t *testing.T) {
	layout, rows, _ := powerRows(100)
	s := modeltest.SummaryOf(t, layout, rows)
	if _, err := model.NewCatalogue(Entries()).Build(context.Background(), model.Definition{Name: "m", Type: "power", Target: "x"}, &model.Evidence{Summary: s}); err == nil || !strings.Contains(err.Error(), "list it under `power`") {
		t.Errorf("a target without powers: %v", err)
	}
	if _, err := model.NewCatalogue(Entries()).Build(context.Background(), model.Definition{Name: "m", Type: "power", Target: "y", Inputs: []string{"y"}}, &model.Evidence{Summary: s}); !errors.Is(err, model.ErrDefinition) {
		t.Errorf("the target among the inputs: %v", err)
	}
}
