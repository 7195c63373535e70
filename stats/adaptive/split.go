package adaptive

import (
	"math"
	"slices"
)

// split splits a leaf where its last rows are still there, are of several classes and a cut
// tells them apart, and works out the evidence of what comes of it.
func (t *tree) split(f *forest, l *lesson, at int32) {
	if !t.splitAsOf(f, l, at, l.number) {
		return
	}
	first := t.nodes[at].left
	three := [...]int32{at, first, first + 1}
	t.weigh(&l.pool.room.gammas, three[:], len(l.pool.classes))
	for _, i := range three {
		t.nodes[i].whole = t.nodes[i].own
	}
}

// splitAsOf splits a leaf if it can, whose counts are what is left of them now, and says whether it has.
func (t *tree) splitAsOf(f *forest, l *lesson, at int32, now int64) bool {
	rows := t.lastRows(f, l, at)
	if len(rows) < f.splitRows || l.pool.isPure(rows) {
		return false
	}
	cut, ok := l.pool.best(&t.rng, rows, false)
	if !ok {
		return false
	}
	first := t.addNode(now)
	t.addNode(now)
	n := t.branch(f, at, first, &cut)
	classes := len(l.pool.classes)
	t.share(at, first, classes, 1/f.fadeOf(now-l.number))
	ring := &l.pool.ring
	for _, row := range rows {
		to := first + n.right(ring.row(row)[n.input])
		slot := ring.slot(row)
		t.count(to)[int(ring.targets[slot])] += ring.weights[slot] * f.fadeOf(now-row)
		t.pass(f, &t.nodes[to], row)
	}
	counts, before := t.count(at), t.before(at)
	a, b := t.count(first), t.count(first+1)
	for k := range counts {
		before[k] = max(0, counts[k]-a[k]-b[k])
	}
	return true
}

// branch makes a leaf a node with two children, from first.
func (t *skeleton) branch(f *forest, at, first int32, cut *node) *node {
	n := &t.nodes[at]
	place := n.left
	n.input, n.cut, n.nominal, n.missing, n.shift, n.left = cut.input, cut.cut, cut.nominal, cut.missing, cut.shift, first
	t.nodes[first].left, t.nodes[first+1].left = place, t.addLeaf(f.splitRows)
	return n
}

// share gives the children of a node its distribution as their prior, its counts times by.
func (t *tree) share(at, first int32, classes int, by float64) {
	n := &t.nodes[at]
	counts, prior := t.count(at), t.prior(at)
	sum := n.later
	for k := range classes {
		sum += by*counts[k] + prior[k]
	}
	for _, to := range []int32{first, first + 1} {
		of := t.prior(to)
		for k := range classes {
			of[k] = max(t.strength*(by*counts[k]+prior[k])/sum, leastPrior)
		}
		t.nodes[to].later = max(t.strength*n.later/sum, leastPrior)
	}
}

// leastPrior is what a class has at least of a prior, so that it is possible: shares of classes
// that a branch has not seen fall with each split on the way down.
const leastPrior = 1e-12

// lastRows returns the rows of a leaf that the ring still has, oldest first.
func (t *skeleton) lastRows(f *forest, l *lesson, at int32) []int64 {
	n := &t.nodes[at]
	rows, oldest := l.pool.room.buffer[:0], l.pool.ring.oldest()
	place := t.leaves[int(n.left)*f.splitRows:][:f.splitRows]
	for i := range f.splitRows {
		row := l.number - int64(uint32(l.number)-place[(int(n.seen)+i)%f.splitRows])
		if row >= oldest && row <= l.number {
			rows = append(rows, row)
		}
	}
	l.pool.room.buffer = rows
	return rows
}

func (p *Pool) isPure(rows []int64) bool {
	first := p.ring.targets[p.ring.slot(rows[0])]
	for _, row := range rows[1:] {
		if p.ring.targets[p.ring.slot(row)] != first {
			return false
		}
	}
	return true
}

// best draws cuts, each of an input drawn among those that vary in the rows, and returns the
// one that is worth most.
func (p *Pool) best(rng *random, rows []int64, number bool) (best node, ok bool) {
	r := &p.room
	inputs := len(p.inputs)
	if inputs == 0 {
		return best, false
	}
	p.gather(rows)
	gain := -1.0
	most := p.spec.Candidates
	if most == 0 {
		most = 2 * inputs
	}
	for left, tries := most, most+3*inputs; left > 0 && tries > 0; tries-- {
		i := int32(rng.below(inputs))
		if !(r.high[i] > r.low[i]) {
			continue
		}
		left--
		n := p.draw(rng, i, rows)
		v, valid := p.worth(&n, number)
		if valid && v > gain {
			best, gain, ok = n, v, true
		}
	}
	return best, ok
}

// gather copies the rows, input by input, and finds the extremes of all inputs.
func (p *Pool) gather(rows []int64) {
	r, inputs := &p.room, len(p.inputs)
	r.low, r.high = resized(r.low, inputs), resized(r.high, inputs)
	r.columns = resized(r.columns, inputs*len(rows))
	r.targets, r.weights = resized(r.targets, len(rows)), resized(r.weights, len(rows))
	r.classes = slices.Grow(r.classes[:0], len(rows))[:len(rows)]
	for i := range r.low {
		r.low[i], r.high[i] = math.Inf(1), math.Inf(-1)
	}
	r.plain = len(p.classes) == 2
	lacks := 0.0 // NaN where a value is
	for k, row := range rows {
		slot := p.ring.slot(row)
		r.targets[k], r.weights[k], r.classes[k] = p.ring.targets[slot], p.ring.weights[slot], int32(p.ring.targets[slot])
		if r.weights[k] != 1 {
			r.plain = false
		}
		for i, v := range p.ring.row(row) {
			r.columns[i*len(rows)+k] = v
			lacks += 0 * v
			if v < r.low[i] {
				r.low[i] = v
			}
			if v > r.high[i] {
				r.high[i] = v
			}
		}
	}
	r.plain = r.plain && !math.IsNaN(lacks)
}

// worth is what a cut of the gathered rows is worth: for classes the purity of its sides, for a
// number how far apart they are.
func (p *Pool) worth(n *node, number bool) (float64, bool) {
	column := p.room.columns[int(n.input)*len(p.room.targets):][:len(p.room.targets)]
	if number {
		return p.apart(column, n)
	}
	return p.purity(column, n)
}

// draw returns a random cut: between the extremes of a number; of categories one of those
// in the rows against all others, or half of all.
func (p *Pool) draw(rng *random, input int32, rows []int64) node {
	n := node{input: input}
	if !p.inputs[input].nominal {
		low, high := p.room.low[input], p.room.high[input]
		n.cut = low + rng.unit()*(high-low)
		return n
	}
	n.nominal, n.shift = true, uint8(rng.below(47))
	set := rng.bits()
	if v := p.ring.row(rows[rng.below(len(rows))])[input]; set&1 == 1 && !math.IsNaN(v) {
		set = 1 << n.bucket(v)
	}
	n.cut = math.Float64frombits(set)
	return n
}

// purity is the sum over both sides of a cut of the squared weights of the classes by the weight of
// the side: the larger, the smaller the Gini index. It is not valid where one is empty. Rows without
// the input go to the side where it is larger; where there is none, to that of more
// rows.
func (p *Pool) purity(rows []float64, n *node) (float64, bool) {
	v, right, missing, ok := p.purityOf(rows, n)
	if missing == 0 {
		n.missing = 2*right > len(rows)
		return v, ok
	}
	n.missing = true
	if w, _, _, fine := p.purityOf(rows, n); fine && (!ok || w > v) {
		return w, true
	}
	n.missing = false
	return v, ok
}

func (p *Pool) purityOf(rows []float64, n *node) (v float64, right, missing int, ok bool) {
	r := &p.room
	classes := len(p.classes)
	if r.plain && !n.nominal {
		v, right = r.purityOfTwo(rows, n.cut)
		return v, right, 0, right > 0 && right < len(rows)
	}
	r.sides = resized(r.sides, 2*classes)
	clear(r.sides)
	left, rest := r.sides[:classes], r.sides[classes:]
	var weight [2]float64
	for k, x := range rows {
		if math.IsNaN(x) {
			missing++
		}
		side := int(n.right(x))
		right += side
		weight[side] += r.weights[k]
		r.sides[side*classes+int(r.classes[k])] += r.weights[k]
	}
	if right == 0 || right == len(rows) {
		return 0, right, missing, false
	}
	for k, w := range left {
		v += w*w/weight[0] + rest[k]*rest[k]/weight[1]
	}
	return v, right, missing, true
}

// purityOfTwo is purityOf for two classes, where all rows weigh 1 and lack nothing.
func (r *room) purityOfTwo(rows []float64, cut float64) (v float64, right int) {
	ones, rightOnes := 0, 0
	for k, x := range rows {
		side, class := 0, int(r.classes[k])
		if x > cut {
			side = 1
		}
		ones += class
		right += side
		rightOnes += side & class
	}
	a, b := float64(len(rows)-right), float64(right)
	l1, r1 := float64(ones-rightOnes), float64(rightOnes)
	l0, r0 := a-l1, b-r1
	return l0*l0/a + r0*r0/b + (l1*l1/a + r1*r1/b), right
}

func resized(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n)
	}
	return s[:n]
}
