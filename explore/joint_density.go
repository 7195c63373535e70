package explore

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// jointDensityResult is how two numeric attributes are distributed together, in
// cells: row j has the shares of the values of B in cell j, column i those of A. The
// shares of each attribute are those of its histogram. Which values come together is
// not counted: it is what a normal copula of the correlation says (Nelsen, An
// Introduction to Copulas, 2006, section 2.3), whose own correlation is chosen so that
// the shares have Correlation (Cario and Nelson, 1997).
type jointDensityResult struct {
	A      string        `json:"a"`
	B      string        `json:"b"`
	By     string        `json:"by,omitempty"`
	MinA   Number        `json:"min_a"`
	MaxA   Number        `json:"max_a"`
	MinB   Number        `json:"min_b"`
	MaxB   Number        `json:"max_b"`
	Shares [][]Number    `json:"shares"`
	Groups []*jointGroup `json:"groups,omitempty"`
	jointMoments
}

// jointMoments are those of two attributes together. Within groups there is one
// correlation for all of them, as only their means and variances are known: that of
// the deviations from the group's means.
type jointMoments struct {
	Count       Number `json:"count"`
	MeanA       Number `json:"mean_a"`
	MeanB       Number `json:"mean_b"`
	StddevA     Number `json:"stddev_a"`
	StddevB     Number `json:"stddev_b"`
	Correlation Number `json:"correlation"`
}

// jointGroup is the rows of one value of By. Marginals says where the shares of each
// attribute are from: histogram where one is kept for each value (conditional_bins of
// sml_learn), else normal.
type jointGroup struct {
	Value     string     `json:"value"`
	Marginals string     `json:"marginals"`
	Shares    [][]Number `json:"shares"`
	jointMoments
}

// Bounds of a joint density.
const (
	defaultJointCells = 30
	maxJointCells     = 100
	maxJointGroups    = 12
	// jointPoints is at how many points the density is integrated across a cell.
	jointPoints = 8
	// mostLatent keeps a copula from being a line.
	mostLatent = 0.999
)

// jointCells are the edges of the cells of one attribute.
type jointCells struct{ edges []float64 }

// cellsBetween divides a range that has some width.
func cellsBetween(lo, hi float64, n int) jointCells {
	if lo == hi {
		half := max(0.5, math.Abs(lo)*0x1p-40)
		lo, hi = lo-half, hi+half
	}
	out := jointCells{edges: make([]float64, min(n, distinguishable(lo, hi))+1)}
	last := len(out.edges) - 1
	for k := range out.edges {
		share := float64(k) / float64(last)
		out.edges[k] = lo*(1-share) + hi*share
	}
	out.edges[0], out.edges[last] = lo, hi
	return out
}

func (c jointCells) ends() (lo, hi float64) { return c.edges[0], c.edges[len(c.edges)-1] }

func (c jointCells) middle(k int) float64 { return c.edges[k]/2 + c.edges[k+1]/2 }

// shares returns those of a histogram in the cells, those outside with the outermost.
func (c jointCells) shares(h *stats.Histogram) ([]float64, error) {
	edges := append([]float64{}, c.edges...)
	edges[0], edges[len(edges)-1] = math.Inf(-1), math.Inf(1)
	out, err := h.Rebin(edges)
	return scaledToOne(out), err
}

// normal returns the shares of a normal distribution; all in one cell where it has no
// width.
func (c jointCells) normal(mean, deviation float64) []float64 {
	out, before := make([]float64, len(c.edges)-1), 0.0
	for k := range out {
		upTo := 1.0
		if k < len(out)-1 {
			upTo = distuv.UnitNormal.CDF((c.edges[k+1] - mean) / max(deviation, math.SmallestNonzeroFloat64))
			if c.edges[k+1] == mean && !(deviation > 0) {
				upTo = 0
			}
		}
		out[k], before = upTo-before, upTo
	}
	return scaledToOne(out)
}

func scaledToOne(shares []float64) []float64 {
	total := 0.0
	for _, s := range shares {
		total += s
	}
	if total > 0 {
		for k := range shares {
			shares[k] /= total
		}
	}
	return shares
}

// jointDensity tells how two numeric attributes are distributed together, and by the
// values of a category where by is not empty.
func jointDensity(s *stats.Summary, a, b, by string, cells int) (*jointDensityResult, error) {
	if cells == 0 {
		cells = defaultJointCells
	}
	if cells < 2 || cells > maxJointCells {
		return nil, fmt.Errorf("bins is %d, want 2 to %d", cells, maxJointCells)
	}
	var columns [2]int
	var err error
	for k, name := range []string{a, b} {
		if columns[k], err = findNumeric(s, name); err != nil {
			return nil, err
		}
	}
	if a == b {
		return nil, fmt.Errorf("b is %q, want another attribute than a", b)
	}
	out := &jointDensityResult{A: a, B: b, By: by, Shares: [][]Number{}}
	pair := s.Pair(columns[0], columns[1])
	out.jointMoments = momentsOf(pair)
	var grid [2]jointCells
	for k, bounds := range [2][2]*Number{{&out.MinA, &out.MaxA}, {&out.MinB, &out.MaxB}} {
		h := s.Histogram(columns[k])
		lo, hi := s.Moments(columns[k]).Bounds()
		if !(pair.N > 0) || math.IsInf(lo, 0) || math.IsInf(hi, 0) {
			*bounds[0], *bounds[1] = Number(math.NaN()), Number(math.NaN())
			continue
		}
		lo, hi = shownRange(h, lo, hi)
		grid[k] = cellsBetween(lo, hi, cells)
		lo, hi = grid[k].ends()
		*bounds[0], *bounds[1] = Number(lo), Number(hi)
	}
	if grid[0].edges == nil || grid[1].edges == nil {
		return out, nil
	}
	var marginals [2][]float64
	for k := range grid {
		if marginals[k], err = grid[k].shares(s.Histogram(columns[k])); err != nil {
			return nil, err
		}
	}
	rho := float64(out.Correlation)
	out.Shares = sharesOf(grid, marginals, rho)
	if by == "" {
		return out, nil
	}
	return out, out.divide(s, columns, grid)
}

// shownRange leaves the outermost 0.5 % out where they lie far out: else a single
// value would squeeze all others into one cell.
func shownRange(h *stats.Histogram, lo, hi float64) (from, to float64) {
	const farOut, tail, beside = 3, 0.005, 10
	inner, outer := h.Quantile(tail), h.Quantile(1-tail)
	if !(outer > inner) || hi-lo <= farOut*(outer-inner) {
		return lo, hi
	}
	margin := (outer - inner) / beside
	return max(lo, inner-margin), min(hi, outer+margin)
}

// momentsOf tells the moments of a pair.
func momentsOf(p stats.PairStat) jointMoments {
	undefined := Number(math.NaN())
	out := jointMoments{Count: Number(p.N), MeanA: undefined, MeanB: undefined, StddevA: undefined, StddevB: undefined, Correlation: Number(correlation(p))}
	if p.N > 0 {
		out.MeanA, out.MeanB = Number(p.MeanI.Float()), Number(p.MeanJ.Float())
	}
	if p.N > 1 {
		out.StddevA, out.StddevB = Number(math.Sqrt(p.Cii.Float()/(p.N-1))), Number(math.Sqrt(p.Cjj.Float()/(p.N-1)))
	}
	return out
}

// divide fills in the groups: those with the most rows.
func (r *jointDensityResult) divide(s *stats.Summary, columns [2]int, grid [2]jointCells) error {
	column, err := given(s, r.By)
	if err != nil {
		return err
	}
	if r.By == r.A || r.By == r.B {
		return fmt.Errorf("by is %q, want another attribute than a and b", r.By)
	}
	of := [2]map[string]group{{}, {}}
	var names []string
	for k := range columns {
		for _, g := range groups(s, columns[k], column) {
			if g.n.Float() > 0 {
				of[k][g.value] = g
				if _, both := of[0][g.value]; k == 1 && both {
					names = append(names, g.value)
				}
			}
		}
	}
	r.Groups = []*jointGroup{}
	within := withinCorrelation(s.Pair(columns[0], columns[1]), of, names)
	for _, name := range mostRows(names, of[0]) {
		g, err := groupDensity(name, [2]group{of[0][name], of[1][name]}, grid, within)
		if err != nil {
			return err
		}
		r.Groups = append(r.Groups, g)
	}
	return nil
}

// mostRows returns the names of the groups with the most rows, in the order given.
func mostRows(names []string, of map[string]group) (out []string) {
	for _, name := range names {
		more := 0
		for _, other := range names {
			if of[other].n.Float() > of[name].n.Float() {
				more++
			}
		}
		if more < maxJointGroups && len(out) < maxJointGroups {
			out = append(out, name)
		}
	}
	return out
}

// withinCorrelation is that of the deviations from the means of the groups: what is
// left of the sums of squares and products without those between the groups.
func withinCorrelation(p stats.PairStat, of [2]map[string]group, names []string) float64 {
	between, total := 0.0, 0.0
	for _, name := range names {
		total += of[0][name].n.Float()
	}
	if !(total > 0) || !(p.N > 0) {
		return 0
	}
	var within [2]float64
	for k := range of {
		for _, name := range names {
			g := of[k][name]
			if v := g.variance().Float(); v > 0 {
				within[k] += v * (g.n.Float() - 1)
			}
		}
	}
	for _, name := range names {
		a, b := of[0][name], of[1][name]
		between += a.n.Float() / total * p.N * (a.mean.Float() - p.MeanI.Float()) * (b.mean.Float() - p.MeanJ.Float())
	}
	rho := (p.Cij.Float() - between) / math.Sqrt(within[0]) / math.Sqrt(within[1])
	if math.IsNaN(rho) {
		return 0
	}
	return min(max(rho, -1), 1)
}

// groupDensity tells one group.
func groupDensity(name string, of [2]group, grid [2]jointCells, within float64) (*jointGroup, error) {
	out := &jointGroup{Value: name, Marginals: "normal"}
	var marginals [2][]float64
	var deviation [2]float64
	for k, g := range of {
		deviation[k] = math.Sqrt(max(g.variance().Float(), 0))
		if math.IsNaN(deviation[k]) {
			deviation[k] = 0
		}
		if g.histogram != nil {
			shares, err := grid[k].shares(g.histogram)
			if err != nil {
				return nil, err
			}
			marginals[k], out.Marginals = shares, "histogram"
			continue
		}
		marginals[k] = grid[k].normal(g.mean.Float(), deviation[k])
	}
	out.jointMoments = jointMoments{
		Count: Number(min(of[0].n.Float(), of[1].n.Float())), MeanA: Number(of[0].mean.Float()), MeanB: Number(of[1].mean.Float()),
		StddevA: Number(deviation[0]), StddevB: Number(deviation[1]), Correlation: Number(within),
	}
	out.Shares = sharesOf(grid, marginals, within)
	return out, nil
}

// sharesOf returns the shares of the cells of two attributes of those marginals and
// that correlation.
func sharesOf(grid [2]jointCells, marginals [2][]float64, rho float64) [][]Number {
	c := newCopula(marginals)
	shares := c.shares(c.latent(grid, rho))
	out := make([][]Number, len(marginals[1]))
	for j := range out {
		out[j] = make([]Number, len(marginals[0]))
		for i := range out[j] {
			out[j][i] = Number(shares[i][j])
		}
	}
	return out
}
