package anomaly

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mathext"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// drawnTree is a tree of drawn settings with drawn counts.
func drawnTree(t *testing.T, r *rand.Rand, cells int) (*stats.Cells, []float64, float64) {
	t.Helper()
	f := stats.Binning{Type: stats.DensityForest, Key: "k", Seed: r.Uint64(), Components: 1, Cells: cells}
	for _, name := range []string{"a", "b", "c"}[:1+r.IntN(3)] {
		f.Inputs, f.Low, f.High = append(f.Inputs, name), append(f.Low, -r.Float64()), append(f.High, 1+r.Float64())
	}
	c, err := stats.NewDetectors(f)
	if err != nil {
		t.Fatal(err)
	}
	structure, _, _ := c.Counts(f.ID())
	counts := make([]float64, cells)
	for i := range counts {
		if r.IntN(3) > 0 {
			counts[i] = math.Floor(40 * r.Float64() * r.Float64())
		}
	}
	return structure, counts, 0.05 + 0.9*r.Float64()
}

// volumeOf is the share of the tree's volume that a node has.
func volumeOf(cells *stats.Cells, node int) float64 {
	if node == 0 {
		return 1
	}
	above := (node - 1) / 2
	lower := cells.Lower(0)[above]
	if node%2 == 0 {
		lower = 1 - lower
	}
	return lower * volumeOf(cells, above)
}

// pruning is one of the prunings below a node: its prior times its evidence,
// relative to rows spread evenly, and the density of each leaf of the tree relative to
// the node.
type pruning struct {
	weight    float64
	densities []float64
}

// prunings lists all of them, which is what the product does not do.
func prunings(cells *stats.Cells, counts []float64, p float64, node int) (out []pruning, n float64) {
	inner := len(counts) - 1
	if node >= inner {
		densities := make([]float64, len(counts))
		densities[node-inner] = 1
		return []pruning{{weight: 1, densities: densities}}, counts[node-inner]
	}
	left, below := prunings(cells, counts, p, 2*node+1)
	right, above := prunings(cells, counts, p, 2*node+2)
	f1 := cells.Lower(0)[node]
	f2 := 1 - f1
	even := pruning{weight: p, densities: make([]float64, len(counts))}
	for i := range even.densities {
		if left[0].densities[i] > 0 || right[0].densities[i] > 0 {
			even.densities[i] = 1
		}
	}
	out = append(out, even)
	evidence := math.Exp(mathext.Lbeta(below+f1, above+f2) - mathext.Lbeta(f1, f2) - below*math.Log(f1) - above*math.Log(f2))
	for _, a := range left {
		for _, b := range right {
			whole := pruning{weight: (1 - p) * evidence * a.weight * b.weight, densities: make([]float64, len(counts))}
			for i := range whole.densities {
				whole.densities[i] = a.densities[i]*(below+f1)/(below+above+1)/f1 + b.densities[i]*(above+f2)/(below+above+1)/f2
			}
			out = append(out, whole)
		}
	}
	return out, below + above
}

// TestDensityTreeAveragesPrunings: the density is the mean over all prunings of a
// tree, weighted by prior and evidence, which the test adds up one by one; and it is a
// density: it integrates to 1.
func TestDensityTreeAveragesPrunings(t *testing.T) {
	const rounding = 1e-9 // of sums of logarithms of some 300 counts
	r := rand.New(rand.NewPCG(3, 1))
	for range 40 {
		cells, counts, p := drawnTree(t, r, 8)
		tree := newDensityTree(cells, 0, counts, p)
		all, _ := prunings(cells, counts, p, 0)
		total, integral := 0.0, 0.0
		for _, a := range all {
			total += a.weight
		}
		for leaf := range counts {
			want := 0.0
			for _, a := range all {
				want += a.weight / total * a.densities[leaf]
			}
			if got := math.Exp(tree.density[leaf]); !(math.Abs(got-want) <= rounding*want) {
				t.Fatalf("density of leaf %d of counts %v is %v, want %v", leaf, counts, got, want)
			}
			integral += math.Exp(tree.density[leaf]) * volumeOf(cells, len(counts)-1+leaf)
		}
		if !(math.Abs(integral-1) <= rounding) {
			t.Fatalf("density of counts %v integrates to %v", counts, integral)
		}
	}
}

// TestDensityTreeScores: whatever the counts and the option local, scores are finite,
// 0 or more, and 0 without a row; without the surroundings they are those of the density.
func TestDensityTreeScores(t *testing.T) {
	const rounding = 1e-9
	r := rand.New(rand.NewPCG(4, 1))
	for range 100 {
		cells, counts, p := drawnTree(t, r, 32)
		for i := range counts {
			counts[i] *= math.Pow(10, float64(r.IntN(8)-4)) // decayed, or many
		}
		tree, scores := newDensityTree(cells, 0, counts, p), make([]float64, len(counts))
		tree.score(scores, r.Float64())
		for leaf, s := range scores {
			if !(s >= 0) || math.IsInf(s, 0) {
				t.Fatalf("score of leaf %d of counts %v is %v", leaf, counts, s)
			}
		}
		tree.score(scores, 0)
		for a := range scores {
			for b := range scores {
				if counts[a] == 0 || counts[b] == 0 {
					continue
				}
				if got, want := scores[a]-scores[b], tree.density[b]-tree.density[a]; !(math.Abs(got-want) <= rounding*max(1, math.Abs(want))) {
					t.Fatalf("scores of leaves %d and %d differ by %v, densities by %v", a, b, got, want)
				}
			}
		}
		newDensityTree(cells, 0, make([]float64, len(counts)), p).score(scores, 0.5)
		for leaf, s := range scores {
			if s != 0 {
				t.Fatalf("without rows the score of leaf %d is %v", leaf, s)
			}
		}
	}
}
