package kernel

import "math"

// MulAddExact adds A'B to the upper triangle of a symmetric matrix that is
// stored, in tiles, as the sum of hi and lo, in about twice the precision of
// float64.
//
// scaleA and scaleB hold a power of two per column that is at least the
// Euclidean norm of its rows, see [Scale]. Each sum starts at 3 scaleA scaleB:
// by Cauchy's inequality it then never leaves its binade, so the difference of
// two successive sums is exact, and what a product lost to rounding is one
// fused operation away (the extraction of T. Ogita, S. M. Rump, S. Oishi,
// Accurate sum and dot product, SIAM J. Sci. Comput. 26 (2005), with the sum
// itself as the extraction constant). The error of a sum over n rows is at
// most n^2/2 * 2^-104 scaleA scaleB: 2^-91 of the norms for MaxRows rows, and
// typically 2^-97.
func MulAddExact(hi, lo, a, b, scaleA, scaleB []float64, panels, stride, rows int) {
	if panels == 0 || rows == 0 {
		return
	}
	end, size := (panels-1)*stride+rows*Width, panels*(panels+1)/2*TileFloats
	a, b, hi, lo = a[:end], b[:end], hi[:size], lo[:size]
	scaleA, scaleB = scaleA[:panels*Width], scaleB[:panels*Width]
	if accelerated {
		mulAddExactAccelerated(hi, lo, a, b, scaleA, scaleB, panels, stride, rows)
		return
	}
	mulAddExactGo(hi, lo, a, b, scaleA, scaleB, panels, stride, rows)
}

// Scale returns a power of two that is at least the square root of norm2, a
// sum of squares that may have rounding errors; 0 for 0.
func Scale(norm2 float64) float64 {
	if norm2 == 0 {
		return 0
	}
	e := exponent(norm2 * (1 + 0x1p-30)) // norm2 < 2^(e+1)
	return math.Float64frombits(uint64((e+2)>>1+bias) << mantissa)
}

// ScaleOf returns a power of two above |x|, 0 for 0.
func ScaleOf(x float64) float64 {
	if x == 0 {
		return 0
	}
	return math.Float64frombits(uint64(exponent(x)+1+bias) << mantissa)
}

// The layout of a float64.
const (
	bias     = 1023
	mantissa = 52
)

// exponent returns e with |x| < 2^(e+1), the least one unless x is subnormal.
func exponent(x float64) int {
	return int(math.Float64bits(x)>>mantissa&0x7ff) - bias
}
