package stats

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// cubes is a statistic that no summary keeps: the weighted sum of the cubes of
// a column. With cubesPart and one row it takes part in everything.
type cubes struct {
	sum, weight float64
}

func newCubes() *cubes { return &cubes{} }

func (c *cubes) Merge(o *cubes) error {
	c.sum, c.weight = c.sum+o.sum, c.weight+o.weight
	return nil
}

func (c *cubes) Subtract(o *cubes) error {
	if o.weight > c.weight {
		return fmt.Errorf("%w: weight %v taken from %v", ErrNotLearned, o.weight, c.weight)
	}
	c.sum, c.weight = c.sum-o.sum, c.weight-o.weight
	return nil
}

func (c *cubes) Clone() *cubes {
	out := *c
	return &out
}

func (c *cubes) Encode(w *wire.Writer) {
	w.Float64(c.sum)
	w.Float64(c.weight)
}

func (c *cubes) scalable(f float64) error { return checkScaled(f, c.weight, "cubes") }

func (c *cubes) scale(f float64) { c.sum, c.weight = c.sum*f, c.weight*f }

func (c *cubes) isFinite() bool { return !math.IsInf(c.sum, 0) && !math.IsNaN(c.sum) }

type cubesPart struct {
	series[*cubes]
}

func newCubesPart(SummaryOptions) part { return &cubesPart{} }

func (p *cubesPart) clone() part { return &cubesPart{p.copied()} }

func (p *cubesPart) extend(l *Layout) { p.grow(len(l.Numeric), newCubes) }

func (p *cubesPart) learn(rows *Rows) {
	for i := range rows.N {
		w := rows.Weight(i)
		for j, x := range rows.Row(i) {
			if !math.IsNaN(x) {
				p.at[j].sum += w * x * x * x
				p.at[j].weight += w
			}
		}
	}
}

func (p *cubesPart) decode(r *wire.Reader, unit int, _ byte) {
	p.at[unit] = &cubes{sum: r.Finite(), weight: decodeSum(r)}
}

// withCubes is the table with one row more, in the next format version.
func withCubes() partTable {
	return append(summaryTable[:len(summaryTable):len(summaryTable)],
		partRow{name: "cubes", per: perNumeric, since: summaryVersion + 1, empty: newCubesPart})
}

// tableMaker makes summaries of another table.
type tableMaker struct {
	options SummaryOptions
	table   partTable
}

func (m tableMaker) New() (Additive, error) { return newSummary(m.options, m.table) }

func (m tableMaker) Decode(r *wire.Reader) (Additive, error) { return decodeSummary(r, m.table) }

// cubesOf returns what the added part holds of a column.
func cubesOf(t *testing.T, s *Summary, column string) cubes {
	t.Helper()
	for _, p := range s.parts {
		if added, ok := p.(*cubesPart); ok {
			return *added.at[s.layout.NumericIndex(column)]
		}
	}
	t.Fatal("the summary has no such part")
	return cubes{}
}

// TestOneMorePart: a part and a row, no other edit, and the statistic is
// learned, forgotten, merged by name, scaled, copied and stored. The law table
// has this table too, so that all laws are asked of it.
func TestOneMorePart(t *testing.T) {
	maker := tableMaker{table: withCubes()}
	rows := lawRows(21, 200)
	first, second := rows.Select(0, 80), rows.Select(80, 200)
	whole, a, b := learned(t, maker, rows), learned(t, maker, &first), learned(t, maker, &second)
	want := map[string]float64{}
	for i := range rows.N {
		for j, x := range rows.Row(i) {
			if !math.IsNaN(x) {
				want[lawLayout().Numeric[j].Name] += rows.Weight(i) * x * x * x
			}
		}
	}
	// cubes of numbers up to 1e6 in a sum of float64
	const tolerance = 1e-12
	check := func(what string, got Additive, factor float64) {
		t.Helper()
		for column, sum := range want {
			if c := cubesOf(t, got.(*Summary), column); !(math.Abs(c.sum-factor*sum) <= tolerance*math.Abs(sum)) {
				t.Errorf("%s: sum of cubes of %s is %v, want %v", what, column, c.sum, factor*sum)
			}
		}
	}
	check("learned", whole, 1)
	check("merged", merged(t, maker, a, b), 1)
	check("merged into another order of columns", merged(t, maker, reordered(t, maker), whole), 1)
	half := whole.Clone()
	if err := half.Scale(0.5); err != nil {
		t.Fatal(err)
	}
	check("scaled", half, 0.5)
	check("the original of a scaled copy", whole, 1)
	requireRoundTrip(t, maker, whole)
	if err := whole.Forget(lawLayout(), rows); err != nil {
		t.Fatal(err)
	}
	check("forgotten", whole, 0)
}

// reordered returns a summary that has seen no row and whose columns are in
// another order.
func reordered(t *testing.T, maker Maker) Additive {
	t.Helper()
	layout := &Layout{Numeric: []NumericColumn{{Name: "offset"}, {Name: "new"}, {Name: "y"}}}
	return learnedUnder(t, maker, layout, &Rows{Numeric: 3})
}

// TestOneMorePartReadsOldBytes: stored bytes of the version before have all but
// the part that came later, and summaries of two tables do not merge.
func TestOneMorePartReadsOldBytes(t *testing.T) {
	file, err := os.ReadFile(filepath.Join("testdata", "summary_v2_extended.bin"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := decodeSummary(wire.NewReader(file), withCubes())
	if err != nil {
		t.Fatal(err)
	}
	if got := cubesOf(t, s, "x"); got != (cubes{}) {
		t.Errorf("bytes of version %d have cubes %v", summaryVersion, got)
	}
	old, err := DecodeSummary(wire.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	requireSameSummary(t, "version 2", old, s, toleranceExtended)
	if encoded(old) != string(file) {
		t.Error("the table of this build gives other bytes")
	}
	if old.Merge(s) == nil || s.Merge(old) == nil {
		t.Error("summaries of different parts were merged")
	}
}

// TestPartTable: every row has a name of its own and a version that exists, and
// a part has the units that its kind says.
func TestPartTable(t *testing.T) {
	s, err := NewSummary(SummaryOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Learn(lawLayout(), lawRows(1, 50)); err != nil {
		t.Fatal(err)
	}
	names, visited := map[string]bool{}, map[int]int{}
	for u := range s.table.units(s.layout) {
		visited[u.row]++
		if !s.parts[u.row].finite(u.unit) {
			t.Errorf("%s: unit %d is not finite", s.table[u.row].name, u.unit)
		}
	}
	for i, row := range summaryTable {
		if names[row.name] {
			t.Errorf("two rows are named %q", row.name)
		}
		names[row.name] = true
		if row.since < 1 || row.since > summaryVersion {
			t.Errorf("%s: is there since version %d of %d", row.name, row.since, summaryVersion)
		}
		if visited[i] != row.per.units(lawLayout()) {
			t.Errorf("%s: %d units were visited, want %d", row.name, visited[i], row.per.units(lawLayout()))
		}
	}
}

func TestPairUnits(t *testing.T) {
	unit := 0
	for b := range 2000 {
		for a := range b {
			if pairUnit(a, b) != unit {
				t.Fatalf("columns %d and %d are unit %d, want %d", a, b, pairUnit(a, b), unit)
			}
			if x, y := pairOfUnit(unit); x != a || y != b {
				t.Fatalf("unit %d is of columns %d and %d, want %d and %d", unit, x, y, a, b)
			}
			unit++
		}
	}
}
