package nab

import (
	"compress/gzip"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

func corpus(t *testing.T) *dataSet {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "shared", "data", "nab")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the corpus is missing: %v", err)
	}
	c, err := read(dir)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// scoreDigits: the published results have four decimals.
const scoreDigits = 5e-5

// TestScorerGivesThePublishedResults scores the published output of NAB's
// Windowed Gaussian; the wanted numbers are those of NAB's
// results/final_results.json.
func TestScorerGivesThePublishedResults(t *testing.T) {
	c := corpus(t)
	scores := published(t, c, filepath.Join("..", "..", "..", "shared", "data", "nab", "windowed-gaussian-scores.csv.gz"))
	for i, want := range []float64{39.6495, 20.8680, 47.4100} {
		p := profiles()[i]
		got, err := c.optimise(scores, p)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %.4f at threshold %v, %d of %d windows, %d false alarms", p.Name, got.Score, got.Threshold, got.Hits, c.windows(), got.False)
		if math.Abs(got.Score-want) > scoreDigits {
			t.Errorf("%s: %.4f, published is %.4f", p.Name, got.Score, want)
		}
	}
}

func published(t *testing.T, c *dataSet, path string) [][]float64 {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string][]float64{}
	for _, row := range rows[1:] {
		x, err := strconv.ParseFloat(row[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		byName[row[0]] = append(byName[row[0]], x)
	}
	var out [][]float64
	for _, s := range c.Series {
		out = append(out, byName[s.Name])
	}
	return out
}
