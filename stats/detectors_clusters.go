package stats

import "math"

// pointSet is the random points of one component of a binning of micro-clusters:
// a row is in the cell of the point nearest to it.
type pointSet struct {
	inputs []int32
	points []float64 // by point and input, in units of the ranges
}

const (
	// maxClusterInputs is of how many attributes a component takes the distance; of
	// more, it draws so many.
	maxClusterInputs = 64
	// maxClusterNumbers is how many numbers all cells have together.
	maxClusterNumbers = 1 << 20
	// clusterLevels is in how many sizes the components come: component k has the
	// number of cells over 2 to the power of k modulo this.
	clusterLevels = 3
	// A value counts as no farther than clusterReach ranges from either end of its
	// range, so that one row moves no mean by more.
	clusterReach = 4
	// clusterUnit is the unit of the sums, as a share of a range. Sums are of whole
	// units, so that they add and subtract exactly while weights are whole.
	clusterUnit = 0x1p-20
)

// perCell returns how many numbers there are of each cell: 1, the weight. Those of
// [LocalDensity] have four parts: the weight; by input of the component, the
// weight of the rows that lack it; of the others the sums, in units of clusterUnit
// ranges, of their distances from clusterReach ranges below the range; and those,
// in units of clusterUnit, of the squares of their distances from the point.
func (f *Binning) perCell() int {
	if f.Type == LocalDensity {
		return 1 + 3*min(len(f.Inputs), maxClusterInputs)
	}
	return 1
}

func (f *Binning) numbers() int { return f.Components * f.Cells * f.perCell() }

// newPointSet draws points that are spread evenly over the ranges.
func newPointSet(r *splitMix, inputs, cells, component int) pointSet {
	p := pointSet{inputs: r.choose(inputs, min(inputs, maxClusterInputs))}
	points := max(minCells, cells>>(component%clusterLevels))
	for range points * len(p.inputs) {
		p.points = append(p.points, r.uniform())
	}
	return p
}

// Points returns how many cells component k of a binning of micro-clusters has: the
// number of cells of the binning, or a part of it.
func (c *Cells) Points(k int) int { return len(c.points[k].points) / len(c.points[k].inputs) }

// ClusterPlaces puts where a row is into to: in units of the ranges of the inputs of
// component k, as [Cells.Clusters] returns them, NaN for those that it lacks. to must
// have room for them. columns is as for Find.
func (c *Cells) ClusterPlaces(k int, row []float64, columns []int, to []float64) []float64 {
	return c.clusterPlaces(&c.points[k], row, columns, to[:0])
}

// clusterPlaces appends where a row is, in units of the ranges of the component's
// inputs, NaN for those that it lacks.
func (c *Cells) clusterPlaces(p *pointSet, row []float64, columns []int, to []float64) []float64 {
	for _, input := range p.inputs {
		at := c.place(row, columns, input)
		if !math.IsNaN(at) {
			at = max(-clusterReach, min(at, 1+clusterReach))
		}
		to = append(to, at)
	}
	return to
}

// nearest returns the point that is nearest by the inputs that the row has, the
// first of several, and NoCell of a row that has none.
func (p *pointSet) nearest(at []float64) int32 {
	present := 0
	for _, x := range at {
		if !math.IsNaN(x) {
			present++
		}
	}
	if present == 0 {
		return NoCell
	}
	best, least := int32(0), math.Inf(1)
	for k := 0; k*len(at) < len(p.points); k++ {
		point := p.points[k*len(at):][:len(at)]
		sum := 0.0
		if present == len(at) {
			for i, x := range at {
				off := x - point[i]
				sum += float64(off * off)
			}
		} else {
			for i, x := range at {
				if off := x - point[i]; !math.IsNaN(off) {
					sum += float64(off * off)
				}
			}
		}
		if sum < least {
			best, least = int32(k), sum
		}
	}
	return best
}

// learnClusters counts the rows in micro-clusters.
func (f *binningCounts) learnClusters(rows *Rows) {
	per, cells := f.cells.binning.perCell(), f.cells.binning.Cells
	var buffer [maxClusterInputs]float64
	for i := range rows.N {
		w := rows.Weight(i)
		f.weight += w
		for k := range f.cells.points {
			p := &f.cells.points[k]
			at := f.cells.clusterPlaces(p, rows.Row(i), f.columns, buffer[:0])
			cell := p.nearest(at)
			if cell == NoCell {
				continue
			}
			p.count(f.counts[(k*cells+int(cell))*per:][:per], at, int(cell), w)
		}
	}
}

// count adds a row of weight w to the numbers of a cell.
func (p *pointSet) count(numbers, at []float64, cell int, w float64) {
	m := len(at)
	point := p.points[cell*m:][:m]
	lacks, sums, squares := numbers[1:][:m], numbers[1+m:][:m], numbers[1+2*m:][:m]
	numbers[0] += w
	for i, x := range at {
		if math.IsNaN(x) {
			lacks[i] += w
			continue
		}
		off := x - point[i]
		sums[i] += float64(w * math.Round(float64(x+clusterReach)/clusterUnit))
		squares[i] += float64(w * math.Round(float64(off*off)/clusterUnit))
	}
}

// Cluster is a cell of a binning of micro-clusters as its numbers tell.
type Cluster struct {
	// Weight is that of the rows in the cell.
	Weight float64
	// Means and Variances are by input of the component, in units of its range and of
	// the square of that. An input that no row had has the point's place and 0.
	Means, Variances []float64
}

// Clusters returns the cells of component k of a binning of micro-clusters that have
// rows, and the inputs by which they are. counts are those of [Detectors.Counts].
//
// Numbers of rows that were forgotten and had never been counted are cut off at 0, so
// means and variances are kept to where rows can be.
func (c *Cells) Clusters(k int, counts []float64) (inputs []int32, clusters []Cluster) {
	p := &c.points[k]
	m, per := len(p.inputs), c.binning.perCell()
	for cell := 0; cell*m < len(p.points); cell++ {
		numbers := counts[(k*c.binning.Cells+cell)*per:][:per]
		if !(numbers[0] > 0) {
			continue
		}
		out := Cluster{Weight: numbers[0], Means: make([]float64, m), Variances: make([]float64, m)}
		for i, point := range p.points[cell*m:][:m] {
			out.Means[i] = point
			if n := numbers[0] - numbers[1+i]; n > 0 {
				mean := min(numbers[1+m+i]/n*clusterUnit, 1+2*clusterReach) - clusterReach
				off := mean - point
				out.Means[i] = mean
				out.Variances[i] = max(0, min(numbers[1+2*m+i]/n*clusterUnit, 4*clusterReach*clusterReach)-off*off)
			}
		}
		clusters = append(clusters, out)
	}
	return p.inputs, clusters
}
