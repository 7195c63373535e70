package forest

import (
	"math"
	"slices"
)

// split is one entry of a frame: what the leaf that it names became. The split at
// place i of the list makes the nodes 2i+1, where a row goes by default, and 2i+2.
type split struct {
	node    int32 // that is split
	input   int32
	cut     float64  // a number greater than it goes right
	set     []uint64 // bit by bit, the categories that go right
	nominal bool     // the input is a category
	missing bool     // a row without the input, or with a category not in set's words, goes right
	// seen are the weights of the classes of the node when it was split. They begin the
	// prior of its children, see frame.shares.
	seen []float64
	// prior is the share of each class of the node when it was split, and behind
	// them the share of all classes that come later. The shares add up to 1.
	prior []float64
}

// right reports whether a row goes right.
func (s *split) right(row []float64) bool {
	v := at(row, s.input)
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

// at returns the value of an input, NaN in a row from before there was that input.
func at(row []float64, input int32) float64 {
	if int(input) < len(row) {
		return row[input]
	}
	return math.NaN()
}

// frame is the structure of a tree. It begins as one leaf, node 0, and only grows.
// Rows are given by the values of the inputs: numbers, categories as small whole
// numbers, NaN where a row lacks one.
type frame struct {
	numeric  bool    // of a number: splits have no shares of classes
	strength float64 // of a prior, as of so many rows (s in the papers)
	splits   []split
	of       []int32 // by node: its split, or leaf
}

// leaf is what frame.of says of a leaf.
const leaf = -1

// newFrame returns a frame of one leaf.
func newFrame(strength float64) *frame { return &frame{strength: strength, of: []int32{leaf}} }

// nodes returns the number of nodes.
func (f *frame) nodes() int { return len(f.of) }

// add appends a split of a leaf, which fixes the prior of its children.
func (f *frame) add(s split) {
	if !f.numeric {
		s.prior = f.shares(s.node, s.seen)
	}
	f.of[s.node] = int32(len(f.splits))
	f.splits = append(f.splits, s)
	f.of = append(f.of, leaf, leaf)
}

// freeze returns a copy that later splits of f leave as it is.
func (f *frame) freeze() *frame {
	return &frame{numeric: f.numeric, strength: f.strength, splits: f.splits[:len(f.splits):len(f.splits)], of: slices.Clone(f.of)}
}

// extends reports whether f has all splits of o, at their places.
func (f *frame) extends(o *frame) bool {
	return len(f.splits) >= len(o.splits) && slices.EqualFunc(f.splits[:len(o.splits)], o.splits, func(a, b split) bool {
		return a.node == b.node && a.input == b.input && a.cut == b.cut && a.nominal == b.nominal && a.missing == b.missing &&
			slices.Equal(a.set, b.set) && slices.Equal(a.seen, b.seen)
	})
}

// shares returns the shares of the classes of a node of which so much has been seen, with
// its prior, and behind them that of the classes that come later.
func (f *frame) shares(node int32, seen []float64) []float64 {
	out := append(f.prior(node, len(seen), nil), f.later(node, len(seen)))
	total := 0.0
	for k := range out {
		if k < len(seen) {
			out[k] += seen[k]
		}
		total += out[k]
	}
	for k := range out {
		out[k] = max(out[k]/total, leastShare)
	}
	return out
}

// leastShare is what a class has at least of a prior. Shares of classes that a branch has
// not seen fall with each split on the way down.
const leastShare = 1e-100

// leafOf returns the leaf that a row reaches.
func (f *frame) leafOf(row []float64) int32 {
	node := int32(0)
	for {
		i := f.of[node]
		if i == leaf {
			return node
		}
		s := &f.splits[i]
		v, side := at(row, s.input), int32(0)
		if v > s.cut { // without a jump: nobody can guess where a row goes
			side = 1
		}
		if s.nominal || math.IsNaN(v) {
			side = 0
			if s.right(row) {
				side = 1
			}
		}
		node = 2*i + 1 + side
	}
}

// prior appends the prior weights of the classes of a node to out: of the root equal
// shares for them and one more, which stands for all that come later; of a node the
// shares of its parent when that was split. They add up to strength or less, as the
// share of later classes is divided among those that have come and one more.
func (f *frame) prior(node int32, classes int, out []float64) []float64 {
	if node == 0 {
		for range classes {
			out = append(out, f.strength/float64(classes+1))
		}
		return out
	}
	known := f.splits[(node-1)/2].prior
	n := len(known) - 1
	for _, p := range known[:min(n, classes)] {
		out = append(out, f.strength*p)
	}
	for k := n; k < classes; k++ {
		out = append(out, f.strength*known[n]/float64(classes-n+1))
	}
	return out
}

// later returns the prior weight in a node of the classes that come after so many.
func (f *frame) later(node int32, classes int) float64 {
	if node == 0 {
		return f.strength / float64(classes+1)
	}
	known := f.splits[(node-1)/2].prior
	n := len(known) - 1
	return f.strength * known[n] / float64(max(classes-n, 0)+1)
}

// parent returns the node that a node came from; the root has none.
func (f *frame) parent(node int32) int32 { return f.splits[(node-1)/2].node }
