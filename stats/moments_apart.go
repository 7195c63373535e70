package stats

import (
	"math"
	"math/big"
	"sync/atomic"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/exact"
	"github.com/rpconnect-sml/rpconnect-sml/internal/kernel"
)

// apart is the sums of powers of values that are kept exactly: the first values, of
// which it is not known yet which are far off, those that are far from the others,
// and, taken away, those that were forgotten. What is summed up block by block in
// float64 therefore is close together, and its rounding far below its spread.
//
// Moments are the sum of both. Which values are where decides about speed and
// rounding only: a value can be taken away here that was added there.
type apart struct {
	sums     exact.Powers
	weight   dd.Number // of sums, negative where more was taken away
	resolved atomic.Pointer[central]

	// What follows serves to decide which values are far, and is not stored.
	values int                 // added one by one
	strays int                 // of these, since the last that was near
	recent [recentSize]float64 // the last ones
	// centre and reach say what is near as long as there is not enough that is.
	chosen        bool
	centre, reach float64
}

const (
	// firstValues are kept exactly, whatever they are.
	firstValues = 256
	// leastValues and recentSize are of how many values centre and reach are estimated.
	leastValues, recentSize = 32, 64
	// sampled is of about how many they are at most, at equal distances in the batch.
	sampled = 512
	// leastCore is the weight from which on what is near is told by the spread of what
	// is near already.
	leastCore = 32
	// farSpreads is how many standard deviations from the mean are far. The fourth
	// power of a value there is 2^16 times that of the others, of which float64 keeps
	// 2^-37.
	farSpreads = 16
	// manyStrays in sequence show that the values are elsewhere now. Where they are more
	// than widerBy times as spread out, these may be outliers among the others, until
	// there are very many.
	manyStrays, veryManyStrays = 64, 1024
	widerBy                    = 0x1p10
)

func (a *apart) clone() *apart {
	out := &apart{
		sums: a.sums.Clone(), weight: a.weight, values: a.values, strays: a.strays, recent: a.recent,
		chosen: a.chosen, centre: a.centre, reach: a.reach,
	}
	out.resolved.Store(a.resolved.Load())
	return out
}

// needApart returns the exact sums of m, which changes them.
func (m *Moments) needApart() *apart {
	if m.apart == nil {
		m.apart = &apart{}
	}
	m.apart.resolved.Store(nil)
	return m.apart
}

// add takes a value.
func (a *apart) add(x, w float64) {
	a.sums.Add(x, w)
	a.weight = a.weight.AddFloat(w)
	a.recent[a.values%recentSize] = x
	a.values++
	a.strays++
}

// isNear reports whether all values from low to high are near those that are summed
// up by blocks.
func (m *Moments) isNear(low, high float64) bool {
	if m.bounded {
		return low >= -mostBounded && high <= mostBounded
	}
	if m.weight.Hi < leastCore {
		return false
	}
	if m.m2.Hi == 0 {
		return low == high && m.mean.Hi == low && m.mean.Lo == 0
	}
	r := max(math.Abs(low-m.mean.Hi), math.Abs(high-m.mean.Hi))
	return r*r*m.weight.Hi <= farSpreads*farSpreads*m.m2.Hi
}

// addColumn adds column c of a block, of which p holds the sums of powers about
// centre. Rows to forget are added exactly.
func (m *Moments) addColumn(src *kernel.Source, c int, weight dd.Number, centre float64, p *kernel.Powers, low, high float64, forgotten bool) {
	if !forgotten && m.isNear(low, high) {
		m.addBlock(weight, centre, p, c, low, high)
		if m.apart != nil {
			m.apart.strays = 0
		}
		return
	}
	m.reaches(low+0, high+0)
	a := m.needApart()
	values := make([]float64, 0, kernel.MaxRows)
	var weights []float64
	for r := range src.Rows {
		x, w := src.Values[r*src.Stride+c], 1.0
		if src.Weights != nil {
			w = src.Weights[r]
		}
		if forgotten || m.weight.IsZero() && a.values < firstValues {
			a.add(x, w)
			continue
		}
		values = append(values, x)
		if src.Weights != nil {
			weights = append(weights, w)
		}
	}
	m.sort(values, weights)
}

// addValue adds one value.
func (m *Moments) addValue(x, w float64) {
	m.reaches(x+0, x+0)
	if a := m.needApart(); !m.bounded && m.weight.IsZero() && a.values < firstValues {
		a.add(x, w)
		return
	}
	m.sort([]float64{x}, []float64{w})
}

// addExact adds one value exactly, and does not learn from it what is near.
func (m *Moments) addExact(x, w float64) {
	m.reaches(x+0, x+0)
	a := m.needApart()
	a.sums.Add(x, w)
	a.weight = a.weight.AddFloat(w)
}

// sort adds values to those that are near or exactly; weights is nil for 1 each.
func (m *Moments) sort(values, weights []float64) {
	if len(values) == 0 {
		return
	}
	a := m.apart
	centre, reach, known := m.near(values)
	isNear := func(x float64) bool { return known && math.Abs(x-centre) <= reach }
	if known && m.weight.Hi >= leastCore {
		far := 0
		for _, x := range values {
			if !isNear(x) {
				far++
			}
		}
		if 2*far > len(values) && len(values) >= leastValues || a.strays >= manyStrays {
			if _, now, ok := a.estimate(values); ok && (now <= widerBy*reach || a.strays >= veryManyStrays) {
				m.moveApart()
				a = m.needApart()
				a.chosen, a.strays = false, 0
				centre, reach, known = m.near(values)
			}
		}
	}
	var block nearBlock
	for i, x := range values {
		w := 1.0
		if weights != nil {
			w = weights[i]
		}
		if !isNear(x) {
			a.add(x, w)
			continue
		}
		a.strays = 0
		block.values, block.weights = append(block.values, x), append(block.weights, w)
	}
	if part := block.central(); part.weight.Hi > 0 {
		m.central.combine(&part)
	}
	if m.bounded && a.sums.IsZero() { // none has ever been far
		m.apart = nil
	}
}

// near returns which values are near: by the spread of those that are, by that of
// many values that come together, or by that of the last ones.
func (m *Moments) near(values []float64) (centre, reach float64, known bool) {
	a := m.apart
	switch {
	case m.bounded:
		return 0, mostBounded, true
	case m.weight.Hi >= leastCore:
		return m.mean.Hi, farSpreads * math.Sqrt(max(m.m2.Hi/m.weight.Hi, 0)), true
	case a.chosen:
		return a.centre, a.reach, true
	}
	a.centre, a.reach, a.chosen = a.estimate(values)
	return a.centre, a.reach, a.chosen
}

// nearBlock is values that are close together.
type nearBlock struct{ values, weights []float64 }

// central returns their sums, about their mean in float64.
func (b *nearBlock) central() (out central) {
	if len(b.values) == 0 {
		return out
	}
	first, sum := b.values[0], 0.0
	for i, x := range b.values {
		out.weight = out.weight.AddFloat(b.weights[i])
		sum += b.weights[i] * (x - first)
	}
	centre := first + sum/out.weight.Hi
	var s1, s2, s3, s4 float64
	for i, x := range b.values {
		e, w := x-centre, b.weights[i]
		s1, s2, s3, s4 = s1+w*e, s2+w*e*e, s3+w*e*e*e, s4+w*e*e*e*e
	}
	d := s1 / out.weight.Hi
	out.mean = dd.Sum(centre, d)
	out.m2 = dd.FromFloat(max(s2-d*s1, 0))
	out.m3 = dd.FromFloat(s3 - 3*d*s2 + 2*d*d*s1)
	out.m4 = dd.FromFloat(max(s4-4*d*s3+6*d*d*s2-3*d*d*d*s1, 0))
	return out
}

// moveApart makes the sums of what was near exact sums, with the rounding that they
// have.
func (m *Moments) moveApart() {
	sums := m.central.powers()
	a := m.needApart()
	a.sums.AddBig(&sums)
	a.weight = a.weight.Add(m.weight)
	m.central = central{}
}

// farApart is the square of the distance of two means, in standard deviations, from
// which on merging would cost digits of the fourth powers.
const farApart = 0x1p20

// combineApart merges the sums of o, which is not empty.
func (m *Moments) combineApart(o *Moments) {
	if m.weight.Hi > 0 && o.weight.Hi > 0 {
		d := o.mean.Sub(m.mean).Hi
		light, heavy := &o.central, &m.central
		if o.weight.Hi > m.weight.Hi {
			light, heavy = heavy, light
		}
		if heavy.m2.Hi > 0 && d*d*heavy.weight.Hi > farApart*heavy.m2.Hi {
			sums := light.powers()
			a := m.needApart()
			a.sums.AddBig(&sums)
			a.weight = a.weight.Add(light.weight)
			m.central = *heavy
		} else {
			m.central.combine(&o.central)
		}
	} else {
		m.central.combine(&o.central)
	}
	if o.apart != nil {
		a := m.needApart()
		a.sums.Merge(&o.apart.sums)
		a.weight = a.weight.Add(o.apart.weight)
		a.values += o.apart.values
	} else if m.apart != nil {
		m.apart.resolved.Store(nil)
	}
}

// remove takes o away, which leaves some weight.
func (m *Moments) remove(o *Moments) {
	a := m.needApart()
	gone := o.Clone()
	gone.moveApart()
	a.sums.Subtract(&gone.apart.sums)
	a.weight = a.weight.Sub(gone.apart.weight)
	m.lostMin, m.lostMax = m.lostMin || o.min <= m.min, m.lostMax || o.max >= m.max
	m.settle()
}

// rounding is the share of the squares of values near each other below which what is
// left of them is rounding.
const centralRounding = 0x1p-46

// settle puts what has been taken away into the sums of what is near, where no value
// is left apart that would spoil these.
func (m *Moments) settle() {
	a := m.apart
	if a.sums.IsZero() {
		m.apart = nil
		return
	}
	if m.weight.Hi <= 0 {
		return
	}
	rest := *m.total()
	if !(rest.m2.Hi*m.weight.Hi <= farSpreads*farSpreads*m.m2.Hi*rest.weight.Hi) {
		return
	}
	if rest.m2.Hi <= centralRounding*m.m2.Hi {
		rest.m2, rest.m3, rest.m4 = dd.Number{}, dd.Number{}, dd.Number{}
	}
	const vanished = 0x1p-80 // of a mean that is 0
	if math.Abs(rest.mean.Hi) <= vanished*math.Abs(m.mean.Hi) {
		rest.mean = dd.Number{}
	}
	m.central, m.apart = rest, nil
}

// total returns the sums of all values. It must not be changed.
func (m *Moments) total() *central {
	if m.apart == nil {
		return &m.central
	}
	if known := m.apart.resolved.Load(); known != nil {
		return known
	}
	sums, own := m.apart.sums.Big(), m.central.powers()
	for k := range sums {
		sums[k].Add(sums[k], own[k])
	}
	out := centralOf(&sums)
	m.apart.resolved.Store(out)
	return out
}

// wide returns a number with room for exact sums.
func wide() *big.Float { return new(big.Float).SetPrec(exact.Precision) }

func product(a *big.Float, more ...*big.Float) *big.Float {
	out := wide().Set(a)
	for _, b := range more {
		out.Mul(out, b)
	}
	return out
}

func bigOf(x dd.Number) *big.Float {
	return wide().Add(wide().SetFloat64(x.Hi), wide().SetFloat64(x.Lo))
}

// powers returns the sums of powers about 0.
func (c *central) powers() (s [5]*big.Float) {
	if c.weight.Hi == 0 {
		for k := range s {
			s[k] = wide()
		}
		return s
	}
	n, mean := bigOf(c.weight), bigOf(c.mean)
	m2, m3, m4 := bigOf(c.m2), bigOf(c.m3), bigOf(c.m4)
	square := product(mean, mean)
	s[0] = n
	s[1] = product(n, mean)
	s[2] = wide().Add(m2, product(n, square))
	s[3] = wide().Add(m3, product(mean, m2, wide().SetInt64(3)))
	s[3].Add(s[3], product(n, square, mean))
	s[4] = wide().Add(m4, product(mean, m3, wide().SetInt64(4)))
	s[4].Add(s[4], product(square, m2, wide().SetInt64(6)))
	s[4].Add(s[4], product(n, square, square))
	return s
}

// centralOf inverts powers: with mean = S1/S0, M2 = S2 - mean S1,
// M3 = S3 - 3 mean S2 + 2 mean^2 S1 and M4 = S4 - 4 mean S3 + 6 mean^2 S2 - 3 mean^3 S1.
func centralOf(s *[5]*big.Float) *central {
	if s[0].Sign() <= 0 {
		nan := dd.FromFloat(math.NaN())
		return &central{weight: number(s[0]), mean: nan, m2: nan, m3: nan, m4: nan}
	}
	mean := wide().Quo(s[1], s[0])
	square := product(mean, mean)
	m2 := wide().Sub(s[2], product(mean, s[1]))
	out := &central{weight: number(s[0]), mean: number(mean)}
	// what is left of the precision by cancellation
	if m2.Sign() <= 0 || m2.MantExp(nil) < s[2].MantExp(nil)-exact.Precision/2 {
		return out
	}
	m3 := wide().Sub(s[3], product(mean, s[2], wide().SetInt64(3)))
	m3.Add(m3, product(square, s[1], wide().SetInt64(2)))
	m4 := wide().Sub(s[4], product(mean, s[3], wide().SetInt64(4)))
	m4.Add(m4, product(square, s[2], wide().SetInt64(6)))
	m4.Sub(m4, product(square, mean, s[1], wide().SetInt64(3)))
	out.m2, out.m3, out.m4 = number(m2), number(m3), notNegative(number(m4))
	return out
}

// number rounds to double-double.
func number(x *big.Float) dd.Number {
	hi, _ := x.Float64()
	if math.IsInf(hi, 0) {
		return dd.FromFloat(hi)
	}
	lo, _ := wide().Sub(x, wide().SetFloat64(hi)).Float64()
	return dd.Normalise(hi, lo)
}

// mostExponent is that of the largest sum, 1e300.
const mostExponent = 996

// safeFourth is a sum of fourth powers so far from the largest that neither the sum of
// two nor the rounding of moments reaches that.
const safeFourth = 1e280

// fitsWith reports whether the sums of both are certainly in range together: by the
// extremes and weights, without adding them up.
func (m *Moments) fitsWith(o *Moments) bool {
	largest := max(math.Abs(m.min), math.Abs(m.max), math.Abs(o.min), math.Abs(o.max))
	square := max(4*largest*largest, 1)
	return (m.gross()+o.gross())*square*square < safeFourth && m.apart.isSafe() && o.apart.isSafe()
}

// gross is the weight of both sums, whatever their signs.
func (m *Moments) gross() float64 {
	if m.apart == nil {
		return m.weight.Hi
	}
	return m.weight.Hi + math.Abs(m.apart.weight.Hi)
}

func (a *apart) isSafe() bool { return a == nil || a.sums.Exponent() < mostExponent-8 }

func (a *apart) isInRange() bool { return a.sums.Exponent() <= mostExponent }

func (a *apart) scalable(f float64) bool {
	return a.sums.Exponent()+int(math.Ceil(math.Log2(f))) <= mostExponent
}

func (a *apart) scale(f float64) {
	a.sums.Scale(f)
	a.weight = a.weight.MulFloat(f)
	a.resolved.Store(nil)
}
