package stats

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/exact"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// What follows in the bytes of moments.
const (
	hasCentral = 1 << iota
	hasApart
	hasLostMin
	hasLostMax
)

// isPlain reports whether there is nothing that earlier versions do not have.
func (m *Moments) isPlain() bool { return m.apart == nil && !m.lostMin && !m.lostMax }

// Encode appends a byte that says what there is; of values near each other weight,
// mean, M2, M3, M4 (two float64 each); where there is anything minimum and maximum,
// and the exact sums of the other values.
func (m *Moments) Encode(w *wire.Writer) {
	flags := byte(0)
	for bit, is := range map[byte]bool{
		hasCentral: m.weight.Hi != 0, hasApart: m.apart != nil, hasLostMin: m.lostMin, hasLostMax: m.lostMax,
	} {
		if is {
			flags |= bit
		}
	}
	w.Byte(flags)
	if flags == 0 {
		return
	}
	if flags&hasCentral != 0 {
		for _, x := range [...]dd.Number{m.weight, m.mean, m.m2, m.m3, m.m4} {
			encodeNumber(w, x)
		}
	}
	w.Float64(m.min)
	w.Float64(m.max)
	if m.apart != nil {
		m.apart.sums.Encode(w)
	}
}

// decodeMoments reads what Encode wrote, in this version or an earlier one, which has
// no exact sums. Values that no statistic has leave an error in r.
func decodeMoments(r *wire.Reader) *Moments {
	m := &Moments{}
	flags := r.Byte()
	if flags == 0 || r.Err() != nil {
		return m
	}
	if flags > hasCentral|hasApart|hasLostMin|hasLostMax || flags&(hasCentral|hasApart) == 0 {
		r.Fail("moments of kind %d", flags)
		return m
	}
	if flags&hasCentral != 0 {
		m.weight, m.mean = decodeNumber(r), decodeNumber(r)
		m.m2, m.m3, m.m4 = decodeNumber(r), decodeNumber(r), decodeNumber(r)
		if r.Err() == nil && m.weight.Hi <= 0 {
			r.Fail("weight of moments is %v", m.weight.Hi)
		}
	}
	m.min, m.max = r.Finite(), r.Finite()
	m.lostMin, m.lostMax = flags&hasLostMin != 0, flags&hasLostMax != 0
	if flags&hasApart != 0 {
		m.apart = decodeApart(r)
	}
	// what Add, Merge and Subtract cannot leave behind would break the read-outs: a
	// root of a negative variance, a mean outside of the extremes' range
	switch {
	case r.Err() != nil:
	case m.m2.Hi < 0 || m.m4.Hi < 0:
		r.Fail("central sums are %v and %v", m.m2.Hi, m.m4.Hi)
	case m.min > m.max || max(math.Abs(m.min), math.Abs(m.max), math.Abs(m.mean.Hi)) > MaxMagnitude:
		r.Fail("minimum is %v, mean %v, maximum %v", m.min, m.mean.Hi, m.max)
	case !(m.weightDD().Hi > 0):
		r.Fail("weight of moments is %v", m.Weight())
	}
	if r.Err() != nil {
		return &Moments{}
	}
	return m
}

// decodeApart reads exact sums, of which there is at least one.
func decodeApart(r *wire.Reader) *apart {
	a := &apart{sums: exact.Decode(r)}
	if r.Err() != nil {
		return a
	}
	if a.sums.IsZero() || !a.isInRange() {
		r.Fail("exact sums are 0, or larger than 2^%d", mostExponent)
	}
	a.weight = number(a.sums.Big()[0])
	return a
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
