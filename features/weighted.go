package features

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// weighted is the exponentially weighted mean and variance: with a = 2/(n+1)
// and d = x - mean, mean += a d and variance = (1-a)(variance + a d^2), as in
// T. Finch, Incremental calculation of weighted mean and variance (2009), eq.
// 124 and 143.
type weighted struct {
	alpha          float64
	read           func(m *weighted) float64
	seen           bool
	mean, variance float64
}

// newWeighted takes a = 2/(n+1), by which the weights have the centre of mass of a
// plain mean of n rows, (n-1)/2 rows back.
func newWeighted(read func(*weighted) float64) func(Spec) memory {
	return func(s Spec) memory { return &weighted{alpha: 2 / (float64(s.Rows) + 1), read: read} }
}

func weightedMean(m *weighted) float64      { return m.mean }
func weightedDeviation(m *weighted) float64 { return math.Sqrt(m.variance) }

func (m *weighted) step(_ int64, x float64) float64 {
	if !m.seen {
		m.seen, m.mean = true, x
		return m.read(m)
	}
	d := x - m.mean
	m.mean += m.alpha * d
	m.variance = (1 - m.alpha) * (m.variance + m.alpha*d*d)
	return m.read(m)
}

func (m *weighted) encode(w *wire.Writer) {
	w.Bool(m.seen)
	if m.seen {
		w.Float64(m.mean)
		w.Float64(m.variance)
	}
}

func (m *weighted) decode(r *wire.Reader) {
	if m.seen = r.Bool(); m.seen {
		m.mean, m.variance = r.Finite(), r.Finite()
	}
}
