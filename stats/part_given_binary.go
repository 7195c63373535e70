package stats

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// givenBinary keeps the conditional moments of the continuous columns given the
// values 0 and 1 of each binary one. A continuous column has a unit too, which
// stays empty and is not stored.
type givenBinary struct {
	series[*Conditional]
	bins       int
	columns    []NumericColumn
	continuous []int32 // numeric columns that are not binary

	near *near // of the same summary

	values []float64 // scratch: those of the continuous columns of a row
}

func newGivenBinary(o SummaryOptions) part { return &givenBinary{bins: o.ConditionalBins} }

func (p *givenBinary) bind(s *Summary) { s.givenBinary, p.near = p, s.near }

func (p *givenBinary) clone() part {
	return &givenBinary{series: p.copied(), bins: p.bins, columns: p.columns, continuous: p.continuous}
}

func (p *givenBinary) extend(l *Layout) {
	p.grow(len(l.Numeric), func() *Conditional { return emptyConditional(p.bins) })
	p.columns, p.continuous = l.Numeric, nil // not appended to, as clones share it
	for j := range l.Numeric {
		if !l.Numeric[j].Binary {
			p.continuous = append(p.continuous, int32(j))
		}
	}
}

// learn gathers the continuous values of a row once for all binary columns. A
// binary value of 0 or 1 is its code. Rows of a layout with only one of both kinds
// teach nothing here and are not looked at.
func (p *givenBinary) learn(rows *Rows) {
	if len(p.continuous) == len(p.columns) || len(p.continuous) == 0 {
		return
	}
	for i := range rows.N {
		row, w := rows.Row(i), rows.Weight(i)
		p.values = p.values[:0]
		for _, j := range p.continuous {
			p.values = append(p.values, row[j])
		}
		apart := p.near.apart(i, row, p.continuous)
		for j := range p.columns {
			if p.columns[j].Binary && !math.IsNaN(row[j]) {
				p.at[j].addRow(int32(row[j]), p.values, w, apart)
			}
		}
	}
}

// merge maps the continuous columns, which are counted among themselves: a binary
// column between them does not take a cell.
func (p *givenBinary) merge(o part, at place) error {
	from, err := operand[*Conditional](o, at.from)
	if err != nil {
		return err
	}
	from, columns := from.selected(at.continuous)
	return p.at[at.to].mergeMapped(from, nil, columns)
}

func (p *givenBinary) subtract(o part, at place) error {
	from, err := operand[*Conditional](o, at.from)
	if err != nil {
		return err
	}
	return p.at[at.to].subtractMapped(from, nil, at.continuous)
}

// encode writes nothing for a continuous column, which the layout tells a reader.
func (p *givenBinary) encode(w *wire.Writer, unit int) {
	if p.columns[unit].Binary {
		p.at[unit].Encode(w)
	}
}

func (p *givenBinary) decode(r *wire.Reader, unit int, version byte) {
	if p.columns[unit].Binary {
		p.at[unit] = decodeConditional(r, version, p.bins)
	}
}
