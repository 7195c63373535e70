package stats

import (
	"fmt"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// Categories counts the values of one categorical column by code. It grows
// with the codes it meets.
type Categories struct {
	weights []float64
}

// NewCategories returns an empty table.
func NewCategories() *Categories { return &Categories{} }

// Add counts code, 0 or more, with weight w, which must be positive.
func (c *Categories) Add(code int32, w float64) {
	c.grow(int(code) + 1)
	c.weights[code] += w
}

func (c *Categories) grow(n int) {
	for len(c.weights) < n {
		c.weights = append(c.weights, 0)
	}
}

// Count returns the weight of a code; 0 for one that has not been met.
func (c *Categories) Count(code int32) float64 {
	if code < 0 || int(code) >= len(c.weights) {
		return 0
	}
	return c.weights[code]
}

// Total returns the weight of all codes.
func (c *Categories) Total() float64 {
	sum := 0.0
	for _, w := range c.weights {
		sum += w
	}
	return sum
}

// MergeMapped adds the other's counts, code k of which is codes[k] here; nil
// means the same codes.
func (c *Categories) MergeMapped(o *Categories, codes []int32) error {
	if err := checkCodes(codes, len(o.weights)); err != nil {
		return err
	}
	for code, w := range o.weights {
		if w != 0 {
			c.Add(mapped(codes, code), w)
		}
	}
	return nil
}

// SubtractMapped takes the other's counts away. A count that would become
// negative is an error that wraps ErrNotLearned; nothing is changed then.
func (c *Categories) SubtractMapped(o *Categories, codes []int32) error {
	if err := checkCodes(codes, len(o.weights)); err != nil {
		return err
	}
	next := c.Clone()
	for code, w := range o.weights {
		if w == 0 {
			continue
		}
		at := mapped(codes, code)
		rest, err := restOf(next.Count(at), w)
		if err != nil {
			return fmt.Errorf("code %d: %w", at, err)
		}
		next.weights[at] = rest
	}
	*c = *next
	return nil
}

// checkCodes refuses a mapping that does not cover n codes.
func checkCodes(codes []int32, n int) error {
	if codes != nil && len(codes) < n {
		return fmt.Errorf("%w: %d codes mapped of %d", ErrIncompatible, len(codes), n)
	}
	return nil
}

func mapped(codes []int32, code int) int32 {
	if codes == nil {
		return int32(code)
	}
	return codes[code]
}

// restOf returns what is left of a weight. A difference below zero within
// rounding is zero; more is an error that wraps ErrNotLearned.
func restOf(whole, part float64) (float64, error) {
	rest := whole - part
	if rest < -restTolerance*part {
		return 0, fmt.Errorf("%w: weight %v is to lose %v", ErrNotLearned, whole, part)
	}
	if rest <= restTolerance*part {
		return 0, nil
	}
	return rest, nil
}

// Scale multiplies every weight by f, which must be positive and finite.
func (c *Categories) Scale(f float64) error {
	if err := checkScale(f); err != nil {
		return err
	}
	for i := range c.weights {
		c.weights[i] *= f
	}
	return nil
}

// Clone returns a deep copy.
func (c *Categories) Clone() *Categories { return &Categories{weights: slices.Clone(c.weights)} }

// Encode appends the weights up to the last that is not zero.
func (c *Categories) Encode(w *wire.Writer) {
	n := len(c.weights)
	for n > 0 && c.weights[n-1] == 0 {
		n--
	}
	w.Uvarint(uint64(n))
	for _, weight := range c.weights[:n] {
		encodeCount(w, weight)
	}
}

// DecodeCategories reads what Encode wrote; damage is recorded in r.
func DecodeCategories(r *wire.Reader) *Categories {
	c := &Categories{weights: make([]float64, r.Count(1))}
	for i := range c.weights {
		c.weights[i] = decodeCount(r)
	}
	if n := len(c.weights); r.Err() == nil && n > 0 && c.weights[n-1] == 0 {
		r.Fail("count of the last code is 0")
	}
	return c
}

// encodeCount appends a weight that may be 0.
func encodeCount(w *wire.Writer, weight float64) { encodeWeight(w, weight) }

// decodeCount reads a weight that may be 0.
func decodeCount(r *wire.Reader) float64 {
	if r.PeekByte() == 0 {
		r.Byte()
		return 0
	}
	return decodeWeight(r)
}
