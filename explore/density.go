package explore

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// DensityResult is a histogram of a numeric attribute in cells of one width:
// the weight in each, and the probability density, that is the share of all
// values over the width. Below and Above are the weights outside Min and Max.
type DensityResult struct {
	Attribute string   `json:"attribute"`
	Count     Number   `json:"count"`
	Min       Number   `json:"min"`
	Max       Number   `json:"max"`
	Width     Number   `json:"width"`
	Histogram []Number `json:"histogram"`
	Density   []Number `json:"density"`
	Below     Number   `json:"below"`
	Above     Number   `json:"above"`
}

// defaultCells is how many cells a density has.
const defaultCells = 20

// maxCells bounds the cells of a density.
const maxCells = 10_000

// densityOptions choose the cells. The zero value means defaultCells from the
// least to the greatest value. Min and Max are taken when HasMin and HasMax.
type densityOptions struct {
	Cells          int
	Min, Max       float64
	HasMin, HasMax bool
}

// density spreads the histogram of a numeric attribute over cells. A cell holds
// its lower edge, the last one the upper edge too. Without values there are no
// cells; a constant attribute has one of width 1 around it.
func density(s *stats.Summary, attribute string, o densityOptions) (*DensityResult, error) {
	if o.Cells == 0 {
		o.Cells = defaultCells
	}
	if o.Cells < 1 || o.Cells > maxCells {
		return nil, fmt.Errorf("bins is %d, want 1 to %d", o.Cells, maxCells)
	}
	i, err := findNumeric(s, attribute)
	if err != nil {
		return nil, err
	}
	// The edges are checked only where there are values: a summary that has learned
	// nothing yet answers with no cells and not with an error about NaN.
	m := s.Moments(i)
	out := &DensityResult{Attribute: attribute, Count: Number(m.Weight()), Histogram: []Number{}, Density: []Number{}}
	lo, hi := m.Bounds()
	if o.HasMin {
		lo = o.Min
	}
	if o.HasMax {
		hi = o.Max
	}
	if m.Weight() == 0 {
		out.Min, out.Max, out.Width = Number(lo), Number(hi), Number(math.NaN())
		return out, nil
	}
	if err := finite("min", lo); err != nil {
		return nil, err
	}
	if err := finite("max", hi); err != nil {
		return nil, err
	}
	if lo == hi {
		half := max(0.5, math.Abs(lo)*0x1p-40) // a width that the value can resolve
		lo, hi, o.Cells = lo-half, hi+half, 1
	}
	if !(lo < hi) {
		return nil, fmt.Errorf("max is %v, want a number above min, %v", hi, lo)
	}
	return out, out.fill(s.Histogram(i), o, lo, hi, min(o.Cells, distinguishable(lo, hi)))
}

// distinguishable returns how many cells there can be between two numbers whose
// edges differ: twice the spacing of float64 there is the least width.
func distinguishable(lo, hi float64) int {
	largest := max(math.Abs(lo), math.Abs(hi))
	return int(min(max((hi-lo)/2/(math.Nextafter(largest, math.Inf(1))-largest), 1), maxCells))
}

// fill spreads the histogram over the cells. An edge is a mean of both ends and
// not a multiple of the width, which would add up rounding and could overflow.
// Where an end is that of the values, all of them are inside, although the outermost
// bins of the histogram may be wider.
func (r *DensityResult) fill(h *stats.Histogram, o densityOptions, lo, hi float64, cells int) error {
	edges := make([]float64, cells+1)
	for k := range edges {
		share := float64(k) / float64(cells)
		edges[k] = lo*(1-share) + hi*share
	}
	edges[cells] = hi
	if !o.HasMin {
		edges[0] = math.Inf(-1)
	}
	if !o.HasMax {
		edges[cells] = math.Inf(1)
	}
	weights, err := h.Rebin(edges)
	if err != nil {
		return fmt.Errorf("%d bins from %v to %v: %w", cells, lo, hi, err)
	}
	width := (hi - lo) / float64(cells)
	r.Min, r.Max, r.Width = Number(lo), Number(hi), Number(width)
	inside := 0.0
	for _, w := range weights {
		inside += w
		r.Histogram = append(r.Histogram, Number(w))
		r.Density = append(r.Density, Number(w/float64(r.Count)/width))
	}
	// What lies outside is the difference to the count, so that the parts add up to
	// the whole even where a bin is divided by an edge.
	outside := max(float64(r.Count)-inside, 0)
	if o.HasMin {
		r.Below = Number(min(below(h, lo), outside))
	}
	if o.HasMax {
		r.Above = Number(max(outside-float64(r.Below), 0))
	}
	return nil
}

// below returns the weight of the values less than x: those at most the number
// before x, as a cell holds its lower edge.
func below(h *stats.Histogram, x float64) float64 {
	return h.Rank(math.Nextafter(x, math.Inf(-1)))
}
