package forest

import (
	"math"
	"math/rand/v2"
)

// node is a place of a frame. Its children are left and left+1.
type node struct {
	cut     float64 // a row goes right where its value is greater
	set     []uint64
	left    int32 // 0: a leaf
	input   int32 // which is split, meaningless for a leaf
	missing bool  // a row without the value goes right
	nominal bool  // the value is a category, which goes right where it is in set
}

// Frame is the structure of a tree. It only grows: nodes are added, none is changed
// but a leaf that is split.
type Frame struct {
	nodes []node
	// prior holds, node by node, the classes' share of the parent when the node came,
	// and behind them that of all classes that come later.
	priors [][]float64
	rng    *rand.Rand
}

// newFrame returns a frame of one leaf.
func newFrame(seed uint64) *Frame {
	return &Frame{nodes: []node{{}}, priors: [][]float64{nil}, rng: rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))}
}

// Nodes returns the number of nodes.
func (f *Frame) Nodes() int { return len(f.nodes) }

// next returns the child of an inner node that a row goes to.
func (n *node) next(row []float64) int32 {
	v := row[n.input]
	right := v > n.cut
	if n.nominal || math.IsNaN(v) {
		right = n.oddly(v)
	}
	if right {
		return n.left + 1
	}
	return n.left
}

// oddly reports whether a category or a missing value goes right.
func (n *node) oddly(v float64) bool {
	code := int(v)
	if math.IsNaN(v) || code < 0 || code >= 64*len(n.set) {
		return n.missing
	}
	return n.set[code/64]&(1<<(code%64)) != 0
}

// Leaf returns the leaf of a row.
func (f *Frame) Leaf(row []float64) int32 {
	at := int32(0)
	for f.nodes[at].left != 0 {
		at = f.nodes[at].next(row)
	}
	return at
}
