package stats

import (
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// squares is the sum of the squared weights of some rows. The zero value says
// that it is the sum of the weights: weights count rows, and no row has lost any
// of its weight. So it costs nothing where nothing decays.
type squares struct {
	kept bool
	sum  dd.Number
}

// over returns the sum where the weights add up to weight.
func (q squares) over(weight float64) dd.Number {
	if q.kept {
		return q.sum
	}
	return dd.FromFloat(weight)
}

// squaresPart keeps the sum of squared weights of the rows that have each
// attribute (numeric ones in one part, categorical ones in another) and of all
// rows. The sums of weights themselves are kept by other parts, of which the
// rows in the table come later: here they are read before they change.
type squaresPart struct {
	per     unitKind
	at      []squares
	summary *Summary // of which this is a part
}

var _ part = (*squaresPart)(nil)

func newNumericSquares(SummaryOptions) part { return &squaresPart{per: perNumeric} }

func newCategoricalSquares(SummaryOptions) part { return &squaresPart{per: perCategorical} }

func newSquaresPart(SummaryOptions) part {
	return &squaresPart{per: perSummary, at: make([]squares, 1)}
}

func (p *squaresPart) bind(s *Summary) { p.summary, s.squares[p.per] = s, p }

func (p *squaresPart) clone() part {
	return &squaresPart{per: p.per, at: slices.Clone(p.at)}
}

func (p *squaresPart) extend(l *Layout) {
	for len(p.at) < p.per.units(l) {
		p.at = append(p.at, squares{})
	}
}

// weight returns the sum of the weights of a unit.
func (p *squaresPart) weight(unit int) float64 {
	switch p.per {
	case perNumeric:
		return p.summary.Moments(unit).Weight()
	case perCategorical:
		return p.summary.Present(unit)
	default:
		return p.summary.Weight()
	}
}

// keep makes the sum of a unit one of its own.
func (p *squaresPart) keep(unit int) *squares {
	q := &p.at[unit]
	if !q.kept {
		*q = squares{kept: true, sum: dd.FromFloat(p.weight(unit))}
	}
	return q
}

func (p *squaresPart) learn(rows *Rows) {
	for unit := range p.at {
		if len(rows.Factors) == 0 && !p.at[unit].kept {
			continue
		}
		q := p.keep(unit)
		for i := range rows.N {
			if p.has(rows, i, unit) {
				q.sum = q.sum.AddFloat(rows.squared(i))
			}
		}
	}
}

// has reports whether a row counts in a unit.
func (p *squaresPart) has(rows *Rows, i, unit int) bool {
	switch p.per {
	case perNumeric:
		return !math.IsNaN(rows.Values[i*rows.Numeric+unit])
	case perCategorical:
		return rows.Codes[i*rows.Categorical+unit] != Missing
	default:
		return true
	}
}

func (p *squaresPart) merge(o part, at place) error {
	from, err := p.operand(o)
	if err != nil {
		return err
	}
	if p.at[at.to].kept || from.at[at.from].kept {
		q := p.keep(at.to)
		q.sum = q.sum.Add(from.at[at.from].over(from.weight(at.from)))
	}
	return nil
}

// leastRest is the share of a weight below which what is left of it is rounding.
const leastRest = 1e-14

// subtract forgets the sum where nothing is left. Whether the rows were learned
// is for the sums of weights to say.
func (p *squaresPart) subtract(o part, at place) error {
	from, err := p.operand(o)
	if err != nil || !p.at[at.to].kept && !from.at[at.from].kept {
		return err
	}
	weight, gone := p.weight(at.to), from.weight(at.from)
	q := p.keep(at.to)
	q.sum = q.sum.Sub(from.at[at.from].over(gone))
	if weight-gone <= leastRest*weight || q.sum.Hi <= 0 {
		*q = squares{}
	}
	return nil
}

func (p *squaresPart) operand(o part) (*squaresPart, error) {
	from, ok := o.(*squaresPart)
	if !ok || from.per != p.per {
		return nil, incompatibleParts()
	}
	return from, nil
}

func (p *squaresPart) scalable(f float64) error {
	for unit := range p.at {
		if err := checkScaled(f, p.at[unit].over(p.weight(unit)).MulFloat(f).Float(), "squared weights"); err != nil {
			return err
		}
	}
	return nil
}

// scale multiplies by f^2. What other parts drop for its small weight is
// dropped here.
func (p *squaresPart) scale(f float64) {
	for unit := range p.at {
		weight := p.weight(unit)
		if f == 1 || weight == 0 {
			continue
		}
		q := p.keep(unit)
		q.sum = q.sum.MulFloat(f).MulFloat(f)
		if weight*f < leastWeight || q.sum.Hi <= 0 {
			*q = squares{}
		}
	}
}

func (p *squaresPart) isInRange(unit int) bool { return inRange(p.at[unit].sum.Hi) }

func (p *squaresPart) encode(w *wire.Writer, unit int) {
	q := p.at[unit]
	w.Bool(q.kept)
	if q.kept {
		encodeNumber(w, q.sum)
	}
}

func (p *squaresPart) decode(r *wire.Reader, unit int, _ byte) {
	if !r.Bool() {
		return
	}
	q := squares{kept: true, sum: decodeNumber(r)}
	if r.Err() == nil && q.sum.Hi < 0 {
		r.Fail("sum of squared weights is %v", q.sum.Hi)
	}
	p.at[unit] = q
}
