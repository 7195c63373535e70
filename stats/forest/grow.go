package forest

import (
	"math"
	"math/rand/v2"
)

// Growth decides how a tree grows.
type Growth struct {
	// SplitRows is how many rows a leaf must have seen before it is split (m).
	SplitRows int
	// Candidates is how many cuts are tried (K).
	Candidates int
	// MaxNodes bounds the nodes of the tree.
	MaxNodes int
}

// Sample is a row with its class: the values of the inputs, which a grower keeps.
type Sample struct {
	Row    []float64
	Class  int32
	Weight float64
}

// Move is a row that was counted in a leaf before that was split, and belongs to a
// child now.
type Move struct {
	Sample   Sample
	From, To int32
}

// Grower lets a frame grow. It holds the last rows of each leaf, by which the cut is
// chosen.
type Grower struct {
	frame   *Frame
	growth  Growth
	nominal []bool // by input
	rng     *rand.Rand
	leaves  map[int32]*leafRows
	choice  choice
}

// leafRows are what a leaf has seen: the weights by class, and the last rows in a ring.
type leafRows struct {
	weights []float64
	last    []Sample
	seen    int
}

// NewGrower returns a grower of a frame. The seed decides which cuts are tried.
func NewGrower(f *Frame, g Growth, nominal []bool, seed uint64) *Grower {
	return &Grower{frame: f, growth: g, nominal: nominal, rng: rand.New(rand.NewPCG(seed, uint64(len(f.splits)))), leaves: map[int32]*leafRows{}}
}

// Grow lets a row pass the leaf that it reaches, and splits that where it is time. The rows
// that it has kept go on to its children; they are added to moves.
func (g *Grower) Grow(s Sample, classes int, moves []Move) []Move {
	at := g.frame.Leaf(s.Row)
	l := g.leaves[at]
	if l == nil {
		l = &leafRows{}
		g.leaves[at] = l
	}
	l.add(s, g.growth.SplitRows)
	if l.seen < g.growth.SplitRows || len(g.frame.of)+2 > g.growth.MaxNodes || l.isPure() {
		return moves
	}
	by, ok := g.best(l.last)
	if !ok {
		return moves
	}
	by.node, by.prior = at, g.shares(at, l, classes)
	g.frame.add(by)
	delete(g.leaves, at)
	first := int32(2*len(g.frame.splits) - 1)
	for i := range l.last {
		s := l.last[(l.seen+i)%len(l.last)] // oldest first
		to := first
		if by.right(s.Row) {
			to++
		}
		next := g.leaves[to]
		if next == nil {
			next = &leafRows{}
			g.leaves[to] = next
		}
		next.add(s, g.growth.SplitRows)
		moves = append(moves, Move{Sample: s, From: at, To: to})
	}
	return moves
}

func (l *leafRows) add(s Sample, most int) {
	for len(l.weights) <= int(s.Class) {
		l.weights = append(l.weights, 0)
	}
	l.weights[s.Class] += s.Weight
	if len(l.last) < most {
		l.last = append(l.last, s)
	} else {
		l.last[l.seen%most] = s
	}
	l.seen++
}

func (l *leafRows) isPure() bool {
	for i := range l.last {
		if l.last[i].Class != l.last[0].Class {
			return false
		}
	}
	return true
}

// shares returns the shares of the classes of a leaf that is split, with its prior, and
// behind them that of the classes that come later.
func (g *Grower) shares(at int32, l *leafRows, classes int) []float64 {
	out := g.frame.prior(at, classes, nil)
	later := strength
	for _, a := range out {
		later -= a
	}
	out = append(out, max(later, 0))
	total := 0.0
	for k := range out {
		if k < min(classes, len(l.weights)) {
			out[k] += l.weights[k]
		}
		total += out[k]
	}
	for k := range out {
		out[k] /= total
	}
	return out
}

// choice is the room in which a cut is chosen.
type choice struct {
	low, high   []float64
	left, right []float64
}

// best draws cuts, each of an input drawn among those that vary, and returns the one
// whose sides have the purest classes.
func (g *Grower) best(rows []Sample) (best split, ok bool) {
	c := &g.choice
	inputs := len(rows[0].Row)
	c.low, c.high = resized(c.low, inputs), resized(c.high, inputs)
	classes := int32(0)
	for i := range c.low {
		c.low[i], c.high[i] = math.Inf(1), math.Inf(-1)
	}
	for _, s := range rows {
		classes = max(classes, s.Class+1)
		for i, v := range s.Row {
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
	for left, tries := g.growth.Candidates, g.growth.Candidates+3*inputs; left > 0 && tries > 0; tries-- {
		i := g.rng.IntN(inputs)
		if !(c.high[i] > c.low[i]) {
			continue
		}
		left--
		s := g.draw(int32(i))
		if v, valid := c.purity(rows, &s); valid && v > gain {
			best, gain, ok = s, v, true
		}
	}
	return best, ok
}

// draw returns a random cut: between the extremes of a number, or half of the
// categories that there may be up to the last that was seen.
func (g *Grower) draw(input int32) split {
	low, high := g.choice.low[input], g.choice.high[input]
	if int(input) >= len(g.nominal) || !g.nominal[input] {
		return split{input: input, cut: low + g.rng.Float64()*(high-low)}
	}
	s := split{input: input, nominal: true, set: make([]uint64, int(high)/64+1)}
	for i := range s.set {
		s.set[i] = g.rng.Uint64()
	}
	return s
}

// purity is the sum over both sides of the squared weights of the classes, divided
// by the weight of the side: the larger, the smaller the Gini index. It is not valid where a
// side is empty. Rows without the input go to the side where it is larger.
func (c *choice) purity(rows []Sample, s *split) (float64, bool) {
	v, ok := c.purityOf(rows, s)
	for i := range rows {
		if !math.IsNaN(rows[i].Row[s.input]) {
			continue
		}
		s.missing = true
		if w, fine := c.purityOf(rows, s); fine && (!ok || w > v) {
			return w, true
		}
		s.missing = false
		break
	}
	return v, ok
}

func (c *choice) purityOf(rows []Sample, s *split) (float64, bool) {
	clear(c.left)
	clear(c.right)
	left, right := 0, 0
	for i := range rows {
		if s.right(rows[i].Row) {
			c.right[rows[i].Class]++
			right++
		} else {
			c.left[rows[i].Class]++
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
