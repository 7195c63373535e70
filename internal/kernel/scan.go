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
	for c := range s.Columns {
		scanColumnGo(s, c, pivot[c], out)
	}
}

func scanColumnGo(s *Source, c int, pivot float64, out *Sums) {
	least, most, sum := s.Values[c], s.Values[c], 0.0
	for r, at := 0, c; r < s.Rows; r, at = r+1, at+s.Stride {
		x := s.Values[at]
		if x < least {
			least = x
		}
		if x > most {
			most = x
		}
		x -= pivot
		if s.Weights != nil {
			x *= s.Weights[r]
		}
		sum += x
	}
	out.Sum[c], out.Min[c], out.Max[c] = sum, least, most
}
