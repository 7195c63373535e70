package model

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// momentsClose is what summing float64 rows naively may be off by, relative to
// the root of the variances.
const momentsClose = 1e-11

// mixedRows are rows of x, y (continuous), flag (binary), colour and shape
// (categorical, of which one has overflow), with weights, and gaps where asked.
func mixedRows(n int, gaps bool, seed uint64) (*stats.Layout, *stats.Rows) {
	layout := &stats.Layout{
		Numeric:     []stats.NumericColumn{{Name: "x"}, {Name: "flag", Binary: true}, {Name: "y"}},
		Categorical: []stats.CategoricalColumn{{Name: "colour", Values: []string{"red", "green", "blue"}}, {Name: "shape", Values: []string{"disc", "cube"}}},
	}
	r := rand.New(rand.NewPCG(seed, 1))
	rows := &stats.Rows{N: n, Numeric: 3, Categorical: 2}
	for range n {
		colour, shape, flag := int32(r.IntN(4)), int32(1+r.IntN(2)), float64(r.IntN(2))
		x := 1000 + r.NormFloat64() + float64(colour)
		values := []float64{x, flag, 3*x - 2*flag + float64(shape) + r.NormFloat64()}
		codes := []int32{colour, shape}
		if gaps {
			for i := range values {
				if r.IntN(8) == 0 {
					values[i] = math.NaN()
				}
			}
			for i := range codes {
				if r.IntN(8) == 0 {
					codes[i] = stats.Missing
				}
			}
		}
		rows.Values, rows.Codes = append(rows.Values, values...), append(rows.Codes, codes...)
		rows.Weights = append(rows.Weights, 0.5+r.Float64())
	}
	return layout, rows
}

func summaryOfRows(t testing.TB, layout *stats.Layout, rows *stats.Rows) *stats.Summary {
	t.Helper()
	s, err := stats.NewSummary(stats.SummaryOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Learn(layout, rows); err != nil {
		t.Fatal(err)
	}
	return s
}

// partitioned deals the rows by the code of a categorical column.
func partitioned(t testing.TB, layout *stats.Layout, rows *stats.Rows, column int) *Partition {
	t.Helper()
	p := &Partition{Attribute: layout.Categorical[column].Name}
	for v, value := range layout.Categorical[column].Values {
		part := &stats.Rows{}
		part.Reset(rows.Numeric, rows.Categorical)
		for i := range rows.N {
			if rows.RowCodes(i)[column] == int32(v+1) {
				part.Append(rows, i)
			}
		}
		p.Values, p.Summaries = append(p.Values, value), append(p.Summaries, summaryOfRows(t, layout, part))
	}
	return p
}

// naivePair is weight, means and cross product of the rows that have both.
func naivePair(a, b, w []float64) (weight, meanA, cross float64) {
	var meanB float64
	for i := range a {
		if x := a[i] + b[i]; x == x {
			weight += w[i]
			meanA += w[i] * a[i]
			meanB += w[i] * b[i]
		}
	}
	meanA, meanB = meanA/weight, meanB/weight
	for i := range a {
		if x := a[i] + b[i]; x == x {
			cross += w[i] * (a[i] - meanA) * (b[i] - meanB)
		}
	}
	return weight, meanA, cross
}

// naiveCorrelated is the covariance from the correlation of the rows that have
// both and the variances of those that have each.
func naiveCorrelated(a, b, w []float64) float64 {
	both := make([]float64, len(a))
	for i := range a {
		both[i] = 1 + 0*(a[i]+b[i])
	}
	inBoth := func(x []float64) []float64 {
		out := make([]float64, len(x))
		for i := range x {
			out[i] = x[i] * both[i]
		}
		return out
	}
	_, _, cross := naivePair(a, b, w)
	_, _, aa := naivePair(inBoth(a), inBoth(a), w)
	_, _, bb := naivePair(inBoth(b), inBoth(b), w)
	na, _, allA := naivePair(a, a, w)
	nb, _, allB := naivePair(b, b, w)
	return cross / math.Sqrt(aa*bb) * math.Sqrt(allA/na*allB/nb)
}

// TestDesignMoments compares the moments that are read off the statistics with
// those of the expanded rows.
func TestDesignMoments(t *testing.T) {
	for _, c := range []struct {
		name      string
		gaps      bool
		partition bool
		coding    coding
		inputs    []string
		terms     string
	}{
		{name: "reference", terms: "x flag colour=red colour=green colour=blue shape=cube"},
		{name: "full", coding: codingFull, inputs: []string{"colour", "x"}, terms: "x colour=(other) colour=red colour=green colour=blue"},
		{name: "pairwise", gaps: true, inputs: []string{"x", "flag", "colour", "shape"}},
		{name: "products", partition: true, inputs: []string{"x", "flag", "shape", "shape:x", "colour:shape"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			layout, rows := mixedRows(400, c.gaps, 7)
			s := summaryOfRows(t, layout, rows)
			d := &Definition{Name: "m", Target: "y", Inputs: c.inputs}
			g, err := newDesign(d, s, c.coding)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(g.names(), " "); c.terms != "" && got != c.terms {
				t.Errorf("terms are %s, want %s", got, c.terms)
			}
			target, err := numericTarget(d, s)
			if err != nil {
				t.Fatal(err)
			}
			var m *moments
			if c.partition {
				m, err = g.momentsGiven(partitioned(t, layout, rows, 1), target)
			} else {
				m, err = g.moments(s, target)
			}
			if err != nil {
				t.Fatal(err)
			}
			if m.pairwise != c.gaps {
				t.Errorf("pairwise is %v, want %v", m.pairwise, c.gaps)
			}
			columns := make([][]float64, m.n)
			row := make([]float64, len(g.terms))
			for i := range rows.N {
				if missing := g.expand(rows.Row(i), rows.RowCodes(i), row); missing && !c.gaps {
					t.Fatalf("row %d lacks something: %v", i, row)
				}
				for k, x := range append(row, rows.Row(i)[2]) {
					columns[k] = append(columns[k], x)
				}
			}
			for i := range m.n {
				for j := range m.n {
					weight, mean, cross := naivePair(columns[i], columns[j], rows.Weights)
					if c.gaps {
						cross = naiveCorrelated(columns[i], columns[j], rows.Weights)
						weight = 1
					}
					cross *= m.weight.Float() / weight
					if i == j && !(math.Abs(m.mean[i].Float()-mean) <= momentsClose*math.Abs(mean)) {
						t.Errorf("mean of term %d is %v, want %v", i, m.mean[i].Float(), mean)
					}
					scale := math.Sqrt(m.at(i, i).Float() * m.at(j, j).Float())
					if got := m.at(i, j).Float(); !(math.Abs(got-cross) <= momentsClose*scale) {
						t.Errorf("cross product of terms %d and %d is %v, want %v", i, j, got, cross)
					}
				}
			}
		})
	}
}

// TestDesignMerges holds that the moments of parts, read under the layout of
// the whole, merge to those of the whole.
func TestDesignMerges(t *testing.T) {
	layout, rows := mixedRows(300, false, 9)
	whole := summaryOfRows(t, layout, rows)
	g, err := newDesign(&Definition{Name: "m", Target: "y"}, whole, codingReference)
	if err != nil {
		t.Fatal(err)
	}
	want, err := g.moments(whole)
	if err != nil {
		t.Fatal(err)
	}
	// the same names in another order, and a level that has not come yet
	other := &stats.Layout{
		Numeric:     []stats.NumericColumn{{Name: "new"}, layout.Numeric[1], layout.Numeric[0]},
		Categorical: []stats.CategoricalColumn{layout.Categorical[1], {Name: "colour", Values: []string{"blue", "red"}}},
	}
	left, right := rows.Select(0, 100), &stats.Rows{}
	right.Reset(3, 2)
	recode := []int32{0, 2, 0, 1}
	for i := 100; i < rows.N; i++ {
		v, c := rows.Row(i), rows.RowCodes(i)
		if c[0] == 2 {
			left.Append(rows, i)
			continue
		}
		right.Values = append(right.Values, 1, v[1], v[0])
		right.Codes = append(right.Codes, c[1], recode[c[0]])
		right.Weights = append(right.Weights, rows.Weights[i])
		right.N++
	}
	got := newMoments(want.n)
	for _, s := range []*stats.Summary{summaryOfRows(t, layout, &left), summaryOfRows(t, other, right)} {
		part, err := g.moments(s)
		if err != nil {
			t.Fatal(err)
		}
		got.merge(part)
	}
	for i := range want.n {
		for j := range want.n {
			scale := math.Sqrt(want.at(i, i).Float() * want.at(j, j).Float())
			if d := got.at(i, j).Sub(want.at(i, j)).Float(); !(math.Abs(d) <= momentsClose*scale) {
				t.Errorf("cross product of %d and %d differs by %v", i, j, d)
			}
		}
	}
}

// TestDesignRefuses: definitions that no rows can mend wrap ErrDefinition.
func TestDesignRefuses(t *testing.T) {
	layout, rows := mixedRows(20, false, 3)
	layout = &stats.Layout{Numeric: layout.Numeric, Categorical: append([]stats.CategoricalColumn{}, layout.Categorical...)}
	layout.Categorical[1].List = true
	s := summaryOfRows(t, layout, rows)
	for _, c := range []struct {
		name       string
		inputs     []string
		want       string
		definition bool
	}{
		{name: "unknown", inputs: []string{"z"}, want: `unknown attribute "z"`},
		{name: "target", inputs: []string{"x", "y"}, want: `"y" is the target`, definition: true},
		{name: "list", inputs: []string{"shape"}, want: `"shape" is a list`, definition: true},
		{name: "target in a product", inputs: []string{"x:y"}, want: "target in it", definition: true},
		{name: "square", inputs: []string{"x:x"}, want: "the statistics do not hold it of squares"},
		{name: "product with a list", inputs: []string{"x:shape"}, want: "is a list"},
		{name: "nothing matches", inputs: []string{"q*"}, want: "match no attribute"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := newDesign(&Definition{Name: "m", Target: "y", Inputs: c.inputs}, s, codingReference)
			if err == nil || !strings.Contains(err.Error(), c.want) || errors.Is(err, ErrDefinition) != c.definition {
				t.Errorf("error is %v, want %q, of a definition: %v", err, c.want, c.definition)
			}
		})
	}
	g, err := newDesign(&Definition{Name: "m", Target: "y", Inputs: []string{"x", "x:colour"}}, s, codingReference)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.moments(s); !errors.Is(err, errNotHeld) {
		t.Errorf("error without a partition is %v", err)
	}
	if _, err := g.momentsGiven(nil); !errors.Is(err, errNotHeld) {
		t.Errorf("error without a partition is %v", err)
	}
}

// TestDesignRow: rows of other layouts, and categories that were not there.
func TestDesignRow(t *testing.T) {
	layout, rows := mixedRows(50, false, 5)
	g, err := newDesign(&Definition{Name: "m", Target: "y", Inputs: []string{"x", "colour", "shape"}}, summaryOfRows(t, layout, rows), codingFull)
	if err != nil {
		t.Fatal(err)
	}
	nan := math.NaN()
	for _, c := range []struct {
		name   string
		values []float64
		codes  []int32
		want   []float64 // x, colour=(other), red, green, blue, shape=disc, cube
	}{
		{name: "full", values: []float64{1, 0, 2}, codes: []int32{2, 1}, want: []float64{1, 0, 0, 1, 0, 1, 0}},
		{name: "short", want: []float64{nan, nan, nan, nan, nan, nan, nan}},
		{name: "unseen is other", values: []float64{1}, codes: []int32{9, 9}, want: []float64{1, 1, 0, 0, 0, nan, nan}},
		{name: "missing", values: []float64{nan}, codes: []int32{stats.Missing, 2}, want: []float64{nan, nan, nan, nan, nan, 0, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			row := make([]float64, len(g.terms))
			g.expand(c.values, c.codes, row)
			for i, x := range row {
				if x != c.want[i] && (x == x || c.want[i] == c.want[i]) {
					t.Fatalf("row is %v, want %v", row, c.want)
				}
			}
		})
	}
}
