package stats

import (
	"fmt"
	"math"

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

func (c *cubes) isInRange() bool { return inRange(c.sum) }

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

// WithCubes makes summaries that keep cubes too.
func WithCubes() Maker { return tableMaker{table: withCubes()} }

// SummaryVersion is the format version of summaries.
const SummaryVersion = summaryVersion

// Cubes returns the sum that the added part holds of a numeric column, and
// false where the summary has no such part.
func Cubes(s *Summary, column string) (sum float64, kept bool) {
	for _, p := range s.parts {
		if added, ok := p.(*cubesPart); ok {
			return added.at[s.layout.NumericIndex(column)].sum, true
		}
	}
	return 0, false
}

// PartUnit is how many units a part has been visited for, and should be.
type PartUnit struct {
	Name          string
	Since         byte
	Visited, Want int
}

// PartUnits walks the parts of a summary.
func PartUnits(s *Summary) []PartUnit {
	out := make([]PartUnit, len(s.table))
	for i, row := range s.table {
		out[i] = PartUnit{Name: row.name, Since: row.since, Want: row.per.units(s.layout)}
	}
	for u := range s.table.units(s.layout) {
		out[u.row].Visited++
	}
	return out
}

// PairUnit and PairOfUnit are pairUnit and its inverse.
var (
	PairUnit   = pairUnit
	PairOfUnit = pairOfUnit
)
