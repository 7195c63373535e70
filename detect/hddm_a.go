package detect

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// hddmA is the A-test of I. Frías-Blanco and others, Online and non-parametric drift
// detection methods based on Hoeffding's bounds (TKDE 2015): the mean of all values is
// above that up to the cut where mean and bound were least, by more than the bound of
// the difference (their corollary 3).
type hddmA struct {
	hoeffding

	all mean // of all values
	low mean // of those up to the cut for a rise
	top mean // of those up to the cut for a fall
}

// hoeffding are the options of both tests.
type hoeffding struct {
	drift, warning float64
	twoSided       bool
}

func readHoeffding(o *reader) hoeffding {
	h := hoeffding{
		drift:    o.number("drift_confidence", 0.001, probability(), "The probability of a change found where there is none."),
		warning:  o.number("warning_confidence", 0.005, probability(), "The same of a warning."),
		twoSided: o.boolean("two_sided_test", false, "Find falls of the mean too, not only rises."),
	}
	if h.warning < h.drift {
		o.of.Fail("warning_confidence", h.warning, "at least drift_confidence")
	}
	return h
}

// level is the highest one that a side has found.
func (h *hoeffding) level(rose, fell func(confidence float64) bool) Level {
	for _, c := range []struct {
		confidence float64
		level      Level
	}{{h.drift, Change}, {h.warning, Warning}} {
		if rose(c.confidence) || h.twoSided && fell(c.confidence) {
			return c.level
		}
	}
	return Stable
}

func readHDDMA(o *reader) method { return &hddmA{hoeffding: readHoeffding(o)} }

func (m *hddmA) reset() { m.all, m.low, m.top = mean{}, mean{}, mean{} }

func (m *hddmA) step(x float64) Level {
	m.all.add(x)
	if m.low.n == 0 {
		m.low, m.top = m.all, m.all
	}
	now := m.bound(m.all.n)
	if m.low.value+m.bound(m.low.n) >= m.all.value+now {
		m.low = m.all
	}
	if m.top.value-m.bound(m.top.n) <= m.all.value-now {
		m.top = m.all
	}
	return m.level(
		func(confidence float64) bool { return m.differs(&m.low, m.all.value-m.low.value, confidence) },
		func(confidence float64) bool { return m.differs(&m.top, m.top.value-m.all.value, confidence) },
	)
}

// bound is Hoeffding's, of the mean of n values.
func (m *hddmA) bound(n float64) float64 {
	return math.Sqrt(1 / (2 * n) * math.Log(1/m.drift))
}

// differs reports whether the mean of all values is further than chance from that up
// to a cut.
func (m *hddmA) differs(cut *mean, distance, confidence float64) bool {
	if cut.n == m.all.n {
		return false
	}
	share := (m.all.n - cut.n) / cut.n * (1 / m.all.n)
	return distance >= math.Sqrt(share/2*math.Log(2/confidence))
}

func (m *hddmA) encode(w *wire.Writer) {
	m.all.encode(w)
	m.low.encode(w)
	m.top.encode(w)
}

func (m *hddmA) decode(r *wire.Reader) {
	m.all.decode(r)
	m.low.decode(r)
	m.top.decode(r)
	if m.low.n > m.all.n || m.top.n > m.all.n || (m.low.n == 0) != (m.all.n == 0) || (m.top.n == 0) != (m.all.n == 0) {
		r.Fail("cuts after %v and %v of %v values", m.low.n, m.top.n, m.all.n)
	}
}
