package stats

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// Encode appends a byte that says whether there is anything and, if so,
// weight, mean, M2, M3, M4 (two float64 each), minimum and maximum.
func (m *Moments) Encode(w *wire.Writer) {
	w.Bool(!m.Empty())
	if m.Empty() {
		return
	}
	for _, x := range [...]dd.Number{m.weight, m.mean, m.m2, m.m3, m.m4} {
		encodeNumber(w, x)
	}
	w.Float64(m.min)
	w.Float64(m.max)
}

// decodeMoments reads what Encode wrote. Values that no statistic has leave an
// error in r.
func decodeMoments(r *wire.Reader) *Moments {
	m := &Moments{}
	if !r.Bool() {
		return m
	}
	m.weight, m.mean = decodeNumber(r), decodeNumber(r)
	m.m2, m.m3, m.m4 = decodeNumber(r), decodeNumber(r), decodeNumber(r)
	m.min, m.max = r.Finite(), r.Finite()
	// what Add, Merge and Subtract cannot leave behind would break the read-outs: a
	// root of a negative variance, a mean outside of the extremes' range
	switch {
	case r.Err() != nil:
	case m.weight.Hi <= 0:
		r.Fail("weight of moments is %v", m.weight.Hi)
	case m.m2.Hi < 0 || m.m4.Hi < 0:
		r.Fail("central sums are %v and %v", m.m2.Hi, m.m4.Hi)
	case m.min > m.max || max(math.Abs(m.min), math.Abs(m.max), math.Abs(m.mean.Hi)) > MaxMagnitude:
		r.Fail("minimum is %v, mean %v, maximum %v", m.min, m.mean.Hi, m.max)
	}
	if r.Err() != nil {
		return &Moments{}
	}
	return m
}

// encodeNumber appends both words of a double-double.
func encodeNumber(w *wire.Writer, x dd.Number) {
	w.Float64(x.Hi)
	w.Float64(x.Lo)
}

// decodeNumber reads a double-double that is finite and normalised.
func decodeNumber(r *wire.Reader) dd.Number {
	x := dd.Number{Hi: r.Float64(), Lo: r.Float64()}
	if r.Err() == nil && !x.IsNormal() {
		r.Fail("number is %v + %v", x.Hi, x.Lo)
	}
	return x
}
