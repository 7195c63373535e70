package adaptive

import "github.com/rpconnect-sml/rpconnect-sml/internal/nig"

// room is what learning works in.
type room struct {
	path        []int32
	row         []float64
	low, high   []float64
	left, right []float64
	buffer      []int64
	// of the rows of a leaf
	columns, targets, weights []float64
	scores                    []float64 // of classes
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
	// quiet leaves the evidence to rebuild.
	quiet bool
}

// learn lets a row pass the tree. Where p is given it adds, for each class and times share,
// what the tree has predicted before.
func (t *tree) learn(f *forest, l *lesson, share float64, p []float64) {
	path := l.pool.room.path[:0]
	at, rest, classes := int32(0), share, len(l.pool.classes)
	for {
		path = append(path, at)
		n := &t.nodes[at]
		t.fade(f, at, l.number)
		counts := t.count(at)
		if p != nil && rest >= leastStep {
			t.predictNode(f, at, l.number, rest*n.stop, p)
			rest *= 1 - n.stop
		}
		if l.quiet {
			counts[l.class] += l.weight
		} else if f.fade == nil && l.weight == 1 {
			n.own += t.logShare(at, int(l.class), classes)
			counts[l.class]++
		} else {
			counts[l.class] += l.weight
			n.own = t.evidence(at, classes)
		}
		if n.input == none {
			break
		}
		at = n.next(l.row)
	}
	l.pool.room.path = path
	n := &t.nodes[at]
	n.whole, n.stop = n.own, 1
	t.pass(f, n, l.number)
	if int(n.seen) >= f.splitRows && len(t.nodes)+2 <= l.pool.mostNodes(f) {
		t.split(f, l, at)
	}
	if !l.quiet {
		for i := len(path) - 1; i >= 0; i-- {
			t.mix(f, l, path[i])
		}
	}
}

// rebuild works out the evidence of all nodes as of now.
func (t *tree) rebuild(f *forest, l *lesson) {
	classes := len(l.pool.classes)
	for i := int32(len(t.nodes)) - 1; i >= 0; i-- {
		t.fade(f, i, l.number)
		n := &t.nodes[i]
		n.own = t.evidence(i, classes)
		n.whole = n.own
		t.mix(f, l, i)
	}
}

// pass notes that a row is in a leaf.
func (t *skeleton) pass(f *forest, n *node, row int64) {
	t.leaves[int(n.left)*f.splitRows+int(n.seen)%f.splitRows] = uint32(row)
	n.seen++
}

// logShare is the log probability of a class in a node.
func (t *tree) logShare(at int32, class, classes int) float64 {
	block := t.counts[int(at)*3*t.stride:][:3*t.stride]
	counts, prior := block[:classes], block[2*t.stride:][:classes]
	sum := t.nodes[at].later
	for k, c := range counts {
		sum += prior[k] + c
	}
	return ln((counts[class] + prior[class]) / sum)
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
	if end > on {
		more := exp(on - end)
		n.whole, n.stop = end+ln(1+more), 1/(1+more)
	} else {
		less := exp(end - on)
		n.whole, n.stop = on+ln(1+less), less/(1+less)
	}
}

// mostNodes returns how many nodes a tree of the forest may have: fewer whenever the room for classes
// doubles.
func (p *Pool) mostNodes(f *forest) int {
	return min(f.maxNodes, maxCounts/(p.spec.Trees*max(strideOf(len(p.classes)), 1)))
}
