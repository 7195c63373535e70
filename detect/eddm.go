package detect

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// eddm is the early drift detection method of M. Baena-García and others (IWKDDS 2006):
// with p the mean number of values from one error to the next and s its standard
// deviation, p + 2 s has come below a share of the most that it was.
type eddm struct {
	warmStart   float64
	alpha, beta float64

	n, last   float64 // values by now, and the one that was the last error
	distances mean    // its n is the number of errors
	squares   float64 // about the mean of the distances
	most      float64 // 0 until there is one
	warned    bool    // a warning stands until the next error
}

func readEDDM(o *reader) method {
	m := &eddm{
		warmStart: float64(o.integer("warm_start", 30, 0, "The number of errors after which changes are looked for.")),
		alpha:     o.number("alpha", 0.95, param.Above(0).UpTo(1), "The share of the largest distance of errors below which there is a warning."),
		beta:      o.number("beta", 0.9, param.Above(0).UpTo(1), "The share below which there is a change."),
	}
	if m.beta > m.alpha {
		o.of.Fail("beta", m.beta, "at most alpha")
	}
	return m
}

func (m *eddm) reset() {
	m.n, m.last, m.distances, m.squares, m.most, m.warned = 0, 0, mean{}, 0, 0, false
}

func (m *eddm) step(x float64) Level {
	m.n++
	if x == 1 {
		d := m.n - m.last
		m.last = m.n
		before := m.distances.value
		m.distances.add(d)
		m.squares += (d - before) * (d - m.distances.value)
		if m.n > m.warmStart && m.atError() {
			return Change
		}
	}
	if m.warned {
		return Warning
	}
	return Stable
}

// atError compares the distances with the most that they were.
func (m *eddm) atError() (change bool) {
	variance := 0.0
	if m.distances.n > 1 {
		variance = m.squares / (m.distances.n - 1)
	}
	now := m.distances.value + 2*math.Sqrt(max(variance, 0))
	switch {
	case now > m.most:
		m.most = now
	case m.distances.n > m.warmStart:
		share := now / m.most
		m.warned = share < m.alpha
		return share < m.beta
	}
	return false
}

// encode writes the values by now, the last error, distances of errors with their
// squares, the most and the warning.
func (m *eddm) encode(w *wire.Writer) {
	w.Uvarint(uint64(m.n))
	w.Uvarint(uint64(m.last))
	m.distances.encode(w)
	w.Float64(m.squares)
	w.Float64(m.most)
	w.Bool(m.warned)
}

func (m *eddm) decode(r *wire.Reader) {
	m.n, m.last = whole(r), whole(r)
	m.distances.decode(r)
	m.squares, m.most, m.warned = r.Finite(), r.Finite(), r.Bool()
	if m.last > m.n || m.distances.n > m.last {
		r.Fail("%v errors of %v values, the last one is %v", m.distances.n, m.n, m.last)
	}
}
