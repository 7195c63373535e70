package stats

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
)

// Empty reports whether nothing has been added.
func (m *Moments) Empty() bool { return m.weight.Hi == 0 }

// Weight returns the sum of the weights: the number of values when each
// weighs 1.
func (m *Moments) Weight() float64 { return m.weight.Float() }

// Mean returns the mean, NaN when empty.
func (m *Moments) Mean() float64 { return m.MeanDD().Float() }

// MeanDD returns the mean in double-double, NaN when empty.
func (m *Moments) MeanDD() dd.Number {
	if m.Empty() {
		return dd.FromFloat(math.NaN())
	}
	return m.mean
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
		return m.m2.Float()
	case 3:
		return m.m3.Float()
	case 4:
		return m.m4.Float()
	default:
		return math.NaN()
	}
}

// Variance returns the central sum of order 2 over weight - ddof: the sample
// variance for ddof 1, that of the population for 0. It is NaN when the weight
// is not above ddof.
func (m *Moments) Variance(ddof float64) float64 {
	n := m.weight.AddFloat(-ddof)
	if m.Empty() || !(n.Hi > 0) {
		return math.NaN()
	}
	return m.m2.Div(n).Float()
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
	return m.m3.Float() / n / s / s / s
}

// Kurtosis returns g2, the fourth central moment of the population over the
// square of its variance, less 3 (excess); NaN without variance.
func (m *Moments) Kurtosis() float64 {
	n, v := m.Weight(), m.Variance(0)
	if !(v > 0) {
		return math.NaN()
	}
	return m.m4.Float()/n/v/v - 3
}

// Min returns the smallest value ever added, NaN when empty.
func (m *Moments) Min() float64 {
	if m.Empty() {
		return math.NaN()
	}
	return m.min
}

// Max returns the largest value ever added, NaN when empty.
func (m *Moments) Max() float64 {
	if m.Empty() {
		return math.NaN()
	}
	return m.max
}
