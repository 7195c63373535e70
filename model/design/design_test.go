package design

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// momentsClose is what summing float64 rows naively may be off by, relative to
// the root of the variances.
const momentsClose = 1e-11

// naivePair is weight, means and cross product of the rows that have both.
func naivePair(a, b, w []float64) (weight, meanA, cross float64) {
	var meanB float64
	for i := range a {
		if x := a[i] + b[i]; !math.IsNaN(x) {
			weight += w[i]
			meanA += w[i] * a[i]
			meanB += w[i] * b[i]
		}
	}
	meanA, meanB = meanA/weight, meanB/weight
	for i := range a {
		if x := a[i] + b[i]; !math.IsNaN(x) {
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
		coding    Coding
		inputs    []string
		terms     string
	}{
		{name: "reference", terms: "x flag colour=red colour=green colour=blue shape=cube"},
		{name: "full", coding: CodingFull, inputs: []string{"colour", "x"}, terms: "x colour=(other) colour=red colour=green colour=blue"},
		{name: "pairwise", gaps: true, inputs: []string{"x", "flag", "colour", "shape"}},
		{name: "products", partition: true, inputs: []string{"x", "flag", "shape", "shape:x", "colour:shape"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			layout, rows := modeltest.MixedRows(400, c.gaps, 7)
			s := modeltest.SummaryOf(t, layout, rows)
			d := &model.Definition{Name: "m", Target: "y", Inputs: c.inputs}
			g, err := NewDesign(d, s, c.coding)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(g.Names(), " "); c.terms != "" && got != c.terms {
				t.Errorf("terms are %s, want %s", got, c.terms)
			}
			target, err := NumericTarget(d, s)
			if err != nil {
				t.Fatal(err)
			}
			var m *Moments
			if c.partition {
				m, err = g.MomentsGiven(modeltest.Partitioned(t, layout, rows, 1), target)
			} else {
				m, err = g.Moments(s, target)
			}
			if err != nil {
				t.Fatal(err)
			}
			if m.Pairwise != c.gaps {
				t.Errorf("pairwise is %v, want %v", m.Pairwise, c.gaps)
			}
			requireNaiveMoments(t, m, expanded(t, g, rows, c.gaps), rows.Weights, c.gaps)
		})
	}
}

// expanded returns the columns of the terms and of the target, which is column 2.
func expanded(t *testing.T, g *Design, rows *stats.Rows, gaps bool) [][]float64 {
	t.Helper()
	columns := make([][]float64, len(g.Terms)+1)
	row := make([]float64, len(g.Terms))
	for i := range rows.N {
		if missing := g.Expand(rows.Row(i), rows.RowCodes(i), row); missing && !gaps {
			t.Fatalf("row %d lacks something: %v", i, row)
		}
		for k, x := range append(row, rows.Row(i)[2]) {
			columns[k] = append(columns[k], x)
		}
	}
	return columns
}

// requireNaiveMoments requires the means and the cross products of the columns, with
// gaps those that the pairwise correlations give.
func requireNaiveMoments(t *testing.T, m *Moments, columns [][]float64, weights []float64, gaps bool) {
	t.Helper()
	for i := range m.N {
		for j := range m.N {
			weight, mean, cross := naivePair(columns[i], columns[j], weights)
			if gaps {
				cross = naiveCorrelated(columns[i], columns[j], weights)
				weight = 1
			}
			cross *= m.Weight.Float() / weight
			if i == j && !(math.Abs(m.Mean[i].Float()-mean) <= momentsClose*math.Abs(mean)) {
				t.Errorf("mean of term %d is %v, want %v", i, m.Mean[i].Float(), mean)
			}
			scale := math.Sqrt(m.At(i, i).Float() * m.At(j, j).Float())
			if got := m.At(i, j).Float(); !(math.Abs(got-cross) <= momentsClose*scale) {
				t.Errorf("cross product of terms %d and %d is %v, want %v", i, j, got, cross)
			}
		}
	}
}

// TestDesignMerges holds that the moments of parts, read under the layout of
// the whole, merge to those of the whole.
func TestDesignMerges(t *testing.T) {
	layout, rows := modeltest.MixedRows(300, false, 9)
	whole := modeltest.SummaryOf(t, layout, rows)
	g, err := NewDesign(&model.Definition{Name: "m", Target: "y"}, whole, CodingReference)
	if err != nil {
		t.Fatal(err)
	}
	want, err := g.Moments(whole)
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
	got := NewMoments(want.N)
	for _, s := range []*stats.Summary{modeltest.SummaryOf(t, layout, &left), modeltest.SummaryOf(t, other, right)} {
		part, err := g.Moments(s)
		if err != nil {
			t.Fatal(err)
		}
		got.Merge(part)
	}
	for i := range want.N {
		for j := range want.N {
			scale := math.Sqrt(want.At(i, i).Float() * want.At(j, j).Float())
			if d := got.At(i, j).Sub(want.At(i, j)).Float(); !(math.Abs(d) <= momentsClose*scale) {
				t.Errorf("cross product of %d and %d differs by %v", i, j, d)
			}
		}
	}
}

// TestDesignRefuses: definitions that no rows can mend wrap ErrDefinition.
func TestDesignRefuses(t *testing.T) {
	layout, rows := modeltest.MixedRows(20, false, 3)
	layout = &stats.Layout{Numeric: layout.Numeric, Categorical: append([]stats.CategoricalColumn{}, layout.Categorical...)}
	layout.Categorical[1].List = true
	s := modeltest.SummaryOf(t, layout, rows)
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
			_, err := NewDesign(&model.Definition{Name: "m", Target: "y", Inputs: c.inputs}, s, CodingReference)
			if err == nil || !strings.Contains(err.Error(), c.want) || errors.Is(err, model.ErrDefinition) != c.definition {
				t.Errorf("error is %v, want %q, of a definition: %v", err, c.want, c.definition)
			}
		})
	}
	g, err := NewDesign(&model.Definition{Name: "m", Target: "y", Inputs: []string{"x", "x:colour"}}, s, CodingReference)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Moments(s); !errors.Is(err, model.ErrNotHeld) {
		t.Errorf("error without a partition is %v", err)
	}
	if _, err := g.MomentsGiven(nil); !errors.Is(err, model.ErrNotHeld) {
		t.Errorf("error without a partition is %v", err)
	}
}

// TestDesignRow: rows of other layouts, and categories that were not there.
func TestDesignRow(t *testing.T) {
	layout, rows := modeltest.MixedRows(50, false, 5)
	g, err := NewDesign(&model.Definition{Name: "m", Target: "y", Inputs: []string{"x", "colour", "shape"}}, modeltest.SummaryOf(t, layout, rows), CodingFull)
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
			row := make([]float64, len(g.Terms))
			g.Expand(c.values, c.codes, row)
			for i, x := range row {
				if x != c.want[i] && (!math.IsNaN(x) || !math.IsNaN(c.want[i])) {
					t.Fatalf("row is %v, want %v", row, c.want)
				}
			}
		})
	}
}
