package forest

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Grower lets a forest grow by the rows that pass. It holds the last rows of each leaf, by
// which cuts are chosen. It is not safe for concurrent use.
type Grower struct {
	forest    *Forest
	reading   reading
	trees     []*treeGrower
	kept      kept
	row       []float64 // that passes
	published int       // nodes and names of the forest that was published last
	classes   int       // of that
	settled   int       // how often a scale became known
	scales    int       // of the forest that was published last
}

// treeGrower lets a frame grow.
type treeGrower struct {
	forest *Forest
	frame  *frame
	rng    *rand.Rand
	kept   *kept
	leaves []*leafRows // by node
	spare  []*leafRows
	choice choice
	// standard is that of residuals: of the first leaf that was split.
	standard *standard
}

// NewGrower returns a grower that goes on from f, which it leaves as it is. Attributes that
// selects chooses become inputs as they come.
func NewGrower(f *Forest, selects func(attribute string) bool) *Grower {
	g := &Grower{forest: f.freeze()}
	g.reading = reading{forest: g.forest, grows: true, selects: selects}
	for k, t := range g.forest.trees {
		g.trees = append(g.trees, &treeGrower{
			forest: g.forest, frame: t, kept: &g.kept,
			rng: rand.New(rand.NewPCG(f.Seed, uint64(k)<<32|uint64(len(t.splits)))),
		})
	}
	g.Published()
	return g
}

// size grows whenever the forest does.
func (g *Grower) size() int {
	n := g.forest.Nodes() + len(g.forest.inputs) + len(g.forest.classes.list)
	for i := range g.forest.inputs {
		n += len(g.forest.inputs[i].values.list)
	}
	return n
}

// Grow lets the rows that have a class pass the trees.
func (g *Grower) Grow(layout *stats.Layout, rows *stats.Rows) {
	g.reading.bind(layout)
	if g.forest.Numeric {
		g.growNumbers(rows)
		return
	}
	if g.isFull() {
		g.growNames(rows)
		return
	}
	for i := range rows.N {
		class := g.reading.classOf(rows.Row(i), rows.RowCodes(i))
		if class == unknown {
			continue
		}
		g.row = g.reading.rowOf(rows.Row(i), rows.RowCodes(i), g.row)
		g.pass(&sample{row: g.row, class: class, weight: rows.Weight(i)}, func(t *treeGrower, _ int, leaf, row int32) { t.grow(leaf, row) })
	}
}

// pass lets a row pass the trees that have room, each of which learns it in the leaf that it reaches.
func (g *Grower) pass(s *sample, learn func(t *treeGrower, tree int, leaf, row int32)) {
	row := g.kept.put(s)
	g.kept.hold(row)
	most := g.forest.mostNodes()
	g.forest.inLeaves(s.row, func(tree int, at int32) {
		t := g.trees[tree]
		if t.frame.nodes()+2 > most {
			t.dropAll()
			return
		}
		learn(t, tree, at, row)
	})
	g.kept.release(row)
}

// isFull reports whether no tree has room for another split.
func (g *Grower) isFull() bool {
	return !slices.ContainsFunc(g.trees, func(t *treeGrower) bool { return !t.isFull() })
}

// isFull reports whether the tree has room for no other split. It has none later, as the
// bound only falls.
func (t *treeGrower) isFull() bool { return t.frame.nodes()+2 > t.forest.mostNodes() }

// growNames adds the classes that are new.
func (g *Grower) growNames(rows *stats.Rows) {
	for i := range rows.N {
		g.reading.classOf(rows.Row(i), rows.RowCodes(i))
	}
}

// growth is the share by which a forest grows before it is published again.
const growth = 1.0 / 16

// Due reports whether the forest has grown so much, or has classes that are new, that it is
// to be published: by a sixteenth, so that it is stored few times, and what rows are counted
// in is never far behind.
func (g *Grower) Due() bool {
	more := g.size() - g.published
	return g.settled > g.scales || more > 0 && (len(g.forest.classes.list) > g.classes || float64(more) >= growth*float64(g.published))
}

// Snapshot returns the forest as it is now. That of one that is full shares its memory with the grower,
// and has no more than it needs.
func (g *Grower) Snapshot() *Forest {
	out := g.forest.freeze()
	if g.isFull() {
		for k, t := range out.trees {
			t.splits, t.shares = slices.Clone(t.splits), slices.Clone(t.shares)
			*g.forest.trees[k] = *t
		}
	}
	return out
}

// Published says that the forest has been published as it is now.
func (g *Grower) Published() {
	g.published, g.classes, g.scales = g.size(), len(g.forest.classes.list), g.settled
}

// grow lets a row pass a leaf, and splits that where it is time. The rows that the leaf has kept go on to
// its children.
func (t *treeGrower) grow(at, row int32) {
	most := t.forest.SplitRows
	l := t.leaf(at)
	l.add(t.kept, row, most)
	if l.seen < most || l.isPure(t.kept) {
		return
	}
	by, ok := t.best(l.last, t.choice.purityOf)
	if !ok {
		return
	}
	by.node, by.seen = at, t.choice.weightsOf(l.weights, len(t.forest.classes.list))
	t.frame.add(by)
	t.handOn(at, &by, func(to, row int32) { t.leaf(to).add(t.kept, row, most) })
}

// weightsOf returns the weights of so many classes.
func (c *choice) weightsOf(weights []float64, classes int) []float64 {
	c.seen = append(c.seen[:0], weights...)
	for len(c.seen) < classes {
		c.seen = append(c.seen, 0)
	}
	return c.seen
}

// choice is the room in which a cut is chosen.
type choice struct {
	low, high   []float64 // by input
	columns     []float64 // input by input, the values of the rows
	classes     []int32   // by row
	left, right []float64
	rest        []float64 // of a number, by row: what is to be made small
	seen        []float64
	tried       split
}

// criterion is how good a cut of rows with such values of its input is, the larger the better, and
// whether it may be taken.
type criterion func(values []float64, s *split) (float64, bool)

// best draws cuts, each of an input drawn among those that vary, and returns the one
// that is best by the criterion.
func (t *treeGrower) best(rows []int32, of criterion) (best split, ok bool) {
	c := &t.choice
	c.gather(t.kept, rows, len(t.forest.inputs))
	gain := -1.0
	inputs := len(t.forest.inputs)
	most := t.forest.Candidates
	if most == 0 {
		most = 2 * inputs
	}
	for left, tries := most, most+3*inputs; left > 0 && tries > 0; tries-- {
		i := t.rng.IntN(inputs)
		if !(c.high[i] > c.low[i]) {
			continue
		}
		left--
		c.tried = t.draw(int32(i))
		if v, valid := withMissing(c.columns[i*len(rows):][:len(rows)], &c.tried, of); valid && v > gain {
			best, gain, ok = c.tried, v, true
		}
	}
	return best, ok
}

// gather copies the rows, input by input, and finds the extremes of all inputs.
func (c *choice) gather(k *kept, rows []int32, inputs int) {
	c.low, c.high = resized(c.low, inputs), resized(c.high, inputs)
	c.columns, c.classes = resized(c.columns, inputs*len(rows)), c.classes[:0]
	classes := int32(0)
	for i := range c.low {
		c.low[i], c.high[i] = math.Inf(1), math.Inf(-1)
	}
	for at, row := range rows {
		class := k.rows[row].class
		classes = max(classes, class+1)
		c.classes = append(c.classes, class)
		values := k.row(row)
		for i := range inputs {
			v := math.NaN()
			if i < len(values) {
				v = values[i]
			}
			c.columns[i*len(rows)+at] = v
			if v < c.low[i] {
				c.low[i] = v
			}
			if v > c.high[i] {
				c.high[i] = v
			}
		}
	}
	c.left, c.right = resized(c.left, int(classes)), resized(c.right, int(classes))
}

// draw returns a random cut: between the extremes of a number, or half of the
// categories that there may be up to the last that was seen.
func (t *treeGrower) draw(input int32) split {
	low, high := t.choice.low[input], t.choice.high[input]
	if !t.forest.inputs[input].nominal {
		return split{input: input, cut: between(low, high, t.rng.Float64())}
	}
	s := split{input: input, nominal: true, set: make([]uint64, int(high)/64+1)}
	for i := range s.set {
		s.set[i] = t.rng.Uint64()
	}
	return s
}

// between returns the number that is so far from low to high, which may be further apart
// than there are numbers.
func between(low, high, share float64) float64 {
	if width := high - low; !math.IsInf(width, 0) {
		return low + share*width
	}
	return low*(1-share) + high*share
}

// withMissing is how good a cut is where rows without the input go to the side where it is better.
func withMissing(values []float64, s *split, of criterion) (float64, bool) {
	v, ok := of(values, s)
	for _, x := range values {
		if !math.IsNaN(x) {
			continue
		}
		s.missing = true
		if w, fine := of(values, s); fine && (!ok || w > v) {
			return w, true
		}
		s.missing = false
		break
	}
	return v, ok
}

// purityOf is the sum over both sides of the squared weights of the classes, divided
// by the weight of the side: the larger, the smaller the Gini index. It is not valid where a
// side is empty.
func (c *choice) purityOf(values []float64, s *split) (float64, bool) {
	if len(c.left) == 2 && !s.nominal {
		return c.purityOfTwo(values, s)
	}
	clear(c.left)
	clear(c.right)
	left, right := 0, 0
	for i, x := range values {
		if s.goesRight(x) {
			c.right[c.classes[i]]++
			right++
		} else {
			c.left[c.classes[i]]++
			left++
		}
	}
	if left == 0 || right == 0 {
		return 0, false
	}
	v := 0.0
	for k := range c.left {
		v += c.left[k]*c.left[k]/float64(left) + c.right[k]*c.right[k]/float64(right)
	}
	return v, true
}

// purityOfTwo is purityOf for two classes and a number.
func (c *choice) purityOfTwo(values []float64, s *split) (float64, bool) {
	right, ones, rightOnes := int32(0), int32(0), int32(0)
	for i, x := range values {
		side, class := int32(0), c.classes[i]
		if x > s.cut {
			side = 1
		}
		if math.IsNaN(x) && s.missing {
			side = 1
		}
		ones += class
		right += side
		rightOnes += side & class
	}
	if right == 0 || int(right) == len(values) {
		return 0, false
	}
	l, r := float64(len(values)-int(right)), float64(right)
	l1, r1 := float64(ones-rightOnes), float64(rightOnes)
	l0, r0 := l-l1, r-r1
	return l0*l0/l + r0*r0/r + (l1*l1/l + r1*r1/r), true
}

func resized(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n)
	}
	return s[:n]
}
