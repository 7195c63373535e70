package stats_test

import (
	"compress/gzip"
	"encoding/csv"
	"io"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// nistFolder holds the data sets and certified values; its README names the source.
const nistFolder = "../testdata/nist"

func readCSV(t *testing.T, in io.Reader) [][]string {
	t.Helper()
	records, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return records[1:]
}

// nistRows returns the rows of one analysis of variance.
func nistRows(t *testing.T, name string) []conditionalRow {
	t.Helper()
	file, err := os.Open(filepath.Join(nistFolder, name+".csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var rows []conditionalRow
	for _, record := range readCSV(t, unzipped) {
		code, err := strconv.Atoi(record[0])
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, conditionalRow{code: int32(code), values: []float64{number(t, record[1])}, weight: 1})
	}
	return rows
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// anova is a one-way analysis of variance.
type anova struct {
	between, within, f, rSquared, residual float64
}

// readOff computes it from the cells: within is the sum of their M2, between
// what the M2 of all rows together has more.
func readOff(c *stats.Conditional) anova {
	var all stats.Cell
	within, groups := dd.Number{}, 0.0
	for code := range int32(c.Codes()) {
		cell := c.Cell(code, 0)
		if cell.Weight == 0 {
			continue
		}
		groups++
		within = within.Add(cell.M2DD())
		all = all.Merge(cell)
	}
	between := all.M2DD().Sub(within)
	variance := within.Div(all.WeightDD().AddFloat(-groups))
	return anova{
		between:  between.Float(),
		within:   within.Float(),
		f:        between.Div(dd.FromFloat(groups - 1)).Div(variance).Float(),
		rSquared: between.Div(all.M2DD()).Float(),
		residual: variance.Sqrt().Float(),
	}
}

// exactAnova is the same in rational arithmetic over the values as float64.
func exactAnova(rows []conditionalRow) anova {
	sums, counts := map[int32]*big.Rat{}, map[int32]int64{}
	total, squares := new(big.Rat), new(big.Rat)
	for _, r := range rows {
		x := new(big.Rat).SetFloat64(r.values[0])
		if sums[r.code] == nil {
			sums[r.code] = new(big.Rat)
		}
		sums[r.code].Add(sums[r.code], x)
		counts[r.code]++
		total.Add(total, x)
		squares.Add(squares, new(big.Rat).Mul(x, x))
	}
	n, groups := int64(len(rows)), int64(len(sums))
	within := new(big.Rat).Set(squares)
	for code, s := range sums {
		within.Sub(within, new(big.Rat).Quo(new(big.Rat).Mul(s, s), big.NewRat(counts[code], 1)))
	}
	all := new(big.Rat).Sub(squares, new(big.Rat).Quo(new(big.Rat).Mul(total, total), big.NewRat(n, 1)))
	between := new(big.Rat).Sub(all, within)
	variance := new(big.Rat).Quo(within, big.NewRat(n-groups, 1))
	f := new(big.Rat).Quo(new(big.Rat).Quo(between, big.NewRat(groups-1, 1)), variance)
	float := func(r *big.Rat) float64 { v, _ := r.Float64(); return v }
	return anova{
		between: float(between), within: float(within), f: float(f),
		rSquared: float(new(big.Rat).Quo(between, all)), residual: math.Sqrt(float(variance)),
	}
}

// digits is the number of correct significant digits, at most 15 as certified.
func digits(got, want float64) float64 {
	if got == want {
		return 15
	}
	return min(15, -math.Log10(math.Abs(got-want)/math.Abs(want)))
}

// anovaTolerance bounds the relative error against exact arithmetic on the
// same float64 values: two roundings to float64.
const anovaTolerance = 4e-16

func TestConditionalNISTAnova(t *testing.T) {
	// The least number of certified digits, over all five statistics, that
	// exact arithmetic reaches once the values are rounded to float64.
	limits := map[string]float64{
		"SiRstv": 13, "SmLs01": 15, "SmLs02": 15, "SmLs03": 15,
		"AtmWtAg": 10, "SmLs04": 9.8, "SmLs05": 9.8, "SmLs06": 9.8,
		"SmLs07": 3.8, "SmLs08": 3.8, "SmLs09": 3.8,
	}
	file, err := os.Open(filepath.Join(nistFolder, "anova-certified.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, record := range readCSV(t, file) {
		name := record[0]
		t.Run(name, func(t *testing.T) {
			rows := nistRows(t, name)
			if len(rows) != int(number(t, record[1])) {
				t.Fatalf("%d rows, want %s", len(rows), record[1])
			}
			certified := anova{
				between: number(t, record[3]), within: number(t, record[4]), f: number(t, record[5]),
				rSquared: number(t, record[6]), residual: number(t, record[7]),
			}
			exact := exactAnova(rows)
			for what, got := range map[string]anova{"whole": readOff(conditionalOf(t, rows)), "merged": readOff(mergedSplit(t, rows))} {
				requireAnova(t, what, got, exact, certified, limits[name])
			}
		})
	}
}

func requireAnova(t *testing.T, what string, got, exact, certified anova, limit float64) {
	t.Helper()
	for _, c := range []struct {
		name                  string
		got, exact, certified float64
	}{
		{name: "between", got: got.between, exact: exact.between, certified: certified.between},
		{name: "within", got: got.within, exact: exact.within, certified: certified.within},
		{name: "F", got: got.f, exact: exact.f, certified: certified.f},
		{name: "R squared", got: got.rSquared, exact: exact.rSquared, certified: certified.rSquared},
		{name: "residual", got: got.residual, exact: exact.residual, certified: certified.residual},
	} {
		if math.Abs(c.got-c.exact) > anovaTolerance*c.exact {
			t.Errorf("%s: %s is %v, exact arithmetic gives %v", what, c.name, c.got, c.exact)
		}
		if d := digits(c.got, c.certified); d < limit {
			t.Errorf("%s: %s is %v, certified %v: %.1f digits, want %v", what, c.name, c.got, c.certified, d, limit)
		}
	}
}

// mergedSplit deals the rows to ten parts at random and merges them.
func mergedSplit(t *testing.T, rows []conditionalRow) *stats.Conditional {
	t.Helper()
	rng := rand.New(rand.NewPCG(17, 0))
	parts := make([][]conditionalRow, 10)
	for _, r := range rows {
		at := rng.IntN(len(parts))
		parts[at] = append(parts[at], r)
	}
	sum := stats.NewConditional()
	for _, i := range rng.Perm(len(parts)) {
		if err := sum.Merge(conditionalOf(t, parts[i])); err != nil {
			t.Fatal(err)
		}
	}
	return sum
}
