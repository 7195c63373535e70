package explore_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/wrap"
)

// decayed learns the rows with times and returns what they are as of the newest.
func decayed(t *testing.T, halfLife time.Duration, layout *stats.Layout, rows *stats.Rows) *stats.Summary {
	t.Helper()
	a, err := wrap.DecayMaker{Inner: stats.SummaryMaker{}, HalfLife: halfLife}.New()
	if err == nil {
		err = a.Learn(layout, rows)
	}
	if err != nil {
		t.Fatal(err)
	}
	s, err := a.(*wrap.Decay).Collapse()
	if err != nil {
		t.Fatal(err)
	}
	return s.(*stats.Summary)
}

// TestDecayedReference compares with pandas and scipy (tools/reference/decay.py).
func TestDecayedReference(t *testing.T) {
	file, err := os.ReadFile(filepath.Join("testdata", "decay.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name     string  `json:"name"`
		HalfLife int64   `json:"half_life_ms"`
		Times    []int64 `json:"times_ms"`
		X, Y     []float64
		Want     struct {
			Count, Effective, Mean, Variance, Stderr, CI95 float64
			T, P, Covariance, Correlation                  float64
			CorrelationP                                   *float64 `json:"correlation_p"`
		}
	}
	if err := json.Unmarshal(file, &cases); err != nil {
		t.Fatal(err)
	}
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}, {Name: "y"}}}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			rows := &stats.Rows{N: len(c.X), Numeric: 2}
			for i := range c.X {
				rows.Values = append(rows.Values, c.X[i], c.Y[i])
				rows.Times = append(rows.Times, c.Times[i]*int64(time.Millisecond))
			}
			s, want := decayed(t, time.Duration(c.HalfLife)*time.Millisecond, layout, rows), c.Want
			one := ask(t, s, "univariate", args{"attribute": "x"})
			two := ask(t, s, "bivariate", args{"a": "x", "b": "y"})
			test := ask(t, s, "ttest", args{"attribute": "x", "mu": 19})
			p := math.NaN()
			if want.CorrelationP != nil {
				p = *want.CorrelationP
			}
			for _, n := range []struct {
				label     string
				got, want float64
			}{
				{label: "count", got: numberAt(t, one, "count"), want: want.Count},
				{label: "effective", got: numberAt(t, one, "effective"), want: want.Effective},
				{label: "mean", got: numberAt(t, one, "mean"), want: want.Mean},
				{label: "variance", got: numberAt(t, one, "variance"), want: want.Variance},
				{label: "stderr", got: numberAt(t, one, "stderr"), want: want.Stderr},
				{label: "ci95", got: numberAt(t, one, "ci95"), want: want.CI95},
				{label: "p of the t test", got: numberAt(t, test, "p"), want: want.P},
				{label: "count of both", got: numberAt(t, two, "count"), want: want.Count},
				{label: "covariance", got: numberAt(t, two, "covariance"), want: want.Covariance},
				{label: "correlation", got: numberAt(t, two, "correlation"), want: want.Correlation},
			} {
				near(t, n.label, n.got, n.want, 0)
			}
			if got := numberAt(t, two, "correlation_p"); want.CorrelationP != nil && !(math.Abs(got-p) <= 1e-7*p) {
				t.Errorf("p of the correlation is %v, want %v", got, p) // pandas' sums have lost digits
			}
		})
	}
}

// TestTwoRowsAtOneInstant: what two rows say does not depend on the clock. The
// p-value is R's t.test(c(1, 3)).
func TestTwoRowsAtOneInstant(t *testing.T) {
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}}}
	for _, phase := range []time.Duration{0, time.Nanosecond, time.Second, 30 * time.Minute, time.Hour - 1} {
		at := int64(1_700_000_000*time.Second + phase)
		s := decayed(t, time.Hour, layout, &stats.Rows{N: 2, Numeric: 1, Values: []float64{1, 3}, Times: []int64{at, at}})
		near(t, "p", numberAt(t, ask(t, s, "ttest", args{"attribute": "x", "mu": 0}), "p"), 0.29516723530086653, 0)
		near(t, "count", numberAt(t, ask(t, s, "univariate", args{"attribute": "x"}), "count"), 2, 0)
	}
}

// TestDecayedAnswersAreOfEffectiveWeights draws tables, times and half-lives and
// asks every question: the answer is that of a summary without times whose rows
// have the decayed weights as frequencies, scaled to the effective number of
// rows that have the rarest of the attributes.
func TestDecayedAnswersAreOfEffectiveWeights(t *testing.T) {
	r := rand.New(rand.NewPCG(71, 4))
	for draw := range 12 {
		d := drawTable(t, 60+r.IntN(60), r)
		halfLife := time.Duration(math.Exp(r.Float64()*6) * float64(time.Second))
		start := r.Int64N(int64(4_000_000_000 * time.Second))
		for range d.rows.N {
			d.rows.Times = append(d.rows.Times, start+r.Int64N(int64(100*time.Second)))
		}
		s := decayed(t, halfLife, d.layout, d.rows)
		for question, a := range map[string]args{
			"ttest": {"attribute": "x", "given": "flag"}, "ztest": {"attribute": "x", "mu": 0.5}, "ftest": {"attribute": "x", "versus": "y"},
			"anova": {"attribute": "y", "given": "k"}, "chi2": {"a": "k", "b": "k2"}, "correlation": {"a": "x", "b": "y"},
			"correlation_matrix": {"attributes": "x,y,z"}, "covariance_matrix": {"attributes": "x,y,z"}, "partial_correlation": {"a": "x", "b": "y", "given": "z"},
			"gain": {"attribute": "x", "target": "k"}, "vif": {"attributes": "x,y,z"}, "pca": {"attributes": "x,y,z"},
		} {
			f := s.Inflation(attributesOf(a)...)
			plain := d.withWeights(t, halfLife, f)
			got, err := tryAsk(t, s, question, a)
			want, err2 := tryAsk(t, plain, question, a)
			if (err == nil) != (err2 == nil) {
				t.Errorf("draw %d, %s: %v and %v", draw, question, err, err2)
				continue
			}
			requireNear(t, fmt.Sprintf("draw %d, %s", draw, question), got, want)
		}
	}
}

// drawTable draws a table with gaps, without learning it.
func drawTable(t *testing.T, n int, r *rand.Rand) *drawn {
	t.Helper()
	d := draw(t, n, "plain", r)
	d.rows.Times = nil
	return d
}

// withWeights learns the rows with their decayed weights, multiplied by f, as
// frequencies. The reference computes them with no landmark.
func (d *drawn) withWeights(t *testing.T, halfLife time.Duration, f float64) *stats.Summary {
	t.Helper()
	newest := d.rows.Times[0]
	for _, at := range d.rows.Times {
		newest = max(newest, at)
	}
	rows := *d.rows
	rows.Weights = nil
	for _, at := range rows.Times {
		rows.Weights = append(rows.Weights, f*math.Exp2(-float64(newest-at)/float64(halfLife)))
	}
	return learned(t, d.layout, &rows)
}

// attributesOf are those that the arguments name.
func attributesOf(a args) []string {
	var out []string
	for _, name := range []string{"attribute", "versus", "given", "a", "b", "target", "attributes"} {
		switch v := a[name].(type) {
		case string:
			if name == "attributes" {
				out = append(out, "x", "y", "z")
				continue
			}
			out = append(out, v)
		}
	}
	return out
}

// requireNear compares two answers, number by number.
func requireNear(t *testing.T, label string, got, want any) {
	t.Helper()
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok || len(g) != len(w) {
			t.Errorf("%s is %v, want %v", label, got, want)
			return
		}
		for name := range w {
			requireNear(t, label+"."+name, g[name], w[name])
		}
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			t.Errorf("%s is %v, want %v", label, got, want)
			return
		}
		for i := range w {
			requireNear(t, fmt.Sprintf("%s[%d]", label, i), g[i], w[i])
		}
	case float64:
		g, ok := got.(float64)
		if !ok || !(math.Abs(g-w) <= 1e-9*max(math.Abs(w), 1e-3)) {
			t.Errorf("%s is %v, want %v", label, got, want)
		}
	default:
		if got != want {
			t.Errorf("%s is %v, want %v", label, got, want)
		}
	}
}

// TestDecayedRareAttribute: an attribute that was last seen long ago is still
// worth the rows that it was seen in.
func TestDecayedRareAttribute(t *testing.T) {
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}, {Name: "old"}}}
	rows := &stats.Rows{N: 100, Numeric: 2}
	for i := range 100 {
		old := math.NaN()
		if i < 10 {
			old = float64(i)
		}
		rows.Values = append(rows.Values, float64(i), old)
		rows.Times = append(rows.Times, int64(i/10)*int64(time.Hour))
	}
	s := decayed(t, time.Hour, layout, rows)
	one := ask(t, s, "univariate", args{"attribute": "old"})
	near(t, "count", numberAt(t, one, "count"), 10*math.Exp2(-9), 0)
	near(t, "effective", numberAt(t, one, "effective"), 10, 0)
	near(t, "variance", numberAt(t, one, "variance"), 55.0/6, 0) // of 0 to 9
	both := ask(t, s, "bivariate", args{"a": "x", "b": "old"})
	near(t, "effective of both", numberAt(t, both, "effective"), 10, 0)
	q, err := explore.Lookup("ttest")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := q.Ask(context.Background(), s, args{"attribute": "old", "mu": 4.5}); err != nil {
		t.Error(err)
	}
}
