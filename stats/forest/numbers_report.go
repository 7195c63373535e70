package forest

import "math"

// Report describes the trees; the tree that is shown is the one with the largest share.
func (n *Numbers) Report() *Report {
	out := &Report{Rows: n.weight, Grown: n.forest.Nodes()}
	gains := make([]float64, len(n.forest.inputs))
	most := 0
	for k := range n.weights {
		r := numberTree{numbers: n, tree: n.forest.trees[k], weights: &n.weights[k], gains: gains}
		r.walk(0, 0, n.shares[k])
		out.Nodes, out.Depth = out.Nodes+r.nodes, max(out.Depth, r.depth)
		if n.shares[k] > n.shares[most] {
			most = k
		}
	}
	out.Importance = n.forest.importance(gains)
	shown := numberTree{numbers: n, tree: n.forest.trees[most], weights: &n.weights[most]}
	out.Tree = shown.node(0, 0)
	return out
}

// numberTree reads one tree.
type numberTree struct {
	numbers      *Numbers
	tree         *frame
	weights      *numberWeights
	gains        []float64
	nodes, depth int
}

// children returns the split of a node and its children, and whether it has any with rows.
func (r *numberTree) children(node int32) (s *split, left int32, ok bool) {
	i := r.tree.of(node)
	if i == leaf || r.weights.nodes[node].stop == 1 {
		return nil, 0, false
	}
	of := r.tree.split(i)
	return &of, 2*i + 1, true
}

// walk adds what is below a node that a share of the prunings of all trees has: what splits and
// terms take off the squared deviations from the mean.
func (r *numberTree) walk(node int32, depth int, reached float64) {
	r.nodes, r.depth = r.nodes+1, max(r.depth, depth)
	m := &r.weights.nodes[node]
	for k, squares := range m.explained {
		r.gains[r.numbers.linear[k]] += reached * m.stop * squares
	}
	s, left, ok := r.children(node)
	if !ok {
		return
	}
	on := reached * (1 - m.stop)
	a, b := &r.weights.nodes[left], &r.weights.nodes[left+1]
	r.gains[s.input] += on * max(m.deviations()-a.deviations()-b.deviations(), 0)
	r.walk(left, depth+1, on)
	r.walk(left+1, depth+1, on)
}

// deviations is the sum of the squared deviations from the mean.
func (m *nodeModel) deviations() float64 {
	if m.rows < least {
		return 0
	}
	return max(m.square-m.mean*m.mean/m.rows, 0)
}

func (r *numberTree) node(at int32, depth int) *NodeReport {
	m, n := &r.weights.nodes[at], r.numbers
	out := &NodeReport{Rows: []float64{m.rows}, Stop: m.stop}
	if m.rows >= least {
		mean, deviation := n.value(m.mean/m.rows), n.difference(math.Sqrt(m.deviations()/m.rows))
		out.Mean, out.Deviation = &mean, &deviation
		for k, i := range n.linear {
			in := &n.forest.inputs[i]
			unit := n.standard.size[k+2] * in.scale.unit
			c := n.difference(m.post.Mean[k+1]) / unit
			if unit > 0 && !math.IsNaN(c) && !math.IsInf(c, 0) {
				out.Terms = append(out.Terms, Term{in.name, c})
			}
		}
	}
	s, left, ok := r.children(at)
	if !ok || depth == shownDepth {
		return out
	}
	out.says(s, &n.forest.inputs[s.input])
	out.Then, out.Else = r.node(left+1, depth+1), r.node(left, depth+1)
	return out
}
