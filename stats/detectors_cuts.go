package stats

import "math"

// cutTree is the nodes of a complete binary tree in the order of levels, as those
// of a [spaceTree], whose cuts are anywhere in the middle half of the node.
type cutTree struct {
	input []int32
	cut   []float64 // in units of the attribute
	lower []float64 // share of the node's volume that lies below the cut
}

// A cut is at least cutMargin of the side of its node away from either end.
const cutMargin = 0.25

// newCutTree draws a tree: per attribute a work range, per node an attribute and
// where it is cut. A structure with random cuts is a Mondrian forest's
// (Lakshminarayanan, Roy and Teh, NIPS 2014) but for its depth, which is the same
// everywhere: it needs no rows to grow, so counts of all processes agree.
func newCutTree(r *splitMix, f *Binning) cutTree {
	low, high := workRanges(r, len(f.Inputs))
	n := f.Cells - 1
	t := cutTree{input: make([]int32, n), cut: make([]float64, n), lower: make([]float64, n)}
	t.divide(r, f, 0, low, high)
	return t
}

func (t *cutTree) divide(r *splitMix, f *Binning, node int, low, high []float64) {
	if node >= len(t.cut) {
		return
	}
	q := int(r.next() % uint64(len(low)))
	a, b := low[q], high[q]
	lower := cutMargin + float64(r.uniform()*(1-2*cutMargin))
	at := a + float64(lower*float64(b-a))
	t.input[node], t.lower[node] = int32(q), lower
	t.cut[node] = f.Low[q] + float64(at*float64(f.High[q]-f.Low[q]))
	high[q] = at
	t.divide(r, f, 2*node+1, low, high)
	low[q], high[q] = at, b
	t.divide(r, f, 2*node+2, low, high)
	low[q] = a
}

// leaf returns the leaf of a row, NoCell where it lacks an attribute on the way.
// The side is added and not branched on: it is as good as random.
func (t *cutTree) leaf(row []float64, columns []int) int32 {
	node := 0
	for node < len(t.cut) {
		x := columnValue(row, columns[t.input[node]])
		if math.IsNaN(x) {
			return NoCell
		}
		above := 0
		if x >= t.cut[node] {
			above = 1
		}
		node = 2*node + 1 + above
	}
	return int32(node - len(t.cut))
}

// columnValue returns the value of a column of a row, NaN where it has none.
func columnValue(row []float64, column int) float64 {
	if column < 0 || column >= len(row) {
		return math.NaN()
	}
	return row[column]
}

// Lower returns which share of the volume of each inner node of tree k of a density
// forest lies below its cut, in the order of Inputs. It must not be changed.
func (c *Cells) Lower(k int) []float64 { return c.cuts[k].lower }

// Side returns where a row goes from a node of tree k of a density forest: -1 below
// the cut, 1 above, 0 where the row lacks the attribute. columns is as for Find.
func (c *Cells) Side(k, node int, row []float64, columns []int) int {
	t := &c.cuts[k]
	switch x := columnValue(row, columns[t.input[node]]); {
	case x < t.cut[node]:
		return -1
	case math.IsNaN(x):
		return 0
	}
	return 1
}
