package evaluation

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// grid is the weight of points in cells of the plane: a histogram of two numbers
// whose ranges are not known before. The width of its cells is a power of two on
// each axis, the least with which at most the limit of columns, or rows, has any
// point. That depends on the points alone and not on their order, so a grid of all
// points and the merge of grids of any split of them have the same cells.
type grid struct {
	levels [2]int // the width of a cell is 2^level
	cells  map[gridCell]float64
	// columns are the indices of each axis that have cells, and how many.
	columns [2]map[int64]int
}

// gridCell is the place of a cell: from index times width to the next.
type gridCell [2]int64

// Bounds of grids. An index is at most 2^gridBits, so a width is no less than the
// largest point needs.
const (
	gridBits     = 20
	lowestLevel  = -60
	highestLevel = 1024
	gridLimit    = 24 // columns, and rows
)

// add takes a point of two finite numbers.
func (g *grid) add(x, y, w float64) {
	if g.cells == nil {
		g.cells, g.levels = map[gridCell]float64{}, [2]int{lowestLevel, lowestLevel}
	}
	point := [2]float64{x, y}
	for axis, v := range point {
		if _, exponent := math.Frexp(v); v != 0 && exponent-gridBits > g.levels[axis] {
			g.raise(axis, exponent-gridBits)
		}
	}
	at := gridCell{}
	for axis, v := range point {
		at[axis] = int64(math.Floor(math.Ldexp(v, -g.levels[axis])))
	}
	g.put(at, w)
	g.bound()
}

// put adds to a cell.
func (g *grid) put(at gridCell, w float64) {
	before := len(g.cells)
	g.cells[at] += w
	if len(g.cells) == before {
		return
	}
	for axis, index := range at {
		if g.columns[axis] == nil {
			g.columns[axis] = make(map[int64]int, gridLimit+1)
		}
		g.columns[axis][index]++
	}
}

// raise makes the cells of an axis wider: the cells of a level are halves of those
// of the next.
func (g *grid) raise(axis, level int) {
	shift := level - g.levels[axis]
	if shift <= 0 {
		return
	}
	g.levels[axis] = level
	before := g.cells
	g.cells, g.columns = make(map[gridCell]float64, len(before)), [2]map[int64]int{}
	if shift > 1 { // more than two cells may become one: they are added in order
		for _, at := range (&grid{cells: before}).sorted() {
			g.put(at.shifted(axis, shift), before[at])
		}
		return
	}
	for at, w := range before {
		g.put(at.shifted(axis, shift), w)
	}
}

// shifted returns the cell that holds the cell, some levels up on one axis.
func (c gridCell) shifted(axis, levels int) gridCell {
	c[axis] >>= min(levels, 63)
	return c
}

// bound makes cells wider until no axis has more columns than the limit.
func (g *grid) bound() {
	for axis := range g.levels {
		for len(g.columns[axis]) > gridLimit {
			g.raise(axis, g.levels[axis]+1)
		}
	}
}

// merge adds the points of o, which is not changed.
func (g *grid) merge(o *grid) {
	if len(o.cells) == 0 {
		return
	}
	if g.cells == nil {
		*g = grid{levels: o.levels, cells: maps.Clone(o.cells), columns: [2]map[int64]int{maps.Clone(o.columns[0]), maps.Clone(o.columns[1])}}
		return
	}
	theirs := grid{levels: o.levels, cells: o.cells} // raise makes new cells
	for axis := range g.levels {
		g.raise(axis, o.levels[axis])
		theirs.raise(axis, g.levels[axis])
	}
	for _, at := range theirs.sorted() {
		g.put(at, theirs.cells[at])
	}
	g.bound()
}

func (g *grid) multiply(f float64) {
	for at, w := range g.cells {
		g.cells[at] = w * f
	}
}

// sorted returns the cells by column, then by row.
func (g *grid) sorted() []gridCell {
	return slices.SortedFunc(maps.Keys(g.cells), func(a, b gridCell) int {
		return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
	})
}

// encode appends levels and cells in order.
func (g *grid) encode(w *wire.Writer) {
	w.Uvarint(uint64(len(g.cells)))
	if len(g.cells) == 0 {
		return
	}
	for _, level := range g.levels {
		w.Uvarint(uint64(level - lowestLevel))
	}
	for _, at := range g.sorted() {
		w.Varint(at[0])
		w.Varint(at[1])
		w.Float64(g.cells[at])
	}
}

// decode reads what encode wrote. Cells that no points give leave an error in r.
func (g *grid) decode(r *wire.Reader) {
	n := r.Count(10)
	if n == 0 || r.Err() != nil {
		return
	}
	for axis := range g.levels {
		level := r.Uvarint()
		if level > highestLevel-lowestLevel {
			r.Fail("level of a grid is %d", level)
			return
		}
		g.levels[axis] = int(level) + lowestLevel
	}
	g.cells = map[gridCell]float64{}
	for range n {
		at := gridCell{r.Varint(), r.Varint()}
		w := r.Float64()
		_, twice := g.cells[at]
		if r.Err() == nil && (twice || !within(at[0], 1<<gridBits) || !within(at[1], 1<<gridBits) || !isWeight(w)) {
			r.Fail("cell %v of a grid has weight %v", at, w)
		}
		if r.Err() != nil {
			return
		}
		g.put(at, w)
	}
	if len(g.columns[0]) > gridLimit || len(g.columns[1]) > gridLimit {
		r.Fail("a grid has more than %d columns or rows", gridLimit)
	}
}

// within reports whether an index is of at most that size.
func within(at, most int64) bool { return -most <= at && at <= most }

// Grid is the weight of rows by two numbers.
type Grid struct {
	// Width is that of a cell on each axis.
	Width [2]float64 `json:"width"`
	// Cells are those that have rows: the lower end on the first axis, that on the
	// second, and the weight.
	Cells [][3]float64 `json:"cells"`
}

// report is what is told of a grid.
func (g *grid) report() *Grid {
	out := &Grid{Cells: [][3]float64{}}
	for axis, level := range g.levels {
		out.Width[axis] = math.Ldexp(1, level)
	}
	for _, at := range g.sorted() {
		out.Cells = append(out.Cells, [3]float64{float64(at[0]) * out.Width[0], float64(at[1]) * out.Width[1], g.cells[at]})
	}
	return out
}
