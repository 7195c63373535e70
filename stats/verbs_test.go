package stats

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// What follows are verbs of statistics that only tests use: a summary checks all of
// its parts before it changes any of them.

// Add takes a code with weight w. A code outside 0 to maxCode, or a weight
// that is not positive and finite, is an error.
func (c *Categories) Add(code int32, w float64) error {
	if err := checkCode(code, w); err != nil {
		return err
	}
	c.add(code, w)
	return nil
}

// Scale multiplies every weight by f, which must be positive and finite and
// must leave the weights so.
func (c *Categories) Scale(f float64) error {
	if err := CheckScale(f); err != nil {
		return err
	}
	if err := c.scalable(f); err != nil {
		return err
	}
	c.scale(f)
	return nil
}

// Scale multiplies the weight by f, which must be positive and finite and must
// leave the sums finite. A weight below 2^-500 vanishes: the statistic is then
// empty.
func (c *Comoments) Scale(f float64) error {
	if err := CheckScale(f); err != nil {
		return err
	}
	if err := c.scalable(f); err != nil {
		return err
	}
	c.scale(f)
	return nil
}

// AddBlock adds n rows of Dim values each, row by row in values, with their
// weights (nil means 1 each). A block of the wrong size, a value that is not
// finite or exceeds MaxMagnitude, or a weight that is not positive and finite
// is an error, and nothing is added.
func (c *Comoments) AddBlock(values []float64, n int, weights []float64) error {
	if n < 0 || len(values) != n*c.dim {
		return fmt.Errorf("%w: %d values for %d rows of %d columns", ErrIncompatible, len(values), n, c.dim)
	}
	for i, v := range values {
		if !(math.Abs(v) <= MaxMagnitude) {
			return fmt.Errorf("value of column %d of row %d is %v, not a number of magnitude up to %g", i%c.dim, i/c.dim, v, float64(MaxMagnitude))
		}
	}
	if len(weights) > 0 && len(weights) != n {
		return fmt.Errorf("%w: %d weights for %d rows", ErrIncompatible, len(weights), n)
	}
	for i, w := range weights {
		if !(w > 0) || math.IsInf(w, 0) {
			return fmt.Errorf("weight of row %d is %v, not a positive finite number", i, w)
		}
	}
	for i := len(c.all); i < c.dim; i++ {
		c.all = append(c.all, int32(i))
	}
	return c.AddColumns(values, c.dim, c.all, nil, n, weights, nil)
}

// AddColumns adds rows of which each has Dim values at the given columns of a
// wider row: values holds rows of stride numbers, n of them, and rows names
// those to take (nil means all n). weights holds a weight per row of values
// (nil means 1 each). Where moments is not nil, moments[k] takes the values of
// columns[k] as well, at little cost.
//
// Sizes that do not fit give an error that wraps ErrIncompatible, and nothing
// is added. The values taken must be finite and within MaxMagnitude and the
// weights positive, as [Rows.Validate] checks; that is not checked again.
func (c *Comoments) AddColumns(values []float64, stride int, columns, rows []int32, n int, weights []float64, moments []*Moments) error {
	if err := c.checkColumns(values, stride, columns, rows, n, weights, moments); err != nil {
		return err
	}
	c.addColumns(values, stride, columns, rows, n, weights, moments, false)
	return nil
}

// Covariance returns the co-moment over weight - ddof: that of the sample for
// ddof 1, that of the population for 0. It is NaN when the weight is not above
// ddof.
func (c *Comoments) Covariance(i, j int, ddof float64) float64 {
	n := c.weight.AddFloat(-ddof)
	if c.empty() || !(n.Hi > 0) {
		return math.NaN()
	}
	return c.ComomentDD(i, j).Div(n).Float()
}

// NewConditional returns the empty statistic without histograms.
func NewConditional() *Conditional { return &Conditional{} }

// NewConditionalHistograms returns the empty statistic with a histogram of at
// most the given number of bins in each cell, MinBins to MaxBins.
func NewConditionalHistograms(bins int) (*Conditional, error) {
	if _, err := NewHistogram(bins); err != nil {
		return nil, err
	}
	return emptyConditional(bins), nil
}

// AddRow takes a row of the given code: one value per numeric column, NaN for
// missing, and weight w. A code outside 0 to maxCode, an infinite value or one
// above MaxMagnitude, or a weight that is not positive or above 1e100, is an
// error and nothing of the row is taken.
func (c *Conditional) AddRow(code int32, values []float64, w float64) error {
	if err := checkCode(code, w); err != nil {
		return err
	}
	if w > maxCellWeight {
		return fmt.Errorf("weight is %v, want at most %g", w, float64(maxCellWeight))
	}
	for j, x := range values {
		if math.Abs(x) > MaxMagnitude {
			return fmt.Errorf("value of column %d is %v, not a number of magnitude up to %g", j, x, float64(MaxMagnitude))
		}
	}
	c.addRow(code, values, w, nil)
	return nil
}

// DecodeConditional reads what Encode wrote of one without histograms. Values
// that no statistic has leave an error in r.
func DecodeConditional(r *wire.Reader) *Conditional {
	return decodeConditional(r, summaryVersion, 0)
}

// Scale multiplies every weight by f, which must be positive and finite and
// must leave the sums finite. Cells whose weight falls below 2^-500 vanish.
func (c *Conditional) Scale(f float64) error {
	if err := CheckScale(f); err != nil {
		return err
	}
	if err := c.scalable(f); err != nil {
		return err
	}
	c.scale(f)
	return nil
}

// Add takes a row of the given codes with weight w. A code outside 0 to
// maxCode, or a weight that is not positive and finite, is an error.
func (c *Contingency) Add(a, b int32, w float64) error {
	if err := checkCode(a, w); err != nil {
		return err
	}
	if err := checkCode(b, w); err != nil {
		return err
	}
	c.add(a, b, w)
	return nil
}

// Scale multiplies every weight by f, which must be positive and finite and
// must leave the weights so. A pair whose weight becomes too small for a
// float64 vanishes.
func (c *Contingency) Scale(f float64) error {
	if err := CheckScale(f); err != nil {
		return err
	}
	if err := c.scalable(f); err != nil {
		return err
	}
	c.scale(f)
	return nil
}

// Merge adds the values of o. The error is nil, as any two sketches fit; it is
// there so that all statistics merge alike.
func (d *Distinct) Merge(o *Distinct) error {
	d.merge(o)
	return nil
}

// StandardError returns the relative standard error of the estimate,
// 1.04/sqrt(4096).
func (d *Distinct) StandardError() float64 { return 1.04 / math.Sqrt(registers) }

// Scale multiplies every weight by f, which must be positive and finite and must
// leave the weight so.
func (e *Exceedances) Scale(f float64) error {
	if err := CheckScale(f); err != nil {
		return err
	}
	if err := checkScaled(f, e.weight, "exceedances"); err != nil {
		return err
	}
	e.weight *= f
	for i := range e.upper {
		e.upper[i].Weight *= f
	}
	for i := range e.lower {
		e.lower[i].Weight *= f
	}
	return nil
}

// NewHeavyHitters returns an empty summary of k counters, 1 to 2^20. Up to 2k
// are in use between two clearances.
func NewHeavyHitters(k int) (*HeavyHitters, error) {
	if k < 1 || k > maxCounters {
		return nil, fmt.Errorf("counters is %d, want 1 to %d", k, maxCounters)
	}
	return emptyHeavyHitters(k), nil
}

// Add takes a value with weight w. A weight that is not positive and finite is
// an error.
func (h *HeavyHitters) Add(value string, w float64) error {
	if !(w > 0) || math.IsInf(h.weight+w, 0) {
		return fmt.Errorf("weight is %v, not a positive finite number", w)
	}
	h.add(value, w)
	return nil
}

// Scale multiplies every weight by f, which must be positive and finite and
// must leave the weight finite. Counters too small for a float64 vanish, and a
// summary whose weight falls below 2^-500 is emptied.
func (h *HeavyHitters) Scale(f float64) error {
	if err := CheckScale(f); err != nil {
		return err
	}
	if err := h.scalable(f); err != nil {
		return err
	}
	h.scale(f)
	return nil
}

// Scale multiplies every weight by f, which must be positive and finite and
// must leave the sums finite. Pairs of columns whose weight falls below 2^-500
// vanish.
func (p *Pairwise) Scale(f float64) error {
	if err := CheckScale(f); err != nil {
		return err
	}
	if err := p.scalable(f); err != nil {
		return err
	}
	p.scale(f)
	return nil
}

// Union returns a layout that has the columns and values of both, those of l
// first and in their places. The same name with another type is an error that
// wraps ErrIncompatible.
func (l *Layout) Union(o *Layout) (*Layout, error) {
	union, _, err := l.union(o)
	return union, err
}
