package stats

import "github.com/rpconnect-sml/rpconnect-sml/internal/wire"

// countsPart keeps the weight of each code of each categorical column. Codes are
// dense, as the dictionary belongs to the schema, so the weights are a slice.
type countsPart struct {
	series[*Categories]
	columns []CategoricalColumn
	single  [1]int32 // scratch of CodesOf, which would else allocate a set per cell
}

func newCountsPart(SummaryOptions) part { return &countsPart{} }

func (p *countsPart) bind(s *Summary) { s.counts = p }

func (p *countsPart) clone() part { return &countsPart{series: p.copied(), columns: p.columns} }

func (p *countsPart) extend(l *Layout) {
	p.grow(len(l.Categorical), newCategories)
	p.columns = l.Categorical
}

func (p *countsPart) learn(rows *Rows) {
	if len(p.at) == 0 {
		return
	}
	for i := range rows.N {
		w := rows.Weight(i)
		for b, code := range rows.RowCodes(i) {
			if code == Missing {
				continue
			}
			for _, c := range rows.CodesOf(code, &p.single) {
				p.at[b].add(c, w)
			}
		}
	}
}

// merge maps the codes: two projects that met the same values in another order
// number them differently.
func (p *countsPart) merge(o part, at place) error {
	from, err := operand[*Categories](o, at.from)
	if err != nil {
		return err
	}
	return p.at[at.to].mergeMapped(from, at.codes)
}

func (p *countsPart) subtract(o part, at place) error {
	from, err := operand[*Categories](o, at.from)
	if err != nil {
		return err
	}
	return namedCodes(p.at[at.to].subtractMapped(from, at.codes, at.slack), &p.columns[at.to])
}

func (p *countsPart) decode(r *wire.Reader, unit int, _ byte) { p.at[unit] = decodeCategories(r) }
