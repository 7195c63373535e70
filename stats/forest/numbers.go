package forest

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/nig"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// In a forest of a number, what is counted in a node are the sums of products of
// (1, y, x1, x2, ...) over the rows that ended there (nig.Sums), where y is the target and x
// are the numeric inputs, each in units from its origin and 0 where a row lacks it. They are
// sums as the weights of classes are, in the same place of counts.

// linear returns the inputs that are terms of the linear models in the nodes: all numeric
// ones, or none where there are more than Spec.MaxLinear.
func (f *Forest) linear() []int32 {
	var out []int32
	for i := range f.inputs {
		if !f.inputs[i].nominal {
			out = append(out, int32(i))
		}
	}
	if len(out) > f.MaxLinear {
		return nil
	}
	return out
}

// mostSums is how many numbers are counted in a node at most.
func (f *Forest) mostSums() int {
	n := 0
	for i := range f.inputs {
		if !f.inputs[i].nominal {
			n++
		}
	}
	return nig.Size(min(n, f.MaxLinear))
}

// width returns how many numbers are counted in a node at most.
func (f *Forest) width() int {
	if f.Numeric {
		return f.mostSums()
	}
	return len(f.classes.list)
}

// unitRow reads a row as the linear models have it.
type unitRow struct {
	forest *Forest
	linear []int32
	x      []float64
	sums   nig.Sums
}

func newUnitRow(f *Forest) *unitRow {
	u := &unitRow{forest: f, linear: f.linear()}
	u.x, u.sums = make([]float64, len(u.linear)), make(nig.Sums, nig.Size(len(u.linear)))
	return u
}

// read returns the inputs of a row in units.
func (u *unitRow) read(row []float64) []float64 {
	for k, i := range u.linear {
		u.x[k] = u.forest.inputs[i].scale.of(at(row, i))
	}
	return u.x
}

// learnNumbers counts rows in a forest of a number. A row without the target is not counted, nor is one
// whose target is out of reach of its scale.
func (p *part) learnNumbers(f *Forest, rows *stats.Rows) {
	u := newUnitRow(f)
	if p.tail != nil && !p.tail.fits(f) {
		p.tail = nil
	}
	p.counted.reset(1+len(u.linear), len(f.trees))
	for i := range rows.N {
		values, codes := rows.Row(i), rows.RowCodes(i)
		y, ok := p.reading.numberOfTarget(values)
		if !ok {
			continue
		}
		w := rows.Weight(i)
		p.weight += w
		p.row = p.reading.rowOf(values, codes, p.row)
		clear(u.sums)
		u.sums.Add(y, u.read(p.row), w)
		f.inLeaves(p.row, func(tree int, at int32) {
			p.trees[tree].addAll(at, u.sums)
			if p.tail != nil {
				p.counted.leaves[tree] = append(p.counted.leaves[tree], at)
			}
		})
		if p.tail != nil {
			p.counted.add(values[p.reading.target.at], w, u, p.row)
		}
	}
	if p.tail != nil {
		p.tail.note(&p.counted)
	}
}

// numberOfTarget returns the target of a row in units, and whether it has one that can be counted.
func (r *reading) numberOfTarget(values []float64) (float64, bool) {
	v := math.NaN()
	if r.target.at != none {
		v = at(values, int32(r.target.at))
	}
	t := &r.forest.target
	return t.of(v), !math.IsNaN(v) && !math.IsInf(v, 0) && t.known && t.reaches(v)
}

// addAll adds sums to those of a node.
func (c *counts) addAll(node int32, sums []float64) {
	if len(sums) > c.classes || (int(node)+1)*c.classes > len(c.own) {
		c.widen(int(node)+1, len(sums))
	}
	own := c.own[int(node)*c.classes:][:len(sums)]
	for i, v := range sums {
		own[i] += v
	}
}

// settledNumbers returns the counts without nodes whose sums no rows have: those are
// added to the node above, where the rows that have been taken away were counted before the
// split. A node from which rows were taken that it did not have may keep sums that
// rows can have; those of the nodes above are right all the same.
func (c *counts) settledNumbers(f *frame) *counts {
	out := c
	for node := min(c.nodes(), f.nodes()) - 1; node >= 0; node-- {
		s := nig.Sums(out.at(int32(node)))
		if isZero(s) || isPossible(s) {
			continue
		}
		if out == c {
			clone := c.clone()
			out = &clone
			s = out.at(int32(node))
		}
		if node > 0 {
			out.addAll(f.parent(int32(node)), s)
		}
		clear(s)
	}
	return out
}

func isZero(s []float64) bool {
	for _, v := range s {
		if v != 0 {
			return false
		}
	}
	return true
}

// roundingOfSquares is the share of a sum of squares that rounding may have taken of it.
const roundingOfSquares = 1e-9

// isPossible reports whether there may be rows of such sums: their weight is above 0, and no
// variance is below.
func isPossible(s nig.Sums) bool {
	n := s[0]
	if n < least {
		return false
	}
	for i := 1; nig.Place(i, i) < len(s); i++ {
		mean, square := s[nig.Place(i, 0)]/n, s[nig.Place(i, i)]/n
		if square-mean*mean < -roundingOfSquares*(1+mean*mean) {
			return false
		}
	}
	return true
}

// OutOfReach returns how many rows have a target that the forest of a number cannot count, as it is
// too far from those that came first (Tally.Learn leaves them out), and the first of these
// targets.
func (f *Forest) OutOfReach(layout *stats.Layout, rows *stats.Rows) (n int, first float64) {
	r := f.read(layout)
	if !f.Numeric || r.target.at == none {
		return 0, 0
	}
	for i := range rows.N {
		v := at(rows.Row(i), int32(r.target.at))
		if _, counts := r.numberOfTarget(rows.Row(i)); counts || math.IsNaN(v) {
			continue
		}
		if n++; n == 1 {
			first = v
		}
	}
	return n, first
}
