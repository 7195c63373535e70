package stats

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
)

// Empty reports whether nothing has been added.
func (m *Moments) Empty() bool { return m.weight.Hi == 0 && m.apart == nil }

// Weight returns the sum of the weights: the number of values when each
// weighs 1.
func (m *Moments) Weight() float64 { return m.weightDD().Float() }

func (m *Moments) weightDD() dd.Number {
	if m.apart == nil {
		return m.weight
	}
	return m.weight.Add(m.apart.weight)
}

// Mean returns the mean, NaN when empty.
func (m *Moments) Mean() float64 { return m.MeanDD().Float() }

// MeanDD returns the mean in double-double, NaN when empty.
func (m *Moments) MeanDD() dd.Number {
	if m.Empty() {
		return dd.FromFloat(math.NaN())
	}
	return m.total().mean
}

// CentralSum returns the sum of w(x-mean)^k for k from 0, the weight, to 4;
// NaN for other k.
func (m *Moments) CentralSum(k int) float64 {
	switch k {
	case 0:
		return m.Weight()
	case 1:
		return 0
	case 2:
		return m.total().m2.Float()
	case 3:
		return m.total().m3.Float()
	case 4:
		return m.total().m4.Float()
	default:
		return math.NaN()
	}
}

// Variance returns the central sum of order 2 over weight - ddof: the sample
// variance for ddof 1, that of the population for 0. It is NaN when the weight
// is not above ddof.
func (m *Moments) Variance(ddof float64) float64 {
	n := m.weightDD().AddFloat(-ddof)
	if m.Empty() || !(n.Hi > 0) {
		return math.NaN()
	}
	return m.total().m2.Div(n).Float()
}

// Stddev returns the square root of Variance.
func (m *Moments) Stddev(ddof float64) float64 { return math.Sqrt(m.Variance(ddof)) }

// Skewness returns g1, the third central moment of the population over the
// cube of its standard deviation; NaN without variance.
func (m *Moments) Skewness() float64 {
	n, s := m.Weight(), m.Stddev(0)
	if !(s > 0) {
		return math.NaN()
	}
	return m.total().m3.Float() / n / s / s / s
}

// Kurtosis returns g2, the fourth central moment of the population over the
// square of its variance, less 3 (excess); NaN without variance.
func (m *Moments) Kurtosis() float64 {
	n, v := m.Weight(), m.Variance(0)
	if !(v > 0) {
		return math.NaN()
	}
	return m.total().m4.Float()/n/v/v - 3
}

// Min returns the smallest value, NaN when empty or not known: when a value has been
// forgotten that may have been the smallest.
func (m *Moments) Min() float64 {
	if m.Empty() || m.lostMin {
		return math.NaN()
	}
	return m.min
}

// Max returns the largest value, NaN when empty or not known, as of Min.
func (m *Moments) Max() float64 {
	if m.Empty() || m.lostMax {
		return math.NaN()
	}
	return m.max
}

// Bounds returns the interval in which all values lie: from the smallest to the
// largest where these are known. Both are NaN when empty.
func (m *Moments) Bounds() (low, high float64) {
	if m.Empty() {
		return math.NaN(), math.NaN()
	}
	return m.min, m.max
}

// narrow takes over that all values lie in a known interval, of which exact says
// that both ends are values.
func (m *Moments) narrow(low, high float64, exact bool) {
	if m.lostMin && low >= m.min {
		m.min, m.lostMin = low, !exact
	}
	if m.lostMax && high <= m.max {
		m.max, m.lostMax = high, !exact
	}
	if m.min == m.max && m.total().m2.Hi != 0 { // which rounding has left
		m.become(m.min)
	}
}
