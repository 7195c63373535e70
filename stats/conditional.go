package stats

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
)

// Conditional is weight, mean and central second moment of each numeric column
// given each code of one categorical (or binary) column: what naive Bayes,
// analysis of variance and discriminants are read off. Rows that lack the
// number count in no cell of it, so every cell is pairwise-complete.
//
// A cell keeps the sums of w, w(x-K) and w(x-K)^2 in double-double, with one
// pivot K per column, the first value that it meets. Differences from the
// pivot are exact, so a bad pivot costs nothing but digits that double-double
// has to spare, and merging or subtracting is addition. The zero value is the
// empty statistic. It grows with the dictionary and with the columns.
type Conditional struct {
	pivots []float64 // by column; NaN where no value has been seen
	cells  [][]cell  // by code, then column; rows may be shorter than pivots
}

// cell holds sums about the pivot of its column.
type cell struct {
	weight, sum, square dd.Number
}

// maxCellWeight bounds the weight of a row: times the square of MaxMagnitude it
// stays far from overflow.
const maxCellWeight = 1e100

// NewConditional returns the empty statistic.
func NewConditional() *Conditional { return &Conditional{} }

// AddRow takes a row of the given code: one value per numeric column, NaN for
// missing, and weight w. A code outside 0 to MaxCode, an infinite value or one
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
	cells := c.row(int(code), len(values))
	for j, x := range values {
		if x != x {
			continue
		}
		if c.pivots[j] != c.pivots[j] {
			c.pivots[j] = x + 0
		}
		cells[j].add(x, c.pivots[j], w)
	}
	return nil
}

// row makes room for code and columns and returns the code's cells.
func (c *Conditional) row(code, columns int) []cell {
	for len(c.pivots) < columns {
		c.pivots = append(c.pivots, math.NaN())
	}
	c.cells = grow(c.cells, code+1)
	if len(c.cells[code]) < columns {
		c.cells[code] = grow(c.cells[code], columns)
	}
	return c.cells[code]
}

// add takes x with weight w. The error-free transformations are written out
// where the low words allow a shorter form than dd's.
func (c *cell) add(x, pivot, w float64) {
	d, e := dd.TwoDiff(x, pivot)
	p, pe := dd.TwoProd(d, d)
	pe += 2 * d * e
	if w != 1 {
		wd, wp := dd.Number{Hi: d, Lo: e}.MulFloat(w), dd.Normalise(p, pe).MulFloat(w)
		d, e, p, pe = wd.Hi, wd.Lo, wp.Hi, wp.Lo
	}
	s, t := dd.TwoSum(c.sum.Hi, d)
	c.sum.Hi, c.sum.Lo = dd.FastTwoSum(s, t+(c.sum.Lo+e))
	s, t = dd.TwoSum(c.square.Hi, p)
	c.square.Hi, c.square.Lo = dd.FastTwoSum(s, t+(c.square.Lo+pe))
	s, t = dd.TwoSum(c.weight.Hi, w)
	c.weight.Hi, c.weight.Lo = dd.FastTwoSum(s, t+c.weight.Lo)
}

// Clone returns a copy.
func (c *Conditional) Clone() *Conditional {
	out := &Conditional{pivots: append([]float64(nil), c.pivots...)}
	out.cells = make([][]cell, len(c.cells))
	for code, row := range c.cells {
		out.cells[code] = append([]cell(nil), row...)
	}
	return out
}

// Codes returns one more than the largest code of which a row was taken.
func (c *Conditional) Codes() int {
	n := len(c.cells)
	for n > 0 && !anyWeight(c.cells[n-1]) {
		n--
	}
	return n
}

func anyWeight(row []cell) bool {
	for i := range row {
		if !row[i].weight.IsZero() {
			return true
		}
	}
	return false
}

// Columns returns one more than the last column of which a value was taken.
func (c *Conditional) Columns() int {
	n := len(c.pivots)
	for n > 0 && c.pivots[n-1] != c.pivots[n-1] {
		n--
	}
	return n
}
