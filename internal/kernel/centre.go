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
	*out = Powers{}
	for c := range s.Columns {
		centreColumnGo(s, c, centre[c], a, b, out)
	}
	for c := s.Columns; c < Width; c++ {
		clearColumn(b, c)
		if s.Weights != nil {
			clearColumn(a, c)
		}
	}
}

func centreColumnGo(s *Source, c int, centre float64, a, b []float64, out *Powers) {
	var s1, s2, s3, s4 float64
	for r, i, at := 0, c, c; r < s.Rows; r, i, at = r+1, i+Width, at+s.Stride {
		e := s.Values[at] - centre
		b[i] = e
		x := e
		if s.Weights != nil {
			x = s.Weights[r] * e
			a[i] = x
		}
		y := x * e
		square := e * e
		s1 += x
		s2 += y
		s3 += y * e
		s4 += y * square
	}
	out[0][c], out[1][c], out[2][c], out[3][c] = s1, s2, s3, s4
}

// clearColumn sets column c of a panel to 0.
func clearColumn(panel []float64, c int) {
	for i := c; i < len(panel); i += Width {
		panel[i] = 0
	}
}
