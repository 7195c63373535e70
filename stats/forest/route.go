package forest

import "math"

// lanes is how many trees a row passes side by side. Each step of a way waits for the memory of the one
// before it, and the ways through several trees do not wait for each other.
const lanes = 16

// lane is the way of a row through a tree.
type lane struct {
	steps []step
	node  int32
	tree  int32
}

// leavesOf writes the leaves that a row reaches in trees, of which there are at most lanes, to out.
func leavesOf(trees []*frame, row []float64, out *[lanes]int32) {
	var open [lanes]lane
	n := 0
	for _, t := range trees {
		open[n&(lanes-1)] = lane{steps: t.steps, tree: int32(n)}
		n++
	}
	for n > 0 {
		for i := 0; i < n; {
			l := &open[i&(lanes-1)]
			s := &l.steps[l.node]
			if s.left == leaf {
				out[l.tree&(lanes-1)] = l.node
				n--
				*l = open[n&(lanes-1)]
				continue
			}
			i++
			if uint(s.input) >= uint(len(row)) || math.IsNaN(row[s.input]) {
				l.node = s.left + trees[l.tree].rare(s.left, row)
				continue
			}
			side := int32(0)
			if row[s.input] > s.cut { // without a jump: nobody can guess where a row goes
				side = 1
			}
			l.node = s.left + side
		}
	}
}

// inLeaves calls fn with the leaf that a row reaches in each tree, by its place.
func (f *Forest) inLeaves(row []float64, fn func(tree int, at int32)) {
	var at [lanes]int32
	for from := 0; from < len(f.trees); from += lanes {
		trees := f.trees[from:min(from+lanes, len(f.trees))]
		leavesOf(trees, row, &at)
		for k := range trees {
			fn(from+k, at[k])
		}
	}
}
