package anomaly

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// steps score the attributes that a detector has no measure of, as they do not
// vary or did not when its binning was laid: by how few rows lie as far from the
// usual value, on the same side, the scored row counted. A step in a constant
// is so as rare as any value can be.
type steps struct {
	columns []stepColumn
	// weight is what the odds of a row count in a sum of squares.
	weight float64
}

type stepColumn struct {
	column, place int // of the row, and among the inputs
	usual         float64
	n             float64
	ecdf          *stats.ECDF // nil for a constant
}

// sameValue is the distance from the usual value, as a share of it, up to which
// a value is that: readings are seldom good to more digits.
const sameValue = 1e-9

// varies reports whether a spread can be divided by.
func varies(spread float64) bool { return spread > 0 && !math.IsInf(1/spread, 1) }

// constantsOf returns the constant ones of some columns; an attribute that no
// row has had is left out.
func constantsOf(s *stats.Summary, columns []int) steps {
	out := steps{weight: 1}
	for place, c := range columns {
		if m := s.Moments(c); !m.Empty() && !varies(m.Stddev(0)) {
			out.columns = append(out.columns, stepColumn{column: c, place: place, usual: m.Mean(), n: m.Weight()})
		}
	}
	return out
}

// add appends a column whose values may vary.
func (s *steps) add(summary *stats.Summary, column, place int) {
	m := summary.Moments(column)
	if m.Empty() {
		return
	}
	e := stats.NewECDF(summary.Histogram(column))
	s.columns = append(s.columns, stepColumn{column: column, place: place, usual: e.Quantile(0.5), n: m.Weight(), ecdf: e})
}

// odds is how many rows there are for each that lies as far out as x on its
// side of the usual value, 1 for the usual value, and for none.
func (c *stepColumn) odds(x float64) float64 {
	if math.IsNaN(x) || math.Abs(x-c.usual) <= sameValue*math.Abs(c.usual) {
		return 1
	}
	if c.ecdf == nil {
		return c.n + 1
	}
	share := c.ecdf.At(x)
	if x > c.usual {
		share = 1 - c.ecdf.At(math.Nextafter(x, math.Inf(-1)))
	}
	// both sides together, so that half of all rows are within any value
	return max(1, (c.n+1)/(2*share*c.n+1))
}

// squares adds what a row's steps count among squared distances to the
// contributions and returns the sum: as many as there are rows, which is the
// square that a row has if it is learned as the one that differs.
func (s *steps) squares(values, contributions []float64) float64 {
	sum := 0.0
	for i := range s.columns {
		c := &s.columns[i]
		if odds := c.odds(valueAt(values, c.column)); odds > 1 {
			contributions[c.place] += s.weight * odds
			sum += s.weight * odds
		}
	}
	return sum
}

// logarithms adds the logarithms of the odds of a row's steps to the
// contributions and returns their sum.
func (s *steps) logarithms(values, contributions []float64) float64 {
	sum := 0.0
	for i := range s.columns {
		c := &s.columns[i]
		part := math.Log(c.odds(valueAt(values, c.column)))
		contributions[c.place] += part
		sum += part
	}
	return sum
}

// halves adds half of the number of rows for a step in a constant, and the logarithm
// of the odds, times a scale, for another, to the contributions and returns the sum.
func (s *steps) halves(values, contributions []float64, scale float64) float64 {
	sum := 0.0
	for i := range s.columns {
		c := &s.columns[i]
		part := c.odds(valueAt(values, c.column))
		switch {
		case part <= 1:
			continue
		case c.ecdf == nil:
			part /= 2
		default:
			part = scale * math.Log(part)
		}
		contributions[c.place] += part
		sum += part
	}
	return sum
}
