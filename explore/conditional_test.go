package explore_test

import (
	"math"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
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
			r, err := explore.Bivariate(s, "x", c.by)
			if err != nil {
				t.Fatal(err)
			}
			got := r.Conditional[c.value]
			if float64(got.Min) != c.min || float64(got.Max) != c.max {
				t.Errorf("%s=%s lies from %v to %v, want %v to %v", c.by, c.value, got.Min, got.Max, c.min, c.max)
			}
			switch median := float64(got.Median); {
			case bins == 0 && !math.IsNaN(median):
				t.Errorf("a median of %v from no histogram", median)
			case bins > 0 && c.value != "b" && median != c.median:
				t.Errorf("%s=%s has median %v, want %v", c.by, c.value, median, c.median)
			case bins > 0 && c.value == "b" && math.Abs(median) > 5: // half of the values are -5, half 5
				t.Errorf("%s=%s has median %v, want -5 to 5", c.by, c.value, median)
			}
		}
		r, err := explore.Bivariate(s, "flag", "kind")
		if err != nil {
			t.Fatal(err)
		}
		if a := r.Conditional["a"]; a.Min != 0 || a.Max != 1 || a.Median != 0 {
			t.Errorf("flag given a: %+v", a)
		}
	}
}

// TestConditionalDensityOfShape: with histograms the density given a value shows
// two heaps, and adds up to 1.
func TestConditionalDensityOfShape(t *testing.T) {
	r, err := explore.ConditionalDensity(given(t, 64), "x", "kind", 12)
	if err != nil {
		t.Fatal(err)
	}
	if r.Method != "histogram" || len(r.Slices) != 2 {
		t.Fatalf("method %s with %d values", r.Method, len(r.Slices))
	}
	b := r.Slices[1]
	width, sum := float64(b.X[1]-b.X[0]), 0.0
	for k, d := range b.Density {
		w := width
		if k == 0 || k == len(b.Density)-1 {
			w /= 2
		}
		sum += w * float64(d)
	}
	if math.Abs(sum-1) > 1e-12 || !(b.Density[0] > 0) || b.Density[5] != 0 {
		t.Errorf("densities of b add up to %v: %v", sum, b.Density)
	}
	if plain, err := explore.ConditionalDensity(given(t, 0), "x", "kind", 12); err != nil || plain.Method != "normal" {
		t.Errorf("without histograms the method is %v (%v)", plain.Method, err)
	}
}
