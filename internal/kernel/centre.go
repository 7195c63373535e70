package kernel

// Powers holds, per column, the sums of w e, w e^2, w e^3 and w e^4.
type Powers [4]Lane

// Centre stores e = x-centre as a panel in b and, when the source has weights,
// w e as a panel in a (else a is not used), and adds up the powers of e.
func Centre(s *Source, centre *Lane, a, b []float64, out *Powers) {
	b = b[:s.Rows*Width]
	if s.Weights != nil {
		a = a[:s.Rows*Width]
	}
	if accelerated {
		centreAccelerated(s, centre, a, b, out)
		return
	}
	centreGo(s, centre, a, b, out)
}

func centreGo(s *Source, centre *Lane, a, b []float64, out *Powers) {
	for r := range s.Rows {
		x0, x1, x2, x3 := s.row(r)
		e := b[r*Width : r*Width+Width]
		e[0], e[1], e[2], e[3] = x0-centre[0], x1-centre[1], x2-centre[2], x3-centre[3]
		if s.Weights != nil {
			w, f := s.Weights[r], a[r*Width:r*Width+Width]
			f[0], f[1], f[2], f[3] = w*e[0], w*e[1], w*e[2], w*e[3]
		}
	}
	if s.Weights == nil {
		a = b
	}
	*out = Powers{}
	for c := 0; c < s.Columns; c += 2 {
		powersGo(a, b, c, out)
	}
}

// powersGo adds up the powers of columns c and c+1: two at a time is what the
// registers of amd64 hold.
func powersGo(a, b []float64, c int, out *Powers) {
	var s1, s2, s3, s4, t1, t2, t3, t4 float64
	for r := c; r+1 < len(b); r += Width {
		e, f, x, y := b[r], b[r+1], a[r], a[r+1]
		s1 += x
		t1 += y
		x *= e
		y *= f
		s2 += x
		t2 += y
		x *= e
		y *= f
		s3 += x
		t3 += y
		s4 += x * e
		t4 += y * f
	}
	out[0][c], out[1][c], out[2][c], out[3][c] = s1, s2, s3, s4
	out[0][c+1], out[1][c+1], out[2][c+1], out[3][c+1] = t1, t2, t3, t4
}
