package forest

import "math"

// strength is the weight of the prior of a node, s in the formulas.
const strength = 1

// prior returns the prior weights of a node's classes. The root shares out its
// strength equally among the classes and one more, which stands for all that come later.
func (f *Frame) prior(node int32, classes int, out []float64) []float64 {
	out = out[:0]
	known := f.priors[node]
	if known == nil {
		for range classes {
			out = append(out, strength/float64(classes+1))
		}
		return out
	}
	later := known[len(known)-1]
	out = append(out, known[:len(known)-1]...)
	for n := classes - len(out); n > 0; n-- {
		out = append(out, later/float64(classes-len(known)+2))
	}
	return out
}

// Weights are the evidences of the nodes of a tree, read off its counts. With
// E the evidence of a node for the rows that its children have, and W that of the mean of all
// prunings below it, the weight of a leaf is ln W = ln E, and that of an inner
// node ln W = ln(p E + (1-p) W_left W_right), where p is the prior probability that
// the tree ends there. Stop holds p E / W.
type Weights struct {
	Stop  []float64 // by node; 1 in a leaf
	whole []float64 // ln W
}

// Update reads the weights off the counts again, of the nodes that touched names and
// of all that came since: parents come before children, and a row that changes a node
// changes all above it.
func (w *Weights) Update(f *Frame, c *Counts, stop float64, touched []bool) {
	lnStop, lnGo := math.Log(stop), math.Log1p(-stop)
	var alpha []float64
	before := make([]float64, c.classes)
	old := int32(len(w.Stop))
	for len(w.Stop) < len(f.nodes) {
		w.Stop, w.whole = append(w.Stop, 1), append(w.whole, 0)
	}
	for at := int32(len(f.nodes)) - 1; at >= 0; at-- {
		if at < old && int(at) < len(touched) && !touched[at] {
			continue
		}
		n := &f.nodes[at]
		clear(before)
		counts := c.At(at)
		if n.left != 0 && counts != nil {
			l, r := c.At(n.left), c.At(n.left+1)
			for k := range before {
				before[k] = max(0, counts[k]-l[k]-r[k])
			}
		}
		alpha = f.prior(at, c.classes, alpha)
		e := evidence(alpha, before, counts)
		if n.left == 0 {
			w.whole[at], w.Stop[at] = e, 1
			continue
		}
		a, b := lnStop+e, lnGo+w.whole[n.left]+w.whole[n.left+1]
		top := max(a, b)
		w.whole[at] = top + math.Log(math.Exp(a-top)+math.Exp(b-top))
		w.Stop[at] = math.Exp(a - w.whole[at])
	}
}

// evidence is the logarithm of the Dirichlet-multinomial probability of the rows
// that are counted but were not there before: with a = alpha + before and c = counts - before,
// ln G(A) - ln G(A+N) + sum over classes of ln G(a+c) - ln G(a).
func evidence(alpha, before, counts []float64) float64 {
	sum, as, cs := 0.0, 0.0, 0.0
	for k, n := range counts {
		a, c := alpha[k]+before[k], n-before[k]
		as += a
		if c > 0 {
			cs += c
			sum += lgamma(a+c) - lgamma(a)
		}
	}
	return sum + lgamma(as) - lgamma(as+cs)
}

func lgamma(x float64) float64 { v, _ := math.Lgamma(x); return v }
