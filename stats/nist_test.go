package stats_test

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/statstest"
)

// What the digits must reach, in both precisions: those that exact arithmetic
// reaches on the data rounded to float64, at most nistDigitsAsked, but for the
// rounding of the result. Certified values have 15 digits.
const (
	nistDigitsAsked = 13
	nistDigitsSlack = 0.5
)

// nistLeast is the digits that plain centred updates (Welford's) reach on the
// sets at which formulas differ, to one decimal. At NumAcc3 and NumAcc4 that is
// all that the data as float64 allow.
var nistLeast = map[string]float64{
	"NumAcc3": 9.5, "NumAcc4": 8.3,
	"SmLs04": 9.3, "SmLs05": 9.3, "SmLs06": 9.3,
}

// nistDecimal is half of the last decimal of nistLeast.
const nistDecimal = 0.05

// nistParts are the numbers of random parts that every set is split into.
var nistParts = []int{2, 10, 40}

// nistFigure is one certified statistic.
type nistFigure struct {
	name      string
	certified float64
	exact     float64 // in rational arithmetic over the data as float64
}

// nistColumn returns the single column of a univariate set.
func nistColumn(t *testing.T, name string) []float64 {
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
	var y []float64
	for _, record := range readCSV(t, unzipped) {
		y = append(y, number(t, record[0]))
	}
	return y
}

// nistCertified returns the statistics of a kind by set and name, as printed.
func nistCertified(t *testing.T, kind string) map[string]map[string]any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(nistFolder, "certified.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]map[string]map[string]any
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all[kind]
}

func certifiedNumber(t *testing.T, set map[string]any, name string) float64 {
	t.Helper()
	text, ok := set[name].(string)
	if !ok {
		t.Fatalf("certified value %q is %v", name, set[name])
	}
	return number(t, text)
}

// exactUnivariate returns mean, standard deviation and lag-1 autocorrelation
// in rational arithmetic; the square root is taken to 300 bits.
func exactUnivariate(y []float64) (mean, sd, autocorrelation float64) {
	sum := new(big.Rat)
	for _, x := range y {
		sum.Add(sum, new(big.Rat).SetFloat64(x))
	}
	centre := new(big.Rat).Quo(sum, big.NewRat(int64(len(y)), 1))
	square, lagged := new(big.Rat), new(big.Rat)
	var before *big.Rat
	for _, x := range y {
		d := new(big.Rat).SetFloat64(x)
		d.Sub(d, centre)
		square.Add(square, new(big.Rat).Mul(d, d))
		if before != nil {
			lagged.Add(lagged, new(big.Rat).Mul(d, before))
		}
		before = d
	}
	variance := new(big.Float).SetPrec(exactBits).SetRat(new(big.Rat).Quo(square, big.NewRat(int64(len(y)-1), 1)))
	mean, _ = centre.Float64()
	autocorrelation, _ = lagged.Quo(lagged, square).Float64()
	return mean, fromBig(new(big.Float).SetPrec(exactBits).Sqrt(variance)), autocorrelation
}

// laggedRows returns rows of x(t) and x(t-1); the first row lacks the latter.
func laggedRows(y []float64) (*stats.Layout, *stats.Rows) {
	rows := &stats.Rows{N: len(y), Numeric: 2}
	before := math.NaN()
	for _, x := range y {
		rows.Values = append(rows.Values, x, before)
		before = x
	}
	return &stats.Layout{Numeric: []stats.NumericColumn{{Name: "y"}, {Name: "before"}}}, rows
}

// lagOne reads the autocorrelation off co-moments. NIST centres both factors
// on the mean of all values, the co-moment on the means of the pairs.
func lagOne(s *stats.Summary) float64 {
	mean, pair, all := s.Moments(0).MeanDD(), s.Pair(0, 1), s.Pair(0, 0)
	shift := pair.MeanI.Sub(mean).Mul(pair.MeanJ.Sub(mean)).MulFloat(pair.N)
	return pair.Cij.Add(shift).Div(all.Cii).Float()
}

func TestNISTUnivariate(t *testing.T) {
	var table nistTable
	for _, name := range []string{"PiDigits", "Lottery", "Lew", "Mavro", "Michelso", "NumAcc1", "NumAcc2", "NumAcc3", "NumAcc4"} {
		t.Run(name, func(t *testing.T) {
			y, set := nistColumn(t, name), nistCertified(t, "univariate")[name]
			if rows, _ := set["rows"].(float64); int(rows) != len(y) {
				t.Fatalf("%d rows, certified are %v", len(y), set["rows"])
			}
			mean, sd, r := exactUnivariate(y)
			figures := []nistFigure{
				{name: "mean", certified: certifiedNumber(t, set, "mean"), exact: mean},
				{name: "sd", certified: certifiedNumber(t, set, "sd"), exact: sd},
				{name: "r(1)", certified: certifiedNumber(t, set, "autocorrelation_lag1"), exact: r},
			}
			layout, rows := laggedRows(y)
			table.check(t, name, figures, layout, rows, func(s *stats.Summary) []float64 {
				return []float64{s.Moments(0).Mean(), s.Moments(0).Stddev(1), lagOne(s)}
			})
		})
	}
	table.print(t)
}

func TestNISTAnova(t *testing.T) {
	var table nistTable
	names := []string{"SiRstv", "SmLs01", "SmLs02", "SmLs03", "AtmWtAg", "SmLs04", "SmLs05", "SmLs06", "SmLs07", "SmLs08", "SmLs09"}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			data, set := nistRows(t, name), nistCertified(t, "anova")[name]
			exact := exactAnova(data)
			figures := []nistFigure{
				{name: "SS between", certified: certifiedNumber(t, set, "ss_between"), exact: exact.between},
				{name: "SS within", certified: certifiedNumber(t, set, "ss_within"), exact: exact.within},
				{name: "F", certified: certifiedNumber(t, set, "f"), exact: exact.f},
				{name: "R2", certified: certifiedNumber(t, set, "r_squared"), exact: exact.rSquared},
				{name: "residual sd", certified: certifiedNumber(t, set, "residual_sd"), exact: exact.residual},
			}
			layout, rows := anovaRows(data)
			table.check(t, name, figures, layout, rows, func(s *stats.Summary) []float64 {
				a := readOff(s.GivenCategory(0))
				return []float64{a.between, a.within, a.f, a.rSquared, a.residual}
			})
		})
	}
	table.print(t)
}

// TestNISTAnovaFromComoments reads the same sums of squares off the dense
// co-moments of y and one indicator per treatment but the last: the sum of
// squares between is that of the regression on the indicators. Here the two
// precisions differ.
func TestNISTAnovaFromComoments(t *testing.T) {
	var table nistTable
	for _, name := range []string{"SiRstv", "AtmWtAg", "SmLs01", "SmLs02", "SmLs04", "SmLs05", "SmLs07", "SmLs08"} {
		t.Run(name, func(t *testing.T) {
			data, set := nistRows(t, name), nistCertified(t, "anova")[name]
			exact := exactAnova(data)
			figures := []nistFigure{
				{name: "SS between", certified: certifiedNumber(t, set, "ss_between"), exact: exact.between},
				{name: "SS total", certified: certifiedNumber(t, set, "ss_between") + certifiedNumber(t, set, "ss_within"), exact: exact.between + exact.within},
			}
			layout, rows := indicatorRows(data)
			table.check(t, name, figures, layout, rows, func(s *stats.Summary) []float64 {
				return []float64{betweenOf(s, len(layout.Numeric)-1), s.Pair(0, 0).Cii.Float()}
			})
		})
	}
	table.print(t)
}

// anovaRows returns rows of y and the treatment as category.
func anovaRows(data []conditionalRow) (*stats.Layout, *stats.Rows) {
	rows := &stats.Rows{N: len(data), Numeric: 1, Categorical: 1}
	column := stats.CategoricalColumn{Name: "treatment"}
	for _, r := range data {
		rows.Values = append(rows.Values, r.values[0])
		rows.Codes = append(rows.Codes, r.code)
		for int(r.code) > len(column.Values) {
			column.Values = append(column.Values, fmt.Sprint(len(column.Values)+1))
		}
	}
	return &stats.Layout{Numeric: []stats.NumericColumn{{Name: "y"}}, Categorical: []stats.CategoricalColumn{column}}, rows
}

// indicatorRows returns rows of y and an indicator of each treatment.
func indicatorRows(data []conditionalRow) (*stats.Layout, *stats.Rows) {
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "y"}}}
	for _, r := range data {
		for int(r.code) > len(layout.Numeric)-1 {
			layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: fmt.Sprintf("is %d", len(layout.Numeric)), Binary: true})
		}
	}
	rows := &stats.Rows{N: len(data), Numeric: len(layout.Numeric)}
	for _, r := range data {
		rows.Values = append(rows.Values, r.values[0])
		for code := 1; code < len(layout.Numeric); code++ {
			indicator := 0.0
			if int(r.code) == code {
				indicator = 1
			}
			rows.Values = append(rows.Values, indicator)
		}
	}
	return layout, rows
}

// betweenOf returns the sum of squares between k treatments: for each, the
// square of the co-moment of y with its indicator, which is n(i) times the
// distance of its mean from that of all rows, over n(i).
func betweenOf(s *stats.Summary, k int) float64 {
	sum := dd.Number{}
	for i := 1; i <= k; i++ {
		p := s.Pair(0, i)
		n := p.MeanJ.MulFloat(p.N)
		sum = sum.Add(p.Cij.Square().Div(n))
	}
	return sum.Float()
}

// nistTable is the digits of every set and statistic, worst of all ways.
type nistTable struct {
	lines []string
}

func (n *nistTable) print(t *testing.T) {
	t.Helper()
	head := fmt.Sprintf("%-10s %-12s %8s %9s %8s", "set", "statistic", "exact", "extended", "double")
	t.Logf("correct digits, at most 15; exact is rational arithmetic over the data as float64,\n"+
		"the others the worst of one pass and of merges of random parts\n%s\n%s", head, strings.Join(n.lines, "\n"))
}

// check learns the rows in both precisions and several ways and compares what
// read gives, one number per figure.
func (n *nistTable) check(t *testing.T, name string, figures []nistFigure, layout *stats.Layout, rows *stats.Rows, read func(*stats.Summary) []float64) {
	t.Helper()
	worst := map[stats.Precision][]float64{}
	for _, p := range precisions() {
		for range figures {
			worst[p] = append(worst[p], 15)
		}
		options := stats.SummaryOptions{}
		if p == stats.Double {
			options.ExtendedUpTo = -1
		}
		for _, w := range statstest.WaysToLearn(t, options, layout, rows, nistParts...) {
			for i, got := range read(w.Summary) {
				f := figures[i]
				reached := digits(got, f.certified)
				worst[p][i] = min(worst[p][i], reached)
				if limit := nistLimit(name, f); !(reached >= limit) {
					t.Errorf("%v, %s: %s is %v, certified %v: %.2f digits, want %.2f", p, w.Name, f.name, got, f.certified, reached, limit)
				}
			}
		}
	}
	for i, f := range figures {
		n.lines = append(n.lines, fmt.Sprintf("%-10s %-12s %8.1f %9.1f %8.1f",
			name, f.name, digits(f.exact, f.certified), worst[stats.Extended][i], worst[stats.Double][i]))
	}
}

// nistLimit returns how many digits must be right.
func nistLimit(name string, f nistFigure) float64 {
	allowed := digits(f.exact, f.certified)
	return max(min(allowed, nistDigitsAsked)-nistDigitsSlack, nistLeast[name]-nistDecimal)
}
