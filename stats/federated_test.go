package stats_test

import (
	"compress/gzip"
	"encoding/csv"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/statstest"
)

// federatedFolder holds tables that their publisher split among sites. They
// state no licence, so they are no part of this repository.
const federatedFolder = "../../shared/data/classic/symetryml"

// federatedTolerance is what moments may differ by between merged sites and
// pooled rows: design's 1e-14 for sums in double-double.
const federatedTolerance = 1e-14

// maxFederatedLevels bounds the distinct whole numbers that make a category.
const maxFederatedLevels = 40

// federatedTable is a table as it is in the file.
type federatedTable struct {
	names []string
	cells [][]string
}

func readFederated(t *testing.T, name string) federatedTable {
	t.Helper()
	file, err := os.Open(filepath.Join(federatedFolder, name))
	if os.IsNotExist(err) {
		t.Skipf("the federated tables are not there: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var in io.Reader = file
	if strings.HasSuffix(name, ".gz") {
		if in, err = gzip.NewReader(file); err != nil {
			t.Fatal(err)
		}
	}
	records, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return federatedTable{names: records[0], cells: records[1:]}
}

// federatedKind says what a column is learned as.
type federatedKind int

const (
	federatedContinuous federatedKind = iota
	federatedBinary
	federatedCategory
)

// federatedKinds decides from all sites together: 0 and 1 are binary, texts
// and few whole numbers categories.
func federatedKinds(sites []federatedTable) map[string]federatedKind {
	kinds := map[string]federatedKind{}
	for j, name := range sites[0].names {
		levels, whole, text, beyond := map[string]bool{}, true, false, false
		for _, site := range sites {
			for _, row := range site.cells {
				x, err := strconv.ParseFloat(row[j], 64)
				text = text || err != nil
				whole = whole && x == math.Trunc(x)
				beyond = beyond || x != 0 && x != 1
				levels[row[j]] = true
			}
		}
		switch {
		case text || whole && beyond && len(levels) <= maxFederatedLevels:
			kinds[name] = federatedCategory
		case whole && !beyond:
			kinds[name] = federatedBinary
		}
	}
	return kinds
}

// federatedCell is the category of a cell: of a date its month.
func federatedCell(text string) string {
	if parts := strings.Split(text, "/"); len(parts) == 3 {
		return parts[1]
	}
	return text
}

// layout lists the columns in the order of the table and each category's
// values in the order of its rows, as a site does that knows of no other.
func (f federatedTable) layout(kinds map[string]federatedKind) *stats.Layout {
	l := &stats.Layout{}
	for j, name := range f.names {
		if kinds[name] != federatedCategory {
			l.Numeric = append(l.Numeric, stats.NumericColumn{Name: name, Binary: kinds[name] == federatedBinary})
			continue
		}
		column := stats.CategoricalColumn{Name: name}
		for _, row := range f.cells {
			if v := federatedCell(row[j]); column.Code(v) == stats.Other {
				column.Values = append(column.Values, v)
			}
		}
		l.Categorical = append(l.Categorical, column)
	}
	return l
}

// rows encodes the table under a layout that has its columns.
func (f federatedTable) rows(t *testing.T, l *stats.Layout) *stats.Rows {
	t.Helper()
	index := map[string]int{}
	for j, name := range f.names {
		index[name] = j
	}
	rows := &stats.Rows{N: len(f.cells), Numeric: len(l.Numeric), Categorical: len(l.Categorical)}
	for _, row := range f.cells {
		for i := range l.Numeric {
			rows.Values = append(rows.Values, number(t, row[index[l.Numeric[i].Name]]))
		}
		for b := range l.Categorical {
			c := &l.Categorical[b]
			rows.Codes = append(rows.Codes, c.Code(federatedCell(row[index[c.Name]])))
		}
	}
	return rows
}

// TestFederatedEqualsPooled learns each site under a layout of its own, in its
// own order of categories, merges the sites by name and compares with the rows
// of all sites learned together.
func TestFederatedEqualsPooled(t *testing.T) {
	drawn.Alone(t)
	const bank, steel = "classification/BankData/fed3/", "regression/SteelIndustry/fed5/"
	for _, c := range []struct {
		name  string
		files []string
		rows  int // by the description of the data
	}{
		{name: "bank", rows: 500 + 2000 + 23668, files: []string{bank + "bank1.csv", bank + "bank2.csv.gz", bank + "bank3.csv.gz"}},
		{name: "housing", rows: 25 + 100 + 281, files: []string{
			"regression/housing/fed3/housing1.csv", "regression/housing/fed3/housing2.csv", "regression/housing/fed3/housing3.csv",
		}},
		{name: "realEstate", rows: 66 + 106 + 159, files: []string{
			"regression/realEstate/fed3/train1_re.csv", "regression/realEstate/fed3/train2_re.csv", "regression/realEstate/fed3/train3_re.csv",
		}},
		{name: "steel", rows: 50 + 100 + 2900 + 5450 + 21284, files: []string{
			steel + "steel1_onehot.csv", steel + "steel2_onehot.csv", steel + "steel3_onehot.csv.gz", steel + "steel4_onehot.csv.gz", steel + "steel5_onehot.csv.gz",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var sites []federatedTable
			for _, name := range c.files {
				sites = append(sites, readFederated(t, name))
			}
			requireFederated(t, sites, sites, c.rows)
		})
	}
}

// TestFederatedBankEqualsItsOrigin compares the three sites and their test set
// with the table that the publisher had split, whose rows are in another order.
func TestFederatedBankEqualsItsOrigin(t *testing.T) {
	drawn.Alone(t)
	var sites []federatedTable
	for _, name := range []string{"bank1.csv", "bank2.csv.gz", "bank3.csv.gz", "bank_test.csv.gz"} {
		sites = append(sites, readFederated(t, "classification/BankData/fed3/"+name))
	}
	origin := readFederated(t, "train_bank_BinaryHotEncode.csv.gz")
	requireFederated(t, sites, []federatedTable{origin}, 36168)
}

// requireFederated merges what the sites have learned and compares it with
// the rows of the pool learned one table after the other.
func requireFederated(t *testing.T, sites, pool []federatedTable, n int) {
	t.Helper()
	kinds := federatedKinds(sites)
	layout := &stats.Layout{}
	var learned []stats.Additive
	for _, site := range sites {
		own := site.layout(kinds)
		learned = append(learned, statstest.LearnedUnder(t, stats.SummaryMaker{}, own, site.rows(t, own)))
		union, err := layout.Union(own)
		if err != nil {
			t.Fatal(err)
		}
		layout = union
	}
	pooled := statstest.LearnedUnder(t, stats.SummaryMaker{}, layout, &stats.Rows{Numeric: len(layout.Numeric), Categorical: len(layout.Categorical)}).(*stats.Summary)
	for _, table := range pool {
		if err := pooled.Learn(layout, table.rows(t, layout)); err != nil {
			t.Fatal(err)
		}
	}
	if pooled.Weight() != float64(n) {
		t.Errorf("the pool has %v rows, want %d", pooled.Weight(), n)
	}
	// In order, as the layout of the merge then is the union above.
	merged := statstest.MergedTree(t, learned, func(int) int { return 0 }).(*stats.Summary)
	statstest.RequireSameCounts(t, "merged sites", pooled, merged)
	statstest.RequireSameSummary(t, "merged sites", pooled, merged, federatedTolerance)
	t.Logf("%v rows of %d numeric and %d categorical columns from %d sites",
		merged.Weight(), len(layout.Numeric), len(layout.Categorical), len(sites))
}
