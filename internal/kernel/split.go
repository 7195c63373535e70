package kernel

import "math"

// Splits is what [Split] finds, per column.
type Splits struct {
	// SumHi+SumLo is the sum of w(x-pivot) in double-double, not normalised.
	SumHi, SumLo Lane
	// NormA and NormB are the sums of squares of the high words of w(x-pivot)
	// and of x-pivot; without weights NormA is not set.
	NormA, NormB Lane
	// Min and Max are the extremes of x.
	Min, Max Lane
	// Low has a set bit in a column that has a low word other than zero.
	Low [Width]uint64
}

// Exact is the four panels that [Split] stores: the words of w(x-pivot) in A
// and those of x-pivot in B. Without weights A is not used.
type Exact struct {
	AHi, ALo, BHi, BLo []float64
}

// Split stores x-pivot, and w(x-pivot) when there are weights, as the sum of
// two float64. For x-pivot the sum is exact; for the product it has an error
// of 2^-105.
func Split(s *Source, pivot *Lane, to *Exact, out *Splits) {
	n := s.Rows * Width
	to.BHi, to.BLo = to.BHi[:n], to.BLo[:n]
	if s.Weights != nil {
		to.AHi, to.ALo = to.AHi[:n], to.ALo[:n]
	}
	if accelerated {
		splitAccelerated(s, pivot, to, out)
		return
	}
	splitGo(s, pivot, to, out)
}

func splitGo(s *Source, pivot *Lane, to *Exact, out *Splits) {
	var extremes Sums
	x0, x1, x2, x3 := s.row(0)
	extremes.Min, extremes.Max = Lane{x0, x1, x2, x3}, Lane{x0, x1, x2, x3}
	*out = Splits{}
	for r := range s.Rows {
		x0, x1, x2, x3 := s.row(r)
		extremes.extend(x0, x1, x2, x3)
		hi, lo := to.BHi[r*Width:r*Width+Width], to.BLo[r*Width:r*Width+Width]
		hi[0], lo[0] = twoDiff(x0, pivot[0])
		hi[1], lo[1] = twoDiff(x1, pivot[1])
		hi[2], lo[2] = twoDiff(x2, pivot[2])
		hi[3], lo[3] = twoDiff(x3, pivot[3])
	}
	out.Min, out.Max = extremes.Min, extremes.Max
	for c := range s.Columns {
		splitColumnGo(s.Weights, c, to, out)
	}
}

// splitColumnGo adds up column c of panels that hold x-pivot already.
func splitColumnGo(weights []float64, c int, to *Exact, out *Splits) {
	var sum, low, normA, normB float64
	var bits uint64
	for r, i := 0, c; i < len(to.BHi); r, i = r+1, i+Width {
		hi, lo := to.BHi[i], to.BLo[i]
		normB += hi * hi
		bits |= math.Float64bits(lo)
		if weights != nil {
			w := weights[r]
			p, e := twoProd(w, hi)
			hi, lo = p, e+w*lo
			to.AHi[i], to.ALo[i] = hi, lo
			normA += hi * hi
			bits |= math.Float64bits(lo)
		}
		s, e := twoSum(sum, hi)
		sum = s
		low += e + lo
	}
	out.SumHi[c], out.SumLo[c] = sum, low
	out.NormA[c], out.NormB[c] = normA, normB
	out.Low[c] = bits << 1 // a zero may carry a sign
}

func twoSum(a, b float64) (s, e float64) {
	s = a + b
	bb := s - a
	return s, (a - (s - bb)) + (b - bb)
}

func twoDiff(a, b float64) (s, e float64) {
	s = a - b
	bb := s - a
	return s, (a - (s - bb)) - (b + bb)
}

// twoProd is Dekker's product. It does without math.FMA, which costs a check
// of the processor in default builds.
func twoProd(a, b float64) (p, e float64) {
	const splitter = 1<<27 + 1
	p = a * b
	t := splitter * a
	ah := t - (t - a)
	al := a - ah
	t = splitter * b
	bh := t - (t - b)
	bl := b - bh
	return p, ((ah*bh - p) + ah*bl + al*bh) + al*bl
}
