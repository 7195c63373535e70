package regression_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/model/regression"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// interactions are functions of two inputs between -1 and 1.
var interactions = []struct {
	name string
	f    func(u, v float64) float64
	flat bool // it has hardly any saddle: E[f u v] is about 0 beside its curves
}{
	{name: "product", f: func(u, v float64) float64 { return u * v }},
	{name: "shifted product", f: func(u, v float64) float64 { return (u + 1) * (v + 1) }},
	{name: "cube times", f: func(u, v float64) float64 { return u * u * u * v }},
	{name: "exponential", f: func(u, v float64) float64 { return math.Exp(u + v) }},
	{name: "exponential of the difference", f: func(u, v float64) float64 { return math.Exp(u - v) }},
	{name: "larger", f: math.Max},
	{name: "smaller", f: math.Min},
	{name: "distance", f: func(u, v float64) float64 { return math.Abs(u - v) }},
	{name: "ratio", f: func(u, v float64) float64 { return (u + 2) / (v + 1.5) }},
	{name: "power", f: func(u, v float64) float64 { return math.Pow(u+1.5, v+1) }},
	{name: "root", f: func(u, v float64) float64 { return math.Sqrt((u + 1) * (v + 1)) }},
	{name: "quadrant", f: func(u, v float64) float64 { return step(u) * step(v) }},
	{name: "signs", f: func(u, v float64) float64 { return math.Copysign(1, u) * math.Copysign(1, v) }},
	{name: "corner", f: func(u, v float64) float64 { return step(u-.5) * step(v-.5) }},
	{name: "half plane", f: func(u, v float64) float64 { return step(u + v) }, flat: true},
	{name: "slope by side", f: func(u, v float64) float64 { return u * step(v) }},
	{name: "Friedman", f: func(u, v float64) float64 { return math.Sin(math.Pi * (u + 1) * (v + 1) / 4) }, flat: true},
	{name: "one wave", f: func(u, v float64) float64 { return math.Sin(math.Pi*u) * v }},
	{name: "circle", f: func(u, v float64) float64 { return step(u*u + v*v - .64) }, flat: true},
	{name: "two waves", f: func(u, v float64) float64 { return math.Cos(math.Pi*u) * math.Cos(math.Pi*v) }, flat: true},
}

func step(x float64) float64 {
	if x > 0 {
		return 1
	}
	return 0
}

// fast is FAST (Y. Lou, R. Caruana, J. Gehrke, G. Hooker, KDD 2013, section 4.1) on residuals: for a pair, the
// least squared error over all models that are constant in the four quadrants of a cut in each of
// two inputs, here of 16 bins of as many rows, from cumulated sums.
func fast(u, v, residuals []float64) float64 {
	const bins = 16
	place := func(x []float64) []int {
		sorted := slices.Sorted(slices.Values(x))
		out := make([]int, len(x))
		for k, value := range x {
			at, _ := slices.BinarySearch(sorted, value)
			out[k] = at * bins / len(x)
		}
		return out
	}
	var sum, count [bins + 1][bins + 1]float64
	a, b := place(u), place(v)
	for k, r := range residuals {
		sum[a[k]+1][b[k]+1] += r
		count[a[k]+1][b[k]+1]++
	}
	for i := 1; i <= bins; i++ {
		for j := 1; j <= bins; j++ {
			sum[i][j] += sum[i-1][j] + sum[i][j-1] - sum[i-1][j-1]
			count[i][j] += count[i-1][j] + count[i][j-1] - count[i-1][j-1]
		}
	}
	best := 0.0
	for i := 1; i < bins; i++ {
		for j := 1; j < bins; j++ {
			gain := 0.0
			for _, q := range [][2]float64{
				{sum[i][j], count[i][j]},
				{sum[i][bins] - sum[i][j], count[i][bins] - count[i][j]},
				{sum[bins][j] - sum[i][j], count[bins][j] - count[i][j]},
				{sum[bins][bins] - sum[i][bins] - sum[bins][j] + sum[i][j], count[bins][bins] - count[i][bins] - count[bins][j] + count[i][j]},
			} {
				if q[1] > 0 {
					gain += q[0] * q[0] / q[1]
				}
			}
			best = max(best, gain)
		}
	}
	return best
}

// interacting are rows of five inputs with curves and an interaction of the first two.
func interacting(t *testing.T, r *rand.Rand, f func(u, v float64) float64, n int) (*model.Evidence, *stats.Rows, [][]float64) {
	t.Helper()
	inputs, y, own := make([][]float64, 5), make([]float64, n), make([]float64, n)
	mean, square := 0.0, 0.0
	for k := range n {
		for a := range inputs {
			inputs[a] = append(inputs[a], 2*r.Float64()-1)
		}
		own[k] = f(inputs[0][k], inputs[1][k])
		mean += own[k] / float64(n)
	}
	for _, v := range own {
		square += (v - mean) * (v - mean) / float64(n)
	}
	for k := range n {
		y[k] = .6*(own[k]-mean)/math.Sqrt(square) + math.Sin(3*inputs[2][k]) + inputs[3][k]*inputs[3][k] + inputs[0][k] + r.NormFloat64()
	}
	curves := curvedRows(t, expansion.Hats, 8, y, inputs...)
	name := func(a int) string { return string(rune('a' + a)) }
	e := &model.Evidence{Expansions: curves.expansions}
	layout, rows := curves.layout, &stats.Rows{}
	for a := range inputs {
		for b := range a {
			p, err := expansion.New(expansion.Expansion{Kind: expansion.Product, Sources: []string{name(b), name(a)}})
			if err != nil {
				t.Fatal(err)
			}
			e.Expansions = append(e.Expansions, p)
			layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: p.Names()[0]})
		}
	}
	rows.Reset(len(layout.Numeric), 0)
	for k := range n {
		rows.Values = append(rows.Values, curves.rows.Row(k)...)
		for a := range inputs {
			for b := range a {
				rows.Values = append(rows.Values, inputs[b][k]*inputs[a][k])
			}
		}
		rows.N++
	}
	e.Summary = modeltest.SummaryOf(t, layout, rows)
	return e, rows, inputs
}

// TestPairsBesideFAST: of ten pairs, the one that interacts is ranked first by our gains as often as by FAST on
// the residuals of the same curves, over functions of many shapes which have some saddle. Those
// that have none our gains cannot see, as docs/expansions.md says.
func TestPairsBesideFAST(t *testing.T) {
	drawn.Alone(t)
	const draws, n = 2, 600
	ours, theirs, tries := 0, 0, 0
	for _, one := range interactions {
		mine, other := 0, 0
		for seed := range uint64(draws) {
			e, rows, inputs := interacting(t, rand.New(rand.NewPCG(seed, 61)), one.f, n)
			m, err := model.NewCatalogue(regression.Entries()).Build(context.Background(), model.Definition{Name: "m", Type: "gam", Target: "y", Options: map[string]any{"pairs": 10}}, e)
			if err != nil {
				t.Fatal(err)
			}
			if slices.Equal(pairsOf(t, m)[0].Inputs, []string{"a", "b"}) {
				mine++
			}
			if m, err = model.NewCatalogue(regression.Entries()).Build(context.Background(), model.Definition{Name: "m", Type: "gam", Target: "y"}, e); err != nil {
				t.Fatal(err)
			}
			residuals := make([]float64, rows.N)
			var result model.Result
			for k := range residuals {
				m.Predict(rows.Row(k), nil, &result)
				residuals[k] = rows.Row(k)[5] - result.Prediction
			}
			first, best := [2]int{}, -1.0
			for a := range inputs {
				for b := range a {
					if gain := fast(inputs[b], inputs[a], residuals); gain > best {
						first, best = [2]int{b, a}, gain
					}
				}
			}
			if first == [2]int{0, 1} {
				other++
			}
		}
		t.Logf("%-30s %d by ours, %d by FAST, of %d", one.name, mine, other, draws)
		if !one.flat {
			ours, theirs, tries = ours+mine, theirs+other, tries+draws
		}
	}
	t.Logf("%d by ours, %d by FAST, of %d with a saddle", ours, theirs, tries)
	if ours < theirs {
		t.Errorf("%d by ours, %d by FAST, of %d with a saddle", ours, theirs, tries)
	}
}
