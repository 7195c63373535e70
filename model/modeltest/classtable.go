package modeltest

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// referenceData holds public data sets beside the repository, as seen from the
// folder of a family.
const referenceData = "../../../shared/data"

// BankFolder has the federated bank data within referenceData.
const BankFolder = "classic/symetryml/classification/BankData/fed3/"

// ClassTable is a table of numbers and of a class.
type ClassTable struct {
	Layout *stats.Layout
	Rows   *stats.Rows
	Class  []string // by row
}

// ReadClasses reads files whose column target is the class; columns of 0 and 1
// alone are binary, the target too.
func ReadClasses(t testing.TB, target string, files ...string) *ClassTable {
	t.Helper()
	var names []string
	var cells [][]string
	for _, name := range files {
		f, err := os.Open(filepath.Join(referenceData, name))
		if os.IsNotExist(err) {
			t.Skipf("the reference data are not there: %v", err)
		}
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		var in io.Reader = f
		if strings.HasSuffix(name, ".gz") {
			if in, err = gzip.NewReader(f); err != nil {
				t.Fatal(err)
			}
		}
		records, err := csv.NewReader(in).ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		names, cells = records[0], append(cells, records[1:]...)
	}
	return ClassTableOf(t, target, names, cells)
}

// ClassTableOf makes a table of cells under names; see [ReadClasses].
func ClassTableOf(t testing.TB, target string, names []string, cells [][]string) *ClassTable {
	t.Helper()
	c := &ClassTable{Layout: &stats.Layout{}, Rows: &stats.Rows{N: len(cells)}}
	var numeric []int
	category := -1
	for j, name := range names {
		binary := !slices.ContainsFunc(cells, func(row []string) bool { return row[j] != "0" && row[j] != "1" })
		if name == target {
			for _, row := range cells {
				c.Class = append(c.Class, row[j])
			}
			if !binary {
				category = j
				values := slices.Compact(slices.Sorted(slices.Values(c.Class)))
				c.Layout.Categorical = []stats.CategoricalColumn{{Name: name, Values: values}}
				continue
			}
		}
		numeric = append(numeric, j)
		c.Layout.Numeric = append(c.Layout.Numeric, stats.NumericColumn{Name: name, Binary: binary})
	}
	c.Rows.Numeric, c.Rows.Categorical = len(numeric), len(c.Layout.Categorical)
	for _, row := range cells {
		for _, j := range numeric {
			x, err := strconv.ParseFloat(row[j], 64)
			if err != nil {
				t.Fatal(err)
			}
			c.Rows.Values = append(c.Rows.Values, x)
		}
		if category >= 0 {
			c.Rows.Codes = append(c.Rows.Codes, c.Layout.Categorical[0].Code(row[category]))
		}
	}
	return c
}

// Evidence learns the rows from..to, whole and by class.
func (c *ClassTable) Evidence(t testing.TB, target string, from, to int) *model.Evidence {
	t.Helper()
	part := c.Rows.Select(from, to)
	e := &model.Evidence{Summary: SummaryOf(t, c.Layout, &part), Partition: &model.Partition{Attribute: target}}
	for _, class := range slices.Compact(slices.Sorted(slices.Values(c.Class[from:to]))) {
		own := &stats.Rows{Numeric: c.Rows.Numeric, Categorical: c.Rows.Categorical}
		for i := range part.N {
			if c.Class[from+i] == class {
				own.Append(&part, i)
			}
		}
		e.Partition.Values = append(e.Partition.Values, class)
		e.Partition.Summaries = append(e.Partition.Summaries, SummaryOf(t, c.Layout, own))
	}
	return e
}

// Tested predicts rows and returns the accuracy, and the probabilities of the
// second class.
func (c *ClassTable) Tested(m model.Classifier, from, to int) (accuracy float64, second []float64, positive []bool) {
	var r model.Result
	for i := from; i < to; i++ {
		m.Predict(c.Rows.Row(i), c.Rows.RowCodes(i), &r)
		if m.Classes()[r.Class] == c.Class[i] {
			accuracy++
		}
		second = append(second, math.Log(r.Probabilities[1])-math.Log(r.Probabilities[0]))
		positive = append(positive, c.Class[i] == m.Classes()[1])
	}
	return accuracy / float64(to-from), second, positive
}

// Described returns what a model says of itself as JSON would.
func Described(t testing.TB, m model.Model) map[string]any {
	t.Helper()
	data, err := json.Marshal(m.Describe())
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// ReadJSON decodes testdata/<name> of the package under test.
func ReadJSON(t testing.TB, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}
