package stats

import (
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
)

// near decides which rows are summed up in blocks: those that are near the others. In a
// block a value costs as many digits as it is far off, which forgetting it does not give
// back. It serves speed and rounding, and is no part of the state.
type near struct {
	columns []reach
	far     []bool // by row of the batch
	any     bool
	moved   bool // what is near is elsewhere than before, or was not known
	layout  *Layout
	watched []int32 // columns in which a value may be far

	// scratch
	low, high []float64 // of columns
	values    []bool
	exchanged []int32
	tame      []float64
}

// reach is what is near in one column.
type reach struct {
	low, high float64 // low > high while it is not known
	known     bool
	spread    float64
	bounded   bool // what is near is known beforehand

	strays int
	least  float64 // least distance of a stray, where there is no spread
}

const (
	// farExtended and farDouble are the distances, in standard deviations, from which on
	// a row is far. What is left of the digits of co-moments after a nearer one has been
	// forgotten are 2^-51 and 2^-33: the sums have 2^-91 and 2^-53.
	farExtended = 0x1p20
	farDouble   = 0x1p10

	// joinReach is how many standard deviations of the rows in blocks those of all rows may
	// be for the exact sums to join them: few, as each time the former grow by as much.
	joinReach = 16.0
)

// farOf returns the distance that is far.
func farOf(p Precision) float64 {
	if p == Extended {
		return farExtended
	}
	return farDouble
}

// isFar reports whether row i of the batch has a value far from the others.
func (n *near) isFar(i int) bool { return n.any && n.far[i] }

// isFarValue reports whether a value of a column is known to be far from the others.
func (n *near) isFarValue(column int, x float64) bool {
	c := &n.columns[column]
	return c.low <= c.high && (x < c.low || x > c.high)
}

// apart returns which values of row i are to be added exactly, nil for none: of the given
// columns, or of all where these are nil.
func (n *near) apart(i int, row []float64, columns []int32) []bool {
	if !n.isFar(i) {
		return nil
	}
	n.values = n.values[:0]
	far := func(j int) bool { return !(row[j] >= n.columns[j].low && row[j] <= n.columns[j].high) }
	if columns == nil {
		for j := range row {
			n.values = append(n.values, far(j))
		}
		return n.values
	}
	for _, j := range columns {
		n.values = append(n.values, far(int(j)))
	}
	return n.values
}

// strays returns which columns of a far row, given by their values, are to be added
// exactly, and the row that is summed up in a block in its place: with a value that is
// near in each of these. It returns nil where the whole row is to be added exactly, as
// where nothing is known of a column yet. The results are valid until the next call.
func (n *near) strays(row []float64, columns []int32) (strays []int32, tame []float64) {
	n.exchanged, n.tame = n.exchanged[:0], n.tame[:0]
	for k, j := range columns {
		c, x := &n.columns[j], row[k]
		if c.low > c.high {
			return nil, nil
		}
		if x < c.low || x > c.high {
			n.exchanged = append(n.exchanged, int32(k))
			if x = 0; c.low > 0 || c.high < 0 {
				x = c.low + (c.high-c.low)/2
			}
		}
		n.tame = append(n.tame, x)
	}
	if 2*len(n.exchanged) > len(columns) {
		return nil, nil
	}
	return n.exchanged, n.tame
}

// look finds the rows of a batch that are far. Those to forget are all treated as if
// they were.
func (n *near) look(layout *Layout, rows *Rows, moments []*Moments, extendedUpTo int) {
	n.bound(layout, moments)
	n.any, n.moved = false, false
	if rows.Forgotten {
		n.forgetAll(rows.N)
		return
	}
	p := Double
	if rows.Numeric <= extendedUpTo {
		p = Extended
	}
	for j := range rows.Numeric {
		if n.columns[j].find(rows, j, moments[j], farOf(p)) {
			n.moved = true
		}
	}
	n.low, n.high = n.low[:0], n.high[:0]
	for j := range rows.Numeric {
		n.low, n.high = append(n.low, n.columns[j].low), append(n.high, n.columns[j].high)
	}
	for i := range rows.N {
		row := rows.Row(i)
		low, high := n.low[:len(row)], n.high[:len(row)]
		for _, j := range n.watched {
			if j >= int32(len(row)) {
				break
			}
			if x := row[j]; x < low[j] || x > high[j] {
				n.mark(rows.N, i)
				n.columns[j].stray(x)
			}
		}
	}
}

// mostBounded is what values of hats, cubics, bins and Fourier features are within, but
// for cubics far beyond their outer knots. Most of these values are 0 in most rows, so
// their spread does not say what is far.
const mostBounded = 2

// bound makes room for the columns of a layout, and notes which are bounded.
func (n *near) bound(layout *Layout, moments []*Moments) {
	if n.layout == layout {
		return
	}
	n.layout, n.watched = layout, n.watched[:0]
	for j := range layout.Numeric {
		if j == len(n.columns) {
			n.columns = append(n.columns, reach{})
		}
		if expansion.IsBounded(layout.Numeric[j].Name) {
			n.columns[j], moments[j].bounded = boundedReach(), true
		}
		if !expansion.IsWithin(layout.Numeric[j].Name) {
			n.watched = append(n.watched, int32(j))
		}
	}
}

func boundedReach() reach {
	return reach{low: -mostBounded, high: mostBounded, spread: 1, known: true, bounded: true}
}

func (n *near) forgetAll(rows int) {
	for j := range n.columns {
		n.columns[j] = reach{low: math.Inf(1), high: math.Inf(-1)}
	}
	n.layout = nil // those that are bounded are noted again
	for i := range rows {
		n.mark(rows, i)
	}
}

// mark says that row i of so many is far.
func (n *near) mark(rows, i int) {
	if !n.any {
		n.any = true
		n.far = slices.Grow(n.far[:0], rows)[:rows]
		clear(n.far)
	}
	n.far[i] = true
}

// find sets what is near in column j, by what is known of it before the batch or, of a
// column that is not known, by the batch: then the least spread of all batches counts. It
// reports whether that is elsewhere now, or much narrower.
func (c *reach) find(rows *Rows, j int, m *Moments, far float64) (moved bool) {
	if c.bounded {
		return false
	}
	centre, spread, known, firm := m.spread(rows, j)
	switch {
	case !known && !c.known:
		c.low, c.high = math.Inf(1), math.Inf(-1)
		return false
	case !firm && c.known && (!known || c.spread > 0 && !(spread > 0 && spread < c.spread)):
		return false
	}
	if spread == 0 && c.strays >= leastValues {
		spread = c.least
	}
	moved = !c.known || centre < c.low || centre > c.high || spread*far < c.spread
	c.low, c.high, c.spread, c.known = centre-far*spread, centre+far*spread, spread, true
	return moved
}

func (c *reach) stray(x float64) {
	if c.low > c.high {
		return
	}
	c.strays++
	if d := max(c.low-x, x-c.high); c.least == 0 || d < c.least {
		c.least = d
	}
}

// hasLeft reports whether rows in blocks are far from what is near now, or so spread out
// that they would cost the digits of what is.
func (n *near) hasLeft(b *patternBlock) bool {
	if b.comoments.weight.IsZero() {
		return false
	}
	far := farOf(b.comoments.precision)
	for k, j := range b.columns {
		c := &n.columns[j]
		if !c.known || c.spread == 0 {
			continue
		}
		mean, square := b.comoments.coreMean(k).Hi, b.comoments.coreSquare(k)
		if reach := far * c.spread; mean < c.low || mean > c.high || square > reach*reach*b.comoments.weight.Hi {
			return true
		}
	}
	return false
}

// spread returns where the values are that are close together, and how spread out these
// are: by those that are known to be, which is firm, or else by the values of column j of
// a batch or the last ones, if they are enough.
func (m *Moments) spread(rows *Rows, j int) (centre, spread float64, known, firm bool) {
	a := m.apart
	switch {
	case m.weight.Hi >= leastCore:
		return m.mean.Hi, math.Sqrt(max(m.m2.Hi/m.weight.Hi, 0)), true, true
	case a != nil && a.chosen:
		return a.centre, a.reach / farSpreads, true, false
	}
	step := 1 + rows.N/sampled
	values := make([]float64, 0, 1+rows.N/step)
	for i := 0; i < rows.N; i += step {
		if x := rows.Row(i)[j]; !math.IsNaN(x) {
			values = append(values, x)
		}
	}
	centre, reach, known := a.estimate(values)
	return centre, reach / farSpreads, known, false
}
