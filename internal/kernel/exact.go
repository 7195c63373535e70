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
	_, e := math.Frexp(norm2 * (1 + 0x1p-30)) // norm2 < 2^e
	return math.Ldexp(1, (e+1)>>1)
}

func mulAddExactGo(hi, lo, a, b, scaleA, scaleB []float64, panels, stride, rows int) {
	n := rows * Width
	for j := range panels {
		bp := b[j*stride:][:n]
		for i := 0; i <= j; i++ {
			at := TileIndex(panels, i, j) * TileFloats
			ap := a[i*stride:][:n]
			for k := range TileFloats {
				row, column := k/Width, k%Width
				if i == j && row > column {
					continue
				}
				sigma := 3 * scaleA[i*Width+row] * scaleB[j*Width+column]
				h, l := exactDotGo(ap[row:], bp[column:], sigma)
				hi[at+k], lo[at+k] = accumulate(hi[at+k], lo[at+k], h, l)
			}
		}
	}
}

// exactDotGo returns the product of two columns as h+l.
func exactDotGo(a, b []float64, sigma float64) (h, l float64) {
	sum := sigma
	for r := 0; r < len(a) && r < len(b); r += Width {
		p, e := twoProd(a[r], b[r])
		next := sum + p
		l += (p - (next - sum)) + e
		sum = next
	}
	return sum - sigma, l
}

// accumulate returns hi+lo+h+l, normalised.
func accumulate(hi, lo, h, l float64) (float64, float64) {
	s, e := twoSum(hi, h)
	e += lo + l
	t := s + e
	return t, e - (t - s)
}
