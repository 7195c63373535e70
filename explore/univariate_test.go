package explore_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// smallSizes are numbers of rows around those at which answers begin to exist,
// and one at which all do.
func smallSizes() []int { return []int{0, 1, 2, 3, 5, 80} }

// TestDrawnUnivariate compares every number of an attribute with the rows.
func TestDrawnUnivariate(t *testing.T) {
	draws(t, 1, smallSizes(), func(t *testing.T, d *drawn, _ *rand.Rand) {
		total := 0.0
		for _, w := range d.weights {
			total += w
		}
		for name, x := range d.numeric {
			answer := ask(t, d.s, "univariate", args{"attribute": name})
			n, mean, m2 := sums(x, d.weights)
			m3, m4 := 0.0, 0.0
			least, most := math.NaN(), math.NaN()
			for i, v := range x {
				if math.IsNaN(v) {
					continue
				}
				e := v - mean
				m3, m4 = m3+d.weights[i]*e*e*e, m4+d.weights[i]*e*e*e*e
				if !(least <= v) {
					least = v
				}
				if !(most >= v) {
					most = v
				}
			}
			sd := math.Sqrt(over(m2, n-1))
			if n <= 1 {
				sd = math.NaN()
			}
			for _, c := range []struct {
				path        string
				want, scale float64
			}{
				{path: "count", want: n}, {path: "missing", want: total - n, scale: total},
				{path: "mean", want: mean, scale: 1}, {path: "variance", want: sd * sd, scale: 1e-9}, {path: "stddev", want: sd, scale: 1e-9},
				{path: "stderr", want: sd / math.Sqrt(n), scale: 1e-9}, {path: "min", want: least}, {path: "max", want: most},
				{path: "skewness", want: over(m3/n, math.Pow(m2/n, 1.5)), scale: 1}, {path: "kurtosis", want: over(m4/n, m2/n*m2/n) - 3, scale: 3},
				{path: "median", want: quantile(x, d.weights, 0.5)}, {path: "ci95", want: sd / math.Sqrt(n) * special.StudentQuantile(0.025, n-1), scale: 1e-9},
			} {
				near(t, name+" "+c.path, numberAt(t, answer, c.path), c.want, c.scale)
			}
		}
	})
}

// quantile is that of numbers with weights: R's type 7 of the repeated numbers
// when weights are integers, else the least number that has a share of q.
func quantile(x, w []float64, q float64) float64 {
	type weighted struct{ v, w float64 }
	var all []weighted
	total, whole := 0.0, true
	for i, v := range x {
		if !math.IsNaN(v) {
			all = append(all, weighted{v, w[i]})
			total += w[i]
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].v < all[j].v })
	// Weights count together by value.
	for i := 0; i < len(all); i++ {
		for i+1 < len(all) && all[i].v == all[i+1].v {
			all[i].w += all[i+1].w
			all = slices.Delete(all, i+1, i+2)
		}
		whole = whole && all[i].w == math.Trunc(all[i].w)
	}
	if len(all) == 0 {
		return math.NaN()
	}
	at := func(weight float64) float64 {
		sum := 0.0
		for _, a := range all {
			if sum += a.w; weight <= sum {
				return a.v
			}
		}
		return all[len(all)-1].v
	}
	if !whole {
		return at(q * total)
	}
	rank := q * (total - 1)
	below := math.Floor(rank)
	return at(below+0.5) + (rank-below)*(at(min(below+1.5, total))-at(below+0.5))
}

// TestDrawnQuantiles compares quantiles and shares at drawn points.
func TestDrawnQuantiles(t *testing.T) {
	draws(t, 2, smallSizes(), func(t *testing.T, d *drawn, r *rand.Rand) {
		for name, x := range d.numeric {
			for range 10 {
				q := float64(r.IntN(65)) / 64
				near(t, name+" quantile", numberAt(t, ask(t, d.s, "quantile", args{"attribute": name, "q": q}), ""), quantile(x, d.weights, q), 1e-6)
				at := math.Round(4*r.NormFloat64()) / 4
				if n, mean, _ := sums(x, d.weights); n > 0 {
					at += math.Round(mean)
				}
				share, n := 0.0, 0.0
				for i, v := range x {
					if v <= at {
						share += d.weights[i]
					}
					if !math.IsNaN(v) {
						n += d.weights[i]
					}
				}
				near(t, name+" cdf", numberAt(t, ask(t, d.s, "cdf", args{"attribute": name, "x": at}), ""), over(share, n), 0)
			}
		}
	})
}

// TestDrawnCategories compares counts of categories, and their order as heavy
// hitters.
func TestDrawnCategories(t *testing.T) {
	draws(t, 3, smallSizes(), func(t *testing.T, d *drawn, _ *rand.Rand) {
		for _, name := range []string{"k", "k2"} {
			counts, present, missing := map[string]float64{}, 0.0, 0.0
			for i, value := range d.texts[name] {
				if value == missingText {
					missing += d.weights[i]
					continue
				}
				counts[value] += d.weights[i]
				present += d.weights[i]
			}
			answer := ask(t, d.s, "univariate", args{"attribute": name})
			near(t, "count", numberAt(t, answer, "count"), present, 0)
			near(t, "missing", numberAt(t, answer, "missing"), missing, 1)
			near(t, "distinct", numberAt(t, answer, "distinct"), float64(len(counts)), 0)
			for value, n := range counts {
				near(t, name+"="+value, numberAt(t, answer, "values."+value), n, 0)
			}
			top := ask(t, d.s, "heavy_hitters", args{"attribute": name, "limit": 2})
			values, _ := at(top, "values").([]any)
			if len(values) != min(2, len(counts)) {
				t.Errorf("%d heavy hitters of %d values, want %d", len(values), len(counts), min(2, len(counts)))
			}
			last := math.Inf(1)
			for _, v := range values {
				n := numberAt(t, v, "count")
				near(t, "heavy hitter", n, counts[at(v, "value").(string)], 0)
				if n > last {
					t.Errorf("heavy hitters do not fall: %v", values)
				}
				last = n
			}
			near(t, "heavy hitters' count", numberAt(t, top, "count"), present, 0)
		}
	})
}

// overflowing has a dictionary of one value; the others became "other".
func overflowing(t *testing.T) *stats.Summary {
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}, {Name: "flag", Binary: true}}, Categorical: []stats.CategoricalColumn{{Name: "k", Values: []string{"a"}}}}
	rows := &stats.Rows{N: 6, Numeric: 2, Categorical: 1, Values: []float64{1, 0, 2, 1, 3, 0, 4, 1, 5, 0, 9, 1}, Codes: []int32{1, 1, 0, 0, 0, 0}}
	for i, value := range []string{"p", "q", "p", "p"} {
		rows.Overflow = append(rows.Overflow, stats.Overflow{Row: i + 2, Value: value})
	}
	return learned(t, layout, rows)
}

// TestOverflow: values for which a dictionary has no room are one value, of
// which the heaviest are still told.
func TestOverflow(t *testing.T) {
	s := overflowing(t)
	u := ask(t, s, "univariate", args{"attribute": "k"})
	for path, want := range map[string]float64{"count": 6, "values.a": 2, "other": 4, "distinct": 3, "other_top.0.count": 3, "other_top.1.count": 1} {
		near(t, path, numberAt(t, u, path), want, 0)
	}
	if first := at(u, "other_top.0.value"); first != "p" {
		t.Errorf("the heaviest other value is %v, want p", first)
	}
	top := ask(t, s, "heavy_hitters", args{"attribute": "k"})
	if values, _ := at(top, "values").([]any); len(values) != 3 || at(values[0], "value") != "p" || at(values[1], "value") != "a" {
		t.Errorf("heavy hitters are %v, want p, a, q", at(top, "values"))
	}
	b := ask(t, s, "bivariate", args{"a": "x", "b": "k"})
	for path, want := range map[string]float64{"count": 6, "conditional.a.mean": 1.5, "conditional.(other).mean": 5.25, "conditional.(other).max": 9} {
		near(t, path, numberAt(t, b, path), want, 0)
	}
	c := ask(t, s, "bivariate", args{"a": "flag", "b": "k"})
	for path, want := range map[string]float64{"counts.1.(other)": 2, "counts.0.a": 1} {
		near(t, path, numberAt(t, c, path), want, 0)
	}
	a := ask(t, s, "anova", args{"attribute": "x", "by": "k"})
	if got := at(a, "groups.1.name"); got != "k=(other)" {
		t.Errorf("the second group is %v, want the other values", got)
	}
}
