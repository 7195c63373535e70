package anomaly_test

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// dataFolder holds the ADBench sets beside the repository; see its README.
const dataFolder = "../../../shared/data/adbench"

// table reads a CSV file, plain or gzip, and skips the test without the folder.
func table(t *testing.T, name string) [][]string {
	t.Helper()
	if _, err := os.Stat(dataFolder); err != nil {
		t.Skipf("no reference data in %s", dataFolder)
	}
	file, err := os.Open(filepath.Join(dataFolder, name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	reader := csv.NewReader(file)
	if strings.HasSuffix(name, ".gz") {
		unzipped, err := gzip.NewReader(file)
		if err != nil {
			t.Fatal(err)
		}
		reader = csv.NewReader(unzipped)
	}
	records, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return records[1:]
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// labelled is a set: rows without their last column, which is the label.
type labelled struct {
	rows     [][]float64
	positive []bool
}

func loadSet(t *testing.T, name string) labelled {
	t.Helper()
	var set labelled
	for _, record := range table(t, name+".csv.gz") {
		row := make([]float64, len(record)-1)
		for i := range row {
			row[i] = number(t, record[i])
		}
		set.rows = append(set.rows, row)
		set.positive = append(set.positive, record[len(row)] == "1")
	}
	return set
}

// summary learns the rows of the given indices.
func (s labelled) summary(t *testing.T, indices []int) *stats.Summary {
	t.Helper()
	layout, rows := &stats.Layout{}, &stats.Rows{N: len(indices), Numeric: len(s.rows[0])}
	for i := range s.rows[0] {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: fmt.Sprintf("f%d", i+1)})
	}
	for _, i := range indices {
		rows.Values = append(rows.Values, s.rows[i]...)
	}
	return modeltest.SummaryOf(t, layout, rows)
}

// auc is that of the rows of the given indices.
func (s labelled) auc(m model.Model, indices []int) float64 {
	scores, positive := make([]float64, len(indices)), make([]bool, len(indices))
	for k, i := range indices {
		scores[k], positive[k] = scoreOf(m, s.rows[i], nil), s.positive[i]
	}
	return evaluation.ROCAUC(scores, positive)
}

// TestADBench holds that the published algorithm, 10 static bins, has the ROC
// AUC of PyOD's HBOS on ADBench's splits (mean of three seeds), and logs that
// of the other bins.
func TestADBench(t *testing.T) {
	// of the sketch's resolution, and of values on the edges of bins, of which
	// cardio, satellite and pima have many and which PyOD's scaling rounds
	const tolerance = 0.005
	published := map[string]float64{}
	for _, r := range table(t, "reproduced-auc.csv") { // dataset, seed, method, roc_auc, pr_auc
		if r[2] == "HBOS" {
			published[r[0]] += number(t, r[3]) / 3
		}
	}
	if len(published) != 17 {
		t.Fatalf("%d data sets, want 17", len(published))
	}
	names := make([]string, 0, len(published))
	for name := range published {
		names = append(names, name)
	}
	slices.Sort(names)
	bins := []string{"static", "auto", "dynamic"}
	sums := make([]float64, len(bins))
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			set := loadSet(t, name)
			parts := map[string][]int{} // by seed and train or test
			for _, r := range table(t, "splits/"+name+".csv.gz") {
				parts[r[0]+r[1]] = append(parts[r[0]+r[1]], int(number(t, r[2])))
			}
			aucs := make([]float64, len(bins))
			for _, seed := range []string{"1", "2", "3"} {
				summary := set.summary(t, parts[seed+"train"])
				for i := range bins {
					m := built(t, summary, map[string]any{"bins": bins[i]})
					aucs[i] += set.auc(m, parts[seed+"test"]) / 3
				}
			}
			for i := range sums {
				sums[i] += aucs[i] / float64(len(names))
			}
			t.Logf("published %.4f, %v %.4f", published[name], bins, aucs)
			if !(math.Abs(aucs[0]-published[name]) <= tolerance) {
				t.Errorf("ROC AUC is %.4f, published %.4f", aucs[0], published[name])
			}
		})
	}
	t.Logf("mean of %v: %.4f", bins, sums)
}

// TestRowScores compares row by row with scores computed by the published
// formulas, which differ from ours by a constant and the base of the logarithm:
// hbos10_relative, the sum of ln(fullest/bin), and hbos10_minmax, the sum of
// -log2(density + 0.1). The latter was made from values scaled to 0 to 1 first,
// and that rounding decides where a value on the edge of two bins goes, which
// also changes the counts of both.
func TestRowScores(t *testing.T) {
	const relative, minmax = 3, 2 // columns of the files
	for _, c := range []struct {
		name      string
		set       string
		column    int
		smoothing float64
		unit      float64
		least     float64 // share of the rows that agree to within close
		close     float64
		worst     float64 // difference of any row
	}{
		// 13 attributes of at most 111 distinct values: the sketch is exact. Two
		// rows have a value on an edge; the smoothing of 1e-6 leaves a trace
		{name: "wine relative", set: "wine", column: relative, smoothing: 1e-6, unit: 1, least: 127. / 129, close: 1e-4, worst: 0.3},
		// a third of the rows have a value in a bin that lost or gained one
		{name: "wine minmax", set: "wine", column: minmax, smoothing: 0.1, unit: math.Ln2, least: 0.65, close: 1e-9, worst: 0.4},
		// 21 attributes, four with more distinct values than the sketch keeps,
		// most with many values on edges; the scores span 60
		{name: "cardio minmax", set: "cardio", column: minmax, smoothing: 0.1, unit: math.Ln2, least: 0.75, close: 1, worst: 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			reference := table(t, "row-scores-"+c.set+".csv") // row, label, hbos10_minmax, hbos10_relative
			set := loadSet(t, c.set)
			all := make([]int, len(set.rows))
			for i := range all {
				all[i] = i
			}
			m := built(t, set.summary(t, all), map[string]any{"bins": "static", "smoothing": c.smoothing})
			differences := make([]float64, len(set.rows))
			for i, row := range set.rows {
				differences[i] = scoreOf(m, row, nil)/c.unit - number(t, reference[i][c.column])
			}
			sorted := slices.Sorted(slices.Values(differences))
			constant, agree, worst := sorted[len(sorted)/2], 0, 0.0
			for _, d := range differences {
				worst = max(worst, math.Abs(d-constant))
				if math.Abs(d-constant) <= c.close {
					agree++
				}
			}
			t.Logf("%d of %d rows agree, the worst differs by %.3g", agree, len(differences), worst)
			if float64(agree) < c.least*float64(len(differences)) || !(worst <= c.worst) {
				t.Errorf("%d of %d rows agree within %g, want the share %.3f; the worst differs by %g, want %g",
					agree, len(differences), c.close, c.least, worst, c.worst)
			}
		})
	}
}
