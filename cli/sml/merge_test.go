package sml

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/cli/pipeline"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/wrap"
)

// sitesFolder holds tables that their publisher split among sites. They state
// no licence, so they are no part of this repository.
const sitesFolder = "../../../shared/data/classic/symetryml"

// momentTolerance is the design's bound for sums in double-double, relative to
// the largest value; merging by another tree may round otherwise.
const momentTolerance = 1e-14

// TestMergeCountsOnce merges files and projects, again, and in newer versions.
func TestMergeCountsOnce(t *testing.T) {
	plant, hq := newSite(t, "plant", ""), newSite(t, "hq", "")
	plant.learn("plant", "t/0", documents(30, 0))
	file := filepath.Join(plant.dir, "plant.sml")
	var wrote exportAnswer
	plant.must(&wrote, "export", "-o", file)
	hq.learn("hq", "t/0", documents(8, 2)) // categories in another order
	step := func(name string, want mergeAnswer, args ...string) {
		t.Helper()
		var got mergeAnswer
		hq.must(&got, "merge", args...)
		if got.Added != want.Added || got.Replaced != want.Replaced || got.Already != want.Already || got.Rows != want.Rows {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	step("first", mergeAnswer{Added: 30, Rows: 38}, "hq", file, "--as", "plant-7")
	step("again", mergeAnswer{Already: true, Rows: 38}, "hq", file, "--as", "plant-7")
	step("again under another name", mergeAnswer{Already: true, Rows: 38}, file)
	plant.learn("plant", "t/0", documents(50, 0))
	plant.must(&wrote, "export", "-o", file)
	step("a later export", mergeAnswer{Added: 50, Replaced: 30, Rows: 58}, file, "--as", "plant-7")
	hq.learn("backfill", "batch", documents(100, 0))
	step("a project", mergeAnswer{Added: 100, Rows: 158}, "hq", "--from", "backfill")
	step("a project again", mergeAnswer{Already: true, Rows: 158}, "hq", "--from", "backfill")
	// The pipeline goes on learning what it merged into.
	hq.learn("hq", "t/0", append(documents(8, 2), `{"x":1,"y":2,"c":"new","z":3}`))
	var got infoAnswer
	if hq.must(&got, "info"); got.Rows != 159 || len(got.Schema) != 4 {
		t.Errorf("%v rows and %d attributes at the end, want 159 and 4", got.Rows, len(got.Schema))
	}
}

func TestMergeRefusesOtherTypes(t *testing.T) {
	a, b := newSite(t, "p", ""), newSite(t, "p", ", attributes: { y: categorical }")
	a.learn("p", "t/0", documents(5, 0))
	b.learn("p", "t/0", documents(5, 0))
	file := filepath.Join(a.dir, "p.sml")
	var wrote exportAnswer
	a.must(&wrote, "export", "-o", file)
	out, code := b.run("merge", "p", file)
	if code != 1 || !strings.Contains(out, `attribute "y" is categorical, and continuous`) {
		t.Errorf("exit %d: %s", code, out)
	}
	var got infoAnswer
	if b.must(&got, "info"); got.Rows != 5 {
		t.Errorf("%v rows after a refused merge, want 5", got.Rows)
	}
}

// TestFederation: exports of sites, merged by name, are the pooled rows.
func TestFederation(t *testing.T) {
	for _, c := range []struct {
		name, folder string
		files        []string
		rows         float64 // by the description of the data
	}{
		{name: "bank", folder: "classification/BankData/fed3", files: []string{"bank1.csv", "bank2.csv.gz", "bank3.csv.gz"}, rows: 500 + 2000 + 23668},
		{
			name: "steel", folder: "regression/SteelIndustry/fed5", rows: 50 + 100 + 2900 + 5450 + 21284,
			files: []string{"steel1_onehot.csv", "steel2_onehot.csv", "steel3_onehot.csv.gz", "steel4_onehot.csv.gz", "steel5_onehot.csv.gz"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			hq, pool := newSite(t, "p", ""), newSite(t, "p", "")
			for i, name := range c.files {
				rows := tableRows(t, filepath.Join(sitesFolder, c.folder, name))
				s := newSite(t, "p", "")
				s.learn("p", "t/0", rows)
				pool.learn("p", fmt.Sprintf("t/%d", i), rows)
				file := filepath.Join(s.dir, "p.sml")
				var wrote exportAnswer
				s.must(&wrote, "export", "-o", file)
				var merged mergeAnswer
				hq.must(&merged, "merge", file, "--as", fmt.Sprintf("site-%d", i))
			}
			requireSame(t, hq.summary("p"), pool.summary("p"), c.rows)
		})
	}
}

// tableRows reads a CSV file as JSON documents, the first part of a date being
// replaced by its month: a category.
func tableRows(t *testing.T, path string) []string {
	t.Helper()
	file, err := os.Open(path)
	if os.IsNotExist(err) {
		t.Skipf("the federated tables are not there: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var in io.Reader = file
	if strings.HasSuffix(path, ".gz") {
		if in, err = gzip.NewReader(file); err != nil {
			t.Fatal(err)
		}
	}
	records, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range records[1:] {
		document := map[string]any{}
		for j, cell := range r {
			if x, err := strconv.ParseFloat(cell, 64); err == nil {
				document[records[0][j]] = x
			} else if parts := strings.Split(cell, "/"); len(parts) == 3 {
				document[records[0][j]] = "month " + parts[1]
			} else {
				document[records[0][j]] = cell
			}
		}
		b, err := json.Marshal(document)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(b))
	}
	return out
}

func (s *site) summary(project string) *stats.Summary {
	s.t.Helper()
	ctx := context.Background()
	p, err := open(ctx, &options{sources: pipeline.Sources{Configs: []string{s.config}}}, project, true)
	if err != nil {
		s.t.Fatal(err)
	}
	defer p.close()
	e, err := p.read(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	whole, _, err := e.Whole()
	if err != nil {
		s.t.Fatal(err)
	}
	return whole.(*wrap.Adaptive).Inner().(*wrap.Binned).Inner().(*stats.Summary)
}

// requireSame compares by name: counts, extremes, histograms and categories
// identical, means and variances within momentTolerance.
func requireSame(t *testing.T, got, want *stats.Summary, rows float64) {
	t.Helper()
	if got.Weight() != rows || want.Weight() != rows {
		t.Errorf("%v rows merged, %v pooled, want %v", got.Weight(), want.Weight(), rows)
	}
	for i, c := range want.Layout().Numeric {
		k := got.Layout().NumericIndex(c.Name)
		if k < 0 {
			t.Fatalf("attribute %q is missing", c.Name)
		}
		a, b := got.Moments(k), want.Moments(i)
		scale := max(math.Abs(b.Min()), math.Abs(b.Max()), 1)
		if a.Weight() != b.Weight() || a.Min() != b.Min() || a.Max() != b.Max() ||
			math.Abs(a.Mean()-b.Mean()) > momentTolerance*scale || math.Abs(a.Variance(1)-b.Variance(1)) > momentTolerance*scale*scale {
			t.Errorf("attribute %q: n, mean, variance are %v, %v, %v, want %v, %v, %v", c.Name, a.Weight(), a.Mean(), a.Variance(1), b.Weight(), b.Mean(), b.Variance(1))
		}
		var x, y []stats.Bin
		for bin := range got.Histogram(k).Bins() {
			x = append(x, bin)
		}
		for bin := range want.Histogram(i).Bins() {
			y = append(y, bin)
		}
		if fmt.Sprint(x) != fmt.Sprint(y) {
			t.Errorf("attribute %q: histograms differ", c.Name)
		}
	}
	for i, c := range want.Layout().Categorical {
		k := got.Layout().CategoricalIndex(c.Name)
		if k < 0 {
			t.Fatalf("attribute %q is missing", c.Name)
		}
		for _, v := range c.Values {
			a, b := got.Categories(k).Count(got.Layout().Categorical[k].Code(v)), want.Categories(i).Count(c.Code(v))
			if a != b {
				t.Errorf("attribute %q: %q counts %v, want %v", c.Name, v, a, b)
			}
		}
	}
}
