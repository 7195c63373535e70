package stats_test

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/statstest"
)

// cubesTolerance bounds the rounding of sums of cubes of numbers up to 1e6 in
// float64, in parts of the sum of their magnitudes.
const cubesTolerance = 1e-12

// cubesOf returns the sums of cubes of rows of the law layout, and of their
// magnitudes.
func cubesOf(rows *stats.Rows) (sums, scales map[string]float64) {
	sums, scales = map[string]float64{}, map[string]float64{}
	for i := range rows.N {
		for j, x := range rows.Row(i) {
			if !math.IsNaN(x) {
				name := statstest.LawLayout().Numeric[j].Name
				sums[name] += rows.Weight(i) * x * x * x
				scales[name] += rows.Weight(i) * math.Abs(x*x*x)
			}
		}
	}
	return sums, scales
}

func requireCubes(t statstest.Reporter, what string, got stats.Additive, rows *stats.Rows, factor float64) {
	t.Helper()
	sums, scales := cubesOf(rows)
	for column, sum := range sums {
		c, kept := stats.Cubes(got.(*stats.Summary), column)
		if !kept || !(math.Abs(c-factor*sum) <= cubesTolerance*scales[column]) {
			t.Errorf("%s: sum of cubes of %s is %v (kept: %v), want %v", what, column, c, kept, factor*sum)
		}
	}
}

// TestOneMorePart: a part and a row, no other edit, and the statistic is
// learned, forgotten, merged by name, scaled, copied and stored.
func TestOneMorePart(t *testing.T) {
	maker := stats.WithCubes()
	rows := statstest.LawRows(21, 200)
	whole := statstest.Learned(t, maker, rows)
	requireCubes(t, "learned", whole, rows, 1)
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "offset"}, {Name: "new"}, {Name: "y"}}}
	other := statstest.LearnedUnder(t, maker, layout, &stats.Rows{Numeric: 3})
	if err := other.Merge(whole); err != nil {
		t.Fatal(err)
	}
	requireCubes(t, "merged into another order of columns", other, rows, 1)
	half := whole.Clone()
	if err := half.Scale(0.5); err != nil {
		t.Fatal(err)
	}
	requireCubes(t, "scaled", half, rows, 0.5)
	requireCubes(t, "the original of a scaled copy", whole, rows, 1)
	statstest.RequireRoundTrip(t, maker, whole)
	if err := whole.Forget(statstest.LawLayout(), rows); err != nil {
		t.Fatal(err)
	}
	requireCubes(t, "forgotten", whole, rows, 0)
}

// TestOneMorePartKeepsTheLaws draws rows, deals them to parts and merges these
// in a drawn tree, then forgets some: the sum is that of the rows that are left,
// and everything else in the summary is as without the added part.
func TestOneMorePartKeepsTheLaws(t *testing.T) {
	maker := stats.WithCubes()
	rapid.Check(t, func(rt *rapid.T) {
		rows := statstest.LawRows(rapid.Uint64().Draw(rt, "seed"), rapid.IntRange(1, 80).Draw(rt, "rows"))
		k := rapid.IntRange(1, 6).Draw(rt, "parts")
		owners := rapid.SliceOfN(rapid.IntRange(0, k-1), rows.N, rows.N).Draw(rt, "owners")
		blocks := statstest.Dealt(rows, k, func(i int) int { return owners[i] })
		var parts []stats.Additive
		for _, b := range blocks {
			parts = append(parts, statstest.LearnedUnder(rt, maker, statstest.LawLayout(), b))
		}
		whole := statstest.MergedTree(rt, parts, func(n int) int { return rapid.IntRange(0, n-1).Draw(rt, "pick") })
		requireCubes(rt, "merged", whole, rows, 1)
		plain := statstest.LearnedUnder(rt, stats.SummaryMaker{}, statstest.LawLayout(), rows)
		statstest.RequireSameCounts(rt, "beside the added part", plain.(*stats.Summary), whole.(*stats.Summary))
		gone := rapid.IntRange(0, k-1).Draw(rt, "gone")
		if err := whole.Subtract(parts[gone]); err != nil {
			rt.Fatal(err)
		}
		left := &stats.Rows{}
		left.Reset(rows.Numeric, rows.Categorical)
		for i := range rows.N {
			if owners[i] != gone {
				left.Append(rows, i)
			}
		}
		sums, _ := cubesOf(left)
		_, scales := cubesOf(rows)
		for column, scale := range scales {
			if c, _ := stats.Cubes(whole.(*stats.Summary), column); !(math.Abs(c-sums[column]) <= cubesTolerance*scale) {
				rt.Errorf("subtracted: sum of cubes of %s is %v, want %v", column, c, sums[column])
			}
		}
	})
}

// TestOneMorePartReadsOldBytes: stored bytes of the version before have all but
// the part that came later, and summaries of two tables do not merge.
func TestOneMorePartReadsOldBytes(t *testing.T) {
	file, err := os.ReadFile(filepath.Join("testdata", "summary_v3_extended.bin"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := stats.WithCubes().Decode(wire.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if sum, kept := stats.Cubes(s.(*stats.Summary), "x"); !kept || sum != 0 {
		t.Errorf("bytes of version %d have a sum of cubes of %v", stats.SummaryVersion, sum)
	}
	old, err := stats.DecodeSummary(wire.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	statstest.RequireSameCounts(t, "version 2", old, s.(*stats.Summary))
	if golden.Encoded(old) != string(file) {
		t.Error("the table of this build gives other bytes")
	}
	if old.Merge(s) == nil || s.Merge(old) == nil {
		t.Error("summaries of different parts were merged")
	}
}

// TestPartTable: every row has a name of its own and a version that exists, and
// each unit of its kind is visited once.
func TestPartTable(t *testing.T) {
	s := statstest.Learned(t, stats.SummaryMaker{}, statstest.LawRows(1, 50)).(*stats.Summary)
	names := map[string]bool{}
	for _, p := range stats.PartUnits(s) {
		if names[p.Name] {
			t.Errorf("two rows are named %q", p.Name)
		}
		names[p.Name] = true
		if p.Since < 1 || p.Since > stats.SummaryVersion {
			t.Errorf("%s: is there since version %d of %d", p.Name, p.Since, stats.SummaryVersion)
		}
		if p.Visited != p.Want {
			t.Errorf("%s: %d units were visited, want %d", p.Name, p.Visited, p.Want)
		}
	}
}

func TestPairUnits(t *testing.T) {
	unit := 0
	for b := range 2000 {
		for a := range b {
			if stats.PairUnit(a, b) != unit {
				t.Fatalf("columns %d and %d are unit %d, want %d", a, b, stats.PairUnit(a, b), unit)
			}
			if x, y := stats.PairOfUnit(unit); x != a || y != b {
				t.Fatalf("unit %d is of columns %d and %d, want %d and %d", unit, x, y, a, b)
			}
			unit++
		}
	}
}
