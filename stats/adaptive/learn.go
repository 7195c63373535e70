package adaptive

import (
	"github.com/rpconnect-sml/rpconnect-sml/internal/nig"

	"github.com/rpconnect-sml/rpconnect-sml/internal/logs"
)

// room is what learning works in.
type room struct {
	path      []int32 // nodes that a row passes, tree by tree
	ends      []int   // where those of each tree end
	touched   float64 // see routeAll
	row       []float64
	low, high []float64
	sides     []float64 // of a cut, by class: weight to the left, and then to the right
	buffer    []int64
	// of the rows of a leaf
	columns, targets, weights []float64
	classes                   []int32
	plain                     bool      // they are of two classes, weigh 1 and lack nothing
	scores                    []float64 // of classes
	gammas                    gammas
	// of numbers
	posterior        nig.Model
	other, residuals []float64
}

// lesson is a row that a tree learns.
type lesson struct {
	pool   *Pool
	number int64 // of the row
	row    []float64
	class  int32
	weight float64
}

// learn lets a row pass the tree, and adds to p, for each class and times share, what the tree has
// predicted before. The row is routed first: its nodes are then at hand when they are worked out.
func (t *tree) learn(f *forest, l *lesson, path []int32, share float64, p []float64) {
	r := &l.pool.room
	switch {
	case f.fade == nil && l.weight == 1:
		t.passKept(path, l, share, p)
	case len(p) == 2:
		r.gammas.clear()
		t.passTwo(f, path, l, share, p)
		t.work(&r.gammas, path)
	default:
		t.passFaded(f, path, l, share, p)
		t.weigh(&r.gammas, path, len(p))
	}
	at := path[len(path)-1]
	n := &t.nodes[at]
	n.whole, n.stop = n.own, 1
	t.pass(f, n, l.number)
	if int(n.seen) >= f.splitRows && len(t.nodes)+2 <= l.pool.mostNodes(f) {
		t.split(f, l, at)
	}
	for i := len(path) - 1; i >= 0; i-- {
		t.mix(f, l, path[i])
	}
}

// route appends the nodes that a row passes, from the root to a leaf.
func (t *skeleton) route(row []float64, path []int32) []int32 {
	at := int32(0)
	for {
		path = append(path, at)
		n := &t.nodes[at]
		if n.input == none {
			return path
		}
		at = n.next(row)
	}
}

// passKept lets a row of weight 1 pass nodes whose counts never fade: the evidence grows by what the row
// adds to it.
func (t *tree) passKept(path []int32, l *lesson, rest float64, p []float64) {
	for _, at := range path {
		n := &t.nodes[at]
		block := t.counts[int(at)*3*t.stride:][:3*t.stride]
		counts, prior := block[:len(p)], block[2*t.stride:][:len(p)]
		sum := n.later
		for k, c := range counts {
			sum += prior[k] + c
		}
		if rest >= leastStep {
			q := rest * n.stop / sum
			for k, c := range counts {
				p[k] += q * (prior[k] + c)
			}
			rest *= 1 - n.stop
		}
		n.own += logs.Ln((counts[l.class] + prior[l.class]) / sum)
		counts[l.class]++
	}
}

// passFaded lets a row pass nodes, whose counts fade first. Their evidence is to be worked out.
func (t *tree) passFaded(f *forest, path []int32, l *lesson, rest float64, p []float64) {
	for _, at := range path {
		n := &t.nodes[at]
		t.fade(f, at, l.number)
		block := t.counts[int(at)*3*t.stride:][:3*t.stride]
		counts, prior := block[:len(p)], block[2*t.stride:][:len(p)]
		if rest >= leastStep {
			sum := n.later
			for k, c := range counts {
				sum += prior[k] + c
			}
			q := rest * n.stop / sum
			for k, c := range counts {
				p[k] += q * (prior[k] + c)
			}
			rest *= 1 - n.stop
		}
		counts[l.class] += l.weight
	}
}

// passTwo is passFaded for two classes, with all that a node needs in one pass; it gathers the evidence too.
func (t *tree) passTwo(f *forest, path []int32, l *lesson, rest float64, p []float64) {
	g := &l.pool.room.gammas
	p0, p1 := p[0], p[1]
	for _, at := range path {
		n := &t.nodes[at]
		block := (*[6]float64)(t.counts[int(at)*6:])
		c0, c1, before0, before1, prior0, prior1 := block[0], block[1], block[2], block[3], block[4], block[5]
		if age := l.number - n.last; age > 0 && f.fade != nil {
			by := f.fadeOf(age)
			n.last = l.number
			n.whole *= by
			c0, c1, before0, before1 = faded(c0, by), faded(c1, by), faded(before0, by), faded(before1, by)
			block[2], block[3] = before0, before1
		}
		if rest >= leastStep {
			v0, v1 := prior0+c0, prior1+c1
			q := rest * n.stop / (n.later + v0 + v1)
			p0 += q * v0
			p1 += q * v1
			rest *= 1 - n.stop
		}
		if l.class == 0 {
			c0 += l.weight
		} else {
			c1 += l.weight
		}
		block[0], block[1] = c0, c1
		g.addTwo([2]float64{prior0 + before0, prior1 + before1}, [2]float64{c0 - before0, c1 - before1}, n.later)
	}
	p[0], p[1] = p0, p1
}

// faded is a count times by, as fade has it.
func faded(v, by float64) float64 {
	if v *= by; v < leastCount {
		return 0
	}
	return v
}

// relearn lets a row of the past pass a tree that is grown anew as of now: its weight is what is left of
// it now, and the evidence is left to rebuild.
func (t *tree) relearn(f *forest, l *lesson, now int64) {
	weight := l.weight * f.fadeOf(now-l.number)
	at := int32(0)
	for {
		t.counts[int(at)*3*t.stride+int(l.class)] += weight
		n := &t.nodes[at]
		if n.input == none {
			t.pass(f, n, l.number)
			if int(n.seen) >= f.splitRows && len(t.nodes)+2 <= l.pool.mostNodes(f) {
				t.splitAsOf(f, l, at, now)
			}
			return
		}
		at = n.next(l.row)
	}
}

// rebuild works out the evidence of all nodes of a tree whose counts are as of now.
func (t *tree) rebuild(f *forest, l *lesson) {
	all := l.pool.room.path[:0]
	for i := range t.nodes {
		all = append(all, int32(i))
	}
	l.pool.room.path = all
	t.weigh(&l.pool.room.gammas, all, len(l.pool.classes))
	for i := int32(len(t.nodes)) - 1; i >= 0; i-- {
		n := &t.nodes[i]
		n.whole = n.own
		t.mix(f, l, i)
	}
}

// pass notes that a row is in a leaf.
func (t *skeleton) pass(f *forest, n *node, row int64) {
	t.leaves[int(n.left)*f.splitRows+int(n.seen)%f.splitRows] = uint32(row)
	n.seen++
}

// mix renews the mean over all prunings below a node that is no leaf: W = p E + (1-p) W_left W_right.
func (t *skeleton) mix(f *forest, l *lesson, at int32) {
	n := &t.nodes[at]
	if n.input == none {
		return
	}
	a, b := &t.nodes[n.left], &t.nodes[n.left+1]
	end := l.pool.lnStop + n.own
	on := l.pool.lnGo + a.whole*f.fadeOf(l.number-a.last) + b.whole*f.fadeOf(l.number-b.last)
	n.whole, n.stop = logs.Mix(end, on)
}

// mostNodes returns how many nodes a tree of the forest may have: fewer whenever the room for classes
// doubles.
func (p *Pool) mostNodes(f *forest) int {
	return min(f.maxNodes, maxCounts/(p.spec.Trees*max(strideOf(len(p.classes)), 1)))
}
