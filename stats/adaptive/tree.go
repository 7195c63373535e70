package adaptive

// tree is a tree of a forest, whose node 0 is the root. Beside its nodes it has, for each of
// them and each class, the weight of the rows that passed (counts), of those of them that
// passed before it was split and are not among its children's (before), and the prior weight.
type tree struct {
	skeleton
	counts   []float64 // node by node: stride counts, stride before, stride prior
	stride   int       // classes that there is room for
	strength float64
}

// skeleton is the structure of a tree.
type skeleton struct {
	nodes []node
	// leaves are the numbers of the last splitRows rows of each leaf, in a ring.
	leaves []uint32
	free   int32 // places of leaves that are taken
	rng    random
}

// reset makes the tree one leaf.
func (t *tree) reset(classes int, now int64, splitRows int) {
	t.nodes, t.counts, t.leaves, t.free = t.nodes[:0], t.counts[:0], t.leaves[:0], 0
	t.addNode(now)
	t.nodes[0].left = t.addLeaf(splitRows)
	t.equalShares(classes)
}

// equalShares gives each class and one more, which stands for those that come later, the same
// prior in the root.
func (t *tree) equalShares(classes int) {
	share := t.strength / float64(classes+1)
	prior := t.prior(0)
	for k := range classes {
		prior[k] = share
	}
	t.nodes[0].later = share
}

func (t *tree) addNode(now int64) int32 {
	t.nodes = append(t.nodes, node{input: none, stop: 1, last: now})
	for range 3 * t.stride {
		t.counts = append(t.counts, 0)
	}
	return int32(len(t.nodes) - 1)
}

// addLeaf makes room for the rows of a leaf.
func (t *skeleton) addLeaf(splitRows int) int32 {
	for range splitRows {
		t.leaves = append(t.leaves, 0)
	}
	t.free++
	return t.free - 1
}

func (t *tree) count(at int32) []float64 {
	from := int(at) * 3 * t.stride
	return t.counts[from : from+t.stride : from+t.stride]
}

func (t *tree) before(at int32) []float64 {
	from := (int(at)*3 + 1) * t.stride
	return t.counts[from : from+t.stride : from+t.stride]
}

func (t *tree) prior(at int32) []float64 {
	from := (int(at)*3 + 2) * t.stride
	return t.counts[from : from+t.stride : from+t.stride]
}

// addClass makes room for one more class, whose prior is taken from that of all classes that
// come later.
func (t *tree) addClass(classes int) {
	if classes > t.stride {
		wide := max(2, 2*t.stride)
		counts := make([]float64, len(t.nodes)*3*wide)
		for i := range 3 * len(t.nodes) {
			copy(counts[i*wide:], t.counts[i*t.stride:(i+1)*t.stride])
		}
		t.counts, t.stride = counts, wide
	}
	for i := int32(1); int(i) < len(t.nodes); i++ {
		n := &t.nodes[i]
		n.later /= 2
		t.prior(i)[classes-1] = n.later
	}
	t.equalShares(classes)
}

// leastCount is below what a faded count is none.
const leastCount = 1e-30

// fade brings a node to now.
func (t *tree) fade(f *forest, at int32, now int64) {
	n := &t.nodes[at]
	if f.fade == nil || now <= n.last {
		return
	}
	by := f.fadeOf(now - n.last)
	n.last = now
	n.whole *= by
	counts := t.counts[int(at)*3*t.stride:][:2*t.stride]
	for k, v := range counts {
		if v *= by; v < leastCount {
			v = 0
		}
		counts[k] = v
	}
}

// gather begins a sum of the log of the Dirichlet-multinomial probability of the counts since a
// node was split, given those before it:
// ln G(A) - ln G(A+N) + sum over classes of ln G(a+c) - ln G(a).
func (t *tree) gather(g *gammas, at int32, classes int) {
	block := t.counts[int(at)*3*t.stride:][:3*t.stride]
	counts, before, prior := block[:classes], block[t.stride:][:classes], block[2*t.stride:][:classes]
	g.begin()
	all, passed := t.nodes[at].later, 0.0
	for k, c := range counts {
		a := prior[k] + before[k]
		all += a
		if n := c - before[k]; n > 0 {
			passed += n
			g.add(a+n, a)
		}
	}
	if passed > 0 {
		g.add(all, all+passed)
	}
}

// weigh works out the evidence of the nodes that are named.
func (t *tree) weigh(g *gammas, nodes []int32, classes int) {
	g.clear()
	for _, at := range nodes {
		t.gather(g, at, classes)
	}
	t.work(g, nodes)
}

// work notes the evidence of the nodes that are named, which was gathered.
func (t *tree) work(g *gammas, nodes []int32) {
	g.work()
	for i, at := range nodes {
		t.nodes[at].own = g.sums[i].value
	}
}

// predict adds, for each class and times share, its probability to p. It changes nothing.
func (t *tree) predict(f *forest, row []float64, now int64, share float64, p []float64) {
	at, rest := int32(0), share
	for {
		n := &t.nodes[at]
		t.predictNode(f, at, now, rest*n.stop, p)
		rest *= 1 - n.stop
		if n.input == none || rest < leastStep {
			return
		}
		at = n.next(row)
	}
}

// leastStep is the share of a prediction below which another step down a tree is worth
// nothing.
const leastStep = 1e-9

// predictNode adds the distribution of a node, times share, to p.
func (t *tree) predictNode(f *forest, at int32, now int64, share float64, p []float64) {
	n := &t.nodes[at]
	by := f.fadeOf(now - n.last)
	block := t.counts[int(at)*3*t.stride:][:3*t.stride]
	counts, prior := block[:len(p)], block[2*t.stride:][:len(p)]
	sum := n.later
	for k, c := range counts {
		sum += prior[k] + by*c
	}
	q := share / sum
	for k, c := range counts {
		p[k] += q * (prior[k] + by*c)
	}
}
