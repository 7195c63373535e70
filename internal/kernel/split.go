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
	*out = Splits{}
	for c := range s.Columns {
		splitColumnGo(s, c, pivot[c], to, out)
	}
	for c := s.Columns; c < Width; c++ {
		clearColumn(to.BHi, c)
		clearColumn(to.BLo, c)
		if s.Weights != nil {
			clearColumn(to.AHi, c)
			clearColumn(to.ALo, c)
		}
	}
}

func splitColumnGo(s *Source, c int, pivot float64, to *Exact, out *Splits) {
	var sum, low, normA, normB float64
	var bits uint64
	least, most := s.Values[c], s.Values[c]
	for r, i, at := 0, c, c; r < s.Rows; r, i, at = r+1, i+Width, at+s.Stride {
		x := s.Values[at]
		if x < least {
			least = x
		}
		if x > most {
			most = x
		}
		hi, lo := twoDiff(x, pivot)
		to.BHi[i], to.BLo[i] = hi, lo
		normB += hi * hi
		bits |= math.Float64bits(lo)
		if s.Weights != nil {
			w := s.Weights[r]
			p, e := twoProd(w, hi)
			hi, lo = p, e+w*lo
			to.AHi[i], to.ALo[i] = hi, lo
			normA += hi * hi
			bits |= math.Float64bits(lo)
		}
		t, e := twoSum(sum, hi)
		sum = t
		low += e + lo
	}
	out.SumHi[c], out.SumLo[c] = sum, low
	out.NormA[c], out.NormB[c] = normA, normB
	out.Min[c], out.Max[c] = least, most
	out.Low[c] = bits << 1 // a zero may carry a sign
}
