package stats

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
)

// Merge adds what o has seen; codes and columns are the same, or those of one
// a prefix of the other's.
func (c *Conditional) Merge(o *Conditional) error { return c.MergeMapped(o, nil, nil) }

// MergeMapped adds what o has seen, of which code i is code codes[i] here and
// column j column columns[j]; nil is the identity. A mapping that lacks one of
// o's codes or columns gives an error that wraps ErrIncompatible.
func (c *Conditional) MergeMapped(o *Conditional, codes, columns []int32) error {
	if err := checkTargets(codes, o.Codes()); err != nil {
		return err
	}
	if err := checkTargets(columns, o.Columns()); err != nil {
		return err
	}
	width := 0
	for j := range o.Columns() {
		width = max(width, mapped(columns, j)+1)
	}
	for code, row := range o.cells {
		if !anyWeight(row) {
			continue
		}
		into := c.row(mapped(codes, code), width)
		for j := range row {
			if row[j].weight.IsZero() {
				continue
			}
			to := mapped(columns, j)
			if c.pivots[to] != c.pivots[to] {
				c.pivots[to] = o.pivots[j]
			}
			into[to].combine(row[j].about(o.pivots[j], c.pivots[to]))
		}
	}
	return nil
}

func (c *cell) combine(o cell) {
	c.weight, c.sum, c.square = c.weight.Add(o.weight), c.sum.Add(o.sum), c.square.Add(o.square)
}

// about returns the sums about another pivot: with d = from-to, the sum of
// w(x-to) is that of w(x-from) + w d, and the sum of w(x-to)^2 that of
// w(x-from)^2 + 2 d w(x-from) + w d^2.
func (c cell) about(from, to float64) cell {
	if from == to {
		return c
	}
	d := dd.Diff(from, to)
	wd := c.weight.Mul(d)
	c.square = c.square.Add(d.Mul(c.sum.MulPow2(2).Add(wd)))
	c.sum = c.sum.Add(wd)
	return c
}

// Subtract takes away what o has seen. More weight in a cell than there is
// gives an error that wraps ErrNotLearned.
func (c *Conditional) Subtract(o *Conditional) error { return c.SubtractMapped(o, nil, nil) }

// SubtractMapped is Subtract for an o with other codes or columns, as MergeMapped.
func (c *Conditional) SubtractMapped(o *Conditional, codes, columns []int32) error {
	part := o
	if codes != nil || columns != nil {
		part = &Conditional{}
		if err := part.MergeMapped(o, codes, columns); err != nil {
			return err
		}
	}
	if err := c.contains(part); err != nil {
		return err
	}
	for code, row := range part.cells {
		for j := range row {
			if row[j].weight.IsZero() {
				continue
			}
			into, gone := &c.cells[code][j], row[j].about(part.pivots[j], c.pivots[j])
			rest, _ := restWeight(into.weight, gone.weight)
			if rest.IsZero() {
				*into = cell{}
				continue
			}
			*into = cell{weight: rest, sum: into.sum.Sub(gone.sum), square: into.square.Sub(gone.square)}
		}
	}
	c.forgetPivots()
	return nil
}

// contains refuses a part with more weight in a cell than c has there.
func (c *Conditional) contains(part *Conditional) error {
	for code, row := range part.cells {
		for j := range row {
			if row[j].weight.IsZero() {
				continue
			}
			var whole dd.Number
			if code < len(c.cells) && j < len(c.cells[code]) {
				whole = c.cells[code][j].weight
			}
			if _, err := restWeight(whole, row[j].weight); err != nil {
				return fmt.Errorf("column %d given code %d: %w", j, code, err)
			}
		}
	}
	return nil
}

// forgetPivots drops the pivots of columns of which nothing is left.
func (c *Conditional) forgetPivots() {
	for j := range c.pivots {
		used := false
		for _, row := range c.cells {
			used = used || j < len(row) && !row[j].weight.IsZero()
		}
		if !used {
			c.pivots[j] = math.NaN()
		}
	}
}

// Scale multiplies every weight by f, which must be positive and finite and
// must leave the sums so.
func (c *Conditional) Scale(f float64) error {
	if err := checkScale(f); err != nil {
		return err
	}
	next := c.Clone()
	for _, row := range next.cells {
		for j := range row {
			at := &row[j]
			empty := at.weight.IsZero()
			*at = cell{weight: at.weight.MulFloat(f), sum: at.sum.MulFloat(f), square: at.square.MulFloat(f)}
			if empty != at.weight.IsZero() || !at.weight.IsFinite() || !at.sum.IsFinite() || !at.square.IsFinite() {
				return fmt.Errorf("scale factor %v takes conditional moments out of range", f)
			}
		}
	}
	*c = *next
	return nil
}
