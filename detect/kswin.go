package detect

import (
	"math"
	"math/bits"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// kswin is KSWIN (C. Raab, M. Heusinger, F.-M. Schleif, Reactive soft prototype computing
// for concept drift streams, Neurocomputing 2020): the last values of a window against as
// many drawn from the rest of it, by the two-sample Kolmogorov-Smirnov test with its exact
// p-value, as SciPy computes it.
//
// What is drawn depends on the seed and on the number of values since the last change
// alone ([kswin.draw]), where River uses Python's generator; so a detector that is stored
// and read, or begins anew, draws the same. With the same draws both find the same. River
// begins with an empty window after a change, the paper goes on with the last values:
// keepWindow chooses.
type kswin struct {
	alpha      float64
	size, stat int
	seed       uint64
	keepWindow bool
	critical   int // the least distance of the distributions that is significant, in 1/stat

	n      uint64    // values since the last change
	values []float64 // the window, the oldest first

	older, newer []float64 // scratch
}

func readKSWIN(o *reader) method {
	m := &kswin{
		alpha:      o.number("alpha", 0.005, probability(), "The level of significance."),
		size:       o.integerUpTo("window_size", 100, 2, 10_000, "The number of values of the window."),
		stat:       o.integerUpTo("stat_size", 30, 1, 5_000, "The number of last values that are compared with as many of the rest."),
		seed:       uint64(o.integer("seed", 0, 0, "What is drawn of the rest of the window.")),
		keepWindow: o.boolean("keep_window", false, "Go on with the last values after a change, as the paper does. `false` begins with an empty window, as River does."),
	}
	if 2*m.stat > m.size {
		o.of.Fail("stat_size", m.stat, "at most half of window_size")
	}
	m.critical = criticalDistance(m.stat, m.alpha)
	return m
}

func (m *kswin) reset() {
	m.n = 0
	if m.keepWindow {
		m.values = append(m.values[:0], m.values[max(0, len(m.values)-m.stat):]...)
		return
	}
	m.values = m.values[:0]
}

func (m *kswin) step(x float64) Level {
	m.n++
	if len(m.values) == m.size {
		m.values = append(m.values[:0], m.values[1:]...)
	}
	m.values = append(m.values, x)
	if len(m.values) < m.size {
		return Stable
	}
	rest := m.size - m.stat
	m.draw()
	m.newer = append(m.newer[:0], m.values[rest:]...)
	slices.Sort(m.newer)
	distance := largestDistance(m.older, m.newer)
	if int(math.RoundToEven(distance*float64(m.stat))) >= m.critical && distance > 0.1 {
		return Change
	}
	return Stable
}

// draw puts stat values of the rest of the window, none twice, into older, sorted: a
// partial Fisher-Yates shuffle by the generator SplitMix64 (G. Steele, D. Lea, C. Flood,
// OOPSLA 2014), which begins at a hash of the seed and the number of values.
func (m *kswin) draw() {
	rest := m.size - m.stat
	m.older = append(m.older[:0], m.values[:rest]...)
	at := mix(mix(m.seed+increment) ^ m.n)
	for i := range m.stat {
		at += increment
		high, _ := bits.Mul64(mix(at), uint64(rest-i))
		k := i + int(high)
		m.older[i], m.older[k] = m.older[k], m.older[i]
	}
	m.older = m.older[:m.stat]
	slices.Sort(m.older)
}

// increment is the step of the generator, 2^64 divided by the golden ratio.
const increment = 0x9e3779b97f4a7c15

// mix is the finalizer of SplitMix64.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// encode writes the values since the last change, and the window.
func (m *kswin) encode(w *wire.Writer) {
	w.Uvarint(m.n)
	w.Uvarint(uint64(len(m.values)))
	w.Float64s(m.values)
}

func (m *kswin) decode(r *wire.Reader) {
	m.n = r.Uvarint()
	n := r.Count(8)
	if n > m.size {
		r.Fail("a window of %d values, at most %d are written", n, m.size)
		return
	}
	m.values = make([]float64, n)
	for i := range m.values {
		m.values[i] = r.Finite()
	}
}
