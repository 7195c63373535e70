package kernel

// Sums is what a first pass over a panel finds, per column.
type Sums struct {
	// Sum is the sum of w(x-pivot); Min and Max are the extremes of x.
	Sum, Min, Max Lane
}

// Scan returns weighted sums about pivot, and the extremes, of the columns.
func Scan(s *Source, pivot *Lane) Sums {
	var out Sums
	if accelerated {
		scanAccelerated(s, pivot, &out)
		return out
	}
	scanGo(s, pivot, &out)
	return out
}

func scanGo(s *Source, pivot *Lane, out *Sums) {
	x0, x1, x2, x3 := s.row(0)
	out.Min, out.Max = Lane{x0, x1, x2, x3}, Lane{x0, x1, x2, x3}
	var s0, s1, s2, s3 float64
	p0, p1, p2, p3 := pivot[0], pivot[1], pivot[2], pivot[3]
	for r := range s.Rows {
		x0, x1, x2, x3 := s.row(r)
		out.extend(x0, x1, x2, x3)
		if s.Weights == nil {
			s0 += x0 - p0
			s1 += x1 - p1
			s2 += x2 - p2
			s3 += x3 - p3
			continue
		}
		w := s.Weights[r]
		s0 += w * (x0 - p0)
		s1 += w * (x1 - p1)
		s2 += w * (x2 - p2)
		s3 += w * (x3 - p3)
	}
	out.Sum = Lane{s0, s1, s2, s3}
}

func (s *Sums) extend(x0, x1, x2, x3 float64) {
	s.Min[0], s.Max[0] = min(s.Min[0], x0), max(s.Max[0], x0)
	s.Min[1], s.Max[1] = min(s.Min[1], x1), max(s.Max[1], x1)
	s.Min[2], s.Max[2] = min(s.Min[2], x2), max(s.Max[2], x2)
	s.Min[3], s.Max[3] = min(s.Min[3], x3), max(s.Max[3], x3)
}
