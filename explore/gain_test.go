package explore_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// bits is the entropy of weights.
func bits(weights map[string]float64) float64 {
	total, h := 0.0, 0.0
	for _, w := range weights {
		total += w
	}
	for _, w := range weights {
		if w > 0 {
			h -= w / total * math.Log2(w/total)
		}
	}
	return h
}

// TestDrawnGains compares the gain between categories and binaries with the
// entropies of the rows: I = H(a) + H(b) - H(a, b).
func TestDrawnGains(t *testing.T) {
	draws(t, 41, smallSizes(), func(t *testing.T, d *drawn, _ *rand.Rand) {
		for _, a := range []string{"k", "k2", "flag", "flag2"} {
			for _, b := range []string{"k", "k2", "flag", "flag2"} {
				ofA, ofB, joint, n := map[string]float64{}, map[string]float64{}, map[string]float64{}, 0.0
				for value, row := range d.crosstab(a, b) {
					for other, w := range row {
						ofA[value] += w
						ofB[other] += w
						joint[value+" "+other] += w
						n += w
					}
				}
				gain := bits(ofA) + bits(ofB) - bits(joint)
				h, conditional, ratio := bits(ofB), bits(ofB)-gain, over(gain, bits(ofA))
				if n == 0 {
					gain, h, conditional, ratio = math.NaN(), math.NaN(), math.NaN(), math.NaN()
				}
				answer := ask(t, d.s, "gain", args{"attribute": a, "target": b})
				for path, want := range map[string]float64{"count": n, "gain": gain, "entropy": h, "conditional_entropy": conditional, "gain_ratio": ratio} {
					near(t, a+" about "+b+" "+path, numberAt(t, answer, path), want, 1)
				}
				if method := at(answer, "method"); method != "counts" {
					t.Errorf("the method is %v, want counts", method)
				}
			}
		}
	})
}

// mixture is the mutual information of a group and a number that is normal in
// it, by Simpson's rule over intervals of 1/50 of the standard deviation of the
// group that is narrowest there.
func mixture(weights, means, deviations []float64) float64 {
	total := 0.0
	for _, w := range weights {
		total += w
	}
	density := func(k int, x float64) float64 {
		z := (x - means[k]) / deviations[k]
		return weights[k] / total / deviations[k] / math.Sqrt(2*math.Pi) * math.Exp(-z*z/2)
	}
	information := func(x float64) float64 {
		all, sum := 0.0, 0.0
		for k := range weights {
			all += density(k, x)
		}
		for k, w := range weights {
			if p := density(k, x); p > 0 {
				sum += p * math.Log2(p/all/(w/total))
			}
		}
		return sum
	}
	least, most := math.Inf(1), math.Inf(-1)
	for k, m := range means {
		least, most = min(least, m-9*deviations[k]), max(most, m+9*deviations[k])
	}
	out := 0.0
	for x := least; x < most; {
		step := math.Inf(1)
		for k, m := range means {
			step = min(step, max(deviations[k]/50, (math.Abs(x-m)-12*deviations[k])/2))
		}
		out += step / 6 * (information(x) + 4*information(x+step/2) + information(x+step))
		x += step
	}
	return out
}

// TestMixtureGain compares the gain of a number about a category, normal in each
// value of it, with an integral of its own. The widths of the groups go from
// equal to a hundred thousand times.
func TestMixtureGain(t *testing.T) {
	for _, c := range []struct {
		name        string
		wide, apart float64
	}{
		{name: "equal", wide: 1, apart: 1},
		{name: "equal, far apart", wide: 1, apart: 15},
		{name: "ten times as wide", wide: 10, apart: 3},
		{name: "hundred times as wide", wide: 100, apart: 30},
		{name: "thousand times as wide", wide: 1000, apart: 300},
		{name: "hundred thousand times as wide", wide: 1e5, apart: 0.1},
		{name: "the same middle", wide: 300, apart: 0},
	} {
		layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}}, Categorical: []stats.CategoricalColumn{{Name: "k", Values: []string{"a", "b", "c"}}}}
		rows := &stats.Rows{N: 15, Numeric: 1, Categorical: 1}
		var weights, means, deviations []float64
		for code, g := range []struct{ mean, deviation float64 }{{0, 1}, {c.apart, c.wide}, {-c.apart, 2}} {
			n := 3 + 2*code
			for i := range n {
				rows.Values = append(rows.Values, g.mean+g.deviation*float64(2*i-n+1))
				rows.Codes = append(rows.Codes, int32(code+1))
			}
			_, mean, m2 := sums(rows.Values[len(rows.Values)-n:], ones(make([]float64, n)))
			weights, means, deviations = append(weights, float64(n)), append(means, mean), append(deviations, math.Sqrt(m2/float64(n-1)))
		}
		s := learned(t, layout, rows)
		want := mixture(weights, means, deviations)
		for _, arguments := range []args{{"attribute": "x", "target": "k"}, {"attribute": "k", "target": "x"}} {
			if got := numberAt(t, ask(t, s, "gain", arguments), "gain"); math.Abs(got-want) > 1e-8 {
				t.Errorf("%s: the gain is %.12g, want %.12g", c.name, got, want)
			}
		}
	}
}

// TestGainEdges: what cannot be told is null, and lists are refused.
func TestGainEdges(t *testing.T) {
	layout := &stats.Layout{
		Numeric:     []stats.NumericColumn{{Name: "x"}, {Name: "y"}, {Name: "same"}, {Name: "constant"}},
		Categorical: []stats.CategoricalColumn{{Name: "k", Values: []string{"a", "b"}}, {Name: "alone", Values: []string{"p", "q"}}},
	}
	rows := &stats.Rows{N: 6, Numeric: 4, Categorical: 2}
	for i := range rows.N {
		x := float64(i * i % 5)
		rows.Values = append(rows.Values, x, float64(i), 3*x-1, 8)
		rows.Codes = append(rows.Codes, int32(1+i%2), int32(1+i/5))
	}
	s := learned(t, layout, rows)
	for _, c := range []struct {
		name, attribute, target string
		want                    float64
	}{
		{name: "of a linear function no number is enough", attribute: "x", target: "same", want: math.NaN()},
		{name: "a constant has no correlation", attribute: "constant", target: "x", want: math.NaN()},
		{name: "a constant has no density", attribute: "constant", target: "k", want: math.NaN()},
		{name: "a group of one row has no variance", attribute: "x", target: "alone", want: math.NaN()},
		{name: "a category about itself is its entropy", attribute: "k", target: "k", want: 1},
	} {
		near(t, c.name, numberAt(t, ask(t, s, "gain", args{"attribute": c.attribute, "target": c.target}), "gain"), c.want, 0)
	}
	r := numberAt(t, ask(t, s, "correlation", args{"a": "x", "b": "y"}), "")
	near(t, "of two numbers", numberAt(t, ask(t, s, "gain", args{"attribute": "x", "target": "y"}), "gain"), -math.Log2(1-r*r)/2, 0)

	ranked, _ := ask(t, s, "gains", args{"target": "k"}).([]any)
	if len(ranked) != 5 {
		t.Fatalf("%d attributes are ranked, want the other five", len(ranked))
	}
	last := math.Inf(1)
	for i, g := range ranked {
		gain := numberAt(t, g, "gain")
		if gain > last || math.IsNaN(last) && !math.IsNaN(gain) {
			t.Errorf("attribute %d of the ranking has gain %v after %v", i, gain, last)
		}
		last = gain
	}
	if chosen, _ := ask(t, s, "gains", args{"target": "k", "attributes": "y,x"}).([]any); len(chosen) != 2 {
		t.Errorf("%d attributes are ranked, want the two named", len(chosen))
	}
	if fmt.Sprint(at(ranked[len(ranked)-1], "gain")) != "<nil>" {
		t.Errorf("the ranking ends with %v, want what cannot be told", ranked[len(ranked)-1])
	}
}
