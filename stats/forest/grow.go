package forest

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// sample is a row with its class: the values of the inputs, which a grower keeps.
type sample struct {
	row    []float64
	class  int32
	target float64   // a number, in units
	units  []float64 // the inputs that are terms of linear models, in units
	weight float64
}

// Grower lets a forest grow by the rows that pass. It holds the last rows of each leaf, by
// which cuts are chosen. It is not safe for concurrent use.
type Grower struct {
	forest    *Forest
	reading   reading
	trees     []*treeGrower
	published int // nodes and names of the forest that was published last
	classes   int // of that
	settled   int // how often a scale became known
	scales    int // of the forest that was published last
}

// treeGrower lets a frame grow.
type treeGrower struct {
	forest *Forest
	frame  *frame
	rng    *rand.Rand
	leaves map[int32]*leafRows
	choice choice
	// standard is that of residuals: of the first leaf that was split.
	standard *standard
}

// leafRows are what a leaf has seen: the weights by class, and the last rows in a ring.
type leafRows struct {
	weights []float64
	last    []sample
	seen    int
	number  numberLeaf
}

// NewGrower returns a grower that goes on from f, which it leaves as it is. Attributes that
// selects chooses become inputs as they come.
func NewGrower(f *Forest, selects func(attribute string) bool) *Grower {
	g := &Grower{forest: f.freeze()}
	g.reading = reading{forest: g.forest, grows: true, selects: selects}
	for k, t := range g.forest.trees {
		g.trees = append(g.trees, &treeGrower{
			forest: g.forest, frame: t, leaves: map[int32]*leafRows{},
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
		s := sample{row: g.reading.rowOf(rows.Row(i), rows.RowCodes(i), make([]float64, 0, len(g.forest.inputs))), class: class, weight: rows.Weight(i)}
		for _, t := range g.trees {
			t.grow(s)
		}
	}
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

// Snapshot returns the forest as it is now.
func (g *Grower) Snapshot() *Forest { return g.forest.freeze() }

// Published says that the forest has been published as it is now.
func (g *Grower) Published() {
	g.published, g.classes, g.scales = g.size(), len(g.forest.classes.list), g.settled
}

// grow lets a row pass the leaf that it reaches, and splits that where it is time. The rows
// that the leaf has kept go on to its children.
func (t *treeGrower) grow(s sample) {
	if t.isFull() {
		t.leaves = nil // what was kept to choose cuts by
		return
	}
	at := t.frame.leafOf(s.row)
	l := t.leaf(at)
	l.add(s, t.forest.SplitRows)
	if l.seen < t.forest.SplitRows || l.isPure() {
		return
	}
	by, ok := t.best(l.last, t.choice.purityOf)
	if !ok {
		return
	}
	by.node, by.seen = at, slices.Clone(l.weights)
	for len(by.seen) < len(t.forest.classes.list) {
		by.seen = append(by.seen, 0)
	}
	t.frame.add(by)
	delete(t.leaves, at)
	for i := range l.last {
		s := l.last[(l.seen+i)%len(l.last)] // oldest first
		to := int32(2*len(t.frame.splits) - 1)
		if by.right(s.row) {
			to++
		}
		next := t.leaf(to)
		next.add(s, t.forest.SplitRows)
	}
}

// leaf returns what a leaf has seen.
func (t *treeGrower) leaf(at int32) *leafRows {
	l := t.leaves[at]
	if l == nil {
		l = &leafRows{}
		t.leaves[at] = l
	}
	return l
}

func (l *leafRows) add(s sample, most int) {
	for len(l.weights) <= int(s.class) {
		l.weights = append(l.weights, 0)
	}
	l.weights[s.class] += s.weight
	l.keep(s, most)
}

// keep puts a row among the last ones.
func (l *leafRows) keep(s sample, most int) {
	if len(l.last) < most {
		l.last = append(l.last, s)
	} else {
		l.last[l.seen%most] = s
	}
	l.seen++
}

func (l *leafRows) isPure() bool {
	for i := range l.last {
		if l.last[i].class != l.last[0].class {
			return false
		}
	}
	return true
}

// choice is the room in which a cut is chosen.
type choice struct {
	low, high   []float64
	left, right []float64
	rest        []float64 // of a number, by row: what is to be made small
}

// criterion is how good a cut of rows is, the larger the better, and whether it may be taken.
type criterion func(rows []sample, s *split) (float64, bool)

// best draws cuts, each of an input drawn among those that vary, and returns the one
// that is best by the criterion.
func (t *treeGrower) best(rows []sample, of criterion) (best split, ok bool) {
	c := &t.choice
	inputs := len(t.forest.inputs)
	c.low, c.high = resized(c.low, inputs), resized(c.high, inputs)
	classes := int32(0)
	for i := range c.low {
		c.low[i], c.high[i] = math.Inf(1), math.Inf(-1)
	}
	for _, s := range rows {
		classes = max(classes, s.class+1)
		for i, v := range s.row {
			if v < c.low[i] {
				c.low[i] = v
			}
			if v > c.high[i] {
				c.high[i] = v
			}
		}
	}
	c.left, c.right = resized(c.left, int(classes)), resized(c.right, int(classes))
	gain := -1.0
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
		s := t.draw(int32(i))
		if v, valid := withMissing(rows, &s, of); valid && v > gain {
			best, gain, ok = s, v, true
		}
	}
	return best, ok
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
func withMissing(rows []sample, s *split, of criterion) (float64, bool) {
	v, ok := of(rows, s)
	for i := range rows {
		if !math.IsNaN(at(rows[i].row, s.input)) {
			continue
		}
		s.missing = true
		if w, fine := of(rows, s); fine && (!ok || w > v) {
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
func (c *choice) purityOf(rows []sample, s *split) (float64, bool) {
	clear(c.left)
	clear(c.right)
	left, right := 0, 0
	for i := range rows {
		if s.right(rows[i].row) {
			c.right[rows[i].class]++
			right++
		} else {
			c.left[rows[i].class]++
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

func resized(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n)
	}
	return s[:n]
}
