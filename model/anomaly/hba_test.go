package anomaly_test

import (
	"context"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// exactly is the tolerance of a logarithm of a ratio of counts.
const exactly = 1e-12

func built(t testing.TB, s *stats.Summary, options map[string]any, inputs ...string) model.Model {
	t.Helper()
	m, err := catalogue.All().Build(context.Background(), model.Definition{Name: "m", Type: "hba", Inputs: inputs, Options: options}, &model.Evidence{Summary: s})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func scoreOf(m model.Model, values []float64, codes []int32) float64 {
	var r model.Result
	m.Predict(values, codes, &r)
	return r.Score
}

// TestHBABins has expected values worked out by hand: ln((f+k)/(w+k)) for the
// fullest bin f, the value's bin w and the smoothing k in rows.
func TestHBABins(t *testing.T) {
	// static, 4 bins of width 1 with 4, 2, 0 and 2 rows; the mean bin has 2
	values := []float64{0, 0.5, 0.5, 0.5, 1.5, 1.5, 3.5, 4}
	static := map[string]any{"bins": "static", "count": 4, "smoothing": 0.5}
	// dynamic, edges 0, 1, 10: 4 rows over 1 and 4 over 9, in the mean width 5
	uneven := []float64{0, 0.4, 0.6, 1, 2, 3, 4, 10}
	dynamic := map[string]any{"bins": "dynamic", "count": 2, "smoothing": 0.5}
	for _, c := range []struct {
		name    string
		values  []float64
		options map[string]any
		x, want float64
	}{
		{name: "fullest", values: values, options: static, x: 0.7, want: 0},
		{name: "half as full", values: values, options: static, x: 1.2, want: math.Log(5. / 3)},
		{name: "empty", values: values, options: static, x: 2.5, want: math.Log(5)},
		{name: "minimum", values: values, options: static, x: 0, want: 0},
		{name: "maximum", values: values, options: static, x: 4, want: math.Log(5. / 3)},
		{name: "edge goes down", values: values, options: static, x: 3, want: math.Log(5)},
		{name: "below all", values: values, options: static, x: -1e300, want: math.Log(5)},
		{name: "above all", values: values, options: static, x: 4.001, want: math.Log(5)},
		{name: "infinite", values: values, options: static, x: math.Inf(1), want: math.Log(5)},
		{name: "missing", values: values, options: static, x: math.NaN(), want: 0},
		// 3 rows below 1, 5 from 1 on: 3*5/1 = 15 and 5*5/9 in the mean width; smoothing 2
		{name: "dynamic dense", values: uneven, options: dynamic, x: 0.9, want: 0},
		{name: "dynamic thin", values: uneven, options: dynamic, x: 9, want: math.Log((15. + 2) / (25./9 + 2))},
		{name: "dynamic edge goes up", values: uneven, options: dynamic, x: 1, want: math.Log((15. + 2) / (25./9 + 2))},
		{name: "dynamic outside", values: uneven, options: dynamic, x: 11, want: math.Log((15. + 2) / 2)},
		// one value: 10 bins of which one has all 3 rows; smoothing 0.1*3/10
		{name: "constant, seen", values: []float64{7, 7, 7}, options: map[string]any{"bins": "static"}, x: 7, want: 0},
		{name: "constant, other", values: []float64{7, 7, 7}, options: map[string]any{"bins": "static"}, x: 8, want: math.Log(3.03 / 0.03)},
		{name: "constant, dynamic", values: []float64{7, 7, 7}, options: map[string]any{"bins": "dynamic"}, x: 8, want: math.Log(3.03 / 0.03)},
		{name: "constant, auto", values: []float64{7, 7, 7}, x: 8, want: math.Log(7)},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := built(t, modeltest.NumericSummary(t, 1, c.values), c.options)
			if got := scoreOf(m, []float64{c.x}, nil); !(math.Abs(got-c.want) <= exactly) {
				t.Errorf("score is %v, want %v", got, c.want)
			}
		})
	}
}

// TestHBACounted: categories, and binary columns, are scored by their counts
// with half a row added to each.
func TestHBACounted(t *testing.T) {
	layout := &stats.Layout{
		Numeric:     []stats.NumericColumn{{Name: "flag", Binary: true}},
		Categorical: []stats.CategoricalColumn{{Name: "colour", Values: []string{"red", "blue"}}, {Name: "tags", List: true}},
	}
	rows := &stats.Rows{
		N: 4, Numeric: 1, Values: []float64{0, 0, 0, 1},
		Categorical: 2, Codes: []int32{1, -1, 1, -1, 2, -1, stats.Missing, -1},
	}
	m := built(t, modeltest.SummaryOf(t, layout, rows), nil)
	if got := m.Inputs(); len(got) != 2 || got[0] != "flag" || got[1] != "colour" {
		t.Fatalf("inputs are %q, want flag and colour", got)
	}
	for _, c := range []struct {
		name  string
		flag  float64
		code  int32
		wants [2]float64
	}{
		{name: "usual", flag: 0, code: 1},
		{name: "rare", flag: 1, code: 2, wants: [2]float64{math.Log(3.5 / 1.5), math.Log(2.5 / 1.5)}},
		{name: "other", flag: 0, code: stats.Other, wants: [2]float64{0, math.Log(5)}},
		{name: "code of a later layout", flag: 0, code: 9, wants: [2]float64{0, math.Log(5)}},
		{name: "missing", flag: math.NaN(), code: stats.Missing},
	} {
		t.Run(c.name, func(t *testing.T) {
			var r model.Result
			m.Predict([]float64{c.flag}, []int32{c.code, -1}, &r)
			for i, want := range c.wants {
				if !(math.Abs(r.Contributions[i]-want) <= exactly) {
					t.Errorf("contribution of %s is %v, want %v", m.Inputs()[i], r.Contributions[i], want)
				}
			}
			if r.Score != r.Contributions[0]+r.Contributions[1] {
				t.Errorf("score is %v, contributions %v", r.Score, r.Contributions)
			}
		})
	}
}

// TestHBAFinite: scores of anything are finite and not negative, add up, and
// the model can be built whatever the values are.
func TestHBAFinite(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	normal := make([]float64, 3000)
	for i := range normal {
		normal[i] = r.NormFloat64()
	}
	zeros := append(make([]float64, 3000), normal...)
	for _, c := range []struct {
		name   string
		values []float64
	}{
		{name: "nothing"},
		{name: "one row", values: []float64{3}},
		{name: "neighbouring doubles", values: []float64{1e15, math.Nextafter(1e15, 2e15)}},
		{name: "denormal range", values: []float64{0, 5e-324}},
		{name: "largest range", values: []float64{-stats.MaxMagnitude, stats.MaxMagnitude}},
		{name: "normal", values: normal},
		{name: "normal and zeros", values: zeros},
		{name: "one absurd outlier", values: append([]float64{1e30}, normal...)},
		{name: "offset", values: []float64{1e9, 1e9 + 1, 1e9 + 2, 1e9 + 2, 1e9 + 3}},
	} {
		for _, bins := range []string{"auto", "static", "dynamic"} {
			t.Run(c.name+"/"+bins, func(t *testing.T) {
				m := built(t, modeltest.NumericSummary(t, 1, c.values), map[string]any{"bins": bins})
				probes := []float64{0, math.Copysign(0, -1), 1, -1e300, 1e300, 5e-324, 1e15, 0.3, math.Inf(-1), math.NaN()}
				var result model.Result
				for _, x := range append(probes, c.values...) {
					m.Predict([]float64{x}, nil, &result)
					if !(result.Score >= 0) || math.IsInf(result.Score, 0) {
						t.Fatalf("score of %v is %v, want a finite number from 0", x, result.Score)
					}
					if len(c.values) == 0 && result.Score != 0 {
						t.Fatalf("score of %v is %v before anything was learned, want 0", x, result.Score)
					}
				}
			})
		}
	}
}

// TestHBAScale: the scores depend on the shares only, so decay leaves them.
func TestHBAScale(t *testing.T) {
	values := []float64{1, 2, 2, 3, 3, 3, 8, 9}
	before, after := modeltest.NumericSummary(t, 1, values), modeltest.NumericSummary(t, 1, values)
	if err := after.Scale(1. / 1024); err != nil {
		t.Fatal(err)
	}
	for _, bins := range []string{"static", "dynamic"} {
		options := map[string]any{"bins": bins}
		a, b := built(t, before, options), built(t, after, options)
		for _, x := range []float64{0, 1, 2.5, 5, 9} {
			x := []float64{x}
			if sa, sb := scoreOf(a, x, nil), scoreOf(b, x, nil); !(math.Abs(sa-sb) <= exactly) {
				t.Errorf("%s: score of %v is %v, and %v after scaling", bins, x, sa, sb)
			}
		}
	}
}

// TestHBARows: which columns count, and rows of other layouts.
func TestHBARows(t *testing.T) {
	values := []float64{0, 0, 0, 1, 1, 1, 2, 2, 9}
	s := modeltest.NumericSummary(t, 3, values)
	one := built(t, s, nil, "c")
	if got := one.Inputs(); len(got) != 1 || got[0] != "c" {
		t.Fatalf("inputs are %q, want c", got)
	}
	all := built(t, s, nil)
	row := []float64{0, 0, 5}
	if got, want := scoreOf(all, append(row, 77), []int32{4}), scoreOf(all, row, nil); got != want {
		t.Errorf("score of a row of a later layout is %v, want %v", got, want)
	}
	if got := scoreOf(one, row[:2], nil); got != 0 {
		t.Errorf("score of a row without the column is %v, want 0", got)
	}
	if got := all.MinRows(); got != model.DefaultMinRows {
		t.Errorf("min rows is %v, want %v", got, model.DefaultMinRows)
	}
	_, err := catalogue.All().Build(context.Background(), model.Definition{Name: "m", Type: "hba", Inputs: []string{"x*"}}, &model.Evidence{Summary: s})
	if err == nil {
		t.Error("no error for inputs that match nothing")
	}
}

func TestHBAInputs(t *testing.T) {
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "s1"}, {Name: "s2"}, {Name: "motor/speed"}, {Name: "x[0]"}}}
	s := modeltest.SummaryOf(t, layout, &stats.Rows{N: 1, Numeric: 4, Values: []float64{1, 2, 3, 4}})
	for _, c := range []struct {
		name   string
		inputs []string
		want   int
	}{
		{name: "none given", want: 4},
		{name: "all", inputs: []string{"*"}, want: 4},
		{name: "prefix", inputs: []string{"s*"}, want: 2},
		{name: "class", inputs: []string{"s[13]"}, want: 1},
		{name: "slash", inputs: []string{"motor*"}, want: 1},
		{name: "name that looks like a pattern", inputs: []string{"x[0]"}, want: 1},
		{name: "named twice", inputs: []string{"s1", "s*"}, want: 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := built(t, s, nil, c.inputs...).Inputs(); len(got) != c.want {
				t.Errorf("inputs are %q, want %d", got, c.want)
			}
		})
	}
}

func TestHBAAllocatesNothing(t *testing.T) {
	m := built(t, modeltest.NumericSummary(t, 2, []float64{1, 2, 3, 4}), nil)
	row, r := []float64{1, 2}, model.Result{}
	m.Predict(row, nil, &r)
	if n := testing.AllocsPerRun(100, func() { m.Predict(row, nil, &r) }); n != 0 {
		t.Errorf("%v allocations a row, want 0", n)
	}
}

// TestHBAConcurrent is for the race detector: one model, many goroutines.
func TestHBAConcurrent(t *testing.T) {
	m := built(t, modeltest.NumericSummary(t, 2, []float64{1, 2, 3, 4, 5, 6}), nil)
	row := []float64{1, 6}
	want := scoreOf(m, row, nil)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				if got := scoreOf(m, row, nil); got != want {
					t.Errorf("score is %v, want %v", got, want)
				}
			}
		})
	}
	wg.Wait()
}
