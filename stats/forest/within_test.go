package forest

import (
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/statstest"
)

// TestWithin: counts of nodes that are gone with a larger state of their forest are in the
// roots of the smaller one, which can be read then; what is known of nodes stays.
func TestWithin(t *testing.T) {
	for seed := range uint64(20) {
		first, then := statstest.LawRows(seed, 60), statstest.LawRows(seed+100, 300)
		small := grown(t, seed, first)
		large := grown(t, seed, first, then)
		checkWithin(t, seed, small, large, statstest.LawLayout(), then)

		layout, rows := mixed(seed, 400)
		few := picked(rows, func(i int) bool { return i < 80 })
		small = grownNumbers(t, seed, layout, few, func(*Spec) {})
		large = grownNumbers(t, seed, layout, rows, func(*Spec) {})
		checkWithin(t, seed, small, large, layout, rows)
	}
}

func checkWithin(t *testing.T, seed uint64, small, large *Forest, layout *stats.Layout, rows *stats.Rows) {
	t.Helper()
	tally := &Tally{}
	tally.Learn([]*Forest{large}, layout, rows)
	if !small.IsBehind(tally) {
		t.Fatalf("seed %d: there are no counts that the smaller forest lacks nodes of", seed)
	}
	before := tally.Clone()
	in := tally.Within(small)
	if small.IsBehind(in) {
		t.Fatalf("seed %d: the forest is still behind", seed)
	}
	if in.Weight(small.ID) != before.Weight(small.ID) {
		t.Errorf("seed %d: %v rows, want %v", seed, in.Weight(small.ID), before.Weight(small.ID))
	}
	for k := range in.parts[0].trees {
		got, want := &in.parts[0].trees[k], &before.parts[0].trees[k]
		if g, w := columnSums(got, small.width()), columnSums(want, small.width()); !near(g, w) {
			t.Errorf("seed %d: tree %d counts %v, want %v", seed, k, g, w)
		}
		for node := 1; node < got.nodes(); node++ {
			if !near(got.at(int32(node)), want.at(int32(node))[:got.classes]) {
				t.Errorf("seed %d: tree %d counts %v in node %d, want %v", seed, k, got.at(int32(node)), node, want.at(int32(node)))
			}
		}
	}
}

// columnSums adds up the first numbers of all nodes.
func columnSums(c *counts, first int) []float64 {
	out := make([]float64, min(first, c.classes))
	for node := range c.nodes() {
		for k := range out {
			out[k] += c.at(int32(node))[k]
		}
	}
	return out
}

func near(a, b []float64) bool {
	for i := range a {
		if d := a[i] - b[i]; d > 1e-9*max(1, a[i], -a[i]) || -d > 1e-9*max(1, a[i], -a[i]) {
			return false
		}
	}
	return len(a) == len(b)
}
