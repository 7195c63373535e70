package explore_test

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// referenceCase is one answer of SciPy, statsmodels or NumPy; see
// tools/reference/explore.py.
type referenceCase struct {
	Data     string              `json:"data"`
	Question string              `json:"question"`
	Args     map[string]any      `json:"args"`
	Expected map[string]*float64 `json:"expected"`
}

// tenDigits is the agreement that is asked for: what SciPy itself keeps of its
// two-pass sums and special functions on 58,000 rows.
const tenDigits = 1e-10

// TestReference asks every question on iris, bank and shuttle.
func TestReference(t *testing.T) {
	content, err := os.ReadFile(filepath.Join("testdata", "questions.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []referenceCase
	if err := json.Unmarshal(content, &cases); err != nil {
		t.Fatal(err)
	}
	summaries := map[string]*stats.Summary{
		"iris": dataset(t, "classic/iris.csv"), "bank": dataset(t, "classic/symetryml/train_bank_BinaryHotEncode.csv.gz"), "shuttle": dataset(t, "shuttle.csv.gz"),
	}
	numbers := 0
	for _, c := range cases {
		name, _ := json.Marshal(c.Args)
		t.Run(c.Data+"/"+c.Question+string(name), func(t *testing.T) {
			question, err := explore.Lookup(c.Question)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := question.Ask(context.Background(), summaries[c.Data], c.Args)
			if err != nil {
				t.Fatal(err)
			}
			var got any
			if err := json.Unmarshal([]byte(requireJSON(t, answer)), &got); err != nil {
				t.Fatal(err)
			}
			for path, want := range c.Expected {
				numbers++
				requireNumber(t, got, path, want)
			}
		})
	}
	t.Logf("%d numbers of %d answers were compared", numbers, len(cases))
}

func requireNumber(t *testing.T, answer any, path string, want *float64) {
	t.Helper()
	value := at(answer, path)
	if want == nil {
		if value != nil {
			t.Errorf("%s is %v, want null", path, value)
		}
		return
	}
	got, ok := value.(float64)
	if scale := max(math.Abs(*want), smallest(path)); !ok || !(math.Abs(got-*want) <= tenDigits*scale) {
		t.Errorf("%s is %v, want %.17g", path, value, *want)
	}
}

// smallest is the scale of the numbers that cancel to about 0: the entries of a
// vector of length 1, correlations, and shares.
func smallest(path string) float64 {
	for _, part := range []string{"direction", "skewness", "kurtosis", "difference"} {
		if strings.Contains(path, part) {
			return 1
		}
	}
	return 1e-300
}

// at follows a path of fields and indices; fields that hold no dots.
func at(v any, path string) any {
	if path == "" {
		return v
	}
	for _, part := range strings.Split(path, ".") {
		switch node := v.(type) {
		case map[string]any:
			v = node[part]
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i >= len(node) {
				return nil
			}
			v = node[i]
		default:
			return nil
		}
	}
	return v
}

var datasets sync.Map

// dataset learns a table of the folder of larger data sets: columns of zeros
// and ones are binary, those with texts categorical.
func dataset(t *testing.T, path string) *stats.Summary {
	t.Helper()
	if known, ok := datasets.Load(path); ok {
		return known.(*stats.Summary)
	}
	header, columns := readTable(t, path)
	derive(path, &header, &columns)
	layout, rows := encode(t, header, columns)
	s := learned(t, layout, rows)
	datasets.Store(path, s)
	return s
}

// derive adds the columns that the reference script adds.
func derive(path string, header *[]string, columns *[][]string) {
	add := func(name, from string, text func(float64) string) {
		var out []string
		for _, cell := range (*columns)[slices.Index(*header, from)] {
			v, _ := strconv.ParseFloat(cell, 64)
			out = append(out, text(v))
		}
		*header, *columns = append(*header, name), append(*columns, out)
	}
	choose := func(limit float64, above, below string) func(float64) string {
		return func(v float64) string {
			if v > limit {
				return above
			}
			return below
		}
	}
	switch {
	case strings.Contains(path, "iris"):
		add("wide", "sepal_width", choose(3, "1", "0"))
		add("long", "petal_length", choose(4.35, "1", "0"))
		add("big", "sepal_length", choose(5.8, "big", "small"))
	case strings.Contains(path, "shuttle"):
		at := slices.Index(*header, "class")
		for i, cell := range (*columns)[at] {
			(*columns)[at][i] = "c" + cell
		}
	}
}

func readTable(t *testing.T, path string) (header []string, columns [][]string) {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "shared", "data", filepath.FromSlash(path)))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("the folder of larger data sets is missing beside the checkout")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	records, err := csv.NewReader(r).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	columns = make([][]string, len(records[0]))
	for _, record := range records[1:] {
		for j, cell := range record {
			columns[j] = append(columns[j], cell)
		}
	}
	return records[0], columns
}

func encode(t *testing.T, header []string, columns [][]string) (*stats.Layout, *stats.Rows) {
	t.Helper()
	layout, rows := &stats.Layout{}, &stats.Rows{N: len(columns[0])}
	var numeric [][]float64
	var coded [][]int32
	for j, name := range header {
		numbers, err := parseAll(columns[j])
		if err == nil {
			binary := !slices.ContainsFunc(numbers, func(v float64) bool { return v != 0 && v != 1 })
			layout.Numeric, numeric = append(layout.Numeric, stats.NumericColumn{Name: name, Binary: binary}), append(numeric, numbers)
			continue
		}
		column := stats.CategoricalColumn{Name: name}
		codes := make([]int32, rows.N)
		for i, cell := range columns[j] {
			k := slices.Index(column.Values, cell)
			if k < 0 {
				k, column.Values = len(column.Values), append(column.Values, cell)
			}
			codes[i] = int32(k + 1)
		}
		layout.Categorical, coded = append(layout.Categorical, column), append(coded, codes)
	}
	rows.Numeric, rows.Categorical = len(numeric), len(coded)
	for i := range rows.N {
		for _, c := range numeric {
			rows.Values = append(rows.Values, c[i])
		}
		for _, c := range coded {
			rows.Codes = append(rows.Codes, c[i])
		}
	}
	return layout, rows
}

func parseAll(cells []string) ([]float64, error) {
	out := make([]float64, len(cells))
	for i, cell := range cells {
		v, err := strconv.ParseFloat(cell, 64)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}
