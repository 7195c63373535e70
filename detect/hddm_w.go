package detect

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// hddmW is the W-test of the authors of [hddmA]: the exponentially weighted mean of the
// values after the cut is above that up to it, by more than McDiarmid's bound.
type hddmW struct {
	hoeffding
	lambda float64

	all        weighted
	rise, fall side
}

// weighted is an exponentially weighted mean with the sum of the squares of its
// weights, which the bound is made of.
type weighted struct {
	known         bool
	mean, squares float64
}

func (s *weighted) add(x, lambda float64) {
	if !s.known {
		s.known, s.mean, s.squares = true, x, 1
	} else {
		s.mean = lambda*x + (1-lambda)*s.mean
	}
	s.squares = lambda*lambda + (1-lambda)*(1-lambda)*s.squares
}

// side is the cut for changes of one direction.
type side struct {
	at            float64 // mean and bound at the cut
	before, after weighted
}

func readHDDMW(o *reader) method {
	return &hddmW{
		hoeffding: readHoeffding(o),
		lambda:    o.number("lambda_val", 0.05, probability(), "The weight of the newest value. Smaller forgets more slowly."),
	}
}

func (m *hddmW) reset() { m.all, m.rise, m.fall = weighted{}, side{}, side{} }

func (m *hddmW) step(x float64) Level {
	m.all.add(x, m.lambda)
	bound := mcDiarmid(m.all.squares, m.drift)
	if at := m.all.mean + bound; !m.rise.before.known || at < m.rise.at {
		m.rise = side{at: at, before: m.all}
	} else {
		m.rise.after.add(x, m.lambda)
	}
	if at := m.all.mean - bound; !m.fall.before.known || at > m.fall.at {
		m.fall = side{at: at, before: m.all}
	} else {
		m.fall.after.add(x, m.lambda)
	}
	return m.level(
		func(confidence float64) bool { return exceeds(&m.rise.before, &m.rise.after, confidence) },
		func(confidence float64) bool { return exceeds(&m.fall.after, &m.fall.before, confidence) },
	)
}

func mcDiarmid(squares, confidence float64) float64 {
	return math.Sqrt(squares * math.Log(1/confidence) / 2)
}

// exceeds reports whether the second mean is above the first by more than chance.
func exceeds(first, second *weighted, confidence float64) bool {
	if !first.known || !second.known {
		return false
	}
	return second.mean-first.mean > mcDiarmid(first.squares+second.squares, confidence)
}

func (m *hddmW) encode(w *wire.Writer) {
	m.all.encode(w)
	for _, s := range []*side{&m.rise, &m.fall} {
		w.Float64(s.at)
		s.before.encode(w)
		s.after.encode(w)
	}
}

func (m *hddmW) decode(r *wire.Reader) {
	m.all.decode(r)
	for _, s := range []*side{&m.rise, &m.fall} {
		s.at = r.Finite()
		s.before.decode(r)
		s.after.decode(r)
	}
}

func (s *weighted) encode(w *wire.Writer) {
	w.Bool(s.known)
	if s.known {
		w.Float64(s.mean)
		w.Float64(s.squares)
	}
}

func (s *weighted) decode(r *wire.Reader) {
	if s.known = r.Bool(); s.known {
		s.mean, s.squares = r.Finite(), r.Finite()
		if s.squares < 0 {
			r.Fail("sum of squares is %v", s.squares)
		}
	}
}
