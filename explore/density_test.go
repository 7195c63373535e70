package explore_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// TestDrawnDensities compares the cells, and what lies outside of them, with the
// rows. Edges are multiples of 1/4, as the numbers are, so that no number is
// on the wrong side of an edge for rounding.
func TestDrawnDensities(t *testing.T) {
	draws(t, 51, smallSizes(), func(t *testing.T, d *drawn, r *rand.Rand) {
		for name, x := range d.numeric {
			if name == "constant" {
				continue
			}
			bins := []int{1, 2, 4, 8}[r.IntN(4)]
			lo := math.Round(4*r.NormFloat64()) / 4
			if name == "z" {
				lo += 990
			}
			hi := lo + float64(bins)*float64(1+r.IntN(8))/4
			answer := ask(t, d.s, "density", args{"attribute": name, "bins": bins, "min": lo, "max": hi})
			width, n := (hi-lo)/float64(bins), 0.0
			cells, below, above := make([]float64, bins), 0.0, 0.0
			for i, v := range x {
				switch w := d.weights[i]; {
				case math.IsNaN(v):
					continue
				case v < lo:
					below, n = below+w, n+w
				case v > hi:
					above, n = above+w, n+w
				default:
					cells[min(int((v-lo)/width), bins-1)] += w
					n += w
				}
			}
			near(t, "count", numberAt(t, answer, "count"), n, 0)
			if n == 0 {
				if cells, _ := at(answer, "histogram").([]any); len(cells) != 0 {
					t.Errorf("there are %d cells of no values", len(cells))
				}
				continue
			}
			near(t, "width", numberAt(t, answer, "width"), width, 0)
			near(t, "below", numberAt(t, answer, "below"), below, 1)
			near(t, "above", numberAt(t, answer, "above"), above, 1)
			for k, w := range cells {
				near(t, fmt.Sprint(name, " cell ", k), numberAt(t, answer, fmt.Sprint("histogram.", k)), w, 1)
				near(t, fmt.Sprint(name, " density ", k), numberAt(t, answer, fmt.Sprint("density.", k)), w/n/width, 1)
			}
		}
	})
}

// TestDensityOfConstant: a constant has one cell around it, however large the
// constant is, and its density adds up to 1.
func TestDensityOfConstant(t *testing.T) {
	for _, v := range []float64{0, 7, -1e-300, 1e15, -1e70} {
		layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}}}
		s := learned(t, layout, &stats.Rows{N: 3, Numeric: 1, Values: []float64{v, v, v}})
		answer := ask(t, s, "density", args{"attribute": "x", "bins": 7})
		if cells, _ := at(answer, "histogram").([]any); len(cells) != 1 || cells[0] != 3.0 {
			t.Errorf("the cells of three times %v are %v, want one of 3", v, cells)
		}
		near(t, "the integral", numberAt(t, answer, "width")*numberAt(t, answer, "density.0"), 1, 0)
		if lo, hi := numberAt(t, answer, "min"), numberAt(t, answer, "max"); !(lo < v && v < hi) {
			t.Errorf("the cell from %v to %v is not around %v", lo, hi, v)
		}
	}
}

// TestDrawnConditionalShares compares the shares of a category given another with
// the rows.
func TestDrawnConditionalShares(t *testing.T) {
	draws(t, 52, smallSizes(), func(t *testing.T, d *drawn, _ *rand.Rand) {
		for _, pair := range [][2]string{{"k", "k2"}, {"flag", "k"}, {"k2", "flag2"}, {"flag", "flag2"}} {
			answer := ask(t, d.s, "conditional_density", args{"attribute": pair[0], "given": pair[1]})
			table := d.crosstab(pair[1], pair[0])
			slices, _ := at(answer, "slices").([]any)
			if len(slices) != len(table) || at(answer, "method") != "counts" {
				t.Errorf("%d slices by %v, want %d by counts", len(slices), at(answer, "method"), len(table))
			}
			for _, slice := range slices {
				value := at(slice, "value").(string)
				n := 0.0
				for _, w := range table[value] {
					n += w
				}
				near(t, "count", numberAt(t, slice, "count"), n, 0)
				for other, w := range table[value] {
					near(t, pair[0]+"="+other+" given "+value, numberAt(t, slice, "shares."+other), w/n, 0)
				}
			}
		}
	})
}

// TestDrawnConditionalNormals compares the normal densities of a number given a
// category or another number, and Bayes's rule the other way, with the rows.
func TestDrawnConditionalNormals(t *testing.T) {
	normal := func(x, mean, variance float64) float64 {
		return math.Exp(-(x-mean)*(x-mean)/2/variance) / math.Sqrt(2*math.Pi*variance)
	}
	draws(t, 53, matrixSizes(), func(t *testing.T, d *drawn, r *rand.Rand) {
		groups := map[string]group{}
		for _, value := range []string{"a", "b", "c"} {
			groups[value] = groupOf(where(d.numeric["y"], d.texts["k"], value), d.weights)
		}
		points := 2 + r.IntN(9)
		slices, _ := at(ask(t, d.s, "conditional_density", args{"attribute": "y", "given": "k", "points": points}), "slices").([]any)
		for _, slice := range slices {
			g := groups[at(slice, "value").(string)]
			near(t, "mean", numberAt(t, slice, "mean"), g.mean, 1)
			near(t, "stddev", numberAt(t, slice, "stddev"), math.Sqrt(g.variance()), 1)
			for k := range points {
				x := numberAt(t, slice, fmt.Sprint("x.", k))
				near(t, "density", numberAt(t, slice, fmt.Sprint("density.", k)), normal(x, g.mean, g.variance()), 1e-6)
			}
		}
		posteriors, _ := at(ask(t, d.s, "conditional_density", args{"attribute": "k", "given": "y", "points": points}), "slices").([]any)
		if len(slices) != 3 || len(posteriors) != points {
			t.Fatalf("%d slices and %d posteriors, want 3 and %d", len(slices), len(posteriors), points)
		}
		for _, slice := range posteriors {
			y, all := numberAt(t, slice, "at"), 0.0
			for _, g := range groups {
				all += g.n * normal(y, g.mean, g.variance())
			}
			for value, g := range groups {
				near(t, "posterior of "+value, numberAt(t, slice, "shares."+value), g.n*normal(y, g.mean, g.variance())/all, 1e-6)
			}
		}
		p := pairOf(d.numeric["y"], d.numeric["x"], d.weights)
		slope := p.ab / p.bb
		line, _ := at(ask(t, d.s, "conditional_density", args{"attribute": "y", "given": "x", "points": points}), "slices").([]any)
		for _, slice := range line {
			near(t, "mean on the line", numberAt(t, slice, "mean"), p.meanA+slope*(numberAt(t, slice, "at")-p.meanB), 1)
			near(t, "deviation from the line", numberAt(t, slice, "stddev"), math.Sqrt((p.aa-slope*p.ab)/(p.n-2)), 1)
		}
	})
}

// TestFarPosteriors: far from all groups the posterior is still one, of the
// widest group, where the densities themselves are below the smallest number.
func TestFarPosteriors(t *testing.T) {
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}}, Categorical: []stats.CategoricalColumn{{Name: "k", Values: []string{"narrow", "wide"}}}}
	rows := &stats.Rows{N: 7, Numeric: 1, Categorical: 1, Values: []float64{-1e-3, 0, 1e-3, -1, 0, 1, 1000}, Codes: []int32{1, 1, 1, 2, 2, 2, -1}}
	answer := ask(t, learned(t, layout, rows), "conditional_density", args{"attribute": "k", "given": "x", "points": 2})
	near(t, "posterior of the wide group at 1000", numberAt(t, answer, "slices.1.shares.wide"), 1, 0)
	near(t, "posterior of the narrow group at 1000", numberAt(t, answer, "slices.1.shares.narrow"), 0, 1e-200)
}

// TestDensityHoldsAllValues draws more different values than a histogram has bins,
// with a few far out: between the least and the greatest value nothing is outside,
// and the outermost cells hold at least the outermost value.
func TestDensityHoldsAllValues(t *testing.T) {
	r := rand.New(rand.NewPCG(53, 4))
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}}}
	for range 40 {
		n, far := 2000+r.IntN(3000), math.Pow(10, 1+4*r.Float64())
		rows := &stats.Rows{N: n, Numeric: 1}
		for i := range n {
			x := 50 + 5*r.NormFloat64()
			if i < 2 {
				x = far * 50
			}
			rows.Values = append(rows.Values, x)
		}
		bins := 1 + r.IntN(30)
		answer := ask(t, learned(t, layout, rows), "density", args{"attribute": "x", "bins": bins})
		sum := 0.0
		for i := range bins {
			sum += numberAt(t, answer, fmt.Sprint("histogram.", i))
		}
		near(t, "weight inside", sum, float64(n), 1e-12)
		near(t, "below", numberAt(t, answer, "below"), 0, 0)
		near(t, "above", numberAt(t, answer, "above"), 0, 0)
		if last := numberAt(t, answer, fmt.Sprint("histogram.", bins-1)); last < 2-1e-9 {
			t.Errorf("the last of %d cells up to %v holds %v of the two greatest values", bins, far*50, last)
		}
	}
}
