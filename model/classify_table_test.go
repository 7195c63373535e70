package model_test

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

// referenceData holds public data sets beside the repository.
const referenceData = "../../shared/data"

const bankFolder = "classic/symetryml/classification/BankData/fed3/"

// classTable is a table of numbers and of a class.
type classTable struct {
	layout *stats.Layout
	rows   *stats.Rows
	class  []string
}

// readClasses reads files whose column target is the class; columns of 0 and 1
// alone are binary, the target too.
func readClasses(t testing.TB, target string, files ...string) *classTable {
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
	return classTableOf(t, target, names, cells)
}

func classTableOf(t testing.TB, target string, names []string, cells [][]string) *classTable {
	t.Helper()
	c := &classTable{layout: &stats.Layout{}, rows: &stats.Rows{N: len(cells)}}
	var numeric []int
	category := -1
	for j, name := range names {
		binary := !slices.ContainsFunc(cells, func(row []string) bool { return row[j] != "0" && row[j] != "1" })
		if name == target {
			for _, row := range cells {
				c.class = append(c.class, row[j])
			}
			if !binary {
				category = j
				values := slices.Compact(slices.Sorted(slices.Values(c.class)))
				c.layout.Categorical = []stats.CategoricalColumn{{Name: name, Values: values}}
				continue
			}
		}
		numeric = append(numeric, j)
		c.layout.Numeric = append(c.layout.Numeric, stats.NumericColumn{Name: name, Binary: binary})
	}
	c.rows.Numeric, c.rows.Categorical = len(numeric), len(c.layout.Categorical)
	for _, row := range cells {
		for _, j := range numeric {
			x, err := strconv.ParseFloat(row[j], 64)
			if err != nil {
				t.Fatal(err)
			}
			c.rows.Values = append(c.rows.Values, x)
		}
		if category >= 0 {
			c.rows.Codes = append(c.rows.Codes, c.layout.Categorical[0].Code(row[category]))
		}
	}
	return c
}

// evidence learns the rows from..to, whole and by class.
func (c *classTable) evidence(t testing.TB, target string, from, to int) *model.Evidence {
	t.Helper()
	part := c.rows.Select(from, to)
	e := &model.Evidence{Summary: learned(t, c.layout, &part), Partition: &model.Partition{Attribute: target}}
	for _, class := range slices.Compact(slices.Sorted(slices.Values(c.class[from:to]))) {
		own := &stats.Rows{Numeric: c.rows.Numeric, Categorical: c.rows.Categorical}
		for i := range part.N {
			if c.class[from+i] == class {
				own.Append(&part, i)
			}
		}
		e.Partition.Values = append(e.Partition.Values, class)
		e.Partition.Summaries = append(e.Partition.Summaries, learned(t, c.layout, own))
	}
	return e
}

// tested predicts rows and returns the accuracy, and the probabilities of the
// second class.
func (c *classTable) tested(m model.Classifier, from, to int) (accuracy float64, second []float64, positive []bool) {
	var r model.Result
	for i := from; i < to; i++ {
		m.Predict(c.rows.Row(i), c.rows.RowCodes(i), &r)
		if m.Classes()[r.Class] == c.class[i] {
			accuracy++
		}
		second = append(second, math.Log(r.Probabilities[1])-math.Log(r.Probabilities[0]))
		positive = append(positive, c.class[i] == m.Classes()[1])
	}
	return accuracy / float64(to-from), second, positive
}

func classifier(t testing.TB, e *model.Evidence, kind, target string, options map[string]any, inputs ...string) model.Classifier {
	t.Helper()
	m, err := model.Build(model.Definition{Name: "m", Type: kind, Target: target, Inputs: inputs, Options: options}, e)
	if err != nil {
		t.Fatal(err)
	}
	return m.(model.Classifier)
}

// described returns what a model says of itself as JSON would.
func described(t testing.TB, m model.Model) map[string]any {
	t.Helper()
	data, err := json.Marshal(m.(model.Describer).Describe())
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func readJSON(t testing.TB, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}
