package kernel

import "math"

// The conversions to float64 below forbid the compiler to fuse a product with
// the sum that follows, which it may do on some processors and which would
// lose the rounding that these functions rely on.

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

// accumulate returns hi+lo+h+l, normalised.
func accumulate(hi, lo, h, l float64) (float64, float64) {
	s, e := twoSum(hi, h)
	e += lo + l
	t := s + e
	return t, e - (t - s)
}

// halves returns a as the sum of two numbers of 26 bits (Veltkamp).
func halves(a float64) (hi, lo float64) {
	const splitter = 1<<27 + 1
	t := float64(splitter * a)
	hi = t - (t - a)
	return hi, a - hi
}

// twoProd returns a*b exactly: with a fused operation where that is fast, else
// by Dekker's product.
func twoProd(a, b float64) (p, e float64) {
	if fastFMA {
		p = float64(a * b)
		return p, math.FMA(a, b, -p)
	}
	ah, al := halves(a)
	bh, bl := halves(b)
	return dekker(a, ah, al, b, bh, bl)
}

// dekker returns a*b exactly, given the halves of both.
func dekker(a, ah, al, b, bh, bl float64) (p, e float64) {
	p = float64(a * b)
	return p, ((float64(ah*bh) - p) + float64(ah*bl) + float64(al*bh)) + float64(al*bl)
}
