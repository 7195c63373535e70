package stats

import (
	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/kernel"
)

// nearSquared is the square of the distance of two means, in standard
// deviations of a part, up to which that part counts as near the other.
//
// Between parts that are both near, what merging adds to the sums is no larger
// than what their own rounding is relative to, so it is computed in float64.
// When only the heavier part is near (the other is a single value, say) mean
// and M2 get it in double-double, so that the parts can be told apart again,
// M3 and M4 in float64. Between parts that are far apart everything is
// double-double.
const nearSquared = 16

// addBlock adds the values of a block of the given weight, of which column c
// of p holds the sums of powers about centre.
func (m *Moments) addBlock(weight dd.Number, centre float64, p *kernel.Powers, c int, low, high float64) {
	s1, s2, s3, s4 := p[0][c], p[1][c], p[2][c], p[3][c]
	d := s1 / weight.Hi // of the order of the rounding error of centre
	block := central{
		weight: weight,
		mean:   dd.Sum(centre, d),
		m2:     dd.FromFloat(max(s2-d*s1, 0)),
		m3:     dd.FromFloat(s3 - 3*d*s2 + 2*d*d*s1),
		m4:     dd.FromFloat(max(s4-4*d*s3+6*d*d*s2-3*d*d*d*s1, 0)),
	}
	m.reaches(low+0, high+0) // -0 becomes 0, whichever comes first
	m.central.combine(&block)
	if m.apart != nil {
		m.apart.resolved.Store(nil)
	}
}

// reaches notes values from low to high.
func (m *Moments) reaches(low, high float64) {
	if m.Empty() {
		m.min, m.max, m.lostMin, m.lostMax = low, high, false, false
		return
	}
	if low <= m.min {
		m.min, m.lostMin = low, false
	}
	if high >= m.max {
		m.max, m.lostMax = high, false
	}
}

// combine merges o without looking for overflow.
func (m *Moments) combine(o *Moments) {
	if o.Empty() {
		return
	}
	if m.Empty() {
		*m = *o.Clone()
		return
	}
	if o.min <= m.min {
		m.lostMin = o.lostMin && (m.lostMin || o.min < m.min)
		m.min = o.min
	}
	if o.max >= m.max {
		m.lostMax = o.lostMax && (m.lostMax || o.max > m.max)
		m.max = o.max
	}
	m.combineApart(o)
}

// combine merges o.
func (c *central) combine(o *central) {
	if o.weight.Hi == 0 {
		return
	}
	if c.weight.Hi == 0 {
		*c = *o
		return
	}
	delta := o.mean.Sub(c.mean)
	square := delta.Hi * delta.Hi
	light, heavy := o, c
	if o.weight.Hi > c.weight.Hi {
		light, heavy = c, o
	}
	if !(square*heavy.weight.Hi <= nearSquared*heavy.m2.Hi) {
		c.combineFar(o, delta)
	} else {
		c.combineNear(o, delta, !(square*light.weight.Hi <= nearSquared*light.m2.Hi))
	}
	// what is left after rows were forgotten under other names need not be of any values
	c.m2, c.m4 = notNegative(c.m2), notNegative(c.m4)
}

// combineNear adds terms computed in float64 to double-double sums; with fine,
// those of mean and M2 are computed in double-double.
func (m *central) combineNear(o *central, delta dd.Number, fine bool) {
	weight := m.weight.Add(o.weight)
	d, a, b := delta.Hi, m.weight.Hi/weight.Hi, o.weight.Hi/weight.Hi // a and b are shares
	step, second := dd.FromFloat(d*b), dd.FromFloat(d*d*m.weight.Hi*b)
	if fine {
		step = delta.Mul(o.weight.Div(weight))
		second = delta.Mul(step).Mul(m.weight)
	}
	a2, b2, a3, b3, t := m.m2.Hi, o.m2.Hi, m.m3.Hi, o.m3.Hi, second.Hi
	m.m4 = m.m4.Add(o.m4).AddFloat(t*d*d*(a*a-a*b+b*b) + 6*d*d*(a*a*b2+b*b*a2) + 4*d*(a*b3-b*a3))
	m.m3 = m.m3.Add(o.m3).AddFloat(t*d*(a-b) + 3*d*(a*b2-b*a2))
	m.m2 = m.m2.Add(o.m2).Add(second)
	m.mean = m.mean.Add(step)
	m.weight = weight
}

// combineFar computes the same in double-double.
func (m *central) combineFar(o *central, d dd.Number) {
	weight := m.weight.Add(o.weight)
	x := newCross(d, m.weight, o.weight, weight)
	third, fourth := x.third(m, o), x.fourth(m, o)
	m.m4 = m.m4.Add(o.m4).Add(fourth)
	m.m3 = m.m3.Add(o.m3).Add(third)
	m.m2 = m.m2.Add(o.m2).Add(x.second)
	m.mean = m.mean.Add(d.Mul(x.b))
	m.weight = weight
}

func notNegative(x dd.Number) dd.Number {
	if x.Hi < 0 {
		return dd.Number{}
	}
	return x
}

// residue bounds what rounding leaves of the sum of squares of a constant,
// against its sum about the pivot: some thousand roundings of 2^-106 each.
const residue = 0x1p-94

// centred returns the sum of squares about the mean: that about the pivot less
// the mean's part. What cannot be told from rounding is 0, so that a constant
// column has no variance whatever its pivot.
func centred(square, mean dd.Number) dd.Number {
	x := square.Sub(mean)
	if x.Hi <= residue*square.Hi {
		return dd.Number{}
	}
	return x
}

// unit returns 1.
func unit() dd.Number { return dd.FromFloat(1) }

// cross is what two parts a and b add to the central sums because their means
// differ by d.
type cross struct {
	d, a, b  dd.Number // difference mean b - mean a; shares of the weight
	second   dd.Number // d^2 na nb / n
	am2, bm2 dd.Number // na M2b / n and nb M2a / n
}

func newCross(d, na, nb, n dd.Number) cross {
	x := cross{d: d}
	if nb.Hi <= na.Hi {
		x.b = nb.Div(n)
		x.a = unit().Sub(x.b)
	} else {
		x.a = na.Div(n)
		x.b = unit().Sub(x.a)
	}
	x.second = d.Mul(d.Mul(na.Mul(x.b)))
	return x
}

// third returns d^3 na nb (na-nb)/n^2 + 3 d (na M2b - nb M2a)/n.
func (x *cross) third(a, b *central) dd.Number {
	x.bm2, x.am2 = x.b.Mul(a.m2), dd.Number{}
	if !b.m2.IsZero() {
		x.am2 = x.a.Mul(b.m2)
	}
	u := x.am2.Sub(x.bm2)
	return x.second.Mul(x.a.Sub(x.b)).Add(u.MulPow2(2)).Add(u).Mul(x.d)
}

// fourth returns d^4 na nb (na^2 - na nb + nb^2)/n^3 +
// 6 d^2 (na^2 M2b + nb^2 M2a)/n^2 + 4 d (na M3b - nb M3a)/n. It is called
// after third.
func (x *cross) fourth(a, b *central) dd.Number {
	ab := x.a.Mul(x.b)
	t := x.second.Mul(unit().Sub(ab.MulPow2(2)).Sub(ab)) // 1 - 3ab = a^2 - ab + b^2
	u, v := x.b.Mul(x.bm2), x.b.Mul(a.m3).Neg()
	if !b.m2.IsZero() {
		u, v = u.Add(x.a.Mul(x.am2)), v.Add(x.a.Mul(b.m3))
	}
	return t.Add(u.MulPow2(4)).Add(u.MulPow2(2)).Mul(x.d).Add(v.MulPow2(4)).Mul(x.d)
}
