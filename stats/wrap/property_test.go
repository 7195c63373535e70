package wrap

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/statstest"
)

// TestAnySplitEqualsTheWhole draws rows, deals them to parts and merges these
// in a drawn tree: all that is counted is then identical to what the rows give
// at once, and moments agree within the tolerance of the law table. Weights
// that decay are no whole numbers, so for those there is only the tolerance.
func TestAnySplitEqualsTheWhole(t *testing.T) {
	for _, c := range lawTable() {
		t.Run(c.name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				rows := drawnRows(rt)
				k := rapid.IntRange(1, 12).Draw(rt, "parts")
				owners := rapid.SliceOfN(rapid.IntRange(0, k-1), rows.N, rows.N).Draw(rt, "owners")
				var parts []stats.Additive
				for _, part := range statstest.Dealt(rows, k, func(i int) int { return owners[i] }) {
					parts = append(parts, statstest.LearnedUnder(rt, c.maker, statstest.LawLayout(), part))
				}
				sum := statstest.MergedTree(rt, parts, func(n int) int { return rapid.IntRange(0, n-1).Draw(rt, "pick") })
				requireEqualTowers(rt, statstest.LearnedUnder(rt, c.maker, statstest.LawLayout(), rows), sum, c)
			})
		})
	}
}

// TestAnyOrderEqualsAnother learns drawn rows in a drawn order, a few at a time.
func TestAnyOrderEqualsAnother(t *testing.T) {
	for _, c := range lawTable() {
		t.Run(c.name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				rows := drawnRows(rt)
				var numbers []int
				for i := range rows.N {
					numbers = append(numbers, i)
				}
				order := rapid.Permutation(numbers).Draw(rt, "order")
				step := rapid.IntRange(1, 10).Draw(rt, "step")
				got, err := c.maker.New()
				if err != nil {
					rt.Fatal(err)
				}
				for from := 0; from == 0 || from < len(order); from += step {
					var block stats.Rows
					block.Reset(rows.Numeric, rows.Categorical)
					for _, i := range order[from:min(from+step, len(order))] {
						block.Append(rows, i)
					}
					if err := got.Learn(statstest.LawLayout(), &block); err != nil {
						rt.Fatal(err)
					}
				}
				requireEqualTowers(rt, statstest.LearnedUnder(rt, c.maker, statstest.LawLayout(), rows), got, c)
			})
		})
	}
}

func requireEqualTowers(t statstest.Reporter, want, got stats.Additive, c lawCase) {
	t.Helper()
	requireSame(t, c.name, want, got, c.tolerance)
	if _, decays := want.(*Decay); decays {
		return
	}
	theirs := summariesOf(got)
	for name, s := range summariesOf(want) {
		if theirs[name] != nil {
			statstest.RequireSameCounts(t, c.name+": "+name, s, theirs[name])
		}
	}
}

// drawnRows draws up to 60 rows of the law layout: values that are missing,
// equal, small, far from zero or far apart, codes that are missing or Other,
// lists, weights of whole numbers and times in any order over ten seconds.
func drawnRows(t *rapid.T) *stats.Rows {
	value := rapid.OneOf(
		rapid.Just(math.NaN()),
		rapid.Map(rapid.IntRange(-3<<20, 3<<20), func(i int) float64 { return float64(i) / (1 << 20) }),
		rapid.Map(rapid.IntRange(-2, 2), func(i int) float64 { return float64(i) }),
		rapid.Float64Range(1e6, 1e6+1),
		rapid.SampledFrom([]float64{1e9, -1e9, 1e-9, math.Copysign(0, -1)}),
	)
	flag := rapid.SampledFrom([]float64{0, 1, math.NaN()})
	kind := rapid.Int32Range(stats.Missing, 3)
	tags := rapid.SampledFrom([][]int32{nil, {0}, {1}, {2}, {1, 2}})
	rows := &stats.Rows{N: rapid.IntRange(0, 60).Draw(t, "rows"), Numeric: 4, Categorical: 2}
	for range rows.N {
		rows.Values = append(rows.Values, value.Draw(t, "x"), value.Draw(t, "y"), flag.Draw(t, "flag"), value.Draw(t, "offset"))
		rows.Sets = append(rows.Sets, tags.Draw(t, "tags"))
		rows.Codes = append(rows.Codes, kind.Draw(t, "kind"), int32(-1-len(rows.Sets)))
		rows.Weights = append(rows.Weights, float64(rapid.IntRange(1, 5).Draw(t, "weight")))
		rows.Times = append(rows.Times, rapid.Int64Range(0, int64(10*time.Second)).Draw(t, "time"))
	}
	return rows
}
