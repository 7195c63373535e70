package adaptive

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// TestLateClasses: whatever classes come when, the counts of a forest stay within their bound,
// trees that were beyond it are grown anew, and there is one class (other).
func TestLateClasses(t *testing.T) {
	for seed := range drawn.Seeds(4) {
		random := rand.New(rand.NewPCG(seed, 7))
		p, err := New(Spec{Key: "k", Target: "y", Trees: 20, SplitRows: 2, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		nodes, shrunk := 0, false
		for classes, rows := 2, 1500; classes < 60; classes, rows = classes*(4+random.IntN(5)), 150 {
			learnClasses(p, random, classes, rows)
			now := 0
			for j, f := range p.forests {
				counts := 0
				for _, tree := range f.trees {
					counts += len(tree.counts)
				}
				now += f.nodes()
				if counts > 3*maxCounts {
					t.Errorf("seed %d, %d classes: forest %d has %d counts, want at most %d", seed, classes, j, counts, 3*maxCounts)
				}
			}
			nodes, shrunk = now, shrunk || now < nodes
		}
		if names := slices.Sorted(slices.Values(p.Classes())); len(slices.Compact(names)) != len(p.Classes()) || !shrunk {
			t.Errorf("seed %d: a class is there twice, or no tree was grown anew", seed)
		}
	}
}

// learnClasses learns rows of so many classes and of those without a name.
func learnClasses(p *Pool, random *rand.Rand, classes, n int) {
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "a"}}, Categorical: []stats.CategoricalColumn{{Name: "y"}}}
	for k := range classes {
		layout.Categorical[0].Values = append(layout.Categorical[0].Values, fmt.Sprint("v", k))
	}
	rows := &stats.Rows{N: max(n, classes+1), Numeric: 1, Categorical: 1}
	for i := range rows.N {
		rows.Values = append(rows.Values, random.Float64())
		rows.Codes = append(rows.Codes, int32(i%(classes+1)))
	}
	p.Learn(layout, rows, nil)
}
