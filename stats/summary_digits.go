package stats

import "math"

// mostDigits is how many digits a float64 has.
const mostDigits = 15

// digits returns how many digits of the co-moments of a numeric column are right, up to
// 15. They are few only after rows have been forgotten that were so far from those that are
// left that the sums did not hold both. It is measured: the sum of squares that the
// co-moments have, against that of the moments, which hold more, and that against the
// histogram, of which the counts are exact: values that differ have squares.
func (s *Summary) digits(column int) int {
	m, h := s.moments.at[column], s.histograms.at[column]
	if m.Empty() {
		return mostDigits
	}
	square := m.CentralSum(2)
	wrong := math.Abs(s.Pair(column, column).Cii.Float() - square)
	switch {
	case square == 0 && h.Weight() > 0 && h.Min() < h.Max():
		return 0
	case wrong == 0:
		return mostDigits
	case !(wrong < square): // NaN too
		return 0
	}
	return min(int(-math.Log10(wrong/square)), mostDigits)
}

// enoughDigits is how many digits of co-moments are right where nothing is lost that is
// worth a word.
const enoughDigits = 8

// Inexact returns how many digits of the co-moments of numeric columns are right, by name,
// of those of which fewer than 8 are; nil for none.
func (s *Summary) Inexact() map[string]int {
	var out map[string]int
	for i := range s.layout.Numeric {
		if n := s.digits(i); n < enoughDigits {
			if out == nil {
				out = map[string]int{}
			}
			out[s.layout.Numeric[i].Name] = n
		}
	}
	return out
}
