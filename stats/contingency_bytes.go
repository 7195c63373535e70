package stats

import "github.com/rpconnect-sml/rpconnect-sml/internal/wire"

// Encode appends the number of pairs of codes that have a weight and, by the
// code of a and then of b, both codes and the weight.
func (c *Contingency) Encode(w *wire.Writer) {
	w.Uvarint(uint64(c.size()))
	for p := range c.pairs() {
		w.Uvarint(uint64(p.A))
		w.Uvarint(uint64(p.B))
		encodeWeight(w, p.Weight)
	}
}

// decodeContingency reads what Encode wrote. Values that no statistic has
// leave an error in r.
func decodeContingency(r *wire.Reader) *Contingency {
	c := &Contingency{}
	n := r.Count(3)
	pairs := make([]slot, 0, n)
	for i := range n {
		a, b := r.Uvarint(), r.Uvarint()
		if a > maxCode || b > maxCode {
			r.Fail("pair of codes %d and %d", a, b)
		}
		p := slot{key: a<<32 | b, weight: decodeWeight(r)}
		if i > 0 && r.Err() == nil && p.key <= pairs[i-1].key {
			r.Fail("pairs of codes do not ascend")
		}
		if r.Err() != nil {
			return c
		}
		pairs = append(pairs, p)
	}
	c.table.reset(pairs)
	return c
}
