package forest

import (
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// scale is where the numbers of an attribute are counted from, and in which unit, so that sums
// of their squares neither overflow nor lose digits. It is fixed by the rows that come first and then
// never changes, so sums about it add up. What is predicted depends on it by
// rounding only. Until two values differ there is no unit, and all count as 0, which they are in
// any.
type scale struct {
	known  bool
	origin float64
	unit   float64 // a power of two; 0 for none yet
}

// farthest bounds the distance of a number from the origin in units.
const farthest = 1 << 100

// of returns a value in units, 0 for one that is missing.
func (s *scale) of(v float64) float64 {
	if s.unit == 0 || math.IsNaN(v) {
		return 0
	}
	return min(max((v-s.origin)/s.unit, -farthest), farthest)
}

// reaches reports whether a value counts as what it is: it is not so far from the origin that it would
// be clipped, and it is the origin where there is no unit yet.
func (s *scale) reaches(v float64) bool {
	if s.unit == 0 {
		return v == s.origin
	}
	return math.Abs((v-s.origin)/s.unit) < farthest
}

// extends reports whether s is o, or that with more known.
func (s *scale) extends(o *scale) bool {
	return (!o.known || s.known && s.origin == o.origin) && (o.unit == 0 || s.unit == o.unit)
}

// scaleRows is how many rows decide a scale at most.
const scaleRows = 256

// settle fixes what is not known yet by the values of a column.
func (s *scale) settle(rows *stats.Rows, column int) (changed bool) {
	if s.unit != 0 || column == none {
		return false
	}
	var values []float64
	for i := 0; i < rows.N && len(values) < scaleRows; i++ {
		if v := at(rows.Row(i), int32(column)); !math.IsNaN(v) && !math.IsInf(v, 0) {
			values = append(values, v)
		}
	}
	if len(values) == 0 {
		return false
	}
	if !s.known {
		s.origin = slices.Sorted(slices.Values(values))[len(values)/2]
		s.known, changed = true, true
	}
	// The distance that nine of ten values are within: one that is far from all others is
	// not to put these out of sight.
	for i, v := range values {
		values[i] = math.Abs(v - s.origin)
	}
	slices.Sort(values)
	values = slices.DeleteFunc(values, func(distance float64) bool { return distance == 0 })
	if len(values) == 0 {
		return changed
	}
	most := values[(len(values)-1)*9/10]
	_, e := math.Frexp(min(most, math.MaxFloat64))
	s.unit = math.Ldexp(1, min(e, 1023))
	return true
}

// encode appends whether the scale is known, and its origin and unit where it is.
func (s *scale) encode(w *wire.Writer) {
	w.Bool(s.known)
	if s.known {
		w.Float64(s.origin)
		w.Float64(s.unit)
	}
}

func decodeScale(r *wire.Reader) scale {
	s := scale{known: r.Bool()}
	if s.known {
		s.origin, s.unit = r.Finite(), r.Finite()
	}
	if f, _ := math.Frexp(s.unit); r.Err() == nil && s.unit != 0 && f != 0.5 {
		r.Fail("unit %v is no power of two", s.unit)
	}
	return s
}
