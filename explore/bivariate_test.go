package explore_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// pairSums are sums over the rows that have both numbers.
type pairSums struct {
	n, meanA, meanB, aa, bb, ab float64
}

func pairOf(a, b, w []float64) pairSums {
	both := func(x, y []float64) []float64 {
		out := make([]float64, len(x))
		for i := range x {
			out[i] = x[i] + 0*y[i] // NaN where y is
		}
		return out
	}
	a, b = both(a, b), both(b, a)
	var p pairSums
	p.n, p.meanA, p.aa = sums(a, w)
	_, p.meanB, p.bb = sums(b, w)
	for i := range a {
		if !math.IsNaN(a[i]) {
			p.ab += w[i] * (a[i] - p.meanA) * (b[i] - p.meanB)
		}
	}
	return p
}

func (p pairSums) correlation() float64 {
	return over(p.ab, math.Sqrt(p.aa)*math.Sqrt(p.bb))
}

// TestDrawnPairs compares covariance, correlation, its p-value and its interval,
// and the matrices of these, with the rows.
func TestDrawnPairs(t *testing.T) {
	draws(t, 11, smallSizes(), func(t *testing.T, d *drawn, _ *rand.Rand) {
		names := []string{"x", "y", "z", "constant", "flag", "flag2"}
		correlations, covariances := ask(t, d.s, "correlation_matrix", nil), ask(t, d.s, "covariance_matrix", args{"attributes": names})
		for i, a := range names {
			for j, b := range names {
				p := pairOf(d.numeric[a], d.numeric[b], d.weights)
				r, covariance := p.correlation(), over(p.ab, p.n-1)
				if !(p.n > 1) {
					covariance = math.NaN()
				}
				answer, label := ask(t, d.s, "bivariate", args{"a": a, "b": b}), a+" and "+b+" "
				near(t, label+"count", numberAt(t, answer, "count"), p.n, 0)
				near(t, label+"mean_a", numberAt(t, answer, "mean_a"), p.meanA, 1)
				near(t, label+"mean_b", numberAt(t, answer, "mean_b"), p.meanB, 1)
				near(t, label+"covariance", numberAt(t, answer, "covariance"), covariance, 1)
				near(t, label+"correlation", numberAt(t, answer, "correlation"), r, 1)
				near(t, label+"correlation", numberAt(t, ask(t, d.s, "correlation", args{"a": a, "b": b}), ""), r, 1)
				path := func(what string) string { return what + "." + string(rune('0'+i)) + "." + string(rune('0'+j)) }
				near(t, label+"cell", numberAt(t, correlations, path("values")), r, 1)
				near(t, label+"cell", numberAt(t, covariances, path("values")), covariance, 1)
				near(t, label+"rows", numberAt(t, correlations, path("counts")), p.n, 0)
				pValue, low, high := math.NaN(), math.NaN(), math.NaN()
				if p.n > 2 && math.Abs(r) < 1-1e-9 {
					pValue = 2 * special.Student(math.Abs(r)*math.Sqrt((p.n-2)/(1-r*r)), p.n-2).Upper
				} else if p.n > 2 && !math.IsNaN(r) {
					pValue = 0
				}
				if half := 1.959963984540054 / math.Sqrt(p.n-3); p.n > 3 && !math.IsNaN(r) {
					low, high = math.Tanh(math.Atanh(min(max(r, -1), 1))-half), math.Tanh(math.Atanh(min(max(r, -1), 1))+half)
				}
				near(t, label+"p", numberAt(t, answer, "correlation_p"), pValue, 1e-6)
				near(t, label+"low", numberAt(t, answer, "correlation_low"), low, 1)
				near(t, label+"high", numberAt(t, answer, "correlation_high"), high, 1)
			}
		}
	})
}

// TestDrawnConditionals compares moments, extremes and intervals of a number by
// the values of a category or a binary attribute with the rows that have it.
func TestDrawnConditionals(t *testing.T) {
	draws(t, 12, smallSizes(), func(t *testing.T, d *drawn, _ *rand.Rand) {
		for _, by := range []string{"k", "k2", "flag", "flag2"} {
			for name, x := range d.numeric {
				if name == by || by == "flag2" && name == "flag" { // of two binaries the second groups
					continue
				}
				answer, total := ask(t, d.s, "bivariate", args{"a": name, "b": by}), 0.0
				found, _ := at(answer, "conditional").(map[string]any)
				for _, value := range []string{"a", "b", "c", "<b>", "d", "0", "1"} {
					part := where(x, d.texts[by], value)
					n, mean, m2 := sums(part, d.weights)
					got, present := found[value]
					if present != (n > 0) {
						t.Errorf("%s given %s=%s: present is %v for a weight of %v", name, by, value, present, n)
					}
					if total += n; n == 0 || !present {
						continue
					}
					variance := over(m2, n-1)
					half := math.Sqrt(variance/n) * special.StudentQuantile(0.025, n-1)
					label := name + " given " + by + "=" + value + " "
					for path, want := range map[string]float64{
						"count": n, "mean": mean, "variance": variance, "stddev": math.Sqrt(variance), "sum": mean * n, "ci95": half, "ci95_low": mean - half, "ci95_high": mean + half,
						"min": quantile(part, ones(part), 0), "max": quantile(part, ones(part), 1),
					} {
						near(t, label+path, numberAt(t, got, path), want, 1e-3)
					}
				}
				near(t, name+" count", numberAt(t, answer, "count"), total, 0)
			}
		}
	})
}

func ones(x []float64) []float64 {
	out := make([]float64, len(x))
	for i := range out {
		out[i] = 1
	}
	return out
}

// crosstab counts the rows by the values of two attributes.
func (d *drawn) crosstab(a, b string) map[string]map[string]float64 {
	out := map[string]map[string]float64{}
	for i, value := range d.texts[a] {
		other := d.texts[b][i]
		if value == missingText || other == missingText {
			continue
		}
		if out[value] == nil {
			out[value] = map[string]float64{}
		}
		out[value][other] += d.weights[i]
	}
	return out
}

// TestDrawnCounts compares the table of each pair of categories or binaries, an
// attribute with itself too, with the rows.
func TestDrawnCounts(t *testing.T) {
	draws(t, 13, smallSizes(), func(t *testing.T, d *drawn, _ *rand.Rand) {
		for _, a := range []string{"k", "k2", "flag", "flag2"} {
			for _, b := range []string{"k", "k2", "flag", "flag2"} {
				answer := ask(t, d.s, "bivariate", args{"a": a, "b": b})
				got, _ := at(answer, "counts").(map[string]any)
				want, cells := d.crosstab(a, b), 0
				for value, row := range want {
					for other, n := range row {
						near(t, a+"="+value+" and "+b+"="+other, numberAt(t, got[value], other), n, 0)
						cells++
					}
				}
				for _, row := range got {
					cells -= len(row.(map[string]any))
				}
				if cells != 0 {
					t.Errorf("%s and %s have %d cells more or fewer than the rows: %v, want %v", a, b, cells, got, want)
				}
			}
		}
	})
}

// TestCorrelationOfAnyMagnitude: a correlation, its p-value and Welch's test do
// not depend on the unit of the numbers, from the smallest whose squares are
// numbers to the largest that is taken.
func TestCorrelationOfAnyMagnitude(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 1))
	var a, b []float64
	for range 30 {
		a = append(a, r.NormFloat64())
		b = append(b, a[len(a)-1]/3+r.NormFloat64())
	}
	var first [2]any
	for k, unit := range []float64{1, 0x1p-400, 0x1p-200, 0x1p200} {
		layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "a"}, {Name: "b"}}}
		rows := &stats.Rows{N: len(a), Numeric: 2}
		for i := range a {
			rows.Values = append(rows.Values, unit*a[i], unit*b[i])
		}
		s := learned(t, layout, rows)
		pair, welch := ask(t, s, "bivariate", args{"a": "a", "b": "b"}), ask(t, s, "ttest", args{"attribute": "a", "versus": "b"})
		if k == 0 {
			first = [2]any{pair, welch}
		}
		for _, path := range []string{"correlation", "correlation_p", "correlation_low"} {
			near(t, path, numberAt(t, pair, path), numberAt(t, first[0], path), 0)
		}
		for _, path := range []string{"t", "df", "p", "pooled.t", "pooled.p"} {
			near(t, path, numberAt(t, welch, path), numberAt(t, first[1], path), 0)
		}
	}
}

// TestTablesOfAnyWeight: counts of binary attributes do not depend on the unit
// of the weights, as those of decayed rows are far below 1.
func TestTablesOfAnyWeight(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 2))
	d := draw(t, 60, "plain", r)
	for _, unit := range []float64{1, 0x1p-60, 0x1p-20, 0x1p60} {
		rows := *d.rows
		rows.Weights = nil
		for range rows.N {
			rows.Weights = append(rows.Weights, unit)
		}
		s := learned(t, d.layout, &rows)
		for _, pair := range [][2]string{{"flag", "flag2"}, {"flag", "k"}, {"k", "flag2"}} {
			answer, want := ask(t, s, "chi2", args{"a": pair[0], "b": pair[1]}), ask(t, d.s, "chi2", args{"a": pair[0], "b": pair[1]})
			near(t, pair[0]+" and "+pair[1], numberAt(t, answer, "chi_square"), unit*numberAt(t, want, "chi_square"), 0)
			near(t, "Cramer's V", numberAt(t, answer, "cramers_v"), numberAt(t, want, "cramers_v"), 0)
		}
	}
}
