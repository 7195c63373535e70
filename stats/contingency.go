package stats

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// Contingency counts the pairs of codes of two categorical columns. Only pairs
// that occur take room.
type Contingency struct {
	cells map[pairKey]float64
}

type pairKey struct{ a, b int32 }

// NewContingency returns an empty table.
func NewContingency() *Contingency { return &Contingency{cells: map[pairKey]float64{}} }

// Add counts the pair with weight w, which must be positive.
func (c *Contingency) Add(a, b int32, w float64) { c.cells[pairKey{a, b}] += w }

// Count returns the weight of a pair.
func (c *Contingency) Count(a, b int32) float64 { return c.cells[pairKey{a, b}] }

// Total returns the weight of all pairs.
func (c *Contingency) Total() float64 {
	sum := 0.0
	for _, key := range c.keys() {
		sum += c.cells[key]
	}
	return sum
}

func (c *Contingency) keys() []pairKey {
	return slices.SortedFunc(maps.Keys(c.cells), func(x, y pairKey) int {
		return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b))
	})
}

// Transposed returns a copy with the two columns exchanged.
func (c *Contingency) Transposed() *Contingency {
	out := NewContingency()
	for key, w := range c.cells {
		out.cells[pairKey{key.b, key.a}] = w
	}
	return out
}

// MergeMapped adds the other's counts; code k of its first column is a[k]
// here, of its second b[k]; nil means the same codes.
func (c *Contingency) MergeMapped(o *Contingency, a, b []int32) error {
	if err := o.checkMaps(a, b); err != nil {
		return err
	}
	for key, w := range o.cells {
		c.Add(mapped(a, int(key.a)), mapped(b, int(key.b)), w)
	}
	return nil
}

// SubtractMapped takes the other's counts away. A count that would become
// negative is an error that wraps ErrNotLearned; nothing is changed then.
func (c *Contingency) SubtractMapped(o *Contingency, a, b []int32) error {
	if err := o.checkMaps(a, b); err != nil {
		return err
	}
	next := c.Clone()
	for _, key := range o.keys() {
		to := pairKey{mapped(a, int(key.a)), mapped(b, int(key.b))}
		rest, err := restOf(next.cells[to], o.cells[key])
		if err != nil {
			return fmt.Errorf("codes %d and %d: %w", to.a, to.b, err)
		}
		if rest == 0 {
			delete(next.cells, to)
			continue
		}
		next.cells[to] = rest
	}
	*c = *next
	return nil
}

func (c *Contingency) checkMaps(a, b []int32) error {
	for key := range c.cells {
		if err := checkCodes(a, int(key.a)+1); err != nil {
			return err
		}
		if err := checkCodes(b, int(key.b)+1); err != nil {
			return err
		}
	}
	return nil
}

// Scale multiplies every weight by f, which must be positive and finite.
func (c *Contingency) Scale(f float64) error {
	if err := checkScale(f); err != nil {
		return err
	}
	for key := range c.cells {
		c.cells[key] *= f
	}
	return nil
}

// Clone returns a deep copy.
func (c *Contingency) Clone() *Contingency { return &Contingency{cells: maps.Clone(c.cells)} }

// Encode appends the number of pairs, and of each, in order, codes and weight.
func (c *Contingency) Encode(w *wire.Writer) {
	w.Uvarint(uint64(len(c.cells)))
	for _, key := range c.keys() {
		w.Uvarint(uint64(key.a))
		w.Uvarint(uint64(key.b))
		encodeWeight(w, c.cells[key])
	}
}

// maxCode bounds the codes of a stored table.
const maxCode = 1 << 20

// DecodeContingency reads what Encode wrote; damage is recorded in r.
func DecodeContingency(r *wire.Reader) *Contingency {
	c := NewContingency()
	var before pairKey
	for i := range r.Count(3) {
		a, b := r.Uvarint(), r.Uvarint()
		if a > maxCode || b > maxCode {
			r.Fail("codes %d and %d", a, b)
		}
		key := pairKey{int32(a), int32(b)}
		if i > 0 && (key.a < before.a || key.a == before.a && key.b <= before.b) {
			r.Fail("contingency counts out of order")
		}
		before = key
		weight := decodeWeight(r)
		if r.Err() != nil {
			return c
		}
		c.cells[key] = weight
	}
	return c
}
