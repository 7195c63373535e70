package stats

import "github.com/rpconnect-sml/rpconnect-sml/internal/wire"

// presence is the weight of the rows that have a categorical column. A list can
// have several codes in a row, so it does not follow from their counts.
type presence struct {
	weight float64
}

func newPresence() *presence { return &presence{} }

func (p *presence) Merge(o *presence) error {
	p.weight += o.weight
	return nil
}

// Subtract ends at 0: whether the rows were learned is for the counts to say,
// which are exact code by code.
func (p *presence) Subtract(o *presence) error {
	p.subtract(o, 0)
	return nil
}

// subtract is Subtract where larger weights have been, of which slack can be left.
func (p *presence) subtract(o *presence, slack float64) {
	rest, ok := subtractWeight(p.weight, o.weight, slack)
	if !ok {
		rest = 0
	}
	p.weight = rest
}

func (p *presence) Clone() *presence {
	c := *p
	return &c
}

func (p *presence) Encode(w *wire.Writer) { w.Float64(p.weight) }

func (p *presence) scalable(f float64) error { return checkScaled(f, p.weight, "rows") }

func (p *presence) scale(f float64) { p.weight *= f }

func (p *presence) isInRange() bool { return inRange(p.weight) }

// presencePart keeps the presence of each categorical column.
type presencePart struct {
	series[*presence]
}

func newPresencePart(SummaryOptions) part { return &presencePart{} }

func (p *presencePart) bind(s *Summary) { s.present = p }

func (p *presencePart) clone() part { return &presencePart{p.copied()} }

func (p *presencePart) extend(l *Layout) { p.grow(len(l.Categorical), newPresence) }

// learn counts an empty list too: the row has the column, with no value in it.
func (p *presencePart) learn(rows *Rows) {
	if len(p.at) == 0 {
		return
	}
	for i := range rows.N {
		w := rows.Weight(i)
		for b, code := range rows.RowCodes(i) {
			if code != Missing {
				p.at[b].weight += w
			}
		}
	}
}

func (p *presencePart) subtract(o part, at place) error {
	from, err := operand[*presence](o, at.from)
	if err == nil {
		p.at[at.to].subtract(from, at.slack)
	}
	return err
}

func (p *presencePart) decode(r *wire.Reader, unit int, _ byte) {
	p.at[unit] = &presence{weight: decodeSum(r)}
}
