package stats

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
)

// Merge adds what o has seen; codes and columns are the same, or those of one
// a prefix of the other's.
func (c *Conditional) Merge(o *Conditional) error { return c.mergeMapped(o, nil, nil) }

// mergeMapped adds what o has seen, of which code i is code codes[i] here and
// column j column columns[j]; nil is the identity. A mapping that lacks one of
// o's codes or columns, or other histograms, give an error that wraps
// ErrIncompatible.
func (c *Conditional) mergeMapped(o *Conditional, codes, columns []int32) error {
	if c.bins != o.bins {
		return fmt.Errorf("%w: conditional histograms of %d and %d bins", ErrIncompatible, c.bins, o.bins)
	}
	if err := checkTargets(codes, o.Codes()); err != nil {
		return err
	}
	if err := checkTargets(columns, o.Columns()); err != nil {
		return err
	}
	if c.bins > 0 {
		if err := c.histogramsFit(o, codes, columns); err != nil {
			return err
		}
	}
	for code, row := range o.cells {
		for j := range row {
			if row[j].empty() {
				continue
			}
			to := mapped(columns, j)
			c.row(mapped(codes, code), to+1)[to].combine(row[j])
		}
	}
	return nil
}

// histogramsFit refuses histograms that could not be merged, so that merging
// does not fail half-way.
func (c *Conditional) histogramsFit(o *Conditional, codes, columns []int32) error {
	for code, row := range o.cells {
		for j := range row {
			own := c.Histogram(int32(mapped(codes, code)), mapped(columns, j))
			if own == nil || row[j].histogram == nil {
				continue
			}
			if err := own.mergeable(row[j].histogram); err != nil {
				return fmt.Errorf("column %d given code %d: %w", j, code, err)
			}
		}
	}
	return nil
}

// combine adds another cell. Sums about different pivots are first taken about
// this cell's, so that adding is addition and its order does not matter beyond
// the rounding of double-double.
func (c *cell) combine(o cell) {
	if c.empty() {
		*c = o.clone()
		return
	}
	if o.histogram != nil {
		c.histogram.combine(o.histogram)
	}
	c.min, c.max = min(c.min, o.min), max(c.max, o.max)
	if o.apart != nil {
		c.needApart().Merge(o.apart)
	}
	switch {
	case o.weight.IsZero():
		return
	case c.weight.IsZero():
		c.pivot = o.pivot
	default:
		o = o.about(c.pivot)
	}
	c.weight, c.sum, c.square = c.weight.Add(o.weight), c.sum.Add(o.sum), c.square.Add(o.square)
}

// about returns the sums about another pivot: with d = K-pivot, the sum of
// w(x-pivot) is that of w(x-K) + w d, and the sum of w(x-pivot)^2 that of
// w(x-K)^2 + 2 d w(x-K) + w d^2.
func (c cell) about(pivot float64) cell {
	if c.pivot == pivot {
		return c
	}
	d := dd.Diff(c.pivot, pivot)
	wd := c.weight.Mul(d)
	c.square = c.square.Add(d.Mul(c.sum.MulPow2(2).Add(wd)))
	c.sum = c.sum.Add(wd)
	c.pivot = pivot
	return c
}

// Subtract takes away what o has seen. More weight in a cell, or in a bin of its
// histogram, than there is gives an error that wraps ErrNotLearned. Extremes
// stay until a cell is empty.
func (c *Conditional) Subtract(o *Conditional) error { return c.subtractMapped(o, nil, nil) }

// subtractMapped is Subtract for an o with other codes or columns, as mergeMapped.
func (c *Conditional) subtractMapped(o *Conditional, codes, columns []int32) error {
	part := o
	if codes != nil || columns != nil {
		part = &Conditional{bins: o.bins}
		if err := part.mergeMapped(o, codes, columns); err != nil {
			return err
		}
	}
	if c.bins != part.bins {
		return fmt.Errorf("%w: conditional histograms of %d and %d bins", ErrIncompatible, c.bins, part.bins)
	}
	rests, err := c.rests(part)
	if err != nil {
		return err
	}
	histograms, err := c.without(part)
	if err != nil {
		return err
	}
	// all that can be refused has been: from here on the receiver changes
	for code, row := range part.cells {
		for j := range row {
			if row[j].empty() {
				continue
			}
			into := &c.cells[code][j]
			rest := rests[0]
			rests = rests[1:]
			if rest.IsZero() {
				*into = cell{}
				if c.bins > 0 {
					histograms = histograms[1:]
				}
				continue
			}
			if c.bins > 0 {
				into.histogram = histograms[0]
				histograms = histograms[1:]
			}
			into.remove(row[j])
		}
	}
	return nil
}

// without returns the histograms of c less those of part, of each cell that part
// has, in order; none where no histograms are kept.
func (c *Conditional) without(part *Conditional) (out []*Histogram, err error) {
	if c.bins == 0 {
		return nil, nil
	}
	for code, row := range part.cells {
		for j := range row {
			if row[j].empty() {
				continue
			}
			rest := c.cells[code][j].histogram.Clone()
			if err := rest.Subtract(row[j].histogram); err != nil {
				return nil, fmt.Errorf("column %d given code %d: %w", j, code, err)
			}
			out = append(out, rest)
		}
	}
	return out, nil
}

// rests returns the weight that taking part away leaves in each cell that part
// has, in order. It refuses a part with more weight in a cell than c has there.
func (c *Conditional) rests(part *Conditional) (out []dd.Number, err error) {
	for code, row := range part.cells {
		for j := range row {
			if row[j].empty() {
				continue
			}
			var whole cell
			if code < len(c.cells) && j < len(c.cells[code]) {
				whole = c.cells[code][j].total()
			}
			gone := row[j].total()
			rest, err := restWeight(whole.weight, gone.weight)
			if err == nil && rest.IsZero() {
				err = whole.sameSum(&gone)
			} else if err == nil {
				err = whole.possibleRest(&gone, rest)
			}
			if err != nil {
				return nil, fmt.Errorf("column %d given code %d: %w", j, code, err)
			}
			out = append(out, rest)
		}
	}
	return out, nil
}

// sameSum refuses to take all rows of c away by others of another sum.
func (c *cell) sameSum(o *cell) error {
	return sameMean(c.sum.Div(c.weight).AddFloat(c.pivot), o.sum.Div(o.weight).AddFloat(o.pivot), c.min, c.max, c.pivot)
}

// possibleRest refuses to take o away when what is left of a weight would have a mean
// outside of all values, or less than no variance.
func (c *cell) possibleRest(o *cell, rest dd.Number) error {
	gone := o.about(c.pivot)
	sum := c.sum.Sub(gone.sum)
	shift := sum.Div(rest)
	if err := meanWithin(shift.AddFloat(c.pivot), c.min, c.max, rest.Hi/c.weight.Hi); err != nil {
		return err
	}
	const rounding = 0x1p-40
	if left := c.square.Sub(gone.square).Sub(shift.Mul(sum)).Hi; left < -rounding*c.square.Hi {
		return fmt.Errorf("%w: values are taken away whose rest would have a sum of squares of %v", ErrNotLearned, left)
	}
	return nil
}

// scalable returns the error that scaling by f would give.
func (c *Conditional) scalable(f float64) error {
	for _, row := range c.cells {
		for j := range row {
			at := row[j].scaled(f)
			if !at.isInRange() || at.apart != nil && at.apart.Exponent()+int(math.Ceil(math.Log2(f))) > mostExponent {
				return fmt.Errorf("scale factor %v takes conditional moments out of range", f)
			}
			if at.histogram == nil {
				continue
			}
			if err := at.histogram.scalable(f); err != nil {
				return err
			}
		}
	}
	return nil
}

// scale multiplies every weight by a factor that scalable has let pass.
func (c *Conditional) scale(f float64) {
	for _, row := range c.cells {
		for j := range row {
			at := &row[j]
			if at.empty() {
				continue
			}
			if *at = at.scaled(f); at.apart != nil {
				at.apart.Scale(f)
			}
			if at.total().weight.Hi < leastWeight {
				*at = cell{}
			} else if at.histogram != nil {
				at.histogram.scale(f)
			}
		}
	}
}

// isInRange reports whether all sums are in range.
func (c *Conditional) isInRange() bool {
	for _, row := range c.cells {
		for j := range row {
			if !row[j].isInRange() {
				return false
			}
		}
	}
	return true
}

// scaled returns the cell with its sums multiplied by f, its exact sums and its histogram
// as they were.
func (c cell) scaled(f float64) cell {
	c.weight, c.sum, c.square = c.weight.MulFloat(f), c.sum.MulFloat(f), c.square.MulFloat(f)
	return c
}

func (c *cell) isInRange() bool {
	return inRange(c.weight.Hi) && inRange(c.sum.Hi) && inRange(c.square.Hi) && (c.histogram == nil || c.histogram.isInRange()) &&
		(c.apart == nil || c.apart.Exponent() <= mostExponent)
}
