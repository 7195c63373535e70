package forest

import (
	"errors"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// errBehind is wrapped when a tally has counts of nodes that the forest does not have:
// there is a newer one.
var errBehind = errors.New("the forest has grown since it was read")

// Trees are what is predicted by: all trees of a forest with the weights of their nodes. They
// never change and are safe for concurrent use.
type Trees struct {
	forest  *Forest
	reading *reading
	weights []weights
	classes []int // those that have rows, by their number in the forest
	weight  float64
}

// Read reads the trees of a forest off the counts, under a layout whose rows are then
// predicted. The stop is the prior probability that a tree ends in a node (p in
// [weights]). The error says that there is a newer forest.
func (t *Tally) Read(f *Forest, layout *stats.Layout, stop float64) (*Trees, error) {
	at, found := t.find(f.ID)
	if !found {
		t, at = &Tally{parts: []part{{id: f.ID}}}, 0
	}
	p := &t.parts[at]
	out := &Trees{forest: f, reading: f.read(layout), weights: make([]weights, len(f.trees)), weight: max(p.weight, 0)}
	sums := make([]float64, len(f.classes.list))
	var r reader
	for k, tree := range f.trees {
		own := &counts{}
		if k < len(p.trees) {
			own = &p.trees[k]
		}
		if own.nodes() > tree.nodes() || own.classes > len(f.classes.list) {
			return nil, fmt.Errorf("%w: counts of %d nodes and %d classes, and it has %d and %d", errBehind, own.nodes(), own.classes, tree.nodes(), len(f.classes.list))
		}
		w := &out.weights[k]
		r.read(w, tree, own, stop)
		for c := range w.classes {
			sums[c] += w.total[c]
		}
	}
	for c, w := range sums {
		if w >= least {
			out.classes = append(out.classes, c)
		}
	}
	return out, nil
}

// IsBehind reports whether a tally has counts of nodes or classes that the forest does not
// have.
func (f *Forest) IsBehind(t *Tally) bool {
	at, found := t.find(f.ID)
	if !found {
		return false
	}
	for k := range t.parts[at].trees {
		c := &t.parts[at].trees[k]
		if k >= len(f.trees) || c.nodes() > f.trees[k].nodes() || c.classes > f.width() {
			return true
		}
	}
	return false
}

// Within returns the counts with those of nodes that the forest does not have in the roots,
// without classes or products that it does not have. Counts above the node that a row
// reaches are evidence as well, of a tree that ends there.
func (t *Tally) Within(f *Forest) *Tally {
	at, found := t.find(f.ID)
	if !found {
		return t
	}
	out := t.Clone()
	p := &out.parts[at]
	p.tail, p.trees = nil, p.trees[:min(len(p.trees), len(f.trees))]
	for k := range p.trees {
		p.trees[k] = p.trees[k].within(f.trees[k].nodes(), f.width())
	}
	return out
}

// within returns the counts of the first nodes and classes, and of all others in the root.
func (c *counts) within(nodes, classes int) counts {
	var out counts
	classes = min(classes, c.classes)
	out.widen(min(nodes, c.nodes()), classes)
	for node := range c.nodes() {
		to := node
		if node >= nodes {
			to = 0
		}
		for k, w := range c.own[node*c.classes:][:classes] {
			out.own[to*classes+k] += w
		}
	}
	return out
}

// Classes returns the names of the classes that have rows, in the order in which
// they came.
func (t *Trees) Classes() []string {
	var out []string
	for _, c := range t.classes {
		out = append(out, t.forest.classes.list[c])
	}
	return labels(out)
}

// Weight returns the weight of the rows that were counted.
func (t *Trees) Weight() float64 { return t.weight }

// Work returns how many numbers Predict needs to work with.
func (t *Trees) Work() int { return len(t.forest.inputs) + len(t.forest.classes.list) }

// Predict adds the probabilities of the classes that have rows, in the order of Classes and
// times share, to p: the mean over the trees. Classes without rows share what is left
// in equal parts with all others. Work holds Work() numbers.
func (t *Trees) Predict(values []float64, codes []int32, share float64, p, work []float64) {
	row := t.reading.rowOf(values, codes, work[:0:len(t.forest.inputs)])
	all := work[len(t.forest.inputs):]
	clear(all)
	each := share / float64(len(t.forest.trees))
	t.forest.inLeaves(row, func(tree int, at int32) { t.weights[tree].predict(at, each, all) })
	sum := 0.0
	for i, c := range t.classes {
		p[i] += all[c]
		sum += all[c]
	}
	for i := range t.classes {
		p[i] += (share - sum) / float64(len(t.classes))
	}
}

// Explain adds, for each input of the forest and times share, by how much the splits by it
// change the probability of a class (an index into Classes) on the way of the row, to out.
// The changes add up to the probability less that in the roots (Saabas, 2014, for one
// tree; here each step counts as much as the prunings that go beyond it).
// Work holds Work() numbers.
func (t *Trees) Explain(values []float64, codes []int32, class int, share float64, out, work []float64) {
	row := t.reading.rowOf(values, codes, work[:0:len(t.forest.inputs)])
	each := share / float64(len(t.forest.trees))
	for k, tree := range t.forest.trees {
		t.weights[k].explain(tree, row, t.classes[class], each, out)
	}
}

// base returns the probability of a class (an index into Classes) in the roots: the mean
// over the trees.
func (t *Trees) base(class int) float64 {
	sum := 0.0
	for k, tree := range t.forest.trees {
		sum += t.weights[k].share(tree, 0, t.classes[class])
	}
	return sum / float64(len(t.forest.trees))
}
