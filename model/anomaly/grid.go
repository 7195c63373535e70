package anomaly

import (
	"iter"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// grid is count bins of equal width from low to high. Edge i is low + i*step;
// as in numpy.histogram it is the first value of bin i, and high is in the last
// bin. Where low = high bin 0 has all.
type grid struct {
	low, high     float64
	count         int
	step, perUnit float64 // width of a bin, bins per unit
}

func newGrid(low, high float64, count int) grid {
	width := high - low
	return grid{low: low, high: high, count: count, step: width / float64(count), perUnit: float64(count) / width}
}

// bin returns the bin of x, which must be from low to high.
func (g *grid) bin(x float64) int {
	if g.low == g.high {
		return 0
	}
	// the clamp also takes what int makes of NaN, where perUnit is infinite
	i := max(0, min(int((x-g.low)*g.perUnit), g.count-1))
	switch {
	case i > 0 && x < g.edge(i):
		return i - 1
	case i < g.count-1 && x >= g.edge(i+1):
		return i + 1
	}
	return i
}

// lowerBin is bin, but for the edge of two bins the lower one.
func (g *grid) lowerBin(x float64) int {
	i := g.bin(x)
	if i > 0 && x == g.edge(i) {
		i--
	}
	return i
}

// edge returns the lower edge of bin i, rounded the same way wherever it is asked.
func (g *grid) edge(i int) float64 { return g.low + float64(i)*g.step }

// place returns where x is in units of bins, 0 to count.
func (g *grid) place(x float64) float64 {
	if g.low == g.high {
		return 0
	}
	return (x - g.low) / (g.high - g.low) * float64(g.count)
}

// weights returns the weight in each bin. That of a bin of the sketch is spread
// evenly over the part of it from low to high; one that lies beyond is left out.
func (g *grid) weights(bins iter.Seq[stats.Bin]) []float64 {
	weights := make([]float64, g.count)
	last := g.count - 1
	for b := range bins {
		if b.Hi < g.low || b.Lo > g.high {
			continue
		}
		lo, hi := max(g.low, b.Lo), min(b.Hi, g.high)
		from, to := g.place(lo), g.place(hi)
		if from == to {
			weights[g.bin(lo)] += b.Weight
			continue
		}
		for i := min(int(from), last); i <= last && float64(i) < to; i++ {
			part := min(to, float64(i+1)) - max(from, float64(i))
			weights[i] += b.Weight * part / (to - from)
		}
	}
	return weights
}
