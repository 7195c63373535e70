package stats

import (
	"iter"
)

// Contingency is the weight of each pair of codes of two categorical columns a
// and b, over the rows that have both. Only pairs that occur take room. The
// zero value is the empty statistic.
type Contingency struct {
	table weightTable // by the code of a in the high half and that of b in the low
}

// codePair is a pair of codes and the weight of the rows that have it.
type codePair struct {
	A, B   int32
	Weight float64
}

// newContingency returns the empty statistic.
func newContingency() *Contingency { return &Contingency{} }

func pairKey(a, b int) uint64 { return uint64(a)<<32 | uint64(b) }

// add takes codes and a weight that [Rows.Validate] has let pass.
func (c *Contingency) add(a, b int32, w float64) { c.table.add(pairKey(int(a), int(b)), w) }

// Merge adds what o has seen; both have the same dictionaries, or one's are
// prefixes of the other's.
func (c *Contingency) Merge(o *Contingency) error { return c.mergeMapped(o, nil, nil) }

// mergeMapped adds what o has seen, of which the codes i of a and j of b are
// a[i] and b[j] here; nil is the identity. A mapping that lacks one of o's
// codes gives an error that wraps ErrIncompatible.
func (c *Contingency) mergeMapped(o *Contingency, a, b []int32) error {
	if a != nil || b != nil {
		la, lb := o.dims()
		if err := checkTargets(a, la); err != nil {
			return err
		}
		if err := checkTargets(b, lb); err != nil {
			return err
		}
	}
	// by ascending key, so that rounding does not depend on o's history
	for _, p := range o.table.sorted() {
		c.table.add(pairKey(mapped(a, int(p.key>>32)), mapped(b, int(uint32(p.key)))), p.weight)
	}
	return nil
}

// Subtract takes away what o has seen. More weight of a pair than there is
// gives an error that wraps ErrNotLearned.
func (c *Contingency) Subtract(o *Contingency) error { return c.subtractMapped(o, nil, nil, 0) }

// subtractMapped is Subtract for an o with other codes, as mergeMapped.
func (c *Contingency) subtractMapped(o *Contingency, a, b []int32, slack float64) error {
	part := o
	if a != nil || b != nil {
		part = &Contingency{}
		if err := part.mergeMapped(o, a, b); err != nil {
			return err
		}
	}
	gone := part.table.all()
	if len(gone) == 0 {
		return nil
	}
	for i, p := range gone {
		whole := c.table.weight(p.key)
		rest, ok := subtractWeight(whole, p.weight, slack)
		if !ok {
			return &codeError{codes: []int32{int32(p.key >> 32), int32(uint32(p.key))}, taken: p.weight, whole: whole}
		}
		gone[i].weight = rest
	}
	for _, p := range gone {
		if c.table.weight(p.key) > 0 { // else a trace was taken from nothing
			c.table.find(p.key).weight = p.weight
		}
	}
	c.table.dropZeros()
	return nil
}

// scalable returns the error that scaling by f would give.
func (c *Contingency) scalable(f float64) error {
	return checkScaled(f, c.total(), "a contingency table")
}

// isInRange reports whether the weights are in range.
func (c *Contingency) isInRange() bool { return inRange(c.total()) }

// scale multiplies every weight by a factor that scalable has let pass.
func (c *Contingency) scale(f float64) {
	for i := range c.table.slots {
		c.table.slots[i].weight *= f
	}
	c.table.dropZeros()
}

// Clone returns a copy.
func (c *Contingency) Clone() *Contingency { return &Contingency{table: c.table.clone()} }

// transposed returns a copy with a and b exchanged.
func (c *Contingency) transposed() *Contingency {
	pairs := c.table.all()
	for i, p := range pairs {
		pairs[i].key = p.key<<32 | p.key>>32
	}
	out := &Contingency{}
	out.table.reset(pairs)
	return out
}

// Count returns the weight of a pair of codes, 0 for one that was never seen.
func (c *Contingency) Count(a, b int32) float64 {
	if a < 0 || b < 0 {
		return 0
	}
	return c.table.weight(pairKey(int(a), int(b)))
}

// dims returns one more than the largest code of a and of b that has a weight.
func (c *Contingency) dims() (a, b int) {
	for _, p := range c.table.all() {
		a, b = max(a, int(p.key>>32)+1), max(b, int(uint32(p.key))+1)
	}
	return a, b
}

// size returns the number of pairs that have a weight.
func (c *Contingency) size() int { return c.table.n }

// pairs iterates over the pairs that have a weight, by the code of a, then of b.
func (c *Contingency) pairs() iter.Seq[codePair] {
	return func(yield func(codePair) bool) {
		for _, p := range c.table.sorted() {
			if !yield(codePair{A: int32(p.key >> 32), B: int32(uint32(p.key)), Weight: p.weight}) {
				return
			}
		}
	}
}

// Margins returns the weight of each code of a and of each code of b, over the
// rows that have both columns.
func (c *Contingency) Margins() (a, b []float64) {
	la, lb := c.dims()
	a, b = make([]float64, la), make([]float64, lb)
	for p := range c.pairs() {
		a[p.A] += p.Weight
		b[p.B] += p.Weight
	}
	return a, b
}

// total returns the weight of all pairs.
func (c *Contingency) total() float64 {
	sum := 0.0
	for p := range c.pairs() {
		sum += p.Weight
	}
	return sum
}
