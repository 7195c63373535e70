package stats

import (
	"math/big"
	"sync/atomic"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/exact"
	"github.com/rpconnect-sml/rpconnect-sml/internal/kernel"
)

// apartRows are the sums of rows that are kept exactly: the first ones, of which it is
// not known yet whether they are far off, those that have a value far from the others
// (near.go) and, taken away, those that were forgotten. Co-moments are the sum of these
// and of the rows that are summed up in blocks. Which rows are where decides about
// speed and rounding only.
type apartRows struct {
	sums     *exact.Products
	resolved atomic.Pointer[Comoments] // the sum of both, nil while not known
}

// present returns exact sums, nil where they are 0: rows that were forgotten and are
// learned again leave nothing.
func present(sums *exact.Products) *exact.Products {
	if sums == nil || sums.IsZero() {
		return nil
	}
	return sums
}

// ownApart returns the exact sums of c, nil for none.
func (c *Comoments) ownApart() *exact.Products {
	if c.apart == nil {
		return nil
	}
	return present(c.apart.sums)
}

func (a *apartRows) clone() *apartRows {
	if a == nil {
		return nil
	}
	out := &apartRows{sums: a.sums.Clone()}
	out.resolved.Store(a.resolved.Load())
	return out
}

// needApart returns the exact sums of c, which changes them.
func (c *Comoments) needApart() *exact.Products {
	if c.apart == nil {
		c.apart = &apartRows{sums: exact.NewProducts(c.dim)}
	}
	c.apart.resolved.Store(nil)
	return c.apart.sums
}

// changed says that the sums of blocks have changed.
func (c *Comoments) changed() {
	if c.apart != nil {
		c.apart.resolved.Store(nil)
	}
}

// addApart adds a row of dim values exactly.
func (c *Comoments) addApart(row []float64, w float64) { c.needApart().Add(row, w) }

// exchangeApart adds the difference of two rows exactly, which is in some columns alone.
func (c *Comoments) exchangeApart(row, away []float64, columns []int32, w float64) {
	c.needApart().Exchange(row, away, columns, w)
}

// total returns the co-moments of all rows, without exact sums. It must not be changed.
func (c *Comoments) total() *Comoments {
	if c.apart == nil {
		return c
	}
	if known := c.apart.resolved.Load(); known != nil {
		return known
	}
	out := c.resolve()
	c.apart.resolved.Store(out)
	return out
}

// resolve adds the exact sums to those of blocks, about the pivots of these, or the
// means where they have none.
func (c *Comoments) resolve() *Comoments {
	out := newComoments(c.dim, c.precision)
	own := c.apart.sums
	out.weight = c.weight.Add(number(own.Weight()))
	if out.weight.Hi == 0 {
		return out
	}
	out.allocate()
	pivot := c.means(own)
	if c.weight.Hi != 0 && c.precision == Extended {
		copy(pivot, c.pivot)
	}
	first := make([]dd.Number, c.dim)
	sums := newAbout(own, pivot)
	for i := range first {
		first[i] = number(sums.first[i]).Add(c.firstAbout(i, pivot[i]))
	}
	panels := kernel.Panels(c.dim)
	for j := range c.dim {
		for i := range j + 1 {
			at := kernel.Offset(panels, i, j)
			x := number(sums.cross(i, j)).Add(c.crossAbout(i, j, pivot[i], pivot[j]))
			if c.precision == Extended {
				out.hi[at], out.lo[at] = x.Hi, x.Lo
				continue
			}
			out.hi[at] = x.Sub(first[i].Mul(first[j]).Div(out.weight)).Float()
			if i == j {
				out.hi[at] = max(out.hi[at], 0)
			}
		}
	}
	for i := range c.dim {
		if out.first[i] = first[i]; c.precision == Double {
			out.first[i] = first[i].Div(out.weight).AddFloat(pivot[i])
			continue
		}
		out.pivot[i] = pivot[i]
	}
	return out
}

// about are exact sums taken about pivots: with p and q of two columns, the sum of
// w (x-p)(y-q) is that of w x y less p times that of w y less q times that of w (x-p).
type about struct {
	sums  *exact.Products
	pivot []*big.Float
	plain []*big.Float // sums of w x
	first []*big.Float // of w (x-p)
}

func newAbout(sums *exact.Products, pivot []float64) *about {
	out := &about{sums: sums}
	weight := sums.Weight()
	for i, p := range pivot {
		out.pivot = append(out.pivot, wide().SetFloat64(p))
		out.plain = append(out.plain, sums.First(i))
		out.first = append(out.first, wide().Sub(out.plain[i], product(weight, out.pivot[i])))
	}
	return out
}

func (a *about) cross(i, j int) *big.Float {
	x := a.sums.Cross(i, j)
	if a.pivot[i].Sign() != 0 {
		x.Sub(x, product(a.pivot[i], a.plain[j]))
	}
	if a.pivot[j].Sign() != 0 {
		x.Sub(x, product(a.pivot[j], a.first[i]))
	}
	return x
}

// means returns the means of all rows.
func (c *Comoments) means(own *exact.Products) []float64 {
	out := make([]float64, c.dim)
	weight := wide().Add(bigOf(c.weight), own.Weight())
	for i := range out {
		sum := own.First(i)
		if c.weight.Hi != 0 {
			sum.Add(sum, product(bigOf(c.weight), c.bigMean(i)))
		}
		out[i] = ratio(sum, weight)
	}
	return out
}

// ratio returns a/b, 0 where b is 0: what is left without weight, by scaling or in
// damaged bytes, has no mean.
func ratio(a, b *big.Float) float64 {
	if b.Sign() == 0 {
		return 0
	}
	x, _ := wide().Quo(a, b).Float64()
	return x
}

// bigMean returns the mean of column i of the rows in blocks.
func (c *Comoments) bigMean(i int) *big.Float {
	if c.precision == Double {
		return bigOf(c.first[i])
	}
	mean := wide().Quo(bigOf(c.first[i]), bigOf(c.weight))
	return mean.Add(mean, wide().SetFloat64(c.pivot[i]))
}

// firstAbout returns the sum of w (x-p) of column i of the rows in blocks.
func (c *Comoments) firstAbout(i int, p float64) dd.Number {
	switch {
	case c.weight.Hi == 0:
		return dd.Number{}
	case c.precision == Double:
		return c.first[i].AddFloat(-p).Mul(c.weight)
	default: // p is the pivot
		return c.first[i]
	}
}

// crossAbout returns the sum of w (x-p)(y-q) of columns i and j of the rows in blocks.
func (c *Comoments) crossAbout(i, j int, p, q float64) dd.Number {
	if c.weight.Hi == 0 {
		return dd.Number{}
	}
	at := kernel.Offset(kernel.Panels(c.dim), i, j)
	if c.precision == Extended { // p and q are the pivots
		return dd.Number{Hi: c.hi[at], Lo: c.lo[at]}
	}
	return c.first[i].AddFloat(-p).Mul(c.first[j].AddFloat(-q)).Mul(c.weight).AddFloat(c.hi[at])
}

// moveApart makes the sums of blocks exact sums, with the rounding that they have.
func (c *Comoments) moveApart() {
	if c.weight.Hi == 0 {
		return
	}
	panels, weight := kernel.Panels(c.dim), bigOf(c.weight)
	first := make([]*big.Float, c.dim)
	for i := range first {
		if c.precision == Double {
			first[i] = product(weight, bigOf(c.first[i]))
			continue
		}
		first[i] = wide().Add(bigOf(c.first[i]), product(weight, wide().SetFloat64(c.pivot[i])))
	}
	own := c.needApart()
	own.AddBig(weight, func(i int) *big.Float { return first[i] }, func(i, j int) *big.Float {
		at := kernel.Offset(panels, i, j)
		if c.precision == Double { // C + w m m'
			return wide().Add(wide().SetFloat64(c.hi[at]), product(first[i], bigOf(c.first[j])))
		}
		// Q + p S' + q S, where S' is about 0 and S about the pivot
		p, q := wide().SetFloat64(c.pivot[i]), wide().SetFloat64(c.pivot[j])
		x := wide().Add(bigOf(dd.Number{Hi: c.hi[at], Lo: c.lo[at]}), product(p, first[j]))
		return x.Add(x, product(q, bigOf(c.first[i])))
	})
	apart := c.apart
	c.become(newComoments(c.dim, c.precision))
	c.apart = apart
}

// isFarFrom reports whether the sums of blocks of o are so far from those of c that
// adding them up would cost digits.
func (c *Comoments) isFarFrom(o *Comoments) bool {
	light, heavy := c, o
	if c.weight.Hi > o.weight.Hi {
		light, heavy = o, c
	}
	reach := farOf(c.precision)
	for i := range c.dim {
		d := light.coreMean(i).Sub(heavy.coreMean(i)).Hi
		square := heavy.coreSquare(i)
		if square > 0 && d*d*heavy.weight.Hi > reach*reach*square {
			return true
		}
	}
	return false
}

// coreMean and coreSquare are mean and sum of squares about it of the rows in blocks.
func (c *Comoments) coreMean(i int) dd.Number {
	if c.precision == Double {
		return c.first[i]
	}
	return c.first[i].Div(c.weight).AddFloat(c.pivot[i])
}

func (c *Comoments) coreSquare(i int) float64 {
	at := kernel.Offset(kernel.Panels(c.dim), i, i)
	if c.precision == Double {
		return max(c.hi[at], 0)
	}
	return centred(dd.Number{Hi: c.hi[at], Lo: c.lo[at]}, c.first[i].Mul(c.first[i]).Div(c.weight)).Hi
}

// joinApart puts the exact sums into those of blocks, where no row is left among them
// that would cost these digits.
func (c *Comoments) joinApart() {
	if c.apart == nil {
		return
	}
	if c.apart.sums.IsZero() {
		c.apart = nil
		return
	}
	if c.weight.Hi < leastCore {
		return
	}
	rest, reach := c.total(), joinReach
	for i := range c.dim {
		if !(rest.coreSquare(i)*c.weight.Hi <= reach*reach*c.coreSquare(i)*rest.weight.Hi) {
			return
		}
	}
	c.become(rest.Clone())
	if c.precision == Extended {
		c.mendPivots()
	}
}
