package stats

// Layout returns the columns of what has been learned. It must not be changed.
func (s *Summary) Layout() *Layout { return s.layout }

// Options returns the settings, defaults filled in.
func (s *Summary) Options() SummaryOptions { return s.options }

// Weight returns the weight of all rows: their number when all weigh 1.
func (s *Summary) Weight() float64 { return s.weight }

// Moments returns the moments of a numeric column. It must not be changed.
func (s *Summary) Moments(column int) *Moments { return s.moments.at[column] }

// Histogram returns the histogram of a numeric column. It must not be changed.
func (s *Summary) Histogram(column int) *Histogram { return s.histograms.at[column] }

// GivenBinary returns the conditional moments of the continuous columns, in
// their order, given the values 0 and 1 of a binary column; nil when the
// column is continuous. It must not be changed.
func (s *Summary) GivenBinary(column int) *Conditional {
	if !s.layout.Numeric[column].Binary {
		return nil
	}
	return s.givenBinary.at[column]
}

// Categories returns the weight of each code of a categorical column. It must
// not be changed.
func (s *Summary) Categories(column int) *Categories { return s.counts.at[column] }

// GivenCategory returns the conditional moments of all numeric columns given
// each code of a categorical column. It must not be changed.
func (s *Summary) GivenCategory(column int) *Conditional { return s.givenCategory.at[column] }

// Present returns the weight of the rows that have a categorical column. For a
// numeric column that is the weight of its moments.
func (s *Summary) Present(column int) float64 { return s.present.at[column].weight }

// Overflowed describes the values of a categorical column for which its
// dictionary had no room: how many different ones, and the heaviest. Both are
// nil while there are none. What has been forgotten still counts in them. They
// must not be changed.
func (s *Summary) Overflowed(column int) (*Distinct, *HeavyHitters) {
	o := s.overflowed.at[column]
	return o.distinct, o.heavy
}

// Contingency returns the weights of the pairs of codes of two different
// categorical columns; the first index of the table belongs to the lower
// column, whichever order they are given in. It must not be changed.
func (s *Summary) Contingency(a, b int) *Contingency {
	if a > b {
		a, b = b, a
	}
	return s.contingency.at[pairUnit(a, b)]
}

// Patterns returns the number of presence patterns that have a dense block,
// and the weight of the rows that have none.
func (s *Summary) Patterns() (dense int, overflow float64) {
	dense = len(s.patterns.blocks)
	overflow = s.weight
	for _, b := range s.patterns.blocks {
		overflow -= b.comoments.Weight()
	}
	if s.patterns.overflow == nil {
		overflow = 0
	}
	return dense, max(overflow, 0)
}

// Pair returns weight, means and co-moments of the rows that have both numeric
// columns: the pairwise-complete answer, exact whatever the patterns.
func (s *Summary) Pair(i, j int) PairStat {
	var sum PairStat
	for _, b := range s.patterns.blocks {
		bi, bj := b.index(i), b.index(j)
		if bi >= 0 && bj >= 0 {
			sum.merge(pairOf(b.comoments, bi, bj))
		}
	}
	if s.patterns.overflow != nil {
		sum.merge(s.patterns.overflow.pair(i, j))
	}
	return sum
}

// Complete returns the co-moments, in double-double where they are kept so, of
// the rows that have all the given numeric columns, in the given order, and
// whether all rows are in it that have any two of them. It is nil when there
// is no such row.
func (s *Summary) Complete(columns []int) (como *Comoments, all bool, err error) {
	all = s.patterns.overflow == nil
	for _, b := range s.patterns.blocks {
		order, missing := make([]int32, 0, len(columns)), 0
		for _, c := range columns {
			at := b.index(c)
			if at < 0 {
				missing++
				continue
			}
			order = append(order, int32(at))
		}
		if missing > 0 {
			all = all && (len(order) == 0 || b.comoments.Weight() == 0)
			continue
		}
		part, err := b.comoments.selected(order)
		if err != nil {
			return nil, false, err
		}
		if como == nil {
			como = part
			continue
		}
		if part.Precision() != como.Precision() {
			part, como = part.converted(Double), como.converted(Double)
		}
		if err := como.Merge(part); err != nil {
			return nil, false, err
		}
	}
	return como, all, nil
}

// index returns where column c is among the block's, or -1.
func (b *patternBlock) index(c int) int {
	if len(b.columns) == 0 || int(b.columns[len(b.columns)-1]) < c {
		return -1
	}
	if c < len(b.columns) && int(b.columns[c]) == c {
		return c
	}
	lo, hi := 0, len(b.columns)
	for lo < hi {
		mid := (lo + hi) / 2
		if int(b.columns[mid]) < c {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(b.columns) && int(b.columns[lo]) == c {
		return lo
	}
	return -1
}
