package stats

import (
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/kernel"
)

// addShifted adds the sums of o, taken about the pivots of c, or takes them
// away when sign is -1. Both are Extended and neither is empty. The weight is
// left to the caller.
func (c *Comoments) addShifted(o *Comoments, sign float64) {
	hi, lo, first := o.hi, o.lo, o.first
	if !slices.Equal(c.pivot, o.pivot) {
		moved := o.Clone()
		moved.moveTo(c.pivot)
		hi, lo, first = moved.hi, moved.lo, moved.first
	}
	// the low words of a sum of two double-doubles: the errors of the high words
	// and both low ones (Dekker 1971, add2)
	for i, x := range hi {
		s, e := dd.TwoSum(c.hi[i], sign*x)
		c.hi[i], c.lo[i] = dd.FastTwoSum(s, e+(c.lo[i]+sign*lo[i]))
	}
	for i, x := range first {
		c.first[i] = c.first[i].Add(x.MulPow2(sign))
	}
}

// moveTo changes the pivots. With t = old - new, S' = S + W t and
// Q' = Q + (S + W t) t' + t S': two products of vectors, of which the kernel
// takes the high words exactly and the low words in float64.
func (c *Comoments) moveTo(pivot []float64) {
	panels := kernel.Panels(c.dim)
	size := panels * kernel.Width
	shift, before, after := newWords(size), newWords(size), newWords(size)
	for i := range c.dim {
		t := dd.Diff(c.pivot[i], pivot[i])
		shift.set(i, t)
		before.set(i, c.first[i])
		c.first[i] = c.first[i].Add(c.weight.Mul(t))
		after.set(i, c.first[i])
	}
	for _, p := range [2][2]*words{{after, shift}, {shift, before}} {
		a, b := p[0], p[1]
		kernel.MulAdd(c.lo, a.lo, b.hi, panels, kernel.Width, 1)
		kernel.MulAdd(c.lo, a.hi, b.lo, panels, kernel.Width, 1)
		kernel.MulAddExact(c.hi, c.lo, a.hi, b.hi, a.scales(), b.scales(), panels, kernel.Width, 1)
	}
	copy(c.pivot, pivot)
}

// words is a vector of double-doubles as the kernel takes it: one row of panels.
type words struct {
	hi, lo []float64
}

func newWords(size int) *words {
	return &words{hi: make([]float64, size), lo: make([]float64, size)}
}

func (v *words) set(i int, x dd.Number) { v.hi[i], v.lo[i] = x.Hi, x.Lo }

// scales returns the scale of each element of the high words.
func (v *words) scales() []float64 {
	out := make([]float64, len(v.hi))
	for i, x := range v.hi {
		out[i] = kernel.ScaleOf(x)
	}
	return out
}

// mergeDouble adds centred sums: C = Ca + Cb + d d' na nb/n, with d the
// difference of the means (Chan, Golub, LeVeque 1983, equation 2.1).
func (c *Comoments) mergeDouble(o *Comoments) {
	weight := c.weight.Add(o.weight)
	delta := make([]dd.Number, c.dim)
	for i := range delta {
		delta[i] = o.first[i].Sub(c.first[i])
	}
	for i, x := range o.hi {
		c.hi[i] += x
	}
	share := o.weight.Div(weight)
	c.addSquare(delta, c.weight.Hi*share.Hi)
	for i, d := range delta {
		c.first[i] = c.first[i].Add(d.Mul(share))
	}
	c.weight = weight
}

// subtractDouble undoes mergeDouble: o is taken out and weight is left.
func (c *Comoments) subtractDouble(o *Comoments, weight dd.Number) {
	back := o.weight.Div(weight)
	delta := make([]dd.Number, c.dim)
	for i := range delta {
		mean := c.first[i].Add(c.first[i].Sub(o.first[i]).Mul(back))
		delta[i] = o.first[i].Sub(mean)
		c.first[i] = mean
	}
	for i, x := range o.hi {
		c.hi[i] -= x
	}
	c.addSquare(delta, -weight.Hi*(o.weight.Hi/c.weight.Hi))
	c.weight = weight
}

// addSquare adds f d d' to the sums.
func (c *Comoments) addSquare(d []dd.Number, f float64) {
	panels := kernel.Panels(c.dim)
	v := newWords(panels * kernel.Width)
	for i, x := range d {
		v.hi[i], v.lo[i] = x.Hi, f*x.Hi
	}
	kernel.MulAdd(c.hi, v.lo, v.hi, panels, kernel.Width, 1)
}
