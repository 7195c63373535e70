package keyed

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Inner returns the statistics of all rows, which must not be changed.
func (k *Keyed) Inner() stats.Additive { return k.inner }

// Late says which rows the statistics of all rows would leave out.
func (k *Keyed) Late(times []int64) []bool { return stats.LateRows(k.inner, times) }

// Collapse returns the statistics of all rows.
func (k *Keyed) Collapse() (stats.Additive, error) { return k.inner, nil }

// Learn adds rows that belong to no key.
func (k *Keyed) Learn(layout *stats.Layout, rows *stats.Rows) error {
	return k.inner.Learn(layout, rows)
}

// Forget takes rows that belong to no key away.
func (k *Keyed) Forget(layout *stats.Layout, rows *stats.Rows) error {
	return k.inner.Forget(layout, rows)
}

// InWords names the kind of statistic, for errors.
func (*Keyed) InWords() string { return "statistics per key" }

// Merge adds the rows of other, without their keys.
func (k *Keyed) Merge(other stats.Additive) error { return k.inner.Merge(innerOf(other)) }

// Join refuses to make one state of two that different processes have gone on with: the
// values of their keys are beside their records.
func (k *Keyed) Join(stats.Additive) (stats.Additive, error) {
	return nil, fmt.Errorf("%w: two states with statistics per key cannot be joined", stats.ErrIncompatible)
}

// Subtract takes the rows of other away, without their keys.
func (k *Keyed) Subtract(other stats.Additive) error { return k.inner.Subtract(innerOf(other)) }

// Scale multiplies the weight of the rows, not that of the keys, by f.
func (k *Keyed) Scale(f float64) error { return k.inner.Scale(f) }

// Clone returns a copy of the statistics of all rows, without keys.
func (k *Keyed) Clone() stats.Additive { return k.maker.over(k.inner.Clone()) }

// Weight returns the weight of all rows.
func (k *Keyed) Weight() float64 { return k.inner.Weight() }

// innerOf returns the statistics of all rows of a Keyed, else a itself.
func innerOf(a stats.Additive) stats.Additive {
	if k, ok := a.(*Keyed); ok {
		return k.inner
	}
	return a
}
