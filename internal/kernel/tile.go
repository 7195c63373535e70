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
			t := c[TileIndex(panels, i, j)*TileFloats:][:TileFloats]
			quarterGo(t, ap, bp, 0, 0)
			quarterGo(t, ap, bp, 0, 2)
			if i < j {
				quarterGo(t, ap, bp, 2, 0) // below the diagonal of a tile on it
			}
			quarterGo(t, ap, bp, 2, 2)
		}
	}
}

// quarterGo adds the 2 x 2 corner at (i, j) of a tile, two rows at a time so
// that eight sums are under way.
func quarterGo(t, a, b []float64, i, j int) {
	var s00, s01, s10, s11, t00, t01, t10, t11 float64
	n := len(a)
	a, b = a[i:], b[j:]
	r := 0
	for ; r+2*Width <= n; r += 2 * Width {
		x, y := a[r:r+6], b[r:r+6]
		s00 += x[0] * y[0]
		s01 += x[0] * y[1]
		s10 += x[1] * y[0]
		s11 += x[1] * y[1]
		t00 += x[4] * y[4]
		t01 += x[4] * y[5]
		t10 += x[5] * y[4]
		t11 += x[5] * y[5]
	}
	if r < n {
		x, y := a[r:r+2], b[r:r+2]
		s00 += x[0] * y[0]
		s01 += x[0] * y[1]
		s10 += x[1] * y[0]
		s11 += x[1] * y[1]
	}
	t[i*Width+j] += s00 + t00
	t[i*Width+j+1] += s01 + t01
	t[i*Width+Width+j] += s10 + t10
	t[i*Width+Width+j+1] += s11 + t11
}
