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
			got := numberAt(t, ask(t, s, "correlation", args{"a": record[0], "b": want[0][j+1]}), "")
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
			ask(t, s, "univariate", args{"attribute": a})
			for _, b := range []string{"x", "y", "flag", "k"} {
				ask(t, s, "bivariate", args{"a": a, "b": b})
			}
		}
	}
	out := ask(t, one, "univariate", args{"attribute": "x"})
	if at(out, "variance") != nil || at(out, "mean") != 1.0 {
		t.Errorf("one value gives %v, want a mean and no variance", out)
	}
}

// requireJSON is the JSON form of an answer, which has no NaN.
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
