package forest

import "math"

// Settings decide how trees grow.
type Settings struct {
	Trees int
	// SplitRows is how many rows a leaf must have seen before it is split (m).
	SplitRows int
	// Candidates is how many cuts are tried (K); 0 means twice the number of inputs.
	Candidates int
	// MaxNodes bounds the nodes of a tree.
	MaxNodes int
	// Stop is the prior probability that a tree ends in a node.
	Stop float64
	// Nominal says of each input whether it is a category.
	Nominal []bool
	Seed    uint64
}

// sample is a row that a leaf keeps to choose its cut by.
type sample struct {
	row    []float64
	class  int32
	weight float64
}

// grower holds the last rows of the leaves of a frame.
type grower struct {
	settings *Settings
	frame    *Frame
	leaves   map[int32]*leafRows
	lo, hi   []float64
	gone     []bool
	left     []float64
	right    []float64
}

type leafRows struct {
	last []sample
	seen int
}

func newGrower(s *Settings, f *Frame) *grower {
	return &grower{settings: s, frame: f, leaves: map[int32]*leafRows{}}
}

// add lets a row that was counted pass its leaf, and splits this where it is time.
// Children begin with the rows that the leaf has kept.
func (g *grower) add(c *Counts, leaf int32, s sample) {
	l := g.leaves[leaf]
	if l == nil {
		l = &leafRows{}
		g.leaves[leaf] = l
	}
	if m := g.settings.SplitRows; len(l.last) < m {
		l.last = append(l.last, s)
	} else {
		l.last[l.seen%m] = s
	}
	l.seen++
	if l.seen < g.settings.SplitRows || len(g.frame.nodes)+2 > g.settings.MaxNodes || pure(l.last) {
		return
	}
	split, ok := g.best(l.last)
	if !ok {
		return
	}
	g.split(c, leaf, split, l)
}

func pure(rows []sample) bool {
	for _, r := range rows {
		if r.class != rows[0].class {
			return false
		}
	}
	return true
}

func (g *grower) split(c *Counts, leaf int32, by node, l *leafRows) {
	f := g.frame
	by.left = int32(len(f.nodes))
	f.nodes[leaf] = by
	counts := c.At(leaf)
	prior := f.prior(leaf, c.classes, nil)
	total, later := 0.0, 0.0
	if p := f.priors[leaf]; p == nil {
		later = strength / float64(c.classes+1)
	} else if later = p[len(p)-1]; c.classes > len(p)-1 {
		later /= float64(c.classes - len(p) + 2)
	}
	for k := range prior {
		prior[k] += counts[k]
		total += prior[k]
	}
	total += later
	prior = append(prior, later)
	for k := range prior {
		prior[k] *= strength / total
	}
	f.nodes = append(f.nodes, node{}, node{})
	f.priors = append(f.priors, prior, prior)
	c.grow(len(f.nodes), c.classes)
	delete(g.leaves, leaf)
	for i := range l.last {
		s := l.last[(l.seen+i)%len(l.last)] // oldest first
		to := by.next(s.row)
		c.cells[int(to)*c.classes+int(s.class)] += s.weight
		next := g.leaves[to]
		if next == nil {
			next = &leafRows{}
			g.leaves[to] = next
		}
		next.last = append(next.last, s)
		next.seen++
	}
}

// best draws cuts and returns the one whose sides have the purest classes (Gini).
func (g *grower) best(rows []sample) (best node, ok bool) {
	s, f := g.settings, g.frame
	d := len(rows[0].row)
	g.lo, g.hi = resized(g.lo, d), resized(g.hi, d)
	free := g.gone[:0]
	for a := range d {
		lo, hi := math.Inf(1), math.Inf(-1)
		for i := range rows {
			if v := rows[i].row[a]; !math.IsNaN(v) {
				lo, hi = min(lo, v), max(hi, v)
			}
		}
		g.lo[a], g.hi[a] = lo, hi
		free = append(free, hi > lo)
	}
	g.gone = free
	classes := int32(0)
	for i := range rows {
		classes = max(classes, rows[i].class+1)
	}
	g.left, g.right = resized(g.left, int(classes)), resized(g.right, int(classes))
	k := s.Candidates
	if k == 0 {
		k = 2 * d
	}
	gain := -1.0
	for tries := k + 3*d; tries > 0 && k > 0; tries-- {
		a := f.rng.IntN(d)
		if !free[a] {
			continue
		}
		k--
		n := g.draw(rows, a)
		if v, valid := g.gini(rows, &n); valid && v > gain {
			best, gain, ok = n, v, true
		}
	}
	return best, ok
}

// draw returns a random cut of an input: between its extremes, or a random half of
// its categories.
func (g *grower) draw(rows []sample, a int) node {
	n := node{input: int32(a)}
	if a < len(g.settings.Nominal) && g.settings.Nominal[a] {
		n.nominal = true
		for i := range rows {
			v := rows[i].row[a]
			if math.IsNaN(v) {
				continue
			}
			for int(v) >= 64*len(n.set) {
				n.set = append(n.set, 0)
			}
		}
		for w := range n.set {
			n.set[w] = g.frame.rng.Uint64()
		}
	} else {
		n.cut = g.lo[a] + g.frame.rng.Float64()*(g.hi[a]-g.lo[a])
	}
	return n
}

// gini returns the sum over sides of (sum of squared class weights) / weight; not
// valid where a side is empty. Rows without the value go to the side that is better.
func (g *grower) gini(rows []sample, n *node) (float64, bool) {
	side := func() (float64, bool) {
		clear(g.left)
		clear(g.right)
		l, r := 0.0, 0.0
		for i := range rows {
			if n.next(rows[i].row) == n.left+1 {
				g.right[rows[i].class]++
				r++
			} else {
				g.left[rows[i].class]++
				l++
			}
		}
		if l == 0 || r == 0 {
			return 0, false
		}
		v := 0.0
		for k := range g.left {
			v += g.left[k]*g.left[k]/l + g.right[k]*g.right[k]/r
		}
		return v, true
	}
	some := false
	for i := range rows {
		if math.IsNaN(rows[i].row[n.input]) {
			some = true
			break
		}
	}
	v, ok := side()
	if !some {
		return v, ok
	}
	n.missing = true
	w, fine := side()
	if fine && (!ok || w > v) {
		return w, true
	}
	n.missing = false
	return v, ok
}

func resized(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n)
	}
	return s[:n]
}
