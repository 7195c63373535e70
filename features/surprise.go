package features

import (
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// surprise is -log10 of the probability of a value as far out as this one, on
// the side where it lies, given all values before it: peaks over threshold (A.
// Siffer, P. Fouque, A. Termier, C. Largouet, Anomaly detection in streams with
// extreme value theory, KDD 2017, eq. 1) with the exponential tail, shape 0.
// Only the largest and the smallest values are kept, which is additive.
type surprise struct {
	n         uint64
	low, high extremes // low of the negated values
}

const (
	// surpriseTail is the share of the values that makes a tail.
	surpriseTail = 0.02
	// surpriseKept bounds the values of a tail that are kept; with more than
	// surpriseKept/surpriseTail rows a tail is a smaller share.
	surpriseKept = 512
	// surpriseRows is the number of values before which there is no feature.
	surpriseRows = 20
	// surpriseMost bounds the feature where a tail has no spread.
	surpriseMost = 20
)

func newSurprise(Spec) memory { return &surprise{} }

// step reads the tails before the value enters them.
func (m *surprise) step(_ int64, x float64) float64 {
	out := math.NaN()
	if m.n >= surpriseRows {
		out = max(m.high.tail(x, m.n), m.low.tail(-x, m.n))
	}
	m.n++
	m.high.add(x)
	m.low.add(-x)
	return out
}

func (m *surprise) encode(w *wire.Writer) {
	w.Uvarint(m.n)
	m.low.encode(w)
	m.high.encode(w)
}

func (m *surprise) decode(r *wire.Reader) {
	m.n = r.Uvarint()
	m.low.decode(r)
	m.high.decode(r)
}

// extremes is the largest values, in ascending order.
type extremes []float64

func (e *extremes) add(x float64) {
	s := *e
	if len(s) == surpriseKept && x <= s[0] {
		return
	}
	at, _ := slices.BinarySearch(s, x)
	if len(s) < surpriseKept {
		*e = slices.Insert(s, at, x)
		return
	}
	copy(s[:at-1], s[1:at])
	s[at-1] = x
}

// tail returns -log10 of the probability that one of n values reaches x.
// Up to the threshold it is the empirical share, with the value itself counted.
func (e extremes) tail(x float64, n uint64) float64 {
	excesses := min(int(math.Ceil(float64(n)*surpriseTail)), len(e)-1)
	threshold := e[len(e)-1-excesses]
	if x <= threshold {
		at, _ := slices.BinarySearch(e, x)
		return -math.Log10(float64(len(e)-at+1) / float64(n+1))
	}
	share := float64(excesses+1) / float64(n+1)
	scale := mean(e[len(e)-excesses:]) - threshold
	if !(scale > 0) {
		return surpriseMost
	}
	return min(-math.Log10(share)+(x-threshold)/scale/math.Ln10, surpriseMost)
}

func (e *extremes) encode(w *wire.Writer) {
	w.Uvarint(uint64(len(*e)))
	w.Float64s(*e)
}

func (e *extremes) decode(r *wire.Reader) {
	n := r.Count(8)
	if n > surpriseKept {
		r.Fail("%d extreme values, at most %d are written", n, surpriseKept)
		return
	}
	*e = make(extremes, n)
	for i := range *e {
		(*e)[i] = r.Finite()
	}
	if !slices.IsSorted(*e) {
		r.Fail("extreme values are not in order")
	}
}
