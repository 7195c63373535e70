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
func (s *split) right(row []float64) bool { return s.goesRight(at(row, s.input)) }

// goesRight reports whether a row with such a value of the input does.
func (s *split) goesRight(v float64) bool {
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
//
// What a row needs on its way is in steps, 16 bytes a node, apart from what else there is of splits.
type frame struct {
	numeric  bool    // of a number: splits have no shares of classes
	strength float64 // of a prior, as of so many rows (s in the papers)
	steps    []step  // by node
	splits   []branch
	shares   []float64  // of all splits, one after another: seen and then prior
	sets     [][]uint64 // of the splits by categories
}

// step is where a row goes from a node.
type step struct {
	cut   float64
	input int32 // of a split by categories its complement, which is below 0
	left  int32 // the left child, to the right of which is the other; leaf where there is none
}

// branch is the rest of a split.
type branch struct {
	node   int32
	shares uint32 // where the next begin
	rest   uint32 // isMissingRight, and above it the place of the set of categories
}

// isMissingRight says that rows without the input go right.
const isMissingRight = 1

// grow appends to a list that has little more room than it needs.
func grow[T any](list []T, more ...T) []T {
	if n := len(list) + len(more); n > cap(list) {
		list = append(make([]T, 0, n+n/16), list...)
	}
	return append(list, more...)
}

// mostShares bounds the shares of a tree: those of one whose counts are at most maxCounts are fewer.
const mostShares = 2 * maxCounts

// leaf is what a step says of a leaf, and frame.of.
const leaf = -1

// newFrame returns a frame of one leaf.
func newFrame(strength float64) *frame {
	return &frame{strength: strength, steps: []step{{left: leaf}}}
}

// nodes returns the number of nodes.
func (f *frame) nodes() int { return len(f.steps) }

// of returns the split of a node, or leaf.
func (f *frame) of(node int32) int32 {
	if left := f.steps[node].left; left != leaf {
		return (left - 1) / 2
	}
	return leaf
}

// split returns the split at a place. Its slices must not be changed.
func (f *frame) split(i int32) split {
	b := &f.splits[i]
	at := &f.steps[b.node]
	s := split{node: b.node, input: at.input, cut: at.cut, missing: b.rest&isMissingRight != 0}
	if at.input < 0 {
		s.input, s.nominal, s.set = ^at.input, true, f.sets[b.rest>>1]
	}
	if !f.numeric {
		of := f.shares[f.sharesFrom(i):b.shares]
		n := len(of) / 2
		s.seen, s.prior = of[:n:n], of[n:]
	}
	return s
}

// sharesFrom is where the shares of a split begin.
func (f *frame) sharesFrom(i int32) uint32 {
	if i == 0 {
		return 0
	}
	return f.splits[i-1].shares
}

// known returns the prior of a split.
func (f *frame) known(i int32) []float64 {
	of := f.shares[f.sharesFrom(i):f.splits[i].shares]
	return of[len(of)/2:]
}

// add appends a split of a leaf, which fixes the prior of its children.
func (f *frame) add(s split) {
	b := branch{node: s.node}
	at := step{cut: s.cut, input: s.input, left: int32(2*len(f.splits) + 1)}
	if s.nominal {
		b.rest, at.input, at.cut = uint32(len(f.sets))<<1, ^s.input, 0
		f.sets = append(f.sets, s.set)
	}
	if s.missing {
		b.rest |= isMissingRight
	}
	if !f.numeric {
		prior := f.sharesOf(s.node, s.seen)
		f.shares = grow(grow(f.shares, s.seen...), prior...)
	}
	b.shares = uint32(len(f.shares))
	f.steps[s.node] = at
	f.splits = grow(f.splits, b)
	f.steps = append(f.steps, step{left: leaf}, step{left: leaf})
}

// freeze returns a copy that later splits of f leave as it is.
func (f *frame) freeze() *frame {
	return &frame{
		numeric: f.numeric, strength: f.strength, steps: slices.Clone(f.steps),
		splits: slices.Clip(f.splits), shares: slices.Clip(f.shares), sets: slices.Clip(f.sets),
	}
}

// extends reports whether f has all splits of o, at their places.
func (f *frame) extends(o *frame) bool {
	if len(f.splits) < len(o.splits) {
		return false
	}
	for i := range int32(len(o.splits)) {
		a, b := f.split(i), o.split(i)
		if a.node != b.node || a.input != b.input || a.cut != b.cut || a.nominal != b.nominal || a.missing != b.missing ||
			!slices.Equal(a.set, b.set) || !slices.Equal(a.seen, b.seen) {
			return false
		}
	}
	return true
}

// sharesOf returns the shares of the classes of a node of which so much has been seen, with
// its prior, and behind them that of the classes that come later.
func (f *frame) sharesOf(node int32, seen []float64) []float64 {
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
		s := &f.steps[node]
		if s.left == leaf {
			return node
		}
		if uint(s.input) >= uint(len(row)) || math.IsNaN(row[s.input]) {
			node = s.left + f.rare(s.left, row)
			continue
		}
		side := int32(0)
		if row[s.input] > s.cut { // without a jump: nobody can guess where a row goes
			side = 1
		}
		node = s.left + side
	}
}

// rare is 1 where a row goes right by a split whose left child is named, and else 0: one by
// categories, or by a number that the row lacks.
func (f *frame) rare(left int32, row []float64) int32 {
	s := f.split((left - 1) / 2)
	if s.right(row) {
		return 1
	}
	return 0
}

// next returns the child that a row goes to by a split.
func (f *frame) next(i int32, row []float64) int32 {
	s := f.split(i)
	if s.right(row) {
		return 2*i + 2
	}
	return 2*i + 1
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
	known := f.known((node - 1) / 2)
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
	known := f.known((node - 1) / 2)
	n := len(known) - 1
	return f.strength * known[n] / float64(max(classes-n, 0)+1)
}

// parent returns the node that a node came from; the root has none.
func (f *frame) parent(node int32) int32 { return f.splits[(node-1)/2].node }
