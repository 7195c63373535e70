package forest

import (
	"math"
	"slices"
)

// Weights are what a tree predicts by: the weights of the rows of all nodes, and how
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
type Weights struct {
	classes int
	total   []float64 // node by node: c
	stop    []float64 // by node: p E / W, and 1 in a leaf
	whole   []float64 // by node: ln W
}

// Read reads the weights. With touched, which has the nodes whose own counts have changed
// since the last call, only these, those above them and new ones are read again; it
// must have the same frame and stop as that call.
func (w *Weights) Read(f *Frame, c *Counts, stop float64, touched []bool) {
	n := len(f.of)
	if touched == nil || c.classes != w.classes {
		w.classes, w.total, w.stop, w.whole = c.classes, w.total[:0], w.stop[:0], w.whole[:0]
	}
	old := int32(len(w.stop))
	w.stop, w.whole = slices.Grow(w.stop, n)[:n], slices.Grow(w.whole, n)[:n]
	w.total = slices.Grow(w.total, n*w.classes)[:n*w.classes]
	r := reader{weights: w, frame: f, counts: c, zero: make([]float64, c.classes), lnStop: math.Log(stop), lnGo: math.Log1p(-stop)}
	changed := make([]bool, n)
	for at := int32(n) - 1; at >= 0; at-- {
		i := f.of[at]
		changed[at] = at >= old || int(at) < len(touched) && touched[at] || i != leaf && (changed[2*i+1] || changed[2*i+2])
		if changed[at] {
			r.node(at, i)
		}
	}
}

// reader reads one node after another, children first.
type reader struct {
	weights      *Weights
	frame        *Frame
	counts       *Counts
	alpha, zero  []float64
	lnStop, lnGo float64
}

func (r *reader) node(at, i int32) {
	w := r.weights
	own := r.counts.at(at)
	if own == nil {
		own = r.zero
	}
	total := w.of(at)
	copy(total, own)
	r.alpha = r.frame.prior(at, w.classes, r.alpha[:0])
	if i == leaf {
		w.whole[at], w.stop[at] = evidence(r.alpha, r.zero, total), 1
		return
	}
	left, right := w.of(2*i+1), w.of(2*i+2)
	for k := range total {
		total[k] += left[k] + right[k]
	}
	end, on := r.lnStop+evidence(r.alpha, own, total), r.lnGo+w.whole[2*i+1]+w.whole[2*i+2]
	top := max(end, on)
	w.whole[at] = top + math.Log(math.Exp(end-top)+math.Exp(on-top))
	w.stop[at] = math.Exp(end - w.whole[at])
}

// of returns the weights of the rows of a node.
func (w *Weights) of(node int32) []float64 {
	return w.total[int(node)*w.classes : (int(node)+1)*w.classes]
}

// evidence is ln E.
func evidence(alpha, before, counts []float64) float64 {
	sum, prior, seen := 0.0, 0.0, 0.0
	for k, n := range counts {
		a, c := alpha[k]+before[k], n-before[k]
		prior += a
		if c > 0 {
			seen += c
			sum += lnGamma(a+c) - lnGamma(a)
		}
	}
	if seen == 0 {
		return 0
	}
	return sum + lnGamma(prior) - lnGamma(prior+seen)
}

func lnGamma(x float64) float64 {
	v, _ := math.Lgamma(x)
	return v
}

// Predict adds the probabilities of the classes for a row, times share, to p: the mean
// over all prunings of (prior + weight of the class) / total in the node where it ends.
func (w *Weights) Predict(f *Frame, row []float64, share float64, p []float64) {
	const least = 1e-9 // of the share, that is worth another step
	at, rest := int32(0), 1.0
	for {
		part := rest * w.stop[at]
		w.add(f, at, share*part, p)
		rest -= part
		i := f.of[at]
		if i == leaf || rest < least {
			return
		}
		at = 2*i + 1
		if f.splits[i].right(row) {
			at++
		}
	}
}

// add adds the probabilities of a node, times share.
func (w *Weights) add(f *Frame, node int32, share float64, p []float64) {
	total, known, rest := w.of(node), []float64(nil), 0.0
	if node > 0 {
		known = f.splits[(node-1)/2].prior
	}
	n, sum := len(known)-1, strength
	for _, c := range total {
		sum += c
	}
	switch {
	case n < 0:
		n, rest = 0, strength/float64(w.classes+1)
	case n < w.classes:
		rest = strength * known[n] / float64(w.classes-n+1)
	}
	share /= sum
	for k, c := range total {
		a := rest
		if k < n {
			a = strength * known[k]
		}
		p[k] += share * (a + c)
	}
}
