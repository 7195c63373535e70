package explore_test

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// learned returns a summary of rows of numbers; NaN is missing.
func learned(t *testing.T, layout *stats.Layout, rows *stats.Rows) *stats.Summary {
	t.Helper()
	s, err := stats.NewSummary(stats.SummaryOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Learn(layout, rows); err != nil {
		t.Fatal(err)
	}
	return s
}

func table(t *testing.T, name string) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "shared", "data", "classic", "symetryml", "iris-regression", name))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("the folder of larger data sets is missing beside the checkout")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return records
}

// printed is the precision of the reference system's matrix: four decimals.
const printed = 0.5e-4 + 1e-9

// TestReferenceCorrelations compares with the matrix that the reference system
// printed for the rows of its own notebook.
func TestReferenceCorrelations(t *testing.T) {
	train, want := table(t, "train.csv"), table(t, "correlation.csv")
	layout, rows := &stats.Layout{}, &stats.Rows{N: len(train) - 1, Numeric: len(train[0])}
	for _, name := range train[0] {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: name})
	}
	for _, record := range train[1:] {
		for _, cell := range record {
			v, err := strconv.ParseFloat(cell, 64)
			if err != nil {
				t.Fatal(err)
			}
			rows.Values = append(rows.Values, v)
		}
	}
	s := learned(t, layout, rows)
	cells := 0
	for _, record := range want[1:] {
		for j, cell := range record[1:] {
			v, err := strconv.ParseFloat(cell, 64)
			if err != nil {
				t.Fatal(err)
			}
			got, err := explore.Correlation(s, record[0], want[0][j+1])
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(got-v) > printed {
				t.Errorf("correlation of %s and %s is %v, want %v", record[0], want[0][j+1], got, v)
			}
			cells++
		}
	}
	if cells != 64 {
		t.Errorf("%d cells were compared, want 64", cells)
	}
}

// TestUndefinedIsNull: what has no value is null in JSON, never NaN.
func TestUndefinedIsNull(t *testing.T) {
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}, {Name: "y"}, {Name: "flag", Binary: true}}, Categorical: []stats.CategoricalColumn{{Name: "k", Values: []string{"a"}}}}
	empty := learned(t, layout, &stats.Rows{Numeric: 3, Categorical: 1})
	one := learned(t, layout, &stats.Rows{N: 1, Numeric: 3, Categorical: 1, Values: []float64{1, math.NaN(), 1}, Codes: []int32{1}})
	for _, s := range []*stats.Summary{empty, one} {
		for _, a := range []string{"x", "y", "flag", "k"} {
			u, err := explore.Univariate(s, a)
			if err != nil {
				t.Fatal(err)
			}
			requireJSON(t, u)
			for _, b := range []string{"x", "y", "flag", "k"} {
				r, err := explore.Bivariate(s, a, b)
				if err != nil {
					t.Fatal(err)
				}
				requireJSON(t, r)
			}
		}
	}
	out := requireJSON(t, must(explore.Univariate(one, "x")))
	if !strings.Contains(out, `"variance":null`) || !strings.Contains(out, `"mean":1`) {
		t.Errorf("one value gives %s, want a mean and no variance", out)
	}
}

func must(u *explore.UnivariateResult, err error) *explore.UnivariateResult {
	if err != nil {
		return &explore.UnivariateResult{}
	}
	return u
}

func requireJSON(t *testing.T, v any) string {
	t.Helper()
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(out), "NaN") || strings.Contains(string(out), "Inf") {
		t.Errorf("not a number in %s", out)
	}
	return string(out)
}

func TestUnknownNames(t *testing.T) {
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}}}
	s := learned(t, layout, &stats.Rows{N: 1, Numeric: 1, Values: []float64{1}})
	if _, err := explore.Univariate(s, "nope"); !errors.Is(err, explore.ErrUnknownAttribute) {
		t.Errorf("univariate says %v", err)
	}
	if _, err := explore.Bivariate(s, "x", "nope"); !errors.Is(err, explore.ErrUnknownAttribute) {
		t.Errorf("bivariate says %v", err)
	}
	if _, err := explore.Quantile(s, "x", 1.5); err == nil || !strings.Contains(err.Error(), "1.5") {
		t.Errorf("quantile says %v", err)
	}
}
