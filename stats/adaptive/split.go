package adaptive

import "math"

// split splits a leaf where its last rows are still there, are of several classes and a cut
// tells them apart.
func (t *tree) split(f *forest, l *lesson, at int32) {
	rows := t.lastRows(f, l, at)
	if len(rows) < f.splitRows || l.pool.isPure(rows) {
		return
	}
	cut, ok := l.pool.best(&t.rng, rows, false)
	if !ok {
		return
	}
	first := t.addNode(l.number)
	t.addNode(l.number)
	n := t.branch(f, at, first, &cut)
	classes := len(l.pool.classes)
	t.share(at, first, classes)
	ring := &l.pool.ring
	for _, row := range rows {
		to := first + n.right(ring.row(row)[n.input])
		slot := ring.slot(row)
		t.count(to)[int(ring.targets[slot])] += ring.weights[slot] * f.fadeOf(l.number-row)
		t.pass(f, &t.nodes[to], row)
	}
	counts, before := t.count(at), t.before(at)
	a, b := t.count(first), t.count(first+1)
	for k := range counts {
		before[k] = max(0, counts[k]-a[k]-b[k])
	}
	for i := at; !l.quiet && i <= first+1; i = max(first, i+1) {
		n := &t.nodes[i]
		n.own = t.evidence(i, classes)
		n.whole = n.own
	}
}

// branch makes a leaf a node with two children, from first.
func (t *skeleton) branch(f *forest, at, first int32, cut *node) *node {
	n := &t.nodes[at]
	place := n.left
	n.input, n.cut, n.nominal, n.missing, n.shift, n.left = cut.input, cut.cut, cut.nominal, cut.missing, cut.shift, first
	t.nodes[first].left, t.nodes[first+1].left = place, t.addLeaf(f.splitRows)
	return n
}

// share gives the children of a node its distribution as their prior.
func (t *tree) share(at, first int32, classes int) {
	n := &t.nodes[at]
	counts, prior := t.count(at), t.prior(at)
	sum := n.later
	for k := range classes {
		sum += counts[k] + prior[k]
	}
	for _, to := range []int32{first, first + 1} {
		of := t.prior(to)
		for k := range classes {
			of[k] = max(t.strength*(counts[k]+prior[k])/sum, leastPrior)
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
	for i := range r.low {
		r.low[i], r.high[i] = math.Inf(1), math.Inf(-1)
	}
	for k, row := range rows {
		slot := p.ring.slot(row)
		r.targets[k], r.weights[k] = p.ring.targets[slot], p.ring.weights[slot]
		for i, v := range p.ring.row(row) {
			r.columns[i*len(rows)+k] = v
			if v < r.low[i] {
				r.low[i] = v
			}
			if v > r.high[i] {
				r.high[i] = v
			}
		}
	}
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
	r.left, r.right = resized(r.left, len(p.classes)), resized(r.right, len(p.classes))
	clear(r.left)
	clear(r.right)
	a, b := 0.0, 0.0
	for k, x := range rows {
		if math.IsNaN(x) {
			missing++
		}
		class, weight := int(r.targets[k]), r.weights[k]
		if n.right(x) == 1 {
			r.right[class] += weight
			b += weight
			right++
		} else {
			r.left[class] += weight
			a += weight
		}
	}
	if right == 0 || right == len(rows) {
		return 0, right, missing, false
	}
	for k, w := range r.left {
		v += w*w/a + r.right[k]*r.right[k]/b
	}
	return v, right, missing, true
}

func resized(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n)
	}
	return s[:n]
}
