package forest

import "math"

// Report says what the trees are like.
type Report struct {
	// Rows is the weight of the rows that were counted.
	Rows float64 `json:"rows"`
	// Nodes counts the nodes of all trees in which rows were counted, Depth is the
	// largest number of splits on the way to one.
	Nodes int `json:"nodes"`
	Depth int `json:"depth"`
	// Grown is the number of nodes that the trees may have had rows in by now.
	Grown int `json:"nodes_grown"`
	// Importance is by input the share of the decrease of the Gini index by its splits,
	// each as much as the prunings that have it (Breiman, 2001, mean decrease in impurity).
	// For a number it is the share of the decrease of the squared deviations, by splits and by
	// linear terms.
	Importance []Importance `json:"importance"`
	// Tree is the first tree down to a few splits.
	Tree *NodeReport `json:"tree,omitempty"`
}

// Importance is that of an input.
type Importance struct {
	Input      string  `json:"input"`
	Importance float64 `json:"importance"`
}

// NodeReport is a node of a tree.
type NodeReport struct {
	// Rows are the weights of the classes, in the order of Trees.Classes; for a number there is
	// one, of all rows.
	Rows []float64 `json:"rows"`
	// Mean and Deviation are those of a number that is predicted, over the rows; Terms are the
	// linear model of the node, in no particular order.
	Mean      *float64 `json:"mean,omitempty"`
	Deviation *float64 `json:"deviation,omitempty"`
	Terms     []Term   `json:"terms,omitempty"`
	// Stop is the probability that the tree ends here.
	Stop float64 `json:"stop"`
	// Input, Above and Among say how rows go on: to Then with a number above Above or a
	// category among Among, else to Else. All are empty in a leaf.
	Input string   `json:"input,omitempty"`
	Above *float64 `json:"above,omitempty"`
	Among []string `json:"among,omitempty"`
	// Missing says where rows without the input go: "then" or "else".
	Missing string      `json:"missing,omitempty"`
	Then    *NodeReport `json:"then,omitempty"`
	Else    *NodeReport `json:"else,omitempty"`
}

// Term is that of an input in the linear model of a node: by how much the prediction grows with each
// unit of the attribute.
type Term struct {
	Input       string  `json:"input"`
	Coefficient float64 `json:"coefficient"`
}

// shownDepth is how many splits deep the tree of a report is.
const shownDepth = 4

// Report describes the trees.
func (t *Trees) Report() *Report {
	out := &Report{Rows: t.weight, Grown: t.forest.Nodes()}
	gains := make([]float64, len(t.forest.inputs))
	for k, tree := range t.forest.trees {
		r := treeReader{trees: t, tree: tree, weights: &t.weights[k], gains: gains}
		r.walk(0, 0, 1)
		out.Nodes, out.Depth = out.Nodes+r.nodes, max(out.Depth, r.depth)
	}
	out.Importance = t.forest.importance(gains)
	first := treeReader{trees: t, tree: t.forest.trees[0], weights: &t.weights[0]}
	out.Tree = first.node(0, 0)
	return out
}

// importance returns the shares of the inputs in the sum of their gains.
func (f *Forest) importance(gains []float64) []Importance {
	var out []Importance
	sum := 0.0
	for _, g := range gains {
		sum += g
	}
	for i := range gains {
		share := 0.0
		if sum > 0 {
			share = gains[i] / sum
		}
		out = append(out, Importance{f.inputs[i].name, share})
	}
	return out
}

// treeReader reads one tree.
type treeReader struct {
	trees        *Trees
	tree         *frame
	weights      *weights
	gains        []float64
	nodes, depth int
}

// children returns the split of a node and its children, and whether it has any with rows.
func (r *treeReader) children(node int32) (s *split, left int32, ok bool) {
	i := r.tree.of(node)
	if i == leaf || r.weights.stop[node] == 1 {
		return nil, 0, false
	}
	of := r.tree.split(i)
	return &of, 2*i + 1, true
}

// walk adds what is below a node that a share of the prunings has.
func (r *treeReader) walk(node int32, depth int, reached float64) {
	r.nodes, r.depth = r.nodes+1, max(r.depth, depth)
	s, left, ok := r.children(node)
	if !ok {
		return
	}
	on := reached * (1 - r.weights.stop[node])
	r.gains[s.input] += on * (impurity(r.weights.of(node)) - impurity(r.weights.of(left)) - impurity(r.weights.of(left+1)))
	r.walk(left, depth+1, on)
	r.walk(left+1, depth+1, on)
}

// impurity is the Gini index times the weight; rows that were counted before the split keep
// it of a node at least as large as of both children.
func impurity(rows []float64) float64 {
	sum, squares := 0.0, 0.0
	for _, w := range rows {
		sum += w
		squares += w * w
	}
	if sum <= 0 {
		return 0
	}
	return sum - squares/sum
}

func (r *treeReader) node(at int32, depth int) *NodeReport {
	out := &NodeReport{Stop: r.weights.stop[at]}
	rows := r.weights.of(at)
	for _, c := range r.trees.classes {
		w := 0.0
		if c < len(rows) {
			w = rows[c]
		}
		out.Rows = append(out.Rows, w)
	}
	s, left, ok := r.children(at)
	if !ok || depth == shownDepth {
		return out
	}
	out.says(s, &r.trees.forest.inputs[s.input])
	out.Then, out.Else = r.node(left+1, depth+1), r.node(left, depth+1)
	return out
}

// says describes how rows go on.
func (n *NodeReport) says(s *split, in *input) {
	n.Input, n.Missing = in.name, "else"
	if s.missing {
		n.Missing = "then"
	}
	if s.nominal {
		n.Among = s.names(in)
	} else {
		cut := s.cut
		n.Above = &cut
	}
}

// names lists the categories that go right.
func (s *split) names(in *input) []string {
	var list []string
	for i, name := range in.values.list {
		if i < 64*len(s.set) && s.set[i/64]&(1<<(i%64)) != 0 {
			list = append(list, name)
		}
	}
	return labels(list)
}

// share returns the probability of a class in a node: its prior and the rows.
func (w *weights) share(f *frame, node int32, class int) float64 {
	if class >= w.classes {
		return 0
	}
	return (w.alpha(f, node, class) + w.total[int(node)*w.classes+class]) * w.norm[node]
}

// alpha is the prior weight of a class in a node.
func (w *weights) alpha(f *frame, node int32, class int) float64 {
	if node == 0 {
		return f.strength / float64(w.classes+1)
	}
	known := f.known((node - 1) / 2)
	if n := len(known) - 1; class >= n {
		return f.strength * known[n] / float64(w.classes-n+1)
	}
	return f.strength * known[class]
}

// explain adds the changes of the probability of a class on the way of a row, times share,
// to out by input.
func (w *weights) explain(f *frame, row []float64, class int, share float64, out []float64) {
	at, rest, p := int32(0), share, w.share(f, 0, class)
	for {
		rest *= 1 - w.stop[at]
		i := f.of(at)
		if i == leaf || math.Abs(rest) < leastStep {
			return
		}
		s := f.split(i)
		at = 2*i + 1
		if s.right(row) {
			at++
		}
		next := w.share(f, at, class)
		out[s.input] += rest * (next - p)
		p = next
	}
}
