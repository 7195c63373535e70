package kernel

// MulAdd adds A'B to the upper triangle of a symmetric matrix c of 4*panels
// columns, stored in tiles. Panel k of a and b starts at k*stride and holds
// rows rows. a and b may be the same.
func MulAdd(c, a, b []float64, panels, stride, rows int) {
	if panels == 0 || rows == 0 {
		return
	}
	end := (panels-1)*stride + rows*Width
	a, b, c = a[:end], b[:end], c[:panels*(panels+1)/2*TileFloats]
	if accelerated {
		mulAddAccelerated(c, a, b, panels, stride, rows)
		return
	}
	mulAddGo(c, a, b, panels, stride, rows)
}

func mulAddGo(c, a, b []float64, panels, stride, rows int) {
	n := rows * Width
	for j := range panels {
		bp := b[j*stride:][:n]
		for i := 0; i <= j; i++ {
			ap := a[i*stride:][:n]
			t := c[tileIndex(panels, i, j)*TileFloats:][:TileFloats]
			threeByTwoGo(t, ap, bp)
			threeByTwoGo(t[2:], ap, bp[2:])
			lastRowGo(t[3*Width:], ap[3:], bp)
		}
	}
}

// threeByTwoGo adds the products of three columns of a and two of b: as many
// sums as stay in registers.
func threeByTwoGo(t, a, b []float64) {
	var s00, s01, s10, s11, s20, s21 float64
	for r := 0; r+2 < len(a) && r+1 < len(b); r += Width {
		y0, y1 := b[r], b[r+1]
		x := a[r]
		s00 += x * y0
		s01 += x * y1
		x = a[r+1]
		s10 += x * y0
		s11 += x * y1
		x = a[r+2]
		s20 += x * y0
		s21 += x * y1
	}
	t[0] += s00
	t[1] += s01
	t[Width] += s10
	t[Width+1] += s11
	t[2*Width] += s20
	t[2*Width+1] += s21
}

// lastRowGo adds the products of one column of a and all of b.
func lastRowGo(t, a, b []float64) {
	var s0, s1, s2, s3 float64
	for r := 0; r < len(a) && r+3 < len(b); r += Width {
		x := a[r]
		s0 += x * b[r]
		s1 += x * b[r+1]
		s2 += x * b[r+2]
		s3 += x * b[r+3]
	}
	t[0] += s0
	t[1] += s1
	t[2] += s2
	t[3] += s3
}
