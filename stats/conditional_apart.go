package stats

import (
	"math/big"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/exact"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// A cell keeps values exactly as co-moments keep rows (comoments_apart.go): of one
// column, so the exact sums are those of w, w x and w x^2.

// empty reports whether there are no rows.
func (c *cell) empty() bool { return c.weight.IsZero() && present(c.apart) == nil }

// reaches notes a value.
func (c *cell) reaches(x float64) {
	if c.empty() {
		c.min, c.max = x+0, x+0
		return
	}
	c.min, c.max = min(c.min, x+0), max(c.max, x+0)
}

// addApart takes x with weight w exactly.
func (c *cell) addApart(x, w float64) {
	c.reaches(x)
	c.needApart().Add([]float64{x}, w)
}

func (c *cell) needApart() *exact.Products {
	if c.apart == nil {
		c.apart = exact.NewProducts(1)
	}
	return c.apart
}

// clone returns a copy without shared memory.
func (c cell) clone() cell {
	if c.apart != nil {
		c.apart = c.apart.Clone()
	}
	if c.histogram != nil {
		c.histogram = c.histogram.Clone()
	}
	return c
}

// total returns the cell without exact sums.
func (c cell) total() cell {
	if c.apart == nil {
		return c
	}
	own := c.apart
	c.apart = nil
	if c.weight.IsZero() {
		c.pivot = ratio(own.First(0), own.Weight())
	}
	sums := newAbout(own, []float64{c.pivot})
	c.weight = c.weight.Add(number(own.Weight()))
	c.sum = c.sum.Add(number(sums.first[0]))
	c.square = notNegative(c.square.Add(number(sums.cross(0, 0))))
	return c
}

// moveApart makes the sums about the pivot exact sums, with the rounding that they have.
func (c *cell) moveApart() {
	if c.weight.IsZero() {
		return
	}
	weight, sum, square, pivot := bigOf(c.weight), bigOf(c.sum), bigOf(c.square), wide().SetFloat64(c.pivot)
	first := wide().Add(sum, product(weight, pivot))
	cross := wide().Add(square, product(pivot, wide().Add(sum, first)))
	c.needApart().AddBig(weight, func(int) *big.Float { return first }, func(int, int) *big.Float { return cross })
	c.weight, c.sum, c.square, c.pivot = dd.Number{}, dd.Number{}, dd.Number{}, 0
}

// remove takes o away, which leaves some weight.
func (c *cell) remove(o cell) {
	if o.apart != nil {
		c.needApart().Subtract(o.apart)
	}
	if !o.weight.IsZero() {
		rest, err := restWeight(c.weight, o.weight)
		if err != nil || rest.IsZero() {
			o.apart = nil
			o.moveApart()
			c.moveApart()
			c.needApart().Subtract(o.apart)
		} else {
			gone := o.about(c.pivot)
			// beside exact sums these may be those of other rows, and no squares of any
			if c.weight, c.sum, c.square = rest, c.sum.Sub(gone.sum), c.square.Sub(gone.square); c.apart == nil {
				c.square = notNegative(c.square)
			}
		}
	}
	if c.joinApart(); c.apart == nil {
		c.square = notNegative(c.square)
	}
}

// joinApart puts the exact sums into those about the pivot where no value is left among
// them that would cost these digits.
func (c *cell) joinApart() {
	if c.apart == nil {
		return
	}
	if c.apart.IsZero() {
		c.apart = nil
		return
	}
	if c.weight.IsZero() {
		return
	}
	rest, reach := c.total(), joinReach
	if !(rest.m2().Hi*c.weight.Hi <= reach*reach*c.m2().Hi*rest.weight.Hi) {
		return
	}
	if rest.m2().Hi <= leftExtended*c.square.Hi { // rounding
		rest.square = rest.sum.Mul(rest.sum.Div(rest.weight))
	}
	*c = rest
}

// m2 returns the sum of squares about the mean, of a cell without exact sums or of what
// is not among these.
func (c *cell) m2() dd.Number {
	return notNegative(c.square.Sub(c.sum.Div(c.weight).Mul(c.sum)))
}

// What a cell has, in its bytes: sums about a pivot, exact sums or both.
func (c *cell) what() byte {
	what := byte(0)
	if !c.weight.IsZero() {
		what |= hasCentral
	}
	if present(c.apart) != nil {
		what |= hasApart
	}
	return what
}

// decodeApart reads exact sums.
func (c *cell) decodeApart(r *wire.Reader) {
	if c.apart = exact.DecodeProducts(r, 1); r.Err() != nil {
		return
	}
	if weight := c.total().weight.Hi; c.apart.IsZero() || c.apart.Exponent() > mostExponent || !(weight > 0) {
		r.Fail("exact sums of weight %v, or larger than 2^%d", weight, mostExponent)
	}
}
