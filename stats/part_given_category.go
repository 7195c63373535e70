package stats

import "github.com/rpconnect-sml/rpconnect-sml/internal/wire"

// givenCategory keeps the conditional moments of all numeric columns given each
// code of each categorical column: what naive Bayes, analysis of variance and
// discriminants are read off for a categorical target.
type givenCategory struct {
	series[*Conditional]
	bins   int
	single [1]int32 // scratch
	near   *near    // of the same summary
}

func newGivenCategory(o SummaryOptions) part { return &givenCategory{bins: o.ConditionalBins} }

func (p *givenCategory) bind(s *Summary) { s.givenCategory, p.near = p, s.near }

func (p *givenCategory) clone() part { return &givenCategory{series: p.copied(), bins: p.bins} }

func (p *givenCategory) extend(l *Layout) {
	p.grow(len(l.Categorical), func() *Conditional { return emptyConditional(p.bins) })
}

// learn adds a row of a list to the cells of each of its codes, so the cells of
// a list overlap and do not add up to the rows.
func (p *givenCategory) learn(rows *Rows) {
	if len(p.at) == 0 {
		return
	}
	for i := range rows.N {
		w, values := rows.Weight(i), rows.Row(i)
		apart := p.near.apart(i, values, nil)
		for b, code := range rows.RowCodes(i) {
			if code == Missing {
				continue
			}
			for _, c := range rows.CodesOf(code, &p.single) {
				p.at[b].addRow(c, values, w, apart)
			}
		}
	}
}

// merge maps codes and columns: a cell belongs to a code of this column and to a
// numeric column, and both may have other places in the operand.
func (p *givenCategory) merge(o part, at place) error {
	from, err := operand[*Conditional](o, at.from)
	if err != nil {
		return err
	}
	from, columns := from.selected(at.numeric)
	return p.at[at.to].mergeMapped(from, at.codes, columns)
}

func (p *givenCategory) subtract(o part, at place) error {
	from, err := operand[*Conditional](o, at.from)
	if err != nil {
		return err
	}
	return p.at[at.to].subtractMapped(from, at.codes, at.numeric)
}

func (p *givenCategory) decode(r *wire.Reader, unit int, version byte) {
	p.at[unit] = decodeConditional(r, version, p.bins)
}
