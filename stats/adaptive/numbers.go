package adaptive

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/nig"
)

// grove is a member for numbers: trees with a Bayesian linear regression in each node, that
// forget alike.
type grove struct {
	forest     // its settings; it has no trees of classes
	byVariance bool
	trees      []*numberTree
}

// numberTree is a tree whose predictions are the mean over all prunings of the regressions of its
// nodes, weighted by their evidence.
type numberTree struct {
	skeleton
	models []regression // node by node
}

// regression is that of a node.
type regression struct {
	sums  nig.Sums
	prior nig.Model // without its factor, which is not needed again
	mean  []float64 // of the posterior
}

// Trees of numbers: a regression takes the first inputs that are numbers, and a node is some
// kilobytes.
const (
	mostRegressors   = 16
	numberNodes      = 255
	numberTrees      = 5
	fadingTrees      = 3
	fadingNodes      = 127
	rootPrecision    = .1
	leastPrecision   = .01
	parentRows       = 3 // rows of the parent that the prior of a child is worth
	regressorUnit    = 3 // scales of an input that are 1
	numberSplitTimes = 2 // split_rows of classes, for numbers
)

// groves returns the members with trees for a number: the two ways to choose cuts, neither of
// which is safe alone, at several half-lives.
func grovesOf(s *Spec) []*grove {
	var out []*grove
	for _, halfLife := range []float64{0, 200, 50, 10} {
		for _, byVariance := range []bool{false, true} {
			g := &grove{forest: *newForest(settings{halfLife: halfLife, splitRows: min(numberSplitTimes*s.SplitRows, 100), maxNodes: min(s.MaxNodes, numberNodes)}), byVariance: byVariance}
			n := min(s.Trees, numberTrees)
			if halfLife > 0 {
				n, g.maxNodes = min(n, fadingTrees), min(s.MaxNodes, fadingNodes)
			}
			for k := range n {
				t := &numberTree{}
				t.rng = random(s.Seed*1000003 + uint64(len(out)+16)<<32 + uint64(k)<<16)
				g.trees = append(g.trees, t)
			}
			out = append(out, g)
		}
	}
	return out
}

// regressors returns how many inputs are in the regressions.
func (f *features) regressors() int {
	n := 0
	for i := range f.inputs {
		if !f.inputs[i].nominal && n < mostRegressors {
			n++
		}
	}
	return n
}

// regress writes the inputs of the regressions to out.
func (f *features) regress(row, out []float64) []float64 {
	out = out[:0]
	for i := range f.inputs {
		s := &f.inputs[i]
		if s.nominal || len(out) == mostRegressors {
			continue
		}
		v := 0.0
		if !math.IsNaN(row[i]) {
			v = s.scaled(row[i]) / regressorUnit
		}
		out = append(out, v)
	}
	return out
}

// reset makes the tree one leaf.
func (t *numberTree) reset(f *forest, regressors int, now int64) {
	t.nodes, t.models, t.leaves, t.free = t.nodes[:0], t.models[:0], t.leaves[:0], 0
	t.add(regressors, now)
	t.nodes[0].left = t.addLeaf(f.splitRows)
	t.models[0].prior.SetRidge(regressors, rootPrecision, 1, 1)
	t.models[0].prior.Factor = nil
}

func (t *numberTree) add(regressors int, now int64) int32 {
	t.nodes = append(t.nodes, node{input: none, stop: 1, last: now})
	t.models = append(t.models, regression{sums: make(nig.Sums, nig.Size(regressors)), mean: make([]float64, regressors+1)})
	return int32(len(t.nodes) - 1)
}

// value is what a node predicts.
func (m *regression) value(z []float64) float64 {
	v := m.mean[0]
	for i, x := range z {
		v += m.mean[i+1] * x
	}
	return v
}

// predict returns the prediction of a row, in spreads from the middle.
func (t *numberTree) predict(row, z []float64) float64 {
	at, rest, v := int32(0), 1.0, 0.0
	for {
		n := &t.nodes[at]
		v += rest * n.stop * t.models[at].value(z)
		rest *= 1 - n.stop
		if n.input == none || rest < leastStep {
			return v
		}
		at = n.next(row)
	}
}

// fade brings a node to now.
func (t *numberTree) fade(f *forest, at int32, now int64) {
	n := &t.nodes[at]
	if f.fade == nil || now <= n.last {
		return
	}
	by := f.fadeOf(now - n.last)
	n.last = now
	n.whole *= by
	sums := t.models[at].sums
	if sums[0] *= by; sums[0] < leastCount {
		clear(sums)
		return
	}
	for i := range sums[1:] {
		sums[i+1] *= by
	}
}

// learn lets a row pass the tree.
func (t *numberTree) learn(g *grove, l *lesson, y float64, z []float64) {
	f := &g.forest
	path, at := l.pool.room.path[:0], int32(0)
	for {
		path = append(path, at)
		t.fade(f, at, l.number)
		m := &t.models[at]
		m.sums.Add(y, z, l.weight)
		t.fit(l, at)
		n := &t.nodes[at]
		if n.input == none {
			break
		}
		at = n.next(l.row)
	}
	l.pool.room.path = path
	n := &t.nodes[at]
	n.whole, n.stop = n.own, 1
	t.pass(f, n, l.number)
	if int(n.seen) >= f.splitRows && len(t.nodes)+2 <= f.maxNodes {
		t.split(g, l, at)
	}
	for i := len(path) - 1; i >= 0; i-- {
		t.mix(f, l, path[i])
	}
}

// fit works out the posterior and the evidence of a node.
func (t *numberTree) fit(l *lesson, at int32) {
	m, posterior := &t.models[at], &l.pool.room.posterior
	t.nodes[at].own = posterior.SetPosterior(&m.prior, m.sums)
	copy(m.mean, posterior.Mean)
}

// split splits a leaf where its last rows are still there and a cut tells them apart.
func (t *numberTree) split(g *grove, l *lesson, at int32) {
	f, p := &g.forest, l.pool
	rows := t.lastRows(f, l, at)
	if len(rows) < f.splitRows {
		return
	}
	t.residuals(g, p, at, rows)
	cut, ok := p.best(&t.rng, rows, true)
	if !ok {
		return
	}
	d := len(t.models[at].mean) - 1
	first := t.add(d, l.number)
	t.add(d, l.number)
	n := t.branch(f, at, first, &cut)
	t.fit(l, at)
	m := &t.models[at]
	for to := first; to <= first+1; to++ {
		prior := &t.models[to].prior
		prior.SetShare(&p.room.posterior, m.sums, parentRows, leastPrecision, 1)
		prior.Factor = nil
	}
	for _, row := range rows {
		x, slot := p.ring.row(row), p.ring.slot(row)
		to := first + n.right(x[n.input])
		p.room.other = p.features.regress(x, p.room.other)
		t.models[to].sums.Add(p.features.scaledTarget(p.ring.targets[slot]), p.room.other, p.ring.weights[slot]*f.fadeOf(l.number-row))
		t.pass(f, &t.nodes[to], row)
	}
	for to := first; to <= first+1; to++ {
		t.fit(l, to)
		t.nodes[to].whole = t.nodes[to].own
	}
}

// residuals notes what the rows are to be told apart by: what the regression of the node leaves,
// or their distance from the mean.
func (t *numberTree) residuals(g *grove, p *Pool, at int32, rows []int64) {
	r := &p.room
	r.residuals = resized(r.residuals, len(rows))
	mean := 0.0
	for i, row := range rows {
		y := p.features.scaledTarget(p.ring.targets[p.ring.slot(row)])
		if !g.byVariance {
			r.other = p.features.regress(p.ring.row(row), r.other)
			y -= t.models[at].value(r.other)
		}
		r.residuals[i] = y
		mean += y / float64(len(rows))
	}
	for i := range rows {
		if g.byVariance {
			r.residuals[i] -= mean
		}
	}
}

// apart is the decrease of the sum of squared residuals by a cut, valid where both sides
// have two rows. Rows without the input go to the side where it is larger.
func (p *Pool) apart(rows []float64, n *node) (float64, bool) {
	r := &p.room
	var sums [3]float64 // left, right, missing
	var counts [3]int
	for i, x := range rows {
		side := int(n.right(x))
		if math.IsNaN(x) {
			side = 2
		}
		sums[side] += r.residuals[i]
		counts[side]++
	}
	worth := func(a, b float64, n, m int) (float64, bool) {
		if n < 2 || m < 2 {
			return 0, false
		}
		return a*a/float64(n) + b*b/float64(m), true
	}
	v, ok := worth(sums[0]+sums[2], sums[1], counts[0]+counts[2], counts[1])
	n.missing = counts[2] == 0 && counts[1] > counts[0]
	if counts[2] > 0 {
		if w, fine := worth(sums[0], sums[1]+sums[2], counts[0], counts[1]+counts[2]); fine && (!ok || w > v) {
			n.missing = true
			return w, true
		}
	}
	return v, ok
}
