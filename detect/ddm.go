package detect

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// ddm is the drift detection method of J. Gama, P. Medas, G. Castillo, P. Rodrigues,
// Learning with drift detection (SBIA 2004): with p the error rate and s its standard
// deviation, p + s has come above the least it was by so many of the s of then.
type ddm struct {
	warmStart, warning, drift float64

	rate  mean
	known bool // whether there is a least
	p, s  float64
}

func readDDM(o *reader) method {
	m := &ddm{
		warmStart: float64(o.integer("warm_start", 30, 0, "The number of values after which changes are looked for.")),
		warning:   o.number("warning_threshold", 2, param.Above(0), "The distance from the least error rate that is a warning, in standard deviations."),
		drift:     o.number("drift_threshold", 3, param.Above(0), "The distance that is a change."),
	}
	if m.warning > m.drift {
		o.of.Fail("warning_threshold", m.warning, "at most drift_threshold")
	}
	return m
}

func (m *ddm) reset() { m.rate, m.known, m.p, m.s = mean{}, false, 0, 0 }

func (m *ddm) step(x float64) Level {
	m.rate.add(x)
	p := m.rate.value
	s := math.Sqrt(max(p*(1-p)/m.rate.n, 0))
	if m.rate.n <= m.warmStart {
		return Stable
	}
	if !m.known || p+s <= m.p+m.s {
		m.known, m.p, m.s = true, p, s
	}
	switch {
	case p+s > m.p+m.drift*m.s:
		return Change
	case p+s > m.p+m.warning*m.s:
		return Warning
	}
	return Stable
}

// encode writes the error rate, and the least rate with its deviation once there is one.
func (m *ddm) encode(w *wire.Writer) {
	m.rate.encode(w)
	w.Bool(m.known)
	if m.known {
		w.Float64s([]float64{m.p, m.s})
	}
}

func (m *ddm) decode(r *wire.Reader) {
	m.rate.decode(r)
	if m.known = r.Bool(); m.known {
		m.p, m.s = r.Finite(), r.Finite()
	}
}
