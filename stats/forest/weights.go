package forest

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/logs"
)

// weights are what a tree predicts by: the weights of the rows of all nodes, and how
// probable it is that the tree ends in each. They are read off a frame and its counts.
//
// With c the weights of the rows of a node, e those of the rows that ended in it before it was
// split, a its prior plus e, and A, N the sums of a and of c-e, the evidence of the node for
// the rows that its children have is
//
//	ln E = ln G(A) - ln G(A+N) + sum over classes of ln G(a+c-e) - ln G(a)
//
// (Dirichlet-multinomial). The mean over all prunings below it is W = E in a leaf and
// W = p E + (1-p) W_left W_right elsewhere, where p is the prior probability that the tree
// ends there.
type weights struct {
	classes int
	total   []float64 // node by node: c
	stop    []float64 // by node: p E / W, and 1 in a leaf
	norm    []float64 // by node: 1 / (prior + c)
	mean    []float64 // node by node: what a row is predicted as that goes no further
}

// read reads the weights of all nodes of a tree. Splits below which no row has been counted are
// none: what has been learned decides a model, and not how far the frame has grown since.
func (r *reader) read(w *weights, f *frame, c *counts, stop float64) {
	n, c := f.nodes(), c.settled(f)
	w.classes, w.stop, w.total = c.classes, make([]float64, n), make([]float64, n*c.classes)
	r.weights, r.frame, r.counts, r.lnStop, r.lnGo = w, f, c, math.Log(stop), math.Log1p(-stop)
	r.zero, r.whole = resized(r.zero, c.classes), resized(r.whole, n)
	clear(r.zero)
	for at := int32(n) - 1; at >= 0; at-- {
		r.node(at, f.of(at))
	}
	r.spread()
}

// reader reads one tree after another, and of each one node after another, children first.
type reader struct {
	weights      *weights
	frame        *frame
	counts       *counts
	alpha, zero  []float64
	whole        []float64 // by node: ln W
	rest         []float64 // by node, of the prunings that go on below it
	lnStop, lnGo float64
}

func (r *reader) node(at, i int32) {
	w := r.weights
	total := w.of(at)
	own := r.counts.at(at)
	if own == nil {
		own = r.zero
	}
	copy(total, own)
	below := 0.0
	if i != leaf {
		left, right := w.of(2*i+1), w.of(2*i+2)
		for k := range total {
			total[k] += left[k] + right[k]
			below += left[k] + right[k]
		}
	}
	if below == 0 {
		r.whole[at], w.stop[at] = r.evidence(at, r.zero, total), 1
		return
	}
	end, on := r.lnStop+r.evidence(at, own, total), r.lnGo+r.whole[2*i+1]+r.whole[2*i+2]
	r.whole[at], w.stop[at] = logs.Mix(end, on)
}

// of returns the weights of the rows of a node.
func (w *weights) of(node int32) []float64 {
	return w.total[int(node)*w.classes : (int(node)+1)*w.classes]
}

// evidence is ln E of a node.
func (r *reader) evidence(at int32, before, counts []float64) float64 {
	seen := 0.0
	for k, n := range counts {
		seen += max(n-before[k], 0)
	}
	if seen == 0 {
		return 0
	}
	r.alpha = r.frame.prior(at, len(counts), r.alpha[:0])
	g, all := gammas{product: 1}, 0.0
	for k, n := range counts {
		a, c := r.alpha[k]+before[k], n-before[k]
		all += a
		if c > 0 {
			g.add(a, c)
		}
	}
	g.take(all, seen)
	return g.value()
}

// leastStep is the share of a prediction below which another step down a tree is worth
// nothing.
const leastStep = 1e-9

// spread works out what a row that ends in a leaf is predicted as, from the root down: the mean
// over all prunings of (prior + weight of the class) / total in the node where it ends.
func (r *reader) spread() {
	w, f := r.weights, r.frame
	n := f.nodes()
	w.norm, w.mean = make([]float64, n), make([]float64, n*w.classes)
	r.rest = resized(r.rest, n)
	for at := range int32(n) {
		sum, on := f.strength, 1.0
		for _, c := range w.of(at) {
			sum += c
		}
		w.norm[at] = 1 / sum
		mean := w.mean[int(at)*w.classes:][:w.classes]
		if at > 0 {
			up := f.parent(at)
			on = r.rest[up]
			copy(mean, w.mean[int(up)*w.classes:][:w.classes])
		}
		w.addShares(f, at, on*w.stop[at], mean)
		r.rest[at] = on * (1 - w.stop[at])
	}
}

// addShares adds the probabilities of the classes in a node, times share, to out.
func (w *weights) addShares(f *frame, at int32, share float64, out []float64) {
	if share == 0 {
		return
	}
	if at > 0 {
		if known := f.known((at - 1) / 2); len(known) > len(out) {
			for k, c := range w.of(at) {
				out[k] += share * ((f.strength*known[k] + c) * w.norm[at])
			}
			return
		}
	}
	for k := range out {
		out[k] += share * w.share(f, at, k)
	}
}

// predict adds the probabilities of the classes for a row that ends in a leaf, times share, to p.
func (w *weights) predict(leaf int32, share float64, p []float64) {
	at := int(leaf) * w.classes
	for k, v := range w.mean[at : at+w.classes] {
		p[k] += share * v
	}
}
