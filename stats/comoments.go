package stats

import (
	"fmt"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/kernel"
)

// Precision says how co-moments are kept.
type Precision uint8

const (
	// Extended keeps sums about a fixed pivot in double-double: adding,
	// merging and subtracting are additions, exact to about 2^-92.
	Extended Precision = iota
	// Double keeps centred sums in float64.
	Double
)

// String returns "extended" or "double".
func (p Precision) String() string {
	switch p {
	case Extended:
		return "extended"
	case Double:
		return "double"
	default:
		return fmt.Sprintf("precision(%d)", uint8(p))
	}
}

// Comoments is the means and the matrix of centred co-moments,
// C = sum of w (x-mean)(x-mean)', of rows that have a value in each of Dim
// columns. It is empty until rows are added and takes no memory until then.
//
// Updates and merges follow T. F. Chan, G. H. Golub, R. J. LeVeque,
// Algorithms for computing the sample variance, Am. Stat. 37 (1983), for
// blocks of rows.
type Comoments struct {
	dim       int
	precision Precision
	weight    dd.Number // without that of rows apart

	// pivot K is 0 for columns whose mean is not far off, compared to their
	// spread, so that shards mostly have the same one. Extended only.
	pivot []float64
	// first is the sum of w (x-K) when Extended, the mean when Double.
	first []dd.Number
	// hi and lo are the sums of w (x-K)(x-K)' when Extended; when Double hi is
	// C and lo is nil. Upper triangle in the tiles of package kernel, which
	// hold more than the triangle: what is off it or past dim is not used.
	hi, lo []float64

	apart *apartRows // rows that are not in the sums above; nil for none

	// no part of the state, made when needed
	scratch *blockScratch
	all     []int32 // 0 to dim-1
}

// newComoments returns the empty statistic for rows of dim columns. A negative
// dim counts as 0 and an unknown precision as Double.
func newComoments(dim int, precision Precision) *Comoments {
	if precision != Extended {
		precision = Double
	}
	return &Comoments{dim: max(dim, 0), precision: precision}
}

// Merge adds what o has seen. Another dimension or precision is an error that
// wraps ErrIncompatible.
func (c *Comoments) Merge(o *Comoments) error {
	if err := c.compatible(o); err != nil {
		return err
	}
	if o.empty() {
		return nil
	}
	if c.empty() {
		c.become(o.Clone())
		return nil
	}
	if o.apart != nil {
		c.needApart().Merge(o.apart.sums)
	}
	c.changed()
	c.mergeBlocks(o)
	return nil
}

// mergeBlocks adds the sums of blocks of o.
func (c *Comoments) mergeBlocks(o *Comoments) {
	switch {
	case o.weight.IsZero():
	case c.weight.IsZero():
		apart := c.apart
		c.become(o.Clone())
		c.apart = apart
	case c.isFarFrom(o) && o.weight.Hi <= c.weight.Hi:
		o = o.blocksAlone()
		o.moveApart()
		c.needApart().Merge(o.apart.sums)
	case c.isFarFrom(o):
		c.moveApart()
		c.mergeBlocks(o)
	case c.precision == Extended:
		c.addShifted(o, 1)
		c.weight = c.weight.Add(o.weight)
	default:
		c.mergeDouble(o)
	}
}

// blocksAlone returns a copy of the sums of blocks.
func (c *Comoments) blocksAlone() *Comoments {
	out := *c
	out.apart = nil
	return out.Clone()
}

// Subtract takes away what o has seen. More weight than there is gives an
// error that wraps ErrNotLearned; when the weight becomes 0 everything is
// reset. A variance that cannot be told from the rounding of what was taken away
// becomes 0, and all co-moments of its column with it.
func (c *Comoments) Subtract(o *Comoments) error {
	if err := c.compatible(o); err != nil {
		return err
	}
	if o.empty() {
		return nil
	}
	rest, err := restWeight(c.total().weight, o.total().weight)
	if err != nil {
		return err
	}
	if rest.IsZero() {
		c.become(newComoments(c.dim, c.precision))
		return nil
	}
	before := c.squares()
	if o.apart != nil {
		c.needApart().Subtract(o.apart.sums)
	}
	c.changed()
	c.subtractBlocks(o)
	c.joinApart()
	if c.apart == nil && before != nil {
		c.settleRounding(before)
	}
	return nil
}

// subtractBlocks takes away the sums of blocks of o.
func (c *Comoments) subtractBlocks(o *Comoments) {
	if o.weight.IsZero() {
		return
	}
	rest, err := restWeight(c.weight, o.weight)
	switch {
	case err != nil || rest.IsZero() || c.isFarFrom(o):
		// what is left is among the rows apart, or what is taken away was
		gone := o.blocksAlone()
		gone.moveApart()
		c.moveApart()
		c.needApart().Subtract(gone.apart.sums)
	case c.precision == Extended:
		c.addShifted(o, -1)
		c.weight = rest
	default:
		c.subtractDouble(o, rest)
	}
}

// compatible refuses another dimension or precision.
func (c *Comoments) compatible(o *Comoments) error {
	if c.dim != o.dim || c.precision != o.precision {
		return fmt.Errorf("%w: co-moments of %d columns, %v, and of %d columns, %v", ErrIncompatible, c.dim, c.precision, o.dim, o.precision)
	}
	return nil
}

// scalable returns the error that scaling by f would give.
func (c *Comoments) scalable(f float64) error {
	if err := checkScaled(f, c.Weight(), "co-moments"); err != nil {
		return err
	}
	for _, x := range c.hi {
		if !inRange(x * f) {
			return fmt.Errorf("scale factor %v takes a co-moment of %v out of range", f, x)
		}
	}
	if c.apart != nil && c.apart.sums.Exponent()+int(math.Ceil(math.Log2(f))) > mostExponent {
		return fmt.Errorf("scale factor %v takes a co-moment out of range", f)
	}
	return nil
}

// isInRange reports whether all sums are in range.
func (c *Comoments) isInRange() bool {
	for _, x := range c.hi {
		if !inRange(x) {
			return false
		}
	}
	return inRange(c.weight.Hi) && (c.apart == nil || c.apart.sums.Exponent() <= mostExponent)
}

// scale multiplies the weight by a factor that scalable has let pass.
func (c *Comoments) scale(f float64) {
	if c.Weight()*f < leastWeight {
		c.become(newComoments(c.dim, c.precision))
		return
	}
	if c.apart != nil {
		c.needApart().Scale(f)
	}
	c.weight = c.weight.MulFloat(f)
	for i := range c.hi {
		if c.precision == Double {
			c.hi[i] *= f
			continue
		}
		x := dd.Number{Hi: c.hi[i], Lo: c.lo[i]}.MulFloat(f)
		c.hi[i], c.lo[i] = x.Hi, x.Lo
	}
	if c.precision == Extended {
		for i := range c.first {
			c.first[i] = c.first[i].MulFloat(f)
		}
	}
}

// Clone returns a deep copy.
func (c *Comoments) Clone() *Comoments {
	out := *c
	out.pivot, out.first = slices.Clone(c.pivot), slices.Clone(c.first)
	out.hi, out.lo = slices.Clone(c.hi), slices.Clone(c.lo)
	out.apart = c.apart.clone()
	out.scratch, out.all = nil, nil
	return &out
}

// become takes over the state of o, which is not used any more, and keeps the
// scratch.
func (c *Comoments) become(o *Comoments) {
	scratch, all := c.scratch, c.all
	*c = *o
	c.scratch, c.all = scratch, all
}

// allocate makes room for the sums of a statistic that is to take its first rows.
func (c *Comoments) allocate() {
	size := kernel.Tiles(c.dim) * kernel.TileFloats
	c.first, c.hi = make([]dd.Number, c.dim), make([]float64, size)
	if c.precision == Extended {
		c.pivot, c.lo = make([]float64, c.dim), make([]float64, size)
	}
}
