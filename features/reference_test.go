package features

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// referenceTolerance is relative to values of size 1 to 30: both sides sum a few
// hundred of them in float64, and pandas updates its windows as they slide.
const referenceTolerance = 1e-9

// referenceSpecs are the features that pandas and NumPy computed too.
var referenceSpecs = []Spec{
	{Name: "lag", Type: "lag", Of: "x", Rows: 3},
	{Name: "difference", Type: "difference", Of: "x", Rows: 3},
	{Name: "rate", Type: "rate", Of: "x"},
	{Name: "mean", Type: "mean", Of: "x"},
	{Name: "mean_over", Type: "mean", Of: "x", Over: time.Hour},
	{Name: "stddev", Type: "stddev", Of: "x"},
	{Name: "min", Type: "min", Of: "x"},
	{Name: "max", Type: "max", Of: "x"},
	{Name: "median", Type: "median", Of: "x"},
	{Name: "sum", Type: "sum", Of: "x"},
	{Name: "count_over", Type: "count", Of: "x", Over: time.Hour},
	{Name: "zscore", Type: "zscore", Of: "x"},
	{Name: "ewma", Type: "ewma", Of: "x"},
	{Name: "ewstd", Type: "ewstd", Of: "x"},
	{Name: "seasonal_mean", Type: "seasonal_mean", Of: "x"},
	{Name: "seasonal_residual", Type: "seasonal_residual", Of: "x"},
	{Name: "seasonal_zscore", Type: "seasonal_zscore", Of: "x"},
	{Name: "likelihood", Type: "likelihood", Of: "x", Rows: 100},
	{Name: "surprise", Type: "surprise", Of: "x"},
	{Name: "hour", Type: "hour"},
	{Name: "hour_sin", Type: "hour_sin"},
	{Name: "weekday", Type: "weekday"},
	{Name: "weekday_cos", Type: "weekday_cos"},
}

// TestReference compares every feature, row by row, with pandas and NumPy; the
// numbers come from tools/reference/features.py.
func TestReference(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "reference.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Seconds  []int64
		Values   []float64
		Features map[string][]*float64
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	if len(referenceSpecs) != len(want.Features) {
		t.Errorf("%d features are compared, the reference has %d", len(referenceSpecs), len(want.Features))
	}
	plan, err := NewPlan(referenceSpecs)
	if err != nil {
		t.Fatal(err)
	}
	k := newKeyed(plan, Limits{})
	wrong := map[string]int{}
	for row, x := range want.Values {
		got, err := k.take(Row{Key: "a", Time: want.Seconds[row] * int64(time.Second), Values: []float64{x}})
		if err != nil {
			t.Fatal(err)
		}
		for i, name := range plan.Names() {
			w := math.NaN()
			if p := want.Features[name][row]; p != nil {
				w = *p
			}
			if same := math.Abs(got[i]-w) <= referenceTolerance || math.IsNaN(got[i]) && math.IsNaN(w); !same {
				if wrong[name]++; wrong[name] <= 3 {
					t.Errorf("%s of row %d is %v, want %v", name, row, got[i], w)
				}
			}
		}
	}
}

// TestWeightedWithMissing compares ewma and ewstd with pandas where values are missing; the
// numbers come from tools/reference/ewma.py.
func TestWeightedWithMissing(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "ewma.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Values []*float64
		Spans  []struct {
			Span        int
			Ewma, Ewstd []float64
		}
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	for _, c := range want.Spans {
		t.Run(fmt.Sprint("span ", c.Span), func(t *testing.T) {
			plan, err := NewPlan([]Spec{{Type: "ewma", Of: "x", Rows: c.Span}, {Type: "ewstd", Of: "x", Rows: c.Span}})
			if err != nil {
				t.Fatal(err)
			}
			k, at := newKeyed(plan, Limits{}), 0
			for row, x := range want.Values {
				value := math.NaN()
				if x != nil {
					value = *x
				}
				got, err := k.take(Row{Key: "a", Values: []float64{value}})
				if err != nil {
					t.Fatal(err)
				}
				if x == nil {
					continue
				}
				if math.Abs(got[0]-c.Ewma[at]) > referenceTolerance || math.Abs(got[1]-c.Ewstd[at]) > referenceTolerance {
					t.Errorf("row %d: mean %v and deviation %v, want %v and %v", row, got[0], got[1], c.Ewma[at], c.Ewstd[at])
				}
				at++
			}
		})
	}
}

// TestPeakAndTotal: a score that stays high is one peak, and parts that are
// missing count as 0.
func TestPeakAndTotal(t *testing.T) {
	plan, err := NewPlan([]Spec{
		{Name: "both", Type: "total", Parts: []string{"x", "y"}},
		{Name: "peak", Type: "peak", Of: "both", Rows: 3},
	})
	if err != nil {
		t.Fatal(err)
	}
	k := newKeyed(plan, Limits{})
	none := math.NaN()
	for row, c := range []struct{ x, y, total, peak float64 }{
		{1, none, 1, 1}, {2, 3, 5, 5}, {none, 5, 5, none}, {4, none, 4, none}, {none, none, none, none}, {4, 0, 4, none}, {4.5, none, 4.5, none}, {4.5, 0.25, 4.75, 4.75},
	} {
		got, err := k.take(Row{Values: []float64{c.x, c.y}})
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range []float64{c.total, c.peak} {
			if got[i] != w && (got[i] == got[i] || w == w) {
				t.Errorf("row %d: %s is %v, want %v", row, plan.Names()[i], got[i], w)
			}
		}
	}
}

func TestSpecsAreRefused(t *testing.T) {
	for _, c := range []struct {
		name string
		spec Spec
		want string
	}{
		{name: "unknown type", spec: Spec{Type: "lagg", Of: "x"}, want: `"lagg"`},
		{name: "no field", spec: Spec{Type: "lag"}, want: `type "lag": of is missing`},
		{name: "field for a time", spec: Spec{Type: "hour", Of: "x"}, want: "of"},
		{name: "rows", spec: Spec{Type: "mean", Of: "x", Rows: maxRows + 1}, want: "rows: 10001"},
		{name: "time for a lag", spec: Spec{Type: "lag", Of: "x", Over: time.Hour}, want: "over"},
		{name: "two lengths", spec: Spec{Type: "mean", Of: "x", Rows: 3, Over: time.Hour}, want: "rows and over"},
		{name: "season", spec: Spec{Type: "seasonal_mean", Of: "x", Season: "year"}, want: "season: year, want one of hour_of_day, hour_of_week"},
		{name: "season for a lag", spec: Spec{Type: "lag", Of: "x", Season: seasonDay}, want: "season"},
		{name: "total without parts", spec: Spec{Type: "total"}, want: "parts"},
		{name: "parts for a lag", spec: Spec{Type: "lag", Of: "x", Parts: []string{"y"}}, want: "parts"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := NewPlan([]Spec{c.spec})
			if !errors.Is(err, errSpec) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want it to contain %q", err, c.want)
			}
		})
	}
}

// BenchmarkTake: one row of ten features, over a hundred keys.
func BenchmarkTake(b *testing.B) {
	plan, err := NewPlan([]Spec{
		{Type: "lag", Of: "x"}, {Type: "difference", Of: "x"}, {Type: "mean", Of: "x"}, {Type: "stddev", Of: "x"}, {Type: "max", Of: "x"},
		{Type: "ewma", Of: "x"}, {Type: "seasonal_residual", Of: "x"}, {Type: "surprise", Of: "x"}, {Type: "hour_sin"}, {Type: "hour_cos"},
	})
	if err != nil {
		b.Fatal(err)
	}
	k := newKeyed(plan, Limits{})
	keys := make([]string, 100)
	for i := range keys {
		keys[i] = strconv.Itoa(i)
	}
	b.ReportAllocs()
	row := Row{Values: []float64{0}}
	for i := 0; b.Loop(); i++ {
		row.Key, row.Time, row.Values[0] = keys[i%len(keys)], int64(i)*1e9, float64(i*7919%1000)
		if _, err := k.take(row); err != nil {
			b.Fatal(err)
		}
	}
}
