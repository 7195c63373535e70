package explore_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// given is 600 rows of a number, a category and a binary attribute; the numbers
// of category b lie at -5 and 5.
func given(t *testing.T, bins int) *stats.Summary {
	t.Helper()
	s, err := stats.NewSummary(stats.SummaryOptions{ConditionalBins: bins})
	if err != nil {
		t.Fatal(err)
	}
	layout := &stats.Layout{
		Numeric:     []stats.NumericColumn{{Name: "x"}, {Name: "flag", Binary: true}},
		Categorical: []stats.CategoricalColumn{{Name: "kind", Values: []string{"a", "b"}}},
	}
	rows := &stats.Rows{N: 600, Numeric: 2, Categorical: 1}
	for i := range rows.N {
		x, code := float64(i%7), int32(1)
		if i%3 == 0 {
			x, code = 10*float64(i%2)-5, 2
		}
		rows.Values = append(rows.Values, x, float64(i%5/4))
		rows.Codes = append(rows.Codes, code)
	}
	if err := s.Learn(layout, rows); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestConditionalExtremes: minimum, maximum and, with histograms, the median of
// a number by the values of a category and of a binary attribute.
func TestConditionalExtremes(t *testing.T) {
	for _, bins := range []int{0, 64} {
		s := given(t, bins)
		for _, c := range []struct {
			by, value        string
			min, max, median float64
		}{
			{"kind", "a", 0, 6, 3},
			{"kind", "b", -5, 5, 0},
			{"flag", "0", -5, 6, 3},
		} {
			got := at(ask(t, s, "bivariate", args{"a": "x", "b": c.by}), "conditional."+c.value)
			if low, high := numberAt(t, got, "min"), numberAt(t, got, "max"); low != c.min || high != c.max {
				t.Errorf("%s=%s lies from %v to %v, want %v to %v", c.by, c.value, low, high, c.min, c.max)
			}
			switch median := numberAt(t, got, "median"); {
			case bins == 0 && !math.IsNaN(median):
				t.Errorf("a median of %v from no histogram", median)
			case bins > 0 && c.value != "b" && median != c.median:
				t.Errorf("%s=%s has median %v, want %v", c.by, c.value, median, c.median)
			case bins > 0 && c.value == "b" && math.Abs(median) > 5: // half of the values are -5, half 5
				t.Errorf("%s=%s has median %v, want -5 to 5", c.by, c.value, median)
			}
		}
		a := at(ask(t, s, "bivariate", args{"a": "flag", "b": "kind"}), "conditional.a")
		for path, want := range map[string]float64{"min": 0, "max": 1, "median": 0} {
			near(t, "flag given a "+path, numberAt(t, a, path), want, 0)
		}
	}
}

// TestConditionalDensityOfShape: with histograms the density given a value shows
// two heaps, and adds up to 1.
func TestConditionalDensityOfShape(t *testing.T) {
	r := ask(t, given(t, 64), "conditional_density", args{"attribute": "x", "given": "kind", "points": 12})
	if method := at(r, "method"); method != "histogram" || at(r, "slices.2") != nil {
		t.Fatalf("method %s for the values %v", method, at(r, "slices"))
	}
	b := at(r, "slices.1")
	width, sum := numberAt(t, b, "x.1")-numberAt(t, b, "x.0"), 0.0
	for k := range 12 {
		w := width
		if k == 0 || k == 11 {
			w /= 2
		}
		sum += w * numberAt(t, b, fmt.Sprint("density.", k))
	}
	if math.Abs(sum-1) > 1e-12 || !(numberAt(t, b, "density.0") > 0) || numberAt(t, b, "density.5") != 0 {
		t.Errorf("densities of b add up to %v: %v", sum, at(b, "density"))
	}
	plain := ask(t, given(t, 0), "conditional_density", args{"attribute": "x", "given": "kind", "points": 12})
	if method := at(plain, "method"); method != "normal" {
		t.Errorf("without histograms the method is %v", method)
	}
}
