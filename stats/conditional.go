package stats

import (
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/exact"
)

// Conditional is weight, mean, central second moment and extremes of each
// numeric column given each code of one categorical (or binary) column: what
// naive Bayes, analysis of variance and discriminants are read off. Rows that
// lack the number count in no cell of it, so every cell is pairwise-complete.
// When asked for there is a histogram in each cell as well.
//
// A cell keeps the sums of w, w(x-K) and w(x-K)^2 in double-double about a
// pivot K of its own, the first value that it meets, so that the last sum is at
// most 1+n times the central one and no digit of it is lost. Merging and
// subtracting is addition, after a shift where pivots differ. The zero value is
// the empty statistic. It grows with the dictionary and with the columns.
type Conditional struct {
	cells [][]cell // by code, then column; the rows may differ in length
	bins  int      // of the histogram of a cell; 0 for none
}

// cell holds sums about the pivot; it is zero while there are no rows.
type cell struct {
	pivot               float64
	weight, sum, square dd.Number
	apart               *exact.Products // values that are not in these sums; nil for none
	min, max            float64         // NaN where they were not kept
	histogram           *Histogram      // nil for none
}

// maxCellWeight bounds the weight of a row: times the square of MaxMagnitude it
// stays far from overflow.
const maxCellWeight = 1e100

// emptyConditional returns the empty statistic with histograms of a number of
// bins that has been checked, 0 for none.
func emptyConditional(bins int) *Conditional { return &Conditional{bins: bins} }

// addRow takes a code, values and a weight that [Rows.Validate] has let pass. Of which
// column the value is added exactly is said by apart, where that is not nil.
func (c *Conditional) addRow(code int32, values []float64, w float64, apart []bool) {
	cells := c.row(int(code), len(values))
	for j, x := range values {
		switch {
		case math.IsNaN(x):
			continue
		case apart != nil && apart[j]:
			cells[j].addApart(x, w)
		default:
			cells[j].add(x, w)
		}
		if c.bins > 0 {
			cells[j].count(c.bins, x, w)
		}
	}
}

// count adds x to the histogram, which is made when it is not there.
func (c *cell) count(bins int, x, w float64) {
	if c.histogram == nil {
		c.histogram = emptyHistogram(bins)
	}
	c.histogram.add(x, w)
}

// row makes room for code and columns and returns the code's cells.
func (c *Conditional) row(code, columns int) []cell {
	c.cells = grow(c.cells, code+1)
	c.cells[code] = grow(c.cells[code], columns)
	return c.cells[code]
}

// add takes x with weight w. The error-free transformations are written out
// where the low words allow a shorter form than dd's.
func (c *cell) add(x, w float64) {
	c.reaches(x)
	if c.weight.Hi == 0 {
		c.pivot = x + 0
	}
	d, e := dd.TwoDiff(x, c.pivot)
	p, pe := dd.TwoProd(d, d)
	pe += e * (2*d + e)
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
	out := &Conditional{cells: make([][]cell, len(c.cells)), bins: c.bins}
	for code, row := range c.cells {
		out.cells[code] = slices.Clone(row)
		for j := range row {
			if row[j].histogram != nil || row[j].apart != nil {
				out.cells[code][j] = row[j].clone()
			}
		}
	}
	return out
}

// Codes returns one more than the largest code of which there is a value.
func (c *Conditional) Codes() int {
	n := len(c.cells)
	for n > 0 && filled(c.cells[n-1]) == 0 {
		n--
	}
	return n
}

// Columns returns one more than the last column of which there is a value.
func (c *Conditional) Columns() int {
	n := 0
	for _, row := range c.cells {
		n = max(n, filled(row))
	}
	return n
}

// filled returns the length of the row without the empty cells at its end.
func filled(row []cell) int {
	n := len(row)
	for n > 0 && row[n-1].empty() {
		n--
	}
	return n
}
