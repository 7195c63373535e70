package explore

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// conditionalDensityResult is the distribution of Attribute for some values of
// Given. Method says where it is from: counts are the exact shares of the
// values of a category; normal is a normal density with the mean and variance
// of the attribute given that value (from the regression line when both are
// continuous), or, of a category given a number, Bayes's rule with such
// densities; histogram is, of a continuous attribute given a category, the share
// of the values in a cell around each point, where a histogram is kept of each
// value (conditional_bins of sml_learn).
type conditionalDensityResult struct {
	Attribute string             `json:"attribute"`
	Given     string             `json:"given"`
	Method    string             `json:"method"`
	Slices    []conditionalSlice `json:"slices"`
}

// conditionalSlice is the distribution for one value of the condition, Value
// or, of a continuous one, At: either the density at points, with the mean and
// standard deviation that it has, or the share of each category.
type conditionalSlice struct {
	Value   string            `json:"value,omitempty"`
	At      *Number           `json:"at,omitempty"`
	Count   *Number           `json:"count,omitempty"`
	Mean    *Number           `json:"mean,omitempty"`
	Stddev  *Number           `json:"stddev,omitempty"`
	X       []Number          `json:"x,omitempty"`
	Density []Number          `json:"density,omitempty"`
	Shares  map[string]Number `json:"shares,omitempty"`
}

// defaultPoints is at how many points a conditional density is told.
const defaultPoints = 10

// maxPoints bounds them.
const maxPoints = 1000

// conditionalDensity tells the distribution of an attribute by the values of
// another. A continuous attribute is told at points (0 means defaultPoints)
// from its least to its greatest value; a continuous condition at as many.
func conditionalDensity(s *stats.Summary, attribute, given string, points int) (*conditionalDensityResult, error) {
	if points == 0 {
		points = defaultPoints
	}
	if points < 2 || points > maxPoints {
		return nil, fmt.Errorf("points is %d, want 2 to %d", points, maxPoints)
	}
	a, err := find(s, attribute)
	if err != nil {
		return nil, err
	}
	g, err := find(s, given)
	if err != nil {
		return nil, err
	}
	if attribute == given {
		return nil, fmt.Errorf("attribute %q is given itself", attribute)
	}
	out := &conditionalDensityResult{Attribute: attribute, Given: given, Method: "normal", Slices: []conditionalSlice{}}
	switch continuousA, continuousG := a.continuous(s), g.continuous(s); {
	case continuousA && continuousG:
		out.alongLine(s.Pair(a.numeric, g.numeric), grid(s, a.numeric, points), grid(s, g.numeric, points))
	case continuousA:
		out.byValue(groups(s, a.numeric, g), grid(s, a.numeric, points))
	case continuousG:
		out.posteriors(groups(s, g.numeric, a), grid(s, g.numeric, points))
	default:
		out.Method = "counts"
		out.shares(tableOf(s, g, a))
	}
	return out, nil
}

// grid returns evenly spaced points from the least to the greatest value.
func grid(s *stats.Summary, column, points int) []float64 {
	m := s.Moments(column)
	if m.Weight() == 0 {
		return nil
	}
	out := make([]float64, points)
	low, high := m.Bounds()
	for k := range out {
		share := float64(k) / float64(points-1)
		out[k] = low*(1-share) + high*share
	}
	return out
}

// shares tells the rows of a table as shares of its row sums. Of a list, a row
// counts once for each of its values.
func (r *conditionalDensityResult) shares(t *table) {
	for i, value := range t.rows {
		n := Number(t.rowSums[i])
		slice := conditionalSlice{Value: value, Count: &n, Shares: map[string]Number{}}
		for j, other := range t.columns {
			slice.Shares[other] = Number(t.cells[i][j] / t.rowSums[i])
		}
		r.Slices = append(r.Slices, slice)
	}
}

// byValue tells a continuous attribute by the values of a category or binary: from
// a histogram of each value where one is kept, else as normal.
func (r *conditionalDensityResult) byValue(all []group, x []float64) {
	for _, g := range all {
		if g.n.IsZero() {
			continue
		}
		d := g.describe()
		slice := normalSlice(float64(d.Mean), float64(d.Stddev), x)
		if density := around(g, x); density != nil {
			r.Method, slice.X, slice.Density = "histogram", slice.X[:0], density
			for _, v := range x {
				slice.X = append(slice.X, Number(v))
			}
		}
		slice.Value, slice.Count = g.value, &d.Count
		r.Slices = append(r.Slices, slice)
	}
}

// around returns the share of the group's values in the cell around each of the
// evenly spaced points, over the cell's width; nil without a histogram or where
// the points do not differ.
func around(g group, x []float64) []Number {
	if g.histogram == nil || len(x) < 2 || !(x[0] < x[len(x)-1]) {
		return nil
	}
	edges := []float64{x[0]}
	for k := range x[1:] {
		edges = append(edges, x[k]+(x[k+1]-x[k])/2)
	}
	edges = append(edges, x[len(x)-1])
	weights, err := g.histogram.Rebin(edges)
	if err != nil {
		return nil // the points are closer than numbers can be
	}
	out := make([]Number, len(x))
	for k, w := range weights {
		out[k] = Number(w / g.histogram.Weight() / (edges[k+1] - edges[k]))
	}
	return out
}

// alongLine takes the attribute to be normal about the least squares line with
// the residual variance of n - 2 degrees of freedom.
func (r *conditionalDensityResult) alongLine(p stats.PairStat, x, at []float64) {
	if !(p.N > 2) || !(p.Cjj.Hi > 0) {
		return
	}
	slope := p.Cij.Div(p.Cjj)
	rest := notNegative(p.Cii.Sub(slope.Mul(p.Cij)))
	deviation := math.Sqrt(rest.Float() / (p.N - 2))
	for _, v := range at {
		mean := p.MeanI.Add(slope.Mul(p.MeanJ.Neg().AddFloat(v))).Float()
		slice, here := normalSlice(mean, deviation, x), Number(v)
		slice.At = &here
		r.Slices = append(r.Slices, slice)
	}
}

// posteriors gives the shares of the values at each point by Bayes's rule; none
// where a value has no variance.
func (r *conditionalDensityResult) posteriors(all []group, at []float64) {
	var parts mixture
	var values []string
	for _, g := range all {
		if g.n.IsZero() {
			continue
		}
		p := normalPart{weight: g.n.Float(), mean: g.mean.Float(), deviation: math.Sqrt(g.variance().Float())}
		if !(p.deviation > 0) {
			return
		}
		parts, values = append(parts, p), append(values, g.value)
	}
	for _, v := range at {
		here := Number(v)
		slice := conditionalSlice{At: &here, Shares: map[string]Number{}}
		for k := range parts {
			slice.Shares[values[k]] = Number(parts.posterior(k, v))
		}
		r.Slices = append(r.Slices, slice)
	}
}

// normalSlice has no density where there is no variance.
func normalSlice(mean, deviation float64, x []float64) conditionalSlice {
	m, sd := Number(mean), Number(deviation)
	slice := conditionalSlice{Mean: &m, Stddev: &sd}
	if !(deviation > 0) {
		return slice
	}
	for _, v := range x {
		z := (v - mean) / deviation
		slice.X = append(slice.X, Number(v))
		slice.Density = append(slice.Density, Number(math.Exp(-z*z/2)/deviation/math.Sqrt(2*math.Pi)))
	}
	return slice
}
