package stats

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/kernel"
)

// dimension returns the number of columns.
func (c *Comoments) dimension() int { return c.dim }

// Precision returns how the sums are kept.
func (c *Comoments) Precision() Precision { return c.precision }

// empty reports whether no row has been added.
func (c *Comoments) empty() bool { return c.weight.Hi == 0 && c.ownApart() == nil }

// Weight returns the weight of the rows: their number when each weighs 1.
func (c *Comoments) Weight() float64 { return c.total().weight.Float() }

// Mean returns the mean of column i, NaN when empty.
func (c *Comoments) Mean(i int) float64 { return c.MeanDD(i).Float() }

// MeanDD returns the mean of column i in double-double, NaN when empty.
func (c *Comoments) MeanDD(i int) dd.Number {
	c = c.total()
	switch {
	case c.empty():
		return dd.FromFloat(math.NaN())
	case c.precision == Extended:
		return c.first[i].Div(c.weight).AddFloat(c.pivot[i])
	default:
		return c.first[i]
	}
}

// comoment returns the sum of w (xi-mean i)(xj-mean j), 0 when empty.
func (c *Comoments) comoment(i, j int) float64 { return c.ComomentDD(i, j).Float() }

// ComomentDD returns Comoment in double-double: to the last word when
// Extended, with a low word of 0 when Double.
func (c *Comoments) ComomentDD(i, j int) dd.Number {
	if c = c.total(); c.empty() {
		return dd.Number{}
	}
	at := kernel.Offset(kernel.Panels(c.dim), i, j)
	x := dd.FromFloat(c.hi[at])
	if c.precision == Extended {
		x.Lo = c.lo[at]
		mean := c.first[i].Mul(c.first[j]).Div(c.weight)
		if i == j {
			return centred(x, mean)
		}
		x = x.Sub(mean)
	}
	if i == j {
		return notNegative(x)
	}
	return x
}

// Correlation returns the correlation of two columns, from -1 to 1; NaN when
// one of them has no variance.
func (c *Comoments) Correlation(i, j int) float64 {
	x := math.Sqrt(c.comoment(i, i)) * math.Sqrt(c.comoment(j, j))
	if !(x > 0) {
		return math.NaN()
	}
	return min(max(c.comoment(i, j)/x, -1), 1)
}

// selected returns the co-moments of the given columns, in that order.
func (c *Comoments) selected(columns []int32) (*Comoments, error) {
	for _, k := range columns {
		if k < 0 || int(k) >= c.dim {
			return nil, fmt.Errorf("%w: column %d of co-moments of %d columns", ErrIncompatible, k, c.dim)
		}
	}
	out := newComoments(len(columns), c.precision)
	if c.apart != nil {
		out.apart = &apartRows{sums: c.apart.sums.Select(columns)}
	}
	if c.weight.IsZero() {
		return out, nil
	}
	out.allocate()
	out.weight = c.weight
	from, to := kernel.Panels(c.dim), kernel.Panels(out.dim)
	for i, ci := range columns {
		out.first[i] = c.first[ci]
		if c.precision == Extended {
			out.pivot[i] = c.pivot[ci]
		}
		for j, cj := range columns[:i+1] {
			source, target := kernel.Offset(from, int(ci), int(cj)), kernel.Offset(to, i, j)
			out.hi[target] = c.hi[source]
			if c.precision == Extended {
				out.lo[target] = c.lo[source]
			}
		}
	}
	return out, nil
}

// converted returns the co-moments in another precision: a copy, rounded where the
// new one is coarser.
func (c *Comoments) converted(precision Precision) *Comoments {
	if precision == c.precision {
		return c.Clone()
	}
	out := newComoments(c.dim, precision)
	out.apart = c.apart.clone()
	out.changed()
	if c.weight.IsZero() {
		return out
	}
	c = c.blocksAlone()
	out.allocate()
	out.weight = c.weight
	for i := range c.dim {
		out.first[i] = c.MeanDD(i)
		if precision == Extended {
			mean := out.first[i]
			out.pivot[i] = mean.Hi
			out.first[i] = c.weight.MulFloat(mean.Lo)
		}
	}
	panels := kernel.Panels(c.dim)
	for i := range c.dim {
		for j := i; j < c.dim; j++ {
			at, x := kernel.Offset(panels, i, j), c.ComomentDD(i, j)
			if precision == Extended {
				x = x.Add(out.first[i].Mul(out.first[j]).Div(c.weight))
				out.lo[at] = x.Lo
			}
			out.hi[at] = x.Hi
		}
	}
	return out
}
