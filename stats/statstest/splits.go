package statstest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Reporter is what the checks need of *testing.T and *rapid.T.
type Reporter interface {
	Helper()
	Errorf(format string, args ...any)
	Fatal(args ...any)
}

// LearnedUnder returns a statistic of the maker that has learned the rows.
func LearnedUnder(t Reporter, maker stats.Maker, layout *stats.Layout, rows *stats.Rows) stats.Additive {
	t.Helper()
	a, err := maker.New()
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Learn(layout, rows); err != nil {
		t.Fatal(err)
	}
	return a
}

// Dealt deals the rows to k parts: row i goes to part owner(i).
func Dealt(rows *stats.Rows, k int, owner func(i int) int) []*stats.Rows {
	parts := make([]*stats.Rows, k)
	for p := range parts {
		parts[p] = &stats.Rows{}
		parts[p].Reset(rows.Numeric, rows.Categorical)
	}
	for i := range rows.N {
		parts[owner(i)].Append(rows, i)
	}
	return parts
}

// MergedTree merges the parts two by two until one is left: pick(n) chooses
// among the n that there are, first the receiver and then the operand. The
// parts themselves stay as they are.
func MergedTree(t Reporter, parts []stats.Additive, pick func(n int) int) stats.Additive {
	t.Helper()
	open := make([]stats.Additive, len(parts))
	for i, p := range parts {
		open[i] = p.Clone()
	}
	for len(open) > 1 {
		at := pick(len(open))
		into := open[at]
		open = append(open[:at], open[at+1:]...)
		at = pick(len(open))
		before := golden.Encoded(open[at])
		if err := into.Merge(open[at]); err != nil {
			t.Fatal(err)
		}
		if golden.Encoded(open[at]) != before {
			t.Fatal("merge changed its operand")
		}
		open[at] = into
	}
	return open[0]
}

// learnedInParts deals the rows to k statistics at random and merges these in
// a random order and tree.
func learnedInParts(t Reporter, maker stats.Maker, layout *stats.Layout, rows *stats.Rows, k int, seed uint64) stats.Additive {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, uint64(k)))
	var parts []stats.Additive
	for _, part := range Dealt(rows, k, func(int) int { return rng.IntN(k) }) {
		parts = append(parts, LearnedUnder(t, maker, layout, part))
	}
	return MergedTree(t, parts, rng.IntN)
}

// Way is one way to learn the same rows.
type Way struct {
	Name    string
	Summary *stats.Summary
}

// WaysToLearn learns the rows at once, one by one, and in parts dealt and
// merged at random.
func WaysToLearn(t *testing.T, options stats.SummaryOptions, layout *stats.Layout, rows *stats.Rows, parts ...int) []Way {
	t.Helper()
	maker := stats.SummaryMaker{Options: options}
	single := LearnedUnder(t, maker, layout, &stats.Rows{Numeric: rows.Numeric, Categorical: rows.Categorical}).(*stats.Summary)
	for i := range rows.N {
		row := rows.Select(i, i+1)
		if err := single.Learn(layout, &row); err != nil {
			t.Fatal(err)
		}
	}
	ways := []Way{
		{Name: "at once", Summary: LearnedUnder(t, maker, layout, rows).(*stats.Summary)},
		{Name: "row by row", Summary: single},
	}
	for _, k := range parts {
		ways = append(ways, Way{
			Name:    fmt.Sprintf("%d parts", k),
			Summary: learnedInParts(t, maker, layout, rows, k, 19).(*stats.Summary),
		})
	}
	return ways
}

// RequireSameCounts demands that all that is counted is identical: weights,
// bins of histograms, extremes, categories and contingency. It holds for
// weights that are whole numbers.
func RequireSameCounts(t Reporter, what string, want, got *stats.Summary) {
	t.Helper()
	same := func(field string, a, b any) {
		t.Helper()
		if a != b {
			t.Errorf("%s: %s is %v, want %v", what, field, b, a)
		}
	}
	sameState := func(field string, a, b stats.Encoder) {
		t.Helper()
		if golden.Encoded(a) != golden.Encoded(b) {
			t.Errorf("%s: %s differ", what, field)
		}
	}
	same("weight", want.Weight(), got.Weight())
	same("number of numeric columns", len(want.Layout().Numeric), len(got.Layout().Numeric))
	same("number of categorical columns", len(want.Layout().Categorical), len(got.Layout().Categorical))
	if len(want.Layout().Numeric) != len(got.Layout().Numeric) || len(want.Layout().Categorical) != len(got.Layout().Categorical) {
		return
	}
	for i := range want.Layout().Numeric {
		name := want.Layout().Numeric[i].Name
		m, n := want.Moments(i), got.Moments(i)
		same("weight of "+name, m.Weight(), n.Weight())
		if !m.Empty() {
			same("minimum of "+name, m.Min(), n.Min())
			same("maximum of "+name, m.Max(), n.Max())
		}
		if want.Histogram(i) != nil {
			sameState("the bins of "+name, want.Histogram(i), got.Histogram(i))
		}
		if given := want.GivenBinary(i); given != nil {
			requireSameCellCounts(t, what+": given "+name, given, got.GivenBinary(i))
		}
		for j := range i {
			same(fmt.Sprintf("weight of columns %d and %d", i, j), want.Pair(i, j).N, got.Pair(i, j).N)
		}
	}
	for b := range want.Layout().Categorical {
		name := want.Layout().Categorical[b].Name
		same("presence of "+name, want.Present(b), got.Present(b))
		sameState("the counts of "+name, want.Categories(b), got.Categories(b))
		requireSameCellCounts(t, what+": given "+name, want.GivenCategory(b), got.GivenCategory(b))
		for a := range b {
			sameState("the counts of pairs with "+name, want.Contingency(a, b), got.Contingency(a, b))
		}
	}
}

func requireSameCellCounts(t Reporter, what string, want, got *stats.Conditional) {
	t.Helper()
	if want.Codes() != got.Codes() || want.Columns() != got.Columns() {
		t.Errorf("%s: %d codes and %d columns, want %d and %d", what, got.Codes(), got.Columns(), want.Codes(), want.Columns())
	}
	for code := range int32(want.Codes()) {
		for j := range want.Columns() {
			if a, b := want.Cell(code, j).Weight, got.Cell(code, j).Weight; a != b {
				t.Errorf("%s: code %d, column %d has weight %v, want %v", what, code, j, b, a)
			}
		}
	}
}

// RequireSameSummary wants two summaries to answer alike: counts exactly, moments
// and co-moments within tolerance of their scale.
func RequireSameSummary(t Reporter, what string, want, got *stats.Summary, tolerance float64) {
	t.Helper()
	c := &closeSummaries{t: t, what: what, want: want, got: got, tolerance: tolerance}
	c.near("weight", want.Weight(), got.Weight(), want.Weight())
	c.near("effective rows", want.EffectiveRows(), got.EffectiveRows(), want.EffectiveRows())
	if len(want.Layout().Numeric) != len(got.Layout().Numeric) || len(want.Layout().Categorical) != len(got.Layout().Categorical) {
		t.Errorf("%s: %d and %d columns, want %d and %d", what, len(got.Layout().Numeric), len(got.Layout().Categorical), len(want.Layout().Numeric), len(want.Layout().Categorical))
		return
	}
	for i := range want.Layout().Numeric {
		c.numeric(i)
	}
	for b := range want.Layout().Categorical {
		c.categorical(b)
	}
}

// closeSummaries compares two summaries of the same columns.
type closeSummaries struct {
	t         Reporter
	what      string
	want, got *stats.Summary
	tolerance float64
}

// near wants two numbers to differ by at most the tolerance times the scale.
func (c *closeSummaries) near(field string, want, got, scale float64) {
	c.t.Helper()
	if math.IsNaN(want) && math.IsNaN(got) {
		return
	}
	if !(math.Abs(want-got) <= c.tolerance*scale) && want != got {
		c.t.Errorf("%s: %s is %v, want %v (off by %.3g of %.3g)", c.what, field, got, want, math.Abs(want-got), scale)
	}
}

// cell compares two cells of conditional moments.
func (c *closeSummaries) cell(given string, want, got stats.Cell) {
	c.t.Helper()
	c.near("weight given "+given, want.Weight, got.Weight, want.Weight)
	c.near("mean given "+given, want.Mean, got.Mean, math.Abs(want.Mean)+1)
	c.near("M2 given "+given, want.M2, got.M2, max(want.M2, 1e-3))
}

// numeric compares all that is kept of numeric column i, and of its pairs with those
// before it.
func (c *closeSummaries) numeric(i int) {
	c.t.Helper()
	name := c.want.Layout().Numeric[i].Name
	m, n := c.want.Moments(i), c.got.Moments(i)
	c.near(name+" weight", m.Weight(), n.Weight(), m.Weight())
	c.near(name+" effective rows", c.want.EffectiveNumber(i), c.got.EffectiveNumber(i), c.want.EffectiveNumber(i))
	c.near(name+" mean", m.Mean(), n.Mean(), math.Abs(m.Mean())+m.Stddev(0))
	c.near(name+" variance", m.Variance(0), n.Variance(0), m.Variance(0))
	c.near(name+" skewness", m.Skewness(), n.Skewness(), 10)
	c.near(name+" kurtosis", m.Kurtosis(), n.Kurtosis(), 10)
	if given := c.want.GivenBinary(i); given != nil {
		for code := range int32(2) {
			for j := range continuousColumns(c.want) {
				c.cell(name, given.Cell(code, j), c.got.GivenBinary(i).Cell(code, j))
			}
		}
	}
	for j := range i + 1 {
		p, q := c.want.Pair(i, j), c.got.Pair(i, j)
		c.near(fmt.Sprint("pair weight ", i, j), p.N, q.N, p.N)
		scale := math.Sqrt(p.Cii.Float())*math.Sqrt(p.Cjj.Float()) + pivotShare*m.Stddev(0)*c.want.Moments(j).Stddev(0)*m.Weight()
		c.near(fmt.Sprint("co-moment ", i, j), p.Cij.Float(), q.Cij.Float(), scale)
	}
}

// categorical compares all that is kept of categorical column b, and of the first two
// together.
func (c *closeSummaries) categorical(b int) {
	c.t.Helper()
	c.near("present", c.want.Present(b), c.got.Present(b), c.want.Present(b))
	c.near("effective present", c.want.EffectivePresent(b), c.got.EffectivePresent(b), c.want.EffectivePresent(b))
	wantDistinct, wantHeavy := c.want.Overflowed(b)
	gotDistinct, gotHeavy := c.got.Overflowed(b)
	if wantDistinct != nil && gotDistinct != nil {
		// Forgotten rows still count in the overflow: it may only be larger.
		if gotDistinct.Estimate() < wantDistinct.Estimate() || gotHeavy.Weight() < wantHeavy.Weight()*(1-c.tolerance) {
			c.t.Errorf("%s: overflow is smaller than it should be", c.what)
		}
	}
	layout := c.want.Layout()
	for code := range int32(len(layout.Categorical[b].Values) + 1) {
		c.near("count", c.want.Categories(b).Count(code), c.got.Categories(b).Count(code), c.want.Categories(b).Total())
		for j := range layout.Numeric {
			c.cell(layout.Categorical[b].Name, c.want.GivenCategory(b).Cell(code, j), c.got.GivenCategory(b).Cell(code, j))
		}
		if b != 1 {
			continue
		}
		for other := range int32(len(layout.Categorical[0].Values) + 1) {
			c.near("contingency", c.want.Contingency(0, 1).Count(other, code), c.got.Contingency(0, 1).Count(other, code), c.want.Weight())
		}
	}
}

// continuousColumns returns how many numeric columns are not binary.
func continuousColumns(s *stats.Summary) int {
	n := 0
	for _, c := range s.Layout().Numeric {
		if !c.Binary {
			n++
		}
	}
	return n
}

// pivotShare of the spread of whole columns is added to the scale of a pair.
// All pairs of a column share a pivot, so one whose rows have no variance keeps
// the rounding of double-double, 1e-31 of squared distances from the pivot.
const pivotShare = 1e-10
