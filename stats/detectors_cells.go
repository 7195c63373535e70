package stats

import "math"

// Cells finds the cells of rows in a binning: its random structure, made from
// the seed alone. It never changes and is safe for concurrent use.
//
// Only additions, multiplications and divisions, each rounded by itself, are
// used, so that all machines agree on every cell.
type Cells struct {
	binning Binning
	low     []float64
	scale   []float64 // 1 / (high - low)
	trees   []spaceTree
	cuts    []cutTree
	lines   []projection
	grids   []shiftedGrid
	points  []pointSet
}

// NoCell is the cell of a row that lacks an attribute which decides it.
const NoCell = -1

// spaceTree is the nodes of a complete binary tree in the order of levels:
// those of level l begin at 2^l - 1.
type spaceTree struct {
	input []int32
	split []float64
}

type projection struct {
	inputs  []int32
	weights []float64 // squares add up to 1
}

type shiftedGrid struct {
	inputs []int32
	shift  []float64
	width  float64 // of a box, as a share of the range
	salt   uint64
}

// newCells makes the structure of a binning, which must be valid.
func newCells(f Binning) (*Cells, error) {
	if err := f.Validate(); err != nil {
		return nil, err
	}
	c := &Cells{binning: f, low: f.Low}
	for i := range f.Inputs {
		c.scale = append(c.scale, 1/(f.High[i]-f.Low[i]))
	}
	for k := range f.Components {
		r := splitMix(f.Seed + uint64(k)*0x9e3779b97f4a7c15)
		r.next()
		switch f.Type {
		case HalfSpaceTrees:
			c.trees = append(c.trees, newSpaceTree(&r, len(f.Inputs), f.Cells))
		case DensityForest:
			c.cuts = append(c.cuts, newCutTree(&r, &f))
		case Loda:
			c.lines = append(c.lines, newProjection(&r, len(f.Inputs)))
		case RSHash:
			c.grids = append(c.grids, newShiftedGrid(&r, len(f.Inputs)))
		case LocalDensity:
			c.points = append(c.points, newPointSet(&r, len(f.Inputs), f.Cells, k))
		}
	}
	return c, nil
}

// workRanges draws, for each attribute, a range of 1 to 2 times its range, which
// contains it, around a random point of it; in units of that range.
func workRanges(r *splitMix, inputs int) (low, high []float64) {
	low, high = make([]float64, inputs), make([]float64, inputs)
	for i := range low {
		centre := r.uniform()
		half := max(centre, 1-centre)
		low[i], high[i] = centre-half, centre+half
	}
	return low, high
}

// newSpaceTree draws a tree: per attribute a work range, per node an attribute.
func newSpaceTree(r *splitMix, inputs, leaves int) spaceTree {
	low, high := workRanges(r, inputs)
	t := spaceTree{input: make([]int32, leaves-1), split: make([]float64, leaves-1)}
	t.divide(r, 0, low, high)
	return t
}

func (t *spaceTree) divide(r *splitMix, node int, low, high []float64) {
	if node >= len(t.split) {
		return
	}
	q := int(r.next() % uint64(len(low)))
	a, b := low[q], high[q]
	middle := float64(a+b) / 2
	t.input[node], t.split[node] = int32(q), middle
	high[q] = middle
	t.divide(r, 2*node+1, low, high)
	low[q], high[q] = middle, b
	t.divide(r, 2*node+2, low, high)
	low[q] = a
}

// newProjection draws the square root of the number of attributes, and for each
// a weight that is about normal: a sum of four uniform ones.
func newProjection(r *splitMix, inputs int) projection {
	n := max(1, int(math.Sqrt(float64(inputs))+0.5))
	p := projection{inputs: r.choose(inputs, n)}
	sum := 0.0
	for range n {
		w := float64(r.uniform()+r.uniform()) + float64(r.uniform()+r.uniform()) - 2
		if w == 0 {
			w = 0.5
		}
		p.weights = append(p.weights, w)
		sum += float64(w * w)
	}
	norm := math.Sqrt(sum) // correctly rounded everywhere
	for i := range p.weights {
		p.weights[i] /= norm
	}
	return p
}

// gridSample is the size of sample for which Sathe and Aggarwal choose how many
// attributes a grid has.
const gridSample = 1000

func newShiftedGrid(r *splitMix, inputs int) shiftedGrid {
	const least = 0.0316227766 // 1/sqrt(gridSample)
	width := least + float64(r.uniform()*(1-2*least))
	// from 1 + 0.5 to 1 times the logarithm of the sample to the base 1/width
	most := 1
	for size := max(2, 1/width); size < gridSample && most < inputs; size *= max(2, 1/width) {
		most++
	}
	n := most
	if low := 1 + most/2; low < most {
		n = low + int(r.next()%uint64(most-low+1))
	}
	g := shiftedGrid{inputs: r.choose(inputs, min(n, inputs)), width: width, salt: r.next()}
	for range g.inputs {
		g.shift = append(g.shift, float64(r.uniform()*width))
	}
	return g
}

// place returns the value of an input in units of its range, 0 to 1 within it.
func (c *Cells) place(row []float64, columns []int, input int32) float64 {
	column := columns[input]
	if column < 0 || column >= len(row) {
		return math.NaN()
	}
	return float64(row[column]-c.low[input]) * c.scale[input]
}

// Find puts the row's cell of each component into cells, NoCell where it lacks
// an attribute that decides it. columns gives the row's column of each input,
// -1 where there is none; values may be anything.
func (c *Cells) Find(row []float64, columns []int, cells []int32) {
	for k := range c.trees {
		cells[k] = c.leaf(&c.trees[k], row, columns)
	}
	for k := range c.cuts {
		cells[k] = c.cuts[k].leaf(row, columns)
	}
	for k := range c.lines {
		cells[k] = c.bin(&c.lines[k], row, columns)
	}
	for k := range c.grids {
		cells[k] = c.box(&c.grids[k], row, columns)
	}
	var at [maxClusterInputs]float64
	for k := range c.points {
		cells[k] = c.points[k].nearest(c.clusterPlaces(&c.points[k], row, columns, at[:0]))
	}
}

func (c *Cells) leaf(t *spaceTree, row []float64, columns []int) int32 {
	node := 0
	for node < len(t.split) {
		x := c.place(row, columns, t.input[node])
		switch {
		case math.IsNaN(x):
			return NoCell
		case x < t.split[node]:
			node = 2*node + 1
		default:
			node = 2*node + 2
		}
	}
	return int32(node - len(t.split))
}

// lineReach is how far from the middle of the ranges the bins reach, in units
// of half a range; the first and the last bin have what lies beyond.
const lineReach = 2

func (c *Cells) bin(p *projection, row []float64, columns []int) int32 {
	sum := 0.0
	for i, input := range p.inputs {
		x := c.place(row, columns, input)
		sum += float64(p.weights[i] * float64(2*x-1))
	}
	if math.IsNaN(sum) {
		return NoCell
	}
	at := float64(sum+lineReach) / (2 * lineReach) * float64(c.binning.Cells)
	return int32(max(0, min(at, float64(c.binning.Cells-1))))
}

// farthest bounds the coordinates of boxes.
const farthest = 1 << 40

func (c *Cells) box(g *shiftedGrid, row []float64, columns []int) int32 {
	hash := splitMix(g.salt)
	for i, input := range g.inputs {
		x := c.place(row, columns, input)
		if math.IsNaN(x) {
			return NoCell
		}
		at := math.Floor(max(-farthest, min(float64(x+g.shift[i])/g.width, farthest)))
		hash = splitMix(uint64(hash) ^ uint64(int64(at)))
		hash = splitMix(hash.next())
	}
	return int32(uint64(hash) % uint64(c.binning.Cells))
}

// Inputs returns the input that decides at each inner node of tree k, in the order of
// levels: the nodes below node i are 2i+1 and 2i+2, and the leaves follow. It is nil for
// other binnings and must not be changed.
func (c *Cells) Inputs(k int) []int32 {
	switch {
	case k < len(c.trees):
		return c.trees[k].input
	case k < len(c.cuts):
		return c.cuts[k].input
	}
	return nil
}

// Shares calls visit for each input that decides the cells of component k of a
// projection or grid: its square weight, which add up to 1. It does nothing for
// trees.
func (c *Cells) Shares(k int, visit func(input int, share float64)) {
	switch {
	case k < len(c.lines):
		for i, input := range c.lines[k].inputs {
			visit(int(input), c.lines[k].weights[i]*c.lines[k].weights[i])
		}
	case k < len(c.grids):
		for _, input := range c.grids[k].inputs {
			visit(int(input), 1/float64(len(c.grids[k].inputs)))
		}
	case k < len(c.points):
		for _, input := range c.points[k].inputs {
			visit(int(input), 1/float64(len(c.points[k].inputs)))
		}
	}
}

// Place returns the value of an input in units of its range, 0 to 1 within it,
// NaN where the row has none; columns is as for Find.
func (c *Cells) Place(row []float64, columns []int, input int) float64 {
	return c.place(row, columns, int32(input))
}

// Binning returns the binning. It must not be changed.
func (c *Cells) Binning() *Binning { return &c.binning }

// splitMix is the generator SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). It
// is written out because stored counts depend on its every bit.
type splitMix uint64

func (r *splitMix) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// uniform returns a number from 0 to below 1.
func (r *splitMix) uniform() float64 { return float64(r.next()>>11) * 0x1p-53 }

// choose returns n different numbers below limit, in the order drawn.
func (r *splitMix) choose(limit, n int) []int32 {
	all := make([]int32, limit)
	for i := range all {
		all[i] = int32(i)
	}
	for i := range n {
		j := i + int(r.next()%uint64(limit-i))
		all[i], all[j] = all[j], all[i]
	}
	return all[:n:n]
}
