package stats

import (
	"fmt"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// Categories is the weight of each code of one categorical column. Codes are
// those of [Rows]: 0 is [Other], code i the value i-1 of the column's
// dictionary. It grows with the dictionary; the weight of missing values is
// not kept. The zero value is the empty statistic.
type Categories struct {
	weights []float64 // by code
}

// maxCode bounds the codes that the categorical statistics take.
const maxCode = 1 << 20

// newCategories returns the empty statistic.
func newCategories() *Categories { return &Categories{} }

// add takes a code and a weight that [Rows.Validate] has let pass.
func (c *Categories) add(code int32, w float64) {
	c.weights = grow(c.weights, int(code)+1)
	c.weights[code] += w
}

func checkCode(code int32, w float64) error {
	if code < 0 || code > maxCode {
		return fmt.Errorf("code is %d, want 0 to %d", code, maxCode)
	}
	if !(w > 0) || math.IsInf(w, 0) {
		return fmt.Errorf("weight is %v, not a positive finite number", w)
	}
	return nil
}

// grow returns s with at least n elements, new ones zero.
func grow[T any](s []T, n int) []T {
	if n <= len(s) {
		return s
	}
	return append(s, make([]T, n-len(s))...)
}

// Merge adds what o has seen; both have the same dictionary, or one a prefix
// of the other's.
func (c *Categories) Merge(o *Categories) error { return c.mergeMapped(o, nil) }

// mergeMapped adds what o has seen, of which code i is code mapping[i] here; a
// nil mapping is the identity. A mapping that lacks one of o's codes gives an
// error that wraps ErrIncompatible.
func (c *Categories) mergeMapped(o *Categories, mapping []int32) error {
	if err := checkTargets(mapping, o.codes()); err != nil {
		return err
	}
	for code, w := range o.weights {
		if w > 0 {
			to := mapped(mapping, code)
			c.weights = grow(c.weights, to+1)
			c.weights[to] += w
		}
	}
	return nil
}

// checkTargets refuses a mapping that does not say where n codes or columns go.
func checkTargets(mapping []int32, n int) error {
	if mapping == nil {
		return nil
	}
	if len(mapping) < n {
		return fmt.Errorf("%w: mapping of %d entries for %d", ErrIncompatible, len(mapping), n)
	}
	for i, to := range mapping[:n] {
		if to < 0 || to > maxCode {
			return fmt.Errorf("%w: mapping takes %d to %d, want 0 to %d", ErrIncompatible, i, to, maxCode)
		}
	}
	return nil
}

func mapped(mapping []int32, i int) int {
	if mapping == nil {
		return i
	}
	return int(mapping[i])
}

// Subtract takes away what o has seen. More weight of a code than there is
// gives an error that wraps ErrNotLearned.
func (c *Categories) Subtract(o *Categories) error { return c.subtractMapped(o, nil, 0) }

// subtractMapped is Subtract for an o with other codes, as mergeMapped.
func (c *Categories) subtractMapped(o *Categories, mapping []int32, slack float64) error {
	part := o
	if mapping != nil {
		part = &Categories{}
		if err := part.mergeMapped(o, mapping); err != nil {
			return err
		}
	}
	left := slices.Clone(c.weights)
	for code, w := range part.weights {
		if w == 0 {
			continue
		}
		rest, ok := subtractWeight(c.Count(int32(code)), w, slack)
		if !ok {
			return &codeError{codes: []int32{int32(code)}, taken: w, whole: c.Count(int32(code))}
		}
		if code < len(left) { // else a trace is taken from nothing
			left[code] = rest
		}
	}
	c.weights = left
	return nil
}

// scalable returns the error that scaling by f would give.
func (c *Categories) scalable(f float64) error { return checkScaled(f, c.Total(), "categories") }

// scale multiplies every weight by a factor that scalable has let pass.
func (c *Categories) scale(f float64) {
	for i := range c.weights {
		c.weights[i] *= f
	}
}

// isInRange reports whether the weights are in range.
func (c *Categories) isInRange() bool { return inRange(c.Total()) }

// Clone returns a copy.
func (c *Categories) Clone() *Categories { return &Categories{weights: slices.Clone(c.weights)} }

// Count returns the weight of a code, 0 for one that was never seen.
func (c *Categories) Count(code int32) float64 {
	if code < 0 || int(code) >= len(c.weights) {
		return 0
	}
	return c.weights[code]
}

// codes returns one more than the largest code that has a weight.
func (c *Categories) codes() int {
	n := len(c.weights)
	for n > 0 && c.weights[n-1] == 0 {
		n--
	}
	return n
}

// Total returns the weight of all codes.
func (c *Categories) Total() float64 {
	sum := 0.0
	for _, w := range c.weights {
		sum += w
	}
	return sum
}

// Encode appends the number of codes up to the last one that has a weight, and
// the weight of each.
func (c *Categories) Encode(w *wire.Writer) {
	n := c.codes()
	w.Uvarint(uint64(n))
	for _, weight := range c.weights[:n] {
		encodeWeight(w, weight)
	}
}

// decodeCategories reads what Encode wrote. Values that no statistic has leave
// an error in r.
func decodeCategories(r *wire.Reader) *Categories {
	n := r.Count(1)
	if n > maxCode+1 {
		r.Fail("%d codes, want at most %d", n, maxCode+1)
		return &Categories{}
	}
	c := &Categories{weights: make([]float64, n)}
	for i := range c.weights {
		c.weights[i] = decodeWeightOrZero(r)
	}
	if n > 0 && c.weights[n-1] == 0 {
		r.Fail("code %d has no weight", n-1)
	}
	if r.Err() != nil {
		return &Categories{}
	}
	return c
}
