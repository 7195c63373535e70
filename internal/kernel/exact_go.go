package kernel

import "math"

// triple is a number and its halves, which Dekker's product needs; the halves
// are not set where fused operations are fast.
type triple struct {
	x, hi, lo float64
}

// triples is a panel of up to MaxRows rows.
type triples [MaxRows * Width]triple

func (t *triples) set(panel []float64) []triple {
	out := t[:len(panel)]
	for i, x := range panel {
		out[i].x = x
		if !fastFMA {
			out[i].hi, out[i].lo = halves(x)
		}
	}
	return out
}

func mulAddExactGo(hi, lo, a, b, scaleA, scaleB []float64, panels, stride, rows int) {
	var left, right triples
	for ; rows > 0; rows -= MaxRows {
		n := min(rows, MaxRows) * Width
		for j := range panels {
			y := right.set(b[j*stride:][:n])
			for i := range j + 1 {
				x := left.set(a[i*stride:][:n])
				at := tileIndex(panels, i, j) * TileFloats
				exactTileGo(hi[at:][:TileFloats], lo[at:][:TileFloats], x, y, scaleA[i*Width:], scaleB[j*Width:], i == j)
			}
		}
		a, b = a[min(n, len(a)):], b[min(n, len(b)):]
	}
}

func exactTileGo(hi, lo []float64, a, b []triple, scaleA, scaleB []float64, diagonal bool) {
	for row := range Width {
		for column := 0; column < Width; column += 2 {
			if diagonal && column+1 < row {
				continue // below the diagonal
			}
			sigma0, sigma1 := 3*scaleA[row]*scaleB[column], 3*scaleA[row]*scaleB[column+1]
			s0, l0, s1, l1 := exactPairGo(a[row:], b[column:], sigma0, sigma1)
			k := row*Width + column
			hi[k], lo[k] = accumulate(hi[k], lo[k], s0-sigma0, l0)
			hi[k+1], lo[k+1] = accumulate(hi[k+1], lo[k+1], s1-sigma1, l1)
		}
	}
}

// exactPairGo adds the products of a column and two neighbouring ones to s0
// and s1, and returns the sums and what they lack.
func exactPairGo(a, b []triple, s0, s1 float64) (float64, float64, float64, float64) {
	var l0, l1 float64
	for r := 0; r < len(a) && r+1 < len(b); r += Width {
		x, y, z := &a[r], &b[r], &b[r+1]
		p, e := x.times(y)
		t := s0 + p
		l0 += (p - (t - s0)) + e
		s0 = t
		p, e = x.times(z)
		t = s1 + p
		l1 += (p - (t - s1)) + e
		s1 = t
	}
	return s0, l0, s1, l1
}

// times returns the product exactly.
func (t *triple) times(u *triple) (p, e float64) {
	if fastFMA {
		p = float64(t.x * u.x)
		return p, math.FMA(t.x, u.x, -p)
	}
	return dekker(t.x, t.hi, t.lo, u.x, u.hi, u.lo)
}
