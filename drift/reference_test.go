package drift_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/drift"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// twoSamples is what SciPy says of two samples; see tools/reference/drift.py. A test is its statistic, degrees of freedom and p-value,
// null where they are not compared.
type twoSamples struct {
	Name      string                `json:"name"`
	Reference []float64             `json:"reference"`
	Recent    []float64             `json:"recent"`
	Tests     map[string][]*float64 `json:"tests"`
	Effects   map[string]float64    `json:"effects"`
}

// scipyDigits is the agreement that is asked for.
const scipyDigits = 1e-10

// numbersOf learns values of one attribute.
func numbersOf(t *testing.T, values []float64) *stats.Summary {
	t.Helper()
	rows := &stats.Rows{N: len(values), Numeric: 1, Values: values}
	return learnedRows(t, &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}}}, rows)
}

// sharesOf learns so many rows of each value of one attribute.
func sharesOf(t *testing.T, counts []float64) *stats.Summary {
	t.Helper()
	column := stats.CategoricalColumn{Name: "x"}
	rows := &stats.Rows{Categorical: 1}
	for i, n := range counts {
		column.Values = append(column.Values, fmt.Sprint("v", i))
		for range int(n) {
			rows.Codes = append(rows.Codes, int32(i+1))
		}
	}
	rows.N = len(rows.Codes)
	return learnedRows(t, &stats.Layout{Categorical: []stats.CategoricalColumn{column}}, rows)
}

func learnedRows(t *testing.T, l *stats.Layout, rows *stats.Rows) *stats.Summary {
	t.Helper()
	s, err := stats.NewSummary(stats.SummaryOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Learn(l, rows); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSciPy compares every statistic, p-value and effect with SciPy's.
func TestSciPy(t *testing.T) {
	content, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases struct{ Numbers, Shares []twoSamples }
	if err := json.Unmarshal(content, &cases); err != nil {
		t.Fatal(err)
	}
	check := func(c twoSamples, of func(*testing.T, []float64) *stats.Summary) {
		t.Run(c.Name, func(t *testing.T) {
			report, err := drift.Compare(context.Background(), of(t, c.Reference), of(t, c.Recent), drift.Options{Alpha: 0.01})
			if err != nil {
				t.Fatal(err)
			}
			requireSciPy(t, c, &report.Attributes[0])
		})
	}
	for _, c := range cases.Numbers {
		check(c, numbersOf)
	}
	for _, c := range cases.Shares {
		check(c, sharesOf)
	}
}

func requireSciPy(t *testing.T, c twoSamples, a *drift.Attribute) {
	t.Helper()
	found := map[string]drift.Test{}
	for _, test := range a.Tests {
		found[test.Test] = test
	}
	for name, want := range c.Tests {
		got := found[name]
		for i, x := range []drift.Number{got.Statistic, got.DF, got.P} {
			if want[i] != nil && !nearSciPy(float64(x), *want[i]) {
				t.Errorf("%s[%d] is %.15g, SciPy has %.15g", name, i, float64(x), *want[i])
			}
		}
	}
	effects := map[string]drift.Number{
		"wasserstein": a.Effects.Wasserstein, "jensen_shannon": a.Effects.JensenShannon, "psi": a.Effects.PSI,
		"mean_shift": a.Effects.MeanShift, "stddev_ratio": a.Effects.StddevRatio,
	}
	for name, want := range c.Effects {
		if name == "jensen_shannon" && different(c) > 64 {
			continue // neighbours are joined
		}
		if !nearSciPy(float64(effects[name]), want) {
			t.Errorf("%s is %.15g, want %.15g", name, float64(effects[name]), want)
		}
	}
}

func nearSciPy(got, want float64) bool {
	return math.Abs(got-want) <= scipyDigits*max(math.Abs(want), 1e-3) || math.IsNaN(got) && math.IsNaN(want)
}

// different is the number of different values of both samples.
func different(c twoSamples) int {
	seen := map[float64]bool{}
	for _, x := range slices.Concat(c.Reference, c.Recent) {
		seen[x] = true
	}
	return len(seen)
}
