package forest

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/nig"
)

// numberWeights are what a tree predicts a number by, in standard values: the linear model of each
// node, and how probable it is that the tree ends there.
//
// Each node has a Bayesian linear model of all rows below it (package nig), or of their mean
// alone. Its prior is the posterior of the node above with the weight of a few rows: at the root
// a ridge. With E(rows) the evidence of a node, own the rows that ended in it before it was
// split and all those that reached it, the mean over all prunings below it is W = E(all) in a
// leaf, and
//
//	W = p E(all) + (1-p) E(own) W_left W_right
//
// elsewhere, where p is the prior probability that the tree ends there.
type numberWeights struct {
	nodes    []nodeModel
	evidence float64   // ln W of the root
	mean     []float64 // node by node: what a row is predicted by that goes no further
}

// nodeModel is what is known of a node.
type nodeModel struct {
	stop  float64 // the probability that the tree ends here
	whole float64 // ln W
	own   float64 // ln E(own)
	all   float64 // ln E(all)
	level float64 // of the prediction at the means of the rows
	rows  float64 // their weight
	post  nig.Model
	sums  nig.Sums // standard, of all rows
	// mean and square are the sums of the target and of its square, standard; explained is what the
	// terms take off the squared deviations, by input.
	mean, square float64
	explained    []float64
}

// The prior of the root, and what a node takes over from that above: as the coefficients are of
// values with variance 1, a ridge of so many rows.
const (
	rootRidge = 1.0
	nodeRidge = 0.1
	nodeShape = 1.0
)

// numberReader reads one tree.
type numberReader struct {
	weights  *numberWeights
	frame    *frame
	counts   *counts
	standard *standard
	d        int
	strength float64
	lnStop   float64
	lnGo     float64
	prior    nig.Model
	of       int32 // the node whose children prior is of; -1 for the root
	part     nig.Model
	own      nig.Sums
}

// totals returns the sums of all rows of the nodes, about the origins.
func (c *counts) totals(f *frame, size int) []float64 {
	all := make([]float64, f.nodes()*size)
	for node := int32(f.nodes()) - 1; node >= 0; node-- {
		to := all[int(node)*size:][:size]
		addTo(to, c.at(node))
		if i := f.of(node); i != leaf {
			addTo(to, all[int(2*i+1)*size:][:size])
			addTo(to, all[int(2*i+2)*size:][:size])
		}
	}
	return all
}

func addTo(to, from []float64) {
	for i := range min(len(to), len(from)) {
		to[i] += from[i]
	}
}

// read reads all nodes, given the sums of all their rows.
func (r *numberReader) read(totals []float64, stop float64) {
	n, size := r.frame.nodes(), nig.Size(r.d)
	r.weights.nodes = make([]nodeModel, n)
	room := newRoom(n, r.d)
	r.lnStop, r.lnGo, r.own, r.of = math.Log(stop), math.Log1p(-stop), make(nig.Sums, size), -2
	sums := make([]float64, n*size)
	for at := range int32(n) {
		total := totals[int(at)*size:][:size]
		m := &r.weights.nodes[at]
		m.sums = sums[int(at)*size:][:size]
		m.rows = max(total[0], 0)
		if m.rows < least {
			continue
		}
		r.standard.apply(total, m.sums)
		room.take(&m.post)
		r.model(at, m)
	}
	for at := int32(n) - 1; at >= 0; at-- {
		r.node(at)
	}
	r.weights.evidence = r.weights.nodes[0].whole
	r.spread()
}

// model fits a node whose parent has been fitted.
func (r *numberReader) model(at int32, m *nodeModel) {
	above := int32(-1)
	if at > 0 {
		above = r.frame.parent(at)
	}
	if above != r.of {
		r.of = above
		if at == 0 {
			r.prior.SetRidge(r.d, rootRidge, nodeShape, 1)
		} else {
			up := &r.weights.nodes[above]
			r.prior.SetShare(&up.post, up.sums, r.strength, nodeRidge, nodeShape)
		}
	}
	m.all = m.post.SetPosterior(&r.prior, m.sums)
	m.level = m.post.Mean[0]
	for k := range r.d {
		m.level += m.post.Mean[k+1] * m.sums[nig.Place(k+2, 0)] / m.sums[0]
	}
	if i := r.frame.of(at); i == leaf {
		return
	}
	if own := r.counts.at(at); len(own) > 0 && own[0] >= least {
		r.standard.apply(own, r.own)
		m.own = r.part.SetPosterior(&r.prior, r.own)
	}
}

// node weighs ending in a node against going on, children first.
func (r *numberReader) node(at int32) {
	m := &r.weights.nodes[at]
	m.whole, m.stop = m.all, 1
	i := r.frame.of(at)
	if i == leaf {
		return
	}
	left, right := &r.weights.nodes[2*i+1], &r.weights.nodes[2*i+2]
	if left.rows+right.rows < least {
		return
	}
	end, on := r.lnStop+m.all, r.lnGo+m.own+left.whole+right.whole
	top := max(end, on)
	m.whole = top + math.Log(math.Exp(end-top)+math.Exp(on-top))
	m.stop = min(math.Exp(end-m.whole), 1)
}

// spread works out what a row that ends in a leaf is predicted by, from the root down: the
// coefficients, as the mean over all prunings. Behind the coefficients of the inputs there are the
// parts of each in the levels of the nodes, see numberWeights.explain.
func (r *numberReader) spread() {
	w, width := r.weights, 2*r.d+1
	w.mean = make([]float64, len(w.nodes)*width)
	rest := make([]float64, len(w.nodes))
	for at := range int32(len(w.nodes)) {
		on, m := 1.0, &w.nodes[at]
		mean := w.mean[int(at)*width:][:width]
		if at > 0 {
			up := r.frame.parent(at)
			on = rest[up]
			copy(mean, w.mean[int(up)*width:][:width])
		}
		if m.rows < least { // no row has been here: what the node above predicts
			if at > 0 {
				r.inherit(mean, &w.nodes[r.frame.parent(at)], on)
				m.stop, m.post, m.sums, m.level = 1, w.nodes[r.frame.parent(at)].post, w.nodes[r.frame.parent(at)].sums, w.nodes[r.frame.parent(at)].level
			}
			continue
		}
		r.inherit(mean, m, on*m.stop)
		rest[at] = on * (1 - m.stop)
	}
}

// inherit adds the coefficients of a node, times share.
func (r *numberReader) inherit(mean []float64, m *nodeModel, share float64) {
	if share == 0 || len(m.post.Mean) == 0 {
		return
	}
	for k, b := range m.post.Mean {
		mean[k] += share * b
		if k > 0 {
			mean[r.d+k] += share * b * m.sums[nig.Place(k+1, 0)] / m.sums[0]
		}
	}
}

// room is where the models of all nodes are, together.
type room struct {
	d                       int
	precision, factor, mean []float64
}

func newRoom(nodes, d int) *room {
	p := d + 1
	return &room{d: d, precision: make([]float64, nodes*p*(p+1)/2), factor: make([]float64, nodes*p*(p+1)/2), mean: make([]float64, nodes*p)}
}

// take gives a model its part.
func (r *room) take(m *nig.Model) {
	p := r.d + 1
	n := p * (p + 1) / 2
	m.Precision, r.precision = r.precision[:0:n], r.precision[n:]
	m.Factor, r.factor = r.factor[:0:n], r.factor[n:]
	m.Mean, r.mean = r.mean[:0:p], r.mean[p:]
}

// trim drops what is not predicted by.
func (w *numberWeights) trim(intervals bool) {
	for i := range w.nodes {
		m := &w.nodes[i]
		m.post.Precision = nil
		if m.rows >= least {
			m.mean, m.square = m.sums[1], m.sums[2]
			m.explain()
		}
		m.sums = nil
		if !intervals {
			m.post.Factor = nil
		}
	}
}

// explain works out what the terms explain: each coefficient times the sum of the products of
// the deviations of its input and of the target, which add up to what all do.
func (m *nodeModel) explain() {
	if len(m.post.Mean) < 2 || m.stop < leastStep {
		return
	}
	m.explained = make([]float64, len(m.post.Mean)-1)
	for k, b := range m.post.Mean[1:] {
		s := m.sums[nig.Place(k+2, 1)] - m.sums[nig.Place(k+2, 0)]*m.sums[1]/m.sums[0]
		m.explained[k] = max(b*s, 0)
	}
}
