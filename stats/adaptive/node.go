package adaptive

import "math"

// node is a node of a tree. Its counts are apart, see tree.
type node struct {
	// cut is the number above which a row goes right; of a category the buckets that do,
	// bit by bit.
	cut float64
	// own is the log evidence of the rows that passed the node, as one distribution, and
	// whole that of the mean over all prunings below it, both when it was passed last.
	own, whole float64
	// stop is the probability that the tree ends here, and 1 in a leaf.
	stop float64
	// later is the prior weight of the classes that have not come yet.
	later float64
	last  int64 // row by which it was passed last
	input int32 // none in a leaf
	// left is the left child, to the right of which is the other; of a leaf the place
	// of its rows.
	left    int32
	seen    uint32 // rows that passed while it was a leaf
	shift   uint8  // which bits of a category's hash are its bucket
	nominal bool
	missing bool // rows without the input go right
}

// bucket is that of the hash of a category.
func (n *node) bucket(v float64) uint64 { return uint64(v) >> (n.shift & 63) & 63 }

// right is 1 where a row with the value goes right, and else 0. Of a number it is a comparison without
// a jump, as nobody can guess where a row goes.
func (n *node) right(v float64) int32 {
	side := int32(0)
	if v > n.cut {
		side = 1
	}
	if n.nominal || math.IsNaN(v) {
		side = n.rare(v)
	}
	return side
}

// rare is right of categories and missing values.
func (n *node) rare(v float64) int32 {
	switch {
	case !math.IsNaN(v):
		return int32(math.Float64bits(n.cut) >> n.bucket(v) & 1)
	case n.missing:
		return 1
	}
	return 0
}

// next returns the child that a row goes to.
func (n *node) next(row []float64) int32 { return n.left + n.right(row[n.input]) }

// random is the generator of Steele, Lea and Flood (splitmix64, 2014), whose whole state is a
// number.
type random uint64

func (r *random) bits() uint64 {
	*r += 0x9e3779b97f4a7c15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below returns a number from 0 to n-1; n is far below 2^32.
func (r *random) below(n int) int { return int(r.bits() >> 32 * uint64(n) >> 32) }

// unit returns a number from 0 up to 1.
func (r *random) unit() float64 { return float64(r.bits()>>11) / (1 << 53) }
