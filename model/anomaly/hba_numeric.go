package anomaly

import (
	"math"
	"slices"

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
	// constant says that only one value has been seen.
	constant bool
	// Of bins: auto: atoms are values that have bins of their own, and beyond are
	// the rows that the grid does not reach, nil for none.
	atoms  []hbaAtom
	beyond *beyondGrid
}

// hbaAtom is a bin of the sketch with a score of its own.
type hbaAtom struct{ lo, hi, score float64 }

func (a *hbaAtom) has(x float64) bool { return x >= a.lo && (x < a.hi || x == a.lo) }

// beyondGrid scores values beyond the grid by the rows in a bin around them.
type beyondGrid struct {
	ecdf               *stats.ECDF
	half               float64 // width of a bin
	fullest, smoothing float64
}

func (b *beyondGrid) score(x float64) float64 {
	near := b.ecdf.At(x+b.half) - b.ecdf.At(x-b.half)
	return rarity(max(0, near)*b.ecdf.Weight(), b.fullest, b.smoothing)
}

func numericTable(s *stats.Summary, column int, o hbaOptions) (hbaNumeric, error) {
	t := hbaNumeric{column: column}
	moments, histogram := s.Moments(column), s.Histogram(column)
	n := moments.Weight()
	if n == 0 {
		return t, nil
	}
	low, high := extremes(moments, histogram)
	t.constant = binsOf(histogram).constant()
	count, smoothing := o.count, 0.0
	switch {
	case s.Layout().Numeric[column].Binary:
		low, high, count, smoothing = 0, 1, 2, countSmoothing
	case o.bins == binsAuto:
		return autoTable(t, histogram, low, high, o), nil
	case o.bins == binsStatic:
		t.lower = true
	case low < high:
		return dynamicTable(t, histogram, low, high, o)
	}
	if smoothing == 0 {
		smoothing = o.smoothing * n / float64(count)
	}
	t.grid = newGrid(low, high, count)
	t.scores = t.grid.weights(histogram.Bins())
	t.rate(0, smoothing)
	return t, nil
}

// rate turns the weights of the bins into scores, beside a bin of the given
// weight, and returns the fullest one.
func (t *hbaNumeric) rate(fullest, smoothing float64) float64 {
	for _, w := range t.scores {
		fullest = max(fullest, w)
	}
	for i, w := range t.scores {
		t.scores[i] = rarity(w, fullest, smoothing)
	}
	t.outside = rarity(0, fullest, smoothing)
	return fullest
}

// extremes returns the least and the largest value, or bounds of them when rows were
// forgotten. Those of the moments may then be wide, and a bin of the sketch may reach
// farther than its values.
func extremes(m *stats.Moments, h *stats.Histogram) (low, high float64) {
	low, high = m.Bounds()
	if h.Weight() > 0 {
		low, high = max(low, min(h.Min(), high)), min(high, max(h.Max(), low))
	}
	return low, high
}

// autoTable is the table of bins: auto, of values from low to high.
func autoTable(t hbaNumeric, h *stats.Histogram, low, high float64, o hbaOptions) hbaNumeric {
	bins := autoBinsOf(h)
	from, to := max(low, bins.low), min(high, bins.high)
	t.grid = newGrid(min(from, to), max(from, to), bins.count)
	t.scores = t.grid.weights(slices.Values(bins.rest.list))
	// While there are few rows an empty bin says little.
	smoothing := max(o.smoothing*h.Weight()/float64(bins.count), countSmoothing)
	fullest := 0.0
	for _, b := range bins.atoms {
		fullest = max(fullest, b.Weight)
	}
	fullest = t.rate(fullest, smoothing)
	for _, b := range bins.atoms {
		t.atoms = append(t.atoms, hbaAtom{lo: b.Lo, hi: b.Hi, score: rarity(b.Weight, fullest, smoothing)})
	}
	if half := t.grid.step / 2; low < t.grid.low || high > t.grid.high {
		t.beyond = &beyondGrid{ecdf: stats.NewECDF(h), half: half, fullest: fullest, smoothing: smoothing}
	}
	return t
}

// dynamicReach is how far from the quartiles bins of equal weight reach, in
// interquartile ranges: an end bin that reaches to a sentinel would be the bin of
// all values on the way there.
const dynamicReach = 6

// dynamicTable is the table of bins: dynamic, of values from low to high.
func dynamicTable(t hbaNumeric, h *stats.Histogram, low, high float64, o hbaOptions) (hbaNumeric, error) {
	if len(autoBinsOf(h).atoms) > 0 { // bins of equal weight would be of one value
		return autoTable(t, h, low, high, o), nil
	}
	from, to := binsOf(h).core(dynamicReach)
	low, high = max(low, from), min(high, to)
	if !(low < high) { // all that is near is one value
		t.grid = newGrid(low, low, o.count)
		t.scores = t.grid.weights(h.Bins())
	} else {
		t.edges = equalWeightEdges(h, low, high, o.count)
		t.grid = newGrid(low, high, len(t.edges)-1)
		var err error
		if t.scores, err = levelWeights(h, t.edges, from, to); err != nil {
			return t, err
		}
	}
	t.rate(0, o.smoothing*h.Weight()/float64(t.grid.count))
	return t, nil
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
// all were as wide as the mean one. The bins of the sketch, which may reach
// beyond the extremes, go from from to to.
func levelWeights(h *stats.Histogram, edges []float64, from, to float64) ([]float64, error) {
	last := len(edges) - 1
	all := append([]float64(nil), edges...)
	all[0], all[last] = min(all[0], from), max(all[last], to)
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
	for i := range t.atoms {
		if t.atoms[i].has(x) {
			return t.atoms[i].score
		}
	}
	switch {
	case math.IsNaN(x):
		return 0
	case x < t.grid.low || x > t.grid.high:
		if t.beyond != nil {
			return t.beyond.score(x)
		}
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
