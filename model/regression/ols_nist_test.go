package regression

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

const nistFolder = "testdata/nist"

// The digits asked of coefficients and standard errors: certified values have
// 15, and rounding the powers of Filip to float64 leaves about 8 of them.
var nistAsked = map[string]float64{"Filip": 7}

const (
	nistDigits    = 13
	nistMaxDigits = 15
)

// nistPowers is the degree of the polynomial sets.
var nistPowers = map[string]int{"Pontius": 2, "Filip": 10, "Wampler1": 5, "Wampler2": 5, "Wampler3": 5, "Wampler4": 5, "Wampler5": 5}

type nistSet struct {
	Intercept    bool `json:"intercept"`
	Coefficients []struct {
		Name, Estimate string
		StdError       string `json:"std_error"`
	} `json:"coefficients"`
	SD string `json:"residual_sd"`
	R2 string `json:"r_squared"`
}

func readRecords(t testing.TB, path string) [][]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return records
}

func parse(t testing.TB, text string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// nistRows are y and the inputs, powers of x computed as a mapping would.
func nistRows(t testing.TB, name string) (*stats.Layout, *stats.Rows) {
	t.Helper()
	records := readRecords(t, filepath.Join(nistFolder, name+".csv"))
	layout := &stats.Layout{}
	for _, column := range records[0] {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: column})
	}
	for k := 2; k <= nistPowers[name]; k++ {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: fmt.Sprintf("x^%d", k)})
	}
	rows := &stats.Rows{N: len(records) - 1, Numeric: len(layout.Numeric)}
	for _, record := range records[1:] {
		for _, text := range record {
			rows.Values = append(rows.Values, parse(t, text))
		}
		x := parse(t, record[1])
		power := x
		for k := 2; k <= nistPowers[name]; k++ {
			power = float64(power * x)
			rows.Values = append(rows.Values, power)
		}
	}
	return layout, rows
}

// mergedSummary learns random parts of the rows and merges them.
func mergedSummary(t testing.TB, layout *stats.Layout, rows *stats.Rows, parts int, o stats.SummaryOptions) *stats.Summary {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(parts), 77))
	dealt := make([]*stats.Rows, parts)
	for i := range dealt {
		dealt[i] = &stats.Rows{}
		dealt[i].Reset(rows.Numeric, rows.Categorical)
	}
	for i := range rows.N {
		dealt[r.IntN(parts)].Append(rows, i)
	}
	var whole *stats.Summary
	for _, part := range dealt {
		s, err := stats.NewSummary(o)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Learn(layout, part); err != nil {
			t.Fatal(err)
		}
		if whole == nil {
			whole = s
		} else if err := whole.Merge(s); err != nil {
			t.Fatal(err)
		}
	}
	return whole
}

// digits is the log relative error, at most those that are certified.
func digits(got, want float64) float64 {
	e := math.Abs(got - want)
	if want != 0 {
		e /= math.Abs(want)
	}
	return min(max(-math.Log10(e), 0), nistMaxDigits)
}

// TestNISTLinear compares with certified values, from merged summaries of
// random splits, and prints the digits beside those of R's lm from the rows.
func TestNISTLinear(t *testing.T) {
	text, err := os.ReadFile("../../testdata/nist/certified.json")
	if err != nil {
		t.Fatal(err)
	}
	var certified struct {
		Linear map[string]nistSet `json:"linear"`
	}
	if err := json.Unmarshal(text, &certified); err != nil {
		t.Fatal(err)
	}
	r := map[string][2]float64{} // estimate and standard error by set and coefficient
	for _, record := range readRecords(t, "testdata/regression_nist_r.csv")[1:] {
		r[record[0]+" "+record[1]] = [2]float64{parse(t, record[2]), parse(t, record[3])}
	}
	t.Logf("%-9s %10s %10s %10s %10s %8s %6s %10s", "digits of", "estimate", "std error", "R estimate", "R error", "sigma", "R2", "condition")
	for _, name := range []string{"Norris", "Pontius", "NoInt1", "NoInt2", "Longley", "Wampler1", "Wampler2", "Wampler3", "Wampler4", "Wampler5", "Filip"} {
		set := certified.Linear[name]
		asked := float64(nistDigits)
		if a, ok := nistAsked[name]; ok {
			asked = a
		}
		for _, parts := range []int{1, 2, 3, 10} {
			layout, rows := nistRows(t, name)
			d := model.Definition{Name: "m", Type: "ols", Target: "y", Options: map[string]any{"intercept": set.Intercept}}
			m, err := model.NewCatalogue(Entries()).Build(context.Background(), d, &model.Evidence{Summary: mergedSummary(t, layout, rows, parts, stats.SummaryOptions{})})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			report := m.Describe().(*regressionReport)
			estimate, stdError, rEstimate, rError := 15.0, 15.0, 15.0, 15.0
			for i, c := range set.Coefficients {
				got, lm := report.Coefficients[i], r[name+" "+c.Name]
				estimate, rEstimate = min(estimate, digits(got.Estimate, parse(t, c.Estimate))), min(rEstimate, digits(lm[0], parse(t, c.Estimate)))
				stdError, rError = min(stdError, digits(*got.StdError, parse(t, c.StdError))), min(rError, digits(lm[1], parse(t, c.StdError)))
			}
			if parts == 10 {
				t.Logf("%-9s %10.1f %10.1f %10.1f %10.1f %8.1f %6.1f %10.2g", name, estimate, stdError, rEstimate, rError,
					digits(*report.Sigma, parse(t, set.SD)), digits(*report.R2, parse(t, set.R2)), *report.Condition)
			}
			if estimate < asked || stdError < asked {
				t.Errorf("%s in %d parts: %.1f digits of coefficients and %.1f of standard errors, want %v", name, parts, estimate, stdError, asked)
			}
		}
	}
}

// TestNISTFilipRefused: float64 statistics cannot hold Filip, and say so.
func TestNISTFilipRefused(t *testing.T) {
	layout, rows := nistRows(t, "Filip")
	s := mergedSummary(t, layout, rows, 3, stats.SummaryOptions{ExtendedUpTo: -1})
	_, err := model.NewCatalogue(Entries()).Build(context.Background(), model.Definition{Name: "m", Type: "ols", Target: "y"}, &model.Evidence{Summary: s})
	if !errors.Is(err, design.ErrAliased) || !strings.Contains(err.Error(), "precision: extended") {
		t.Errorf("error is %v, want one about conditioning that names the precision", err)
	}
	t.Log(err)
}
