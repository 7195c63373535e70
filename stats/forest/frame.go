package forest

import "math"

// split is one entry of a frame: what the leaf that it names became. The split at
// place i of the list makes the nodes 2i+1, where a row goes by default, and 2i+2.
type split struct {
	node    int32 // that is split
	input   int32
	cut     float64  // a number greater than it goes right
	set     []uint64 // bit by bit, the categories that go right
	nominal bool     // the input is a category
	missing bool     // a row without the input, or with a category not in set's words, goes right
	// prior is the share of each class of the node when it was split, and behind
	// them the share of all classes that come later. The shares add up to 1.
	prior []float64
}

// right reports whether a row goes right.
func (s *split) right(row []float64) bool {
	v := row[s.input]
	if v > s.cut && !s.nominal {
		return true
	}
	if !s.nominal && !math.IsNaN(v) {
		return false
	}
	code := int(v)
	if math.IsNaN(v) || code < 0 || code >= 64*len(s.set) {
		return s.missing
	}
	return s.set[code/64]&(1<<(code%64)) != 0
}

// Frame is the structure of a tree. It begins as one leaf, node 0, and only grows.
// Rows are given by the values of the inputs: numbers, categories as small whole
// numbers, NaN where a row lacks one.
type Frame struct {
	splits []split
	of     []int32 // by node: its split, or leaf
}

// leaf is what Frame.of says of a leaf.
const leaf = -1

// NewFrame returns a frame of one leaf.
func NewFrame() *Frame { return &Frame{of: []int32{leaf}} }

// Nodes returns the number of nodes.
func (f *Frame) Nodes() int { return len(f.of) }

// add appends a split of a leaf.
func (f *Frame) add(s split) {
	f.of[s.node] = int32(len(f.splits))
	f.splits = append(f.splits, s)
	f.of = append(f.of, leaf, leaf)
}

// Leaf returns the leaf that a row reaches.
func (f *Frame) Leaf(row []float64) int32 {
	at := int32(0)
	for {
		i := f.of[at]
		if i == leaf {
			return at
		}
		at = 2*i + 1
		if f.splits[i].right(row) {
			at++
		}
	}
}

// parent returns the node that a node came from; the root has none.
func (f *Frame) parent(node int32) int32 { return f.splits[(node-1)/2].node }

// prior appends the prior weights of the classes of a node to out: of the root equal
// shares for them and one more, which stands for all that come later; of a node the
// shares of its parent when that was split. They add up to strength or less, as the
// share of later classes is divided among those that have come and one more.
func (f *Frame) prior(node int32, classes int, out []float64) []float64 {
	if node == 0 {
		for range classes {
			out = append(out, strength/float64(classes+1))
		}
		return out
	}
	known := f.splits[(node-1)/2].prior
	n := len(known) - 1
	for _, p := range known[:min(n, classes)] {
		out = append(out, strength*p)
	}
	for k := n; k < classes; k++ {
		out = append(out, strength*known[n]/float64(classes-n+1))
	}
	return out
}

// strength is the weight of a prior, as of so many rows (s in the papers).
const strength = 1.0
