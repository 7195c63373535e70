package anomaly

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// hbaNumeric scores a numeric column by the bin of the value: of the grid, or
// of those between neighbouring edges where there are any.
type hbaNumeric struct {
	column  int
	grid    grid
	lower   bool // a value on the edge of two bins of the grid is in the lower one
	edges   []float64
	scores  []float64 // by bin; empty while nothing is known
	outside float64   // of an empty bin
}

// Bounds on the number of bins that bins: auto chooses.
const (
	minAutoBins = 10
	maxAutoBins = 256
)

func numericTable(s *stats.Summary, column int, o hbaOptions) (hbaNumeric, error) {
	t := hbaNumeric{column: column}
	moments, histogram := s.Moments(column), s.Histogram(column)
	n, low, high := moments.Weight(), moments.Min(), moments.Max()
	if n == 0 {
		return t, nil
	}
	count, smoothing := o.count, 0.0
	switch {
	case s.Layout().Numeric[column].Binary:
		low, high, count, smoothing = 0, 1, 2, countSmoothing
	case o.bins == binsAuto:
		count = freedmanDiaconis(histogram, low, high)
	case o.bins == binsStatic:
		t.lower = true
	case low < high:
		t.edges = equalWeightEdges(histogram, low, high, o.count)
		count = len(t.edges) - 1
	}
	if smoothing == 0 {
		smoothing = o.smoothing * n / float64(count)
		if o.bins == binsAuto {
			// While there are few rows an empty bin says little.
			smoothing = max(smoothing, countSmoothing)
		}
	}
	t.grid = newGrid(low, high, count)
	if t.edges == nil {
		t.scores = t.grid.weights(histogram)
	} else {
		var err error
		if t.scores, err = levelWeights(histogram, t.edges); err != nil {
			return t, err
		}
	}
	fullest := 0.0
	for _, w := range t.scores {
		fullest = max(fullest, w)
	}
	for i, w := range t.scores {
		t.scores[i] = rarity(w, fullest, smoothing)
	}
	t.outside = rarity(0, fullest, smoothing)
	return t, nil
}

// freedmanDiaconis returns the number of bins whose width is twice the
// interquartile range over the cube root of n, within the bounds of auto
// (Freedman and Diaconis, On the histogram as a density estimator, 1981).
func freedmanDiaconis(h *stats.Histogram, low, high float64) int {
	e := stats.NewECDF(h)
	width := 2 * (e.Quantile(0.75) - e.Quantile(0.25)) / math.Cbrt(e.Weight())
	if !(width > 0) {
		return maxAutoBins
	}
	return int(min(max((high-low)/width, minAutoBins), maxAutoBins))
}

// narrowest is the least width of a dynamic bin, as a share of the mean one.
// Where values pile up a bin of equal weight has no width and no density.
const narrowest = 0.1

// equalWeightEdges are the quantiles between at most count bins of equal
// weight, without those that would make a bin too narrow.
func equalWeightEdges(h *stats.Histogram, low, high float64, count int) []float64 {
	e, least := stats.NewECDF(h), narrowest*(high-low)/float64(count)
	edges := []float64{low}
	for i := 1; i < count; i++ {
		q, before := e.Quantile(float64(i)/float64(count)), edges[len(edges)-1]
		if q > before && q < high && q-before >= least && high-q >= least {
			edges = append(edges, q)
		}
	}
	return append(edges, high)
}

// levelWeights returns the weight that each bin would have at its density if
// all were as wide as the mean one.
func levelWeights(h *stats.Histogram, edges []float64) ([]float64, error) {
	last := len(edges) - 1
	// the end bins of the sketch may reach beyond the extremes
	all := append([]float64(nil), edges...)
	all[0], all[last] = min(all[0], h.Min()), max(all[last], h.Max())
	weights, err := h.Rebin(all)
	if err != nil {
		return nil, err
	}
	mean := (edges[last] - edges[0]) / float64(last)
	for i := range weights {
		weights[i] *= mean / (edges[i+1] - edges[i])
	}
	return weights, nil
}

func (t *hbaNumeric) score(values []float64) float64 {
	if t.column >= len(values) || len(t.scores) == 0 {
		return 0
	}
	x := values[t.column]
	switch {
	case math.IsNaN(x):
		return 0
	case x < t.grid.low || x > t.grid.high:
		return t.outside
	case t.edges != nil:
		return t.scores[between(t.edges, x)]
	case t.lower:
		return t.scores[t.grid.lowerBin(x)]
	default:
		return t.scores[t.grid.bin(x)]
	}
}

// between returns the last i with edges[i] <= x, save that the last edge
// belongs to the bin below; x must not be below the first.
func between(edges []float64, x float64) int {
	lo, hi := 0, len(edges)-1
	for hi-lo > 1 {
		mid := (lo + hi) / 2
		if edges[mid] <= x {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}
