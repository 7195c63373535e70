package anomaly

import (
	"math"

	"gonum.org/v1/gonum/mathext"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// densityTree is one tree of a density forest as its counts tell. Nodes are in the
// order of levels, the root first, node i above nodes 2i+1 and 2i+2.
type densityTree struct {
	counts  []float64 // by node
	lower   []float64 // by inner node: share of the volume below its cut; of the binning
	stop    []float64 // by inner node: probability that the cut says nothing
	density []float64 // by leaf: logarithm, relative to the tree's volume
}

// splitPrior is how many rows the prior of the share below a cut counts for; its
// mean is the share of the volume (Wong and Ma, Annals of Statistics 38, 2010).
const splitPrior = 1

// newDensityTree averages the densities of all prunings of tree k: each pruning is
// the histogram of its leaves, weighted by its evidence times its prior. Context-tree
// weighting (Willems, Shtarkov and Tjalkens, IEEE Transactions on Information Theory
// 41, 1995) does so in one pass: with p for the option stop_prior, n rows in a node,
// n1 and n2 below it in shares f1 and f2 of its volume, the evidence of the node,
// relative to rows spread evenly over it, is
//
//	W = p + (1-p) B(n1+f1, n2+f2) / B(f1, f2) f1^-n1 f2^-n2 W1 W2
//
// where B is the beta function, and 1 at a leaf. The share p/W of it is of those
// prunings that end here.
func newDensityTree(cells *stats.Cells, k int, leaves []float64, p float64) *densityTree {
	inner := len(leaves) - 1
	t := &densityTree{
		counts:  make([]float64, inner+len(leaves)),
		lower:   cells.Lower(k),
		stop:    make([]float64, inner),
		density: make([]float64, len(leaves)),
	}
	copy(t.counts[inner:], leaves)
	evidence := make([]float64, len(t.counts)) // logarithms
	for i := inner - 1; i >= 0; i-- {
		below, above := t.counts[2*i+1], t.counts[2*i+2]
		t.counts[i] = below + above
		f1, f2 := splitPrior*t.lower[i], splitPrior*(1-t.lower[i])
		split := 0.0
		if t.counts[i] > 0 {
			split = mathext.Lbeta(below+f1, above+f2) - mathext.Lbeta(f1, f2) - below*math.Log(t.lower[i]) - above*math.Log(1-t.lower[i])
		}
		evidence[i] = logSum(math.Log(p), math.Log(1-p)+split+evidence[2*i+1]+evidence[2*i+2])
		t.stop[i] = math.Exp(math.Log(p) - evidence[i])
	}
	for leaf := range leaves {
		at := inner + leaf
		for at > 0 {
			above := (at - 1) / 2
			below := math.Log(t.share(at)) + t.density[leaf]
			t.density[leaf] = logSum(math.Log(t.stop[above]), math.Log1p(-min(t.stop[above], 1))+below)
			at = above
		}
	}
	return t
}

// share is how many rows of the node above go on to a node, over how many would if
// they were spread evenly.
func (t *densityTree) share(node int) float64 {
	above := (node - 1) / 2
	volume := t.lower[above]
	if node%2 == 0 {
		volume = 1 - volume
	}
	return (t.counts[node] + splitPrior*volume) / (t.counts[above] + splitPrior) / volume
}

// aroundPrior is how many rows the mean density of the node above counts for in that
// of a node.
const aroundPrior = 3

// score sets the scores of the leaves: minus the logarithm of the density, plus local
// times the mean, over the nodes from the root to the leaf, of the mean logarithm of
// the density among the rows of the node. The latter is the idea of the local outlier
// factor (Breunig, Kriegel, Ng and Sander, SIGMOD 2000), on all scales of the tree.
// The lowest score of a leaf that has rows is 0, and no score is lower.
func (t *densityTree) score(scores []float64, local float64) {
	inner := len(t.lower)
	around := make([]float64, len(t.counts)) // first the sum, then the mean
	for i := len(around) - 1; i >= 0; i-- {
		if i >= inner {
			around[i] = t.counts[i] * t.density[i-inner]
		} else {
			around[i] = around[2*i+1] + around[2*i+2]
		}
	}
	levels := 0
	for n := len(scores); n > 0; n /= 2 {
		levels++
	}
	sums := make([]float64, len(t.counts)) // of means, from the root
	for i := range around {
		if i == 0 {
			around[0] /= max(t.counts[0], math.SmallestNonzeroFloat64)
			sums[0] = around[0]
			continue
		}
		above := (i - 1) / 2
		around[i] = (around[i] + aroundPrior*around[above]) / (t.counts[i] + aroundPrior)
		sums[i] = sums[above] + around[i]
	}
	least := math.Inf(1)
	for leaf := range scores {
		scores[leaf] = local*sums[inner+leaf]/float64(levels) - t.density[leaf]
		if t.counts[inner+leaf] > 0 {
			least = min(least, scores[leaf])
		}
	}
	for leaf := range scores {
		scores[leaf] = max(0, scores[leaf]-least) // all 0 without a row
	}
}

// mean is that of the scores of the rows counted.
func (t *densityTree) mean(scores []float64) float64 {
	sum := 0.0
	for leaf, c := range t.counts[len(t.lower):] {
		sum += c * scores[leaf]
	}
	return sum / max(t.counts[0], math.SmallestNonzeroFloat64)
}

// logSum is the logarithm of the sum of two numbers of which the logarithms are given.
func logSum(a, b float64) float64 {
	if a < b {
		a, b = b, a
	}
	if math.IsInf(a, -1) {
		return a
	}
	return a + math.Log1p(math.Exp(b-a))
}
