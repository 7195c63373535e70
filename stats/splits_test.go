package stats

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// reporter is what the checks need of *testing.T and *rapid.T.
type reporter interface {
	Helper()
	Errorf(format string, args ...any)
	Fatal(args ...any)
}

// learnedUnder returns a statistic of the maker that has learned the rows.
func learnedUnder(t reporter, maker Maker, layout *Layout, rows *Rows) Additive {
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

// dealt deals the rows to k parts: row i goes to part owner(i).
func dealt(rows *Rows, k int, owner func(i int) int) []*Rows {
	parts := make([]*Rows, k)
	for p := range parts {
		parts[p] = &Rows{}
		parts[p].Reset(rows.Numeric, rows.Categorical)
	}
	for i := range rows.N {
		parts[owner(i)].Append(rows, i)
	}
	return parts
}

// mergedTree merges the parts two by two until one is left: pick(n) chooses
// among the n that there are, first the receiver and then the operand. The
// parts themselves stay as they are.
func mergedTree(t reporter, parts []Additive, pick func(n int) int) Additive {
	t.Helper()
	open := make([]Additive, len(parts))
	for i, p := range parts {
		open[i] = p.Clone()
	}
	for len(open) > 1 {
		at := pick(len(open))
		into := open[at]
		open = append(open[:at], open[at+1:]...)
		at = pick(len(open))
		before := encoded(open[at])
		if err := into.Merge(open[at]); err != nil {
			t.Fatal(err)
		}
		if encoded(open[at]) != before {
			t.Fatal("merge changed its operand")
		}
		open[at] = into
	}
	return open[0]
}

// learnedInParts deals the rows to k statistics at random and merges these in
// a random order and tree.
func learnedInParts(t reporter, maker Maker, layout *Layout, rows *Rows, k int, seed uint64) Additive {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, uint64(k)))
	var parts []Additive
	for _, part := range dealt(rows, k, func(int) int { return rng.IntN(k) }) {
		parts = append(parts, learnedUnder(t, maker, layout, part))
	}
	return mergedTree(t, parts, rng.IntN)
}

// way is one way to learn the same rows.
type way struct {
	name    string
	summary *Summary
}

// waysToLearn learns the rows at once, one by one, and in parts dealt and
// merged at random.
func waysToLearn(t *testing.T, options SummaryOptions, layout *Layout, rows *Rows, parts ...int) []way {
	t.Helper()
	maker := SummaryMaker{Options: options}
	single := learnedUnder(t, maker, layout, &Rows{Numeric: rows.Numeric, Categorical: rows.Categorical}).(*Summary)
	for i := range rows.N {
		row := rows.Select(i, i+1)
		if err := single.Learn(layout, &row); err != nil {
			t.Fatal(err)
		}
	}
	ways := []way{
		{name: "at once", summary: learnedUnder(t, maker, layout, rows).(*Summary)},
		{name: "row by row", summary: single},
	}
	for _, k := range parts {
		ways = append(ways, way{
			name:    fmt.Sprintf("%d parts", k),
			summary: learnedInParts(t, maker, layout, rows, k, 19).(*Summary),
		})
	}
	return ways
}

// requireSameCounts demands that all that is counted is identical: weights,
// bins of histograms, extremes, categories and contingency. It holds for
// weights that are whole numbers.
func requireSameCounts(t reporter, what string, want, got *Summary) {
	t.Helper()
	same := func(field string, a, b any) {
		t.Helper()
		if a != b {
			t.Errorf("%s: %s is %v, want %v", what, field, b, a)
		}
	}
	sameState := func(field string, a, b Encoder) {
		t.Helper()
		if bytesOf(a) != bytesOf(b) {
			t.Errorf("%s: %s differ", what, field)
		}
	}
	same("weight", want.Weight(), got.Weight())
	same("number of numeric columns", len(want.layout.Numeric), len(got.layout.Numeric))
	same("number of categorical columns", len(want.layout.Categorical), len(got.layout.Categorical))
	if len(want.layout.Numeric) != len(got.layout.Numeric) || len(want.layout.Categorical) != len(got.layout.Categorical) {
		return
	}
	for i := range want.layout.Numeric {
		name := want.layout.Numeric[i].Name
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
	for b := range want.layout.Categorical {
		name := want.layout.Categorical[b].Name
		same("presence of "+name, want.Present(b), got.Present(b))
		sameState("the counts of "+name, want.Categories(b), got.Categories(b))
		requireSameCellCounts(t, what+": given "+name, want.GivenCategory(b), got.GivenCategory(b))
		for a := range b {
			sameState("the counts of pairs with "+name, want.Contingency(a, b), got.Contingency(a, b))
		}
	}
}

func requireSameCellCounts(t reporter, what string, want, got *Conditional) {
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
