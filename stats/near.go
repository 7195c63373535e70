package stats

import (
	"math"
	"slices"
)

// near decides which rows are summed up in blocks: those that are near the others. In a
// block a value costs as many digits as it is far off, which forgetting it does not give
// back. It serves speed and rounding, and is no part of the state.
type near struct {
	columns []reach
	far     []bool // by row of the batch
	any     bool
	values  []bool // scratch
}

// reach is what is near in one column.
type reach struct {
	low, high float64 // low > high while it is not known

	rows, strays int     // since the reach was last widened
	widened      float64 // by which factor it was; 0 for 1
	least        float64 // least distance of a stray, where there is no spread
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

	// Exact sums of a row take some hundred times as long. Where more than one of so many
	// rows is far, the values are spread out like this, and the reach is widened. Rows of
	// more than manyColumns are wide.
	crowd       = 4
	crowdWide   = 64
	manyColumns = 64
	widenBy     = 0x1p10
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

// look finds the rows of a batch that are far. Those to forget are all treated as if
// they were.
func (n *near) look(rows *Rows, moments []*Moments, extendedUpTo int) {
	for len(n.columns) < rows.Numeric {
		n.columns = append(n.columns, reach{})
	}
	n.any = false
	if rows.Forgotten {
		n.forgetAll(rows.N)
		return
	}
	p := Double
	if rows.Numeric <= extendedUpTo {
		p = Extended
	}
	for j := range rows.Numeric {
		n.columns[j].find(rows, j, moments[j], farOf(p))
	}
	for i := range rows.N {
		for j, x := range rows.Row(i) {
			if c := &n.columns[j]; x < c.low || x > c.high {
				n.mark(rows.N, i)
				c.stray(x)
			}
		}
	}
	most := crowd
	if rows.Numeric > manyColumns {
		most = crowdWide
	}
	for j := range rows.Numeric {
		n.columns[j].widen(rows.N, most)
	}
}

func (n *near) forgetAll(rows int) {
	for j := range n.columns {
		n.columns[j].low, n.columns[j].high = math.Inf(1), math.Inf(-1)
	}
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
// column that is not known, by the batch.
func (c *reach) find(rows *Rows, j int, m *Moments, far float64) {
	centre, spread, known := m.spread(rows, j)
	if !known {
		c.low, c.high = math.Inf(1), math.Inf(-1)
		return
	}
	if spread == 0 && c.strays >= recentSize {
		spread = c.least
	}
	r := far * spread * max(c.widened, 1)
	c.low, c.high = centre-r, centre+r
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

// widen makes the reach larger where too many rows are out of it.
func (c *reach) widen(rows, most int) {
	c.rows += rows
	if c.strays >= manyStrays && c.strays*most >= c.rows {
		c.widened = max(c.widened, 1) * widenBy
		c.rows, c.strays = 0, 0
	}
}

// spread returns where the values are that are close together, and how spread out these
// are: by what is known of them, or else by the values of column j of a batch, if they
// are enough.
func (m *Moments) spread(rows *Rows, j int) (centre, spread float64, known bool) {
	a := m.apart
	switch {
	case m.weight.Hi >= leastCore:
		return m.mean.Hi, math.Sqrt(max(m.m2.Hi/m.weight.Hi, 0)), true
	case a != nil && a.chosen:
		return a.centre, a.reach / farSpreads, true
	}
	values := make([]float64, 0, rows.N)
	for i := range rows.N {
		if x := rows.Row(i)[j]; !math.IsNaN(x) {
			values = append(values, x)
		}
	}
	switch {
	case len(values) >= recentSize:
		centre, spread = reachOf(values)
	case a != nil && a.values >= recentSize:
		centre, spread = reachOf(slices.Clone(a.recent[:]))
	default:
		return 0, 0, false
	}
	return centre, spread / farSpreads, true
}
