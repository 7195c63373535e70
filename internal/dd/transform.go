package dd

import "math"

// TwoSum returns s and e with s = fl(a+b) and s+e = a+b exactly (Knuth).
func TwoSum(a, b float64) (s, e float64) {
	s = a + b
	bb := s - a
	e = (a - (s - bb)) + (b - bb)
	return s, e
}

// FastTwoSum is TwoSum for |a| >= |b| or a = 0 (Dekker).
func FastTwoSum(a, b float64) (s, e float64) {
	s = a + b
	e = b - (s - a)
	return s, e
}

// TwoDiff returns s and e with s = fl(a-b) and s+e = a-b exactly (Knuth).
func TwoDiff(a, b float64) (s, e float64) {
	s = a - b
	bb := s - a
	e = (a - (s - bb)) - (b + bb)
	return s, e
}

// TwoProd returns p and e with p = fl(a*b) and p+e = a*b exactly. It uses a
// fused multiply-add, which on amd64 costs a check of the processor per call.
func TwoProd(a, b float64) (p, e float64) {
	p = float64(a * b) // the conversion keeps the compiler from fusing it with a later sum
	return p, math.FMA(a, b, -p)
}
