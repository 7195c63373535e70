package stats

import "github.com/rpconnect-sml/rpconnect-sml/internal/wire"

// contingencyPart keeps the weight of each pair of codes of each pair of
// categorical columns.
type contingencyPart struct {
	series[*Contingency]
	columns          []CategoricalColumn
	singleA, singleB [1]int32 // scratch
}

func newContingencyPart(SummaryOptions) part { return &contingencyPart{} }

func (p *contingencyPart) bind(s *Summary) { s.contingency = p }

func (p *contingencyPart) clone() part {
	return &contingencyPart{series: p.copied(), columns: p.columns}
}

func (p *contingencyPart) extend(l *Layout) {
	p.grow(perPair.units(l), newContingency)
	p.columns = l.Categorical
}

// learn adds each row to the tables of all pairs of columns that it has; a list
// counts with each of its codes.
func (p *contingencyPart) learn(rows *Rows) {
	if len(p.at) == 0 {
		return
	}
	for i := range rows.N {
		w, codes := rows.Weight(i), rows.RowCodes(i)
		for b, code := range codes {
			if code == Missing {
				continue
			}
			set := rows.CodesOf(code, &p.singleB)
			for a, other := range codes[:b] {
				if other == Missing {
					continue
				}
				table := p.at[pairUnit(a, b)]
				for _, ca := range rows.CodesOf(other, &p.singleA) {
					for _, cb := range set {
						table.add(ca, cb, w)
					}
				}
			}
		}
	}
}

// operand returns a table of another part with the columns in the order that
// they have here.
func (p *contingencyPart) operand(o part, at place) (*Contingency, error) {
	from, err := operand[*Contingency](o, at.from)
	if err != nil || !at.swapped {
		return from, err
	}
	return from.transposed(), nil
}

// merge adds a table by ascending key (see Contingency.mergeMapped), so that the
// rounding of weights that are no integers does not depend on the operand's history.
func (p *contingencyPart) merge(o part, at place) error {
	from, err := p.operand(o, at)
	if err != nil {
		return err
	}
	return p.at[at.to].mergeMapped(from, at.codesA, at.codesB)
}

func (p *contingencyPart) subtract(o part, at place) error {
	from, err := p.operand(o, at)
	if err != nil {
		return err
	}
	a, b := pairOfUnit(at.to)
	return namedCodes(p.at[at.to].subtractMapped(from, at.codesA, at.codesB, at.slack), &p.columns[a], &p.columns[b])
}

func (p *contingencyPart) decode(r *wire.Reader, unit int, _ byte) { p.at[unit] = decodeContingency(r) }
