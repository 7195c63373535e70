package stats

import "github.com/rpconnect-sml/rpconnect-sml/internal/wire"

// overflowCounters is how many heavy hitters are kept of the values for which
// a dictionary had no room.
const overflowCounters = 32

// overflow describes the values of a column for which its dictionary had no
// room: how many different ones, and the heaviest. Both are nil while there are
// none. Values cannot be taken away from it.
type overflow struct {
	distinct *Distinct
	heavy    *HeavyHitters
}

func newOverflow() *overflow { return &overflow{} }

// add counts a value with a weight that Validate has let pass.
func (o *overflow) add(value string, w float64) {
	if o.distinct == nil {
		o.distinct, o.heavy = newDistinct(), emptyHeavyHitters(overflowCounters)
	}
	o.distinct.add(value)
	o.heavy.add(value, w)
}

func (o *overflow) Merge(from *overflow) error {
	if from.distinct == nil {
		return nil
	}
	if o.distinct == nil {
		*o = *from.Clone()
		return nil
	}
	if err := o.heavy.merge(from.heavy); err != nil {
		return err
	}
	o.distinct.merge(from.distinct)
	return nil
}

// Subtract does nothing: neither sketch can tell what it holds of the other.
// What has been forgotten still counts in them, as [Summary.Overflowed] says.
func (o *overflow) Subtract(*overflow) error { return nil }

func (o *overflow) scalable(f float64) error {
	if o.heavy == nil {
		return nil
	}
	return o.heavy.scalable(f)
}

func (o *overflow) scale(f float64) {
	if o.heavy != nil {
		o.heavy.scale(f)
	}
}

func (o *overflow) isInRange() bool { return o.heavy == nil || inRange(o.heavy.weight) }

func (o *overflow) Clone() *overflow {
	if o.distinct == nil {
		return newOverflow()
	}
	return &overflow{distinct: o.distinct.clone(), heavy: o.heavy.clone()}
}

// Encode appends a byte that says whether there is any, then both statistics.
func (o *overflow) Encode(w *wire.Writer) {
	w.Bool(o.distinct != nil)
	if o.distinct != nil {
		o.distinct.Encode(w)
		o.heavy.Encode(w)
	}
}

// decodeOverflow reads what Encode wrote; damage is recorded in r.
func decodeOverflow(r *wire.Reader) *overflow {
	if !r.Bool() {
		return newOverflow()
	}
	o := &overflow{distinct: decodeDistinct(r), heavy: decodeHeavyHitters(r)}
	if r.Err() == nil && o.heavy.limit != overflowCounters {
		r.Fail("%d heavy hitters, not %d", o.heavy.limit, overflowCounters)
	}
	return o
}

// overflowPart keeps the overflow of each categorical column.
type overflowPart struct {
	series[*overflow]
}

func newOverflowPart(SummaryOptions) part { return &overflowPart{} }

func (p *overflowPart) bind(s *Summary) { s.overflowed = p }

func (p *overflowPart) clone() part { return &overflowPart{p.copied()} }

func (p *overflowPart) extend(l *Layout) { p.grow(len(l.Categorical), newOverflow) }

func (p *overflowPart) learn(rows *Rows) {
	for _, o := range rows.Overflow {
		p.at[o.Column].add(o.Value, rows.Weight(o.Row))
	}
}

func (p *overflowPart) decode(r *wire.Reader, unit int, _ byte) { p.at[unit] = decodeOverflow(r) }
