package detect

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// stepd is the test of equal proportions of K. Nishida, K. Yamauchi, Detecting concept
// drift using statistical testing (Discovery Science 2007): the share of errors among the
// last values against that before them, with the continuity correction of their equation
// (1). Their alternative is that the accuracy has fallen, which is one tail of the normal
// distribution.
//
// MOA takes the absolute value of the statistic, also where the correction has made it
// negative, and both tails. So it finds a change where both shares are the same and near
// 0, and an improvement is a change too. Here a negative statistic is none; twoSided takes
// both tails and both directions.
type stepd struct {
	size           int
	drift, warning float64
	twoSided       bool

	recent []bool // the last values, a ring once it is full
	first  int    // of the ring
	wrong  float64
	older  float64 // values before the last ones
	errors float64 // of them
}

func readSTEPD(o *reader) method {
	m := &stepd{
		size:     o.integerUpTo("window_size", 30, 1, 10_000, "The number of last values. The test begins with twice as many."),
		drift:    o.number("alpha_drift", 0.003, probability(), "The level of significance of a change."),
		warning:  o.number("alpha_warning", 0.05, probability(), "The level of significance of a warning."),
		twoSided: o.boolean("two_sided_test", false, "Find fewer errors as well as more."),
	}
	if m.warning < m.drift {
		o.of.Fail("alpha_warning", m.warning, "at least alpha_drift")
	}
	return m
}

func (m *stepd) reset() { m.recent, m.first, m.wrong, m.older, m.errors = nil, 0, 0, 0, 0 }

func (m *stepd) step(x float64) Level {
	if len(m.recent) < m.size {
		m.recent = append(m.recent, x == 1)
	} else {
		if m.recent[m.first] {
			m.wrong--
			m.errors++
		}
		m.older++
		m.recent[m.first] = x == 1
		m.first = (m.first + 1) % m.size
	}
	m.wrong += x
	if m.older < float64(m.size) {
		return Stable
	}
	switch p := m.significance(); {
	case p < m.drift:
		return Change
	case p < m.warning:
		return Warning
	}
	return Stable
}

// significance is the p-value of the test; 1 where the share of errors has not grown.
func (m *stepd) significance() float64 {
	n := float64(m.size)
	right := (m.older - m.errors) + (n - m.wrong)
	p := right / (m.older + n)
	inverse := 1/m.older + 1/n
	fall := (m.older-m.errors)/m.older - (n-m.wrong)/n
	if m.twoSided {
		fall = math.Abs(fall)
	}
	statistic := (fall - inverse/2) / math.Sqrt(p*(1-p)*inverse)
	if !(statistic > 0) { // also where all are right, or all wrong
		return 1
	}
	tail := math.Erfc(statistic/math.Sqrt2) / 2
	if m.twoSided {
		return 2 * tail
	}
	return tail
}

// encode writes the values before the last ones with their errors, and the last ones,
// the oldest first.
func (m *stepd) encode(w *wire.Writer) {
	w.Uvarint(uint64(m.older))
	w.Uvarint(uint64(m.errors))
	w.Uvarint(uint64(len(m.recent)))
	for i := range m.recent {
		w.Bool(m.recent[(m.first+i)%len(m.recent)])
	}
}

func (m *stepd) decode(r *wire.Reader) {
	m.older, m.errors = whole(r), whole(r)
	n := r.Count(1)
	if n > m.size || m.errors > m.older || m.older > 0 && n < m.size {
		r.Fail("%d last values of at most %d, %v errors of %v before", n, m.size, m.errors, m.older)
		return
	}
	m.recent = make([]bool, n)
	for i := range m.recent {
		if m.recent[i] = r.Bool(); m.recent[i] {
			m.wrong++
		}
	}
}
