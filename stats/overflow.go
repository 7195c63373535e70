package stats

import "github.com/rpconnect-sml/rpconnect-sml/internal/wire"

// overflowCounters is how many heavy hitters are kept of the values for which
// a dictionary had no room.
const overflowCounters = 32

// overflow describes such values: how many different ones, and the heaviest.
// Both are nil while there are none. Values cannot be taken away from it.
type overflow struct {
	distinct *Distinct
	heavy    *HeavyHitters
}

// add counts a value with a weight that Validate has let pass.
func (o *overflow) add(value string, w float64) {
	if o.distinct == nil {
		o.distinct = NewDistinct()
		o.heavy, _ = NewHeavyHitters(overflowCounters) // the constant is in range
	}
	o.distinct.Add(value)
	_ = o.heavy.Add(value, w)
}

func (o *overflow) merge(from *overflow) error {
	if from.distinct == nil {
		return nil
	}
	if o.distinct == nil {
		*o = from.clone()
		return nil
	}
	if err := o.heavy.Merge(from.heavy); err != nil {
		return err
	}
	return o.distinct.Merge(from.distinct)
}

// scale multiplies the weights by a factor that has been checked.
func (o *overflow) scale(f float64) {
	if o.heavy != nil {
		_ = o.heavy.Scale(f)
	}
}

func (o *overflow) clone() overflow {
	if o.distinct == nil {
		return overflow{}
	}
	return overflow{distinct: o.distinct.Clone(), heavy: o.heavy.Clone()}
}

// encode appends a byte that says whether there is any, then both statistics.
func (o *overflow) encode(w *wire.Writer) {
	w.Bool(o.distinct != nil)
	if o.distinct != nil {
		o.distinct.Encode(w)
		o.heavy.Encode(w)
	}
}

// decodeOverflow reads what encode wrote; damage is recorded in r.
func decodeOverflow(r *wire.Reader) overflow {
	if !r.Bool() {
		return overflow{}
	}
	o := overflow{distinct: DecodeDistinct(r), heavy: DecodeHeavyHitters(r)}
	if r.Err() == nil && o.heavy.Limit() != overflowCounters {
		r.Fail("%d heavy hitters, not %d", o.heavy.Limit(), overflowCounters)
	}
	return o
}
