package stats

import (
	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/kernel"
)

// nearSquared is the square of the distance of two means, in standard
// deviations of the heavier part, up to which float64 is enough for what is
// added to the sums when two parts are merged: it is then not larger than the
// rounding errors of the parts themselves.
const nearSquared = 16

// addBlock adds the values of a block of the given weight, of which column c
// of p holds the sums of powers about centre.
func (m *Moments) addBlock(weight dd.Number, centre float64, p *kernel.Powers, c int, low, high float64) {
	s1, s2, s3, s4 := p[0][c], p[1][c], p[2][c], p[3][c]
	d := s1 / weight.Hi // of the order of the rounding error of centre
	block := Moments{
		weight: weight,
		mean:   dd.Sum(centre, d),
		m2:     dd.FromFloat(max(s2-d*s1, 0)),
		m3:     dd.FromFloat(s3 - 3*d*s2 + 2*d*d*s1),
		m4:     dd.FromFloat(max(s4-4*d*s3+6*d*d*s2-3*d*d*d*s1, 0)),
		min:    low + 0, // -0 becomes 0, whichever comes first
		max:    high + 0,
	}
	m.combine(&block)
}

// combine merges o without looking for overflow.
func (m *Moments) combine(o *Moments) {
	if o.Empty() {
		return
	}
	if m.Empty() {
		*m = *o
		return
	}
	m.min, m.max = min(m.min, o.min), max(m.max, o.max)
	delta := o.mean.Sub(m.mean)
	heavy := m
	if o.weight.Hi > m.weight.Hi {
		heavy = o
	}
	if delta.Hi*delta.Hi*heavy.weight.Hi <= nearSquared*heavy.m2.Hi {
		m.combineNear(o, delta.Hi)
		return
	}
	m.combineFar(o, delta)
}

// combineNear adds terms computed in float64 to double-double sums.
func (m *Moments) combineNear(o *Moments, d float64) {
	weight := m.weight.Add(o.weight)
	a, b := m.weight.Hi/weight.Hi, o.weight.Hi/weight.Hi // shares
	a2, b2, a3, b3 := m.m2.Hi, o.m2.Hi, m.m3.Hi, o.m3.Hi
	t := d * d * m.weight.Hi * b
	m.m4 = m.m4.Add(o.m4).AddFloat(t*d*d*(a*a-a*b+b*b) + 6*d*d*(a*a*b2+b*b*a2) + 4*d*(a*b3-b*a3))
	m.m3 = m.m3.Add(o.m3).AddFloat(t*d*(a-b) + 3*d*(a*b2-b*a2))
	m.m2 = m.m2.Add(o.m2).AddFloat(t)
	m.mean = m.mean.AddFloat(d * b)
	m.weight = weight
}

// combineFar does the same in double-double, so that what a far part adds can
// be subtracted again without a trace.
func (m *Moments) combineFar(o *Moments, d dd.Number) {
	weight := m.weight.Add(o.weight)
	x := newCross(d, m.weight, o.weight, weight)
	m.m4 = m.m4.Add(o.m4).Add(x.fourth(m, o))
	m.m3 = m.m3.Add(o.m3).Add(x.third(m, o))
	m.m2 = m.m2.Add(o.m2).Add(x.second)
	m.mean = m.mean.Add(d.Mul(x.b))
	m.weight = weight
}

// separate undoes combine: o is taken out and weight is left.
func (m *Moments) separate(o *Moments, weight dd.Number) {
	back := m.mean.Sub(o.mean).Mul(o.weight).Div(weight)
	rest := Moments{weight: weight, mean: m.mean.Add(back), min: m.min, max: m.max}
	x := newCross(o.mean.Sub(rest.mean), weight, o.weight, m.weight)
	rest.m2 = notNegative(m.m2.Sub(o.m2).Sub(x.second))
	rest.m3 = m.m3.Sub(o.m3).Sub(x.third(&rest, o))
	rest.m4 = notNegative(m.m4.Sub(o.m4).Sub(x.fourth(&rest, o)))
	*m = rest
}

func notNegative(x dd.Number) dd.Number {
	if x.Hi < 0 {
		return dd.Number{}
	}
	return x
}

// cross is what two parts a and b add to the central sums because their means
// differ by d.
type cross struct {
	d, a, b dd.Number // difference mean b - mean a; shares of the weight
	second  dd.Number // d^2 na nb / n
}

func newCross(d, na, nb, n dd.Number) cross {
	x := cross{d: d, a: na.Div(n), b: nb.Div(n)}
	x.second = d.Square().Mul(na).Mul(x.b)
	return x
}

// third returns d^3 na nb (na-nb)/n^2 + 3 d (na M2b - nb M2a)/n.
func (x *cross) third(a, b *Moments) dd.Number {
	t := x.second.Mul(x.a.Sub(x.b))
	u := x.a.Mul(b.m2).Sub(x.b.Mul(a.m2)).MulFloat(3)
	return t.Add(u).Mul(x.d)
}

// fourth returns d^4 na nb (na^2 - na nb + nb^2)/n^3 +
// 6 d^2 (na^2 M2b + nb^2 M2a)/n^2 + 4 d (na M3b - nb M3a)/n.
func (x *cross) fourth(a, b *Moments) dd.Number {
	aa, bb, ab := x.a.Square(), x.b.Square(), x.a.Mul(x.b)
	t := x.second.Mul(aa.Sub(ab).Add(bb))
	u := aa.Mul(b.m2).Add(bb.Mul(a.m2)).MulFloat(6)
	v := x.a.Mul(b.m3).Sub(x.b.Mul(a.m3)).MulFloat(4)
	return t.Add(u).Mul(x.d).Add(v).Mul(x.d)
}
