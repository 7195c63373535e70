package stats

import (
	"fmt"
	"math"
	"sort"
)

// Rows is a block of N encoded rows: the only form in which rows reach the
// statistics. Values and Codes are row-major; a row's columns are those of the
// [Layout] under which it was encoded. The statistics never keep or change a
// Rows.
type Rows struct {
	// N is the number of rows.
	N int
	// Numeric is the number of numeric columns (continuous and binary) and
	// Values holds N*Numeric numbers; NaN means missing.
	Numeric int
	Values  []float64
	// Categorical is the number of categorical columns (categorical and list)
	// and Codes holds N*Categorical codes: an index into the column's values,
	// Missing, or, for a list, -2-i where Sets[i] holds the row's codes.
	Categorical int
	Codes       []int32
	Sets        [][]int32
	// Overflow are the values of categorical columns that became Other because
	// their dictionary is full, in ascending order of their rows.
	Overflow []Overflow
	// Weights holds N positive finite weights; nil means 1 each. A row of weight
	// 3 counts as three equal rows.
	Weights []float64
	// Factors says by how much each of the Weights has been multiplied because
	// of the age of the row; nil means 1 each. A row of weight w and factor u
	// stands for w/u rows of weight u, which decides how many rows the sum is
	// worth: see Summary.EffectiveRows.
	Factors []float64
	// Times holds N event times in nanoseconds since 1970, nil when the
	// project does not use time.
	Times []int64
	// Forgotten says that the rows were learned elsewhere and are gathered to be
	// taken away from there: none of them is left out for being late.
	Forgotten bool
}

// Overflow is a value of a categorical column for which its dictionary had no
// room.
type Overflow struct {
	Row, Column int
	Value       string
}

// overflowOf returns the overflow of rows [from, to).
func (r *Rows) overflowOf(from, to int) []Overflow {
	at := func(row int) int {
		return sort.Search(len(r.Overflow), func(i int) bool { return r.Overflow[i].Row >= row })
	}
	return r.Overflow[at(from):at(to)]
}

// Missing is the code of a categorical value that a row does not have, and
// Other the code of every value that the column's dictionary has no room for.
const (
	Missing int32 = -1
	Other   int32 = 0
)

// maxWeight bounds the weight of a row and maxFourth its weight times the
// fourth power of a value. What a row adds to a sum is at most some hundred times
// the latter, whatever there was before, so that no number of rows overflows.
const (
	maxWeight = 1e100
	maxFourth = 1e290
)

// freeWeight is the weight up to which every value is within maxFourth.
const freeWeight = maxFourth / (MaxMagnitude * MaxMagnitude * MaxMagnitude * MaxMagnitude)

// Reset empties the block for rows of the given width and keeps its memory.
func (r *Rows) Reset(numeric, categorical int) {
	*r = Rows{
		Numeric: numeric, Categorical: categorical,
		Values: r.Values[:0], Codes: r.Codes[:0], Sets: r.Sets[:0], Overflow: r.Overflow[:0], Weights: r.Weights[:0], Times: r.Times[:0],
		Factors: r.Factors[:0],
	}
}

// Weight returns the weight of row i.
func (r *Rows) Weight(i int) float64 {
	if len(r.Weights) == 0 {
		return 1
	}
	return r.Weights[i]
}

// squared returns what row i adds to the sum of squared weights: w/u rows of
// weight u each.
func (r *Rows) squared(i int) float64 {
	if len(r.Factors) == 0 {
		return r.Weight(i)
	}
	return r.Weight(i) * r.Factors[i]
}

// Row returns the numeric values of row i; it aliases the block.
func (r *Rows) Row(i int) []float64 { return r.Values[i*r.Numeric : (i+1)*r.Numeric] }

// RowCodes returns the category codes of row i; it aliases the block.
func (r *Rows) RowCodes(i int) []int32 { return r.Codes[i*r.Categorical : (i+1)*r.Categorical] }

// Select returns rows [from, to) as a block that aliases this one.
func (r *Rows) Select(from, to int) Rows {
	out := *r
	out.N = to - from
	out.Values = r.Values[from*r.Numeric : to*r.Numeric]
	out.Codes = r.Codes[from*r.Categorical : to*r.Categorical]
	if len(r.Overflow) > 0 {
		out.Overflow = nil
		for _, o := range r.overflowOf(from, to) {
			o.Row -= from
			out.Overflow = append(out.Overflow, o)
		}
	}
	if len(r.Weights) > 0 {
		out.Weights = r.Weights[from:to]
	}
	if len(r.Factors) > 0 {
		out.Factors = r.Factors[from:to]
	}
	if len(r.Times) > 0 {
		out.Times = r.Times[from:to]
	}
	return out
}

// Append copies row i of from, which has the same width, to the end of r.
func (r *Rows) Append(from *Rows, i int) {
	r.Values = append(r.Values, from.Row(i)...)
	for _, c := range from.RowCodes(i) {
		if c < Missing {
			r.Sets = append(r.Sets, from.Sets[-2-c])
			c = int32(-1 - len(r.Sets))
		}
		r.Codes = append(r.Codes, c)
	}
	for _, o := range from.overflowOf(i, i+1) {
		o.Row = r.N
		r.Overflow = append(r.Overflow, o)
	}
	if len(from.Weights) > 0 {
		r.Weights = append(r.Weights, from.Weights[i])
	}
	if len(from.Factors) > 0 {
		r.Factors = append(r.Factors, from.Factors[i])
	}
	if len(from.Times) > 0 {
		r.Times = append(r.Times, from.Times[i])
	}
	r.N++
}

// widened returns a copy with columns added at the end, which no row has.
func (r *Rows) widened(numeric, categorical int) *Rows {
	out := &Rows{N: r.N, Numeric: numeric, Categorical: categorical, Sets: r.Sets, Overflow: r.Overflow, Weights: r.Weights, Factors: r.Factors, Times: r.Times, Forgotten: r.Forgotten}
	for i := range r.N {
		out.Values = append(out.Values, r.Row(i)...)
		for range numeric - r.Numeric {
			out.Values = append(out.Values, math.NaN())
		}
		out.Codes = append(out.Codes, r.RowCodes(i)...)
		for range categorical - r.Categorical {
			out.Codes = append(out.Codes, Missing)
		}
	}
	return out
}

// Validate checks that the block fits the layout: widths, lengths, codes
// within their dictionaries, finite values and positive finite weights. A
// block that passes can be added to a summary of that layout without failing.
func (r *Rows) Validate(l *Layout) error {
	if r.Numeric != len(l.Numeric) || r.Categorical != len(l.Categorical) {
		return fmt.Errorf("%w: rows have %d numeric and %d categorical columns, the layout %d and %d",
			ErrIncompatible, r.Numeric, r.Categorical, len(l.Numeric), len(l.Categorical))
	}
	if len(r.Values) != r.N*r.Numeric || len(r.Codes) != r.N*r.Categorical ||
		len(r.Weights) > 0 && len(r.Weights) != r.N || len(r.Factors) > 0 && len(r.Factors) != r.N || len(r.Times) > 0 && len(r.Times) != r.N {
		return fmt.Errorf("%w: block of %d rows holds %d values, %d codes, %d weights, %d times",
			ErrIncompatible, r.N, len(r.Values), len(r.Codes), len(r.Weights), len(r.Times))
	}
	for i, w := range r.Weights {
		if !(w > 0 && w <= maxWeight) {
			return fmt.Errorf("weight of row %d is %v, not a positive number up to %g", i, w, float64(maxWeight))
		}
		if w > freeWeight {
			if err := r.validateHeavy(l, i, w); err != nil {
				return err
			}
		}
	}
	for i, u := range r.Factors {
		if !(u > 0 && u <= maxWeight) {
			return fmt.Errorf("factor of row %d is %v, not a positive number up to %g", i, u, float64(maxWeight))
		}
	}
	for i, v := range r.Values {
		if math.Abs(v) > MaxMagnitude {
			return fmt.Errorf("attribute %q of row %d is %v, beyond %g", l.Numeric[i%r.Numeric].Name, i/r.Numeric, v, float64(MaxMagnitude))
		}
	}
	for i, o := range r.Overflow {
		if o.Row < 0 || o.Row >= r.N || o.Column < 0 || o.Column >= r.Categorical || i > 0 && o.Row < r.Overflow[i-1].Row {
			return fmt.Errorf("%w: overflow of row %d, column %d in a block of %d rows and %d categorical columns", ErrIncompatible, o.Row, o.Column, r.N, r.Categorical)
		}
	}
	for i, c := range r.Codes {
		column := &l.Categorical[i%r.Categorical]
		if c >= Missing && int(c) <= len(column.Values) {
			continue
		}
		if err := r.validateSet(column, c); err != nil {
			return err
		}
	}
	return nil
}

// validateHeavy refuses a row of which the fourth power of a value, times its
// weight, is beyond maxFourth.
func (r *Rows) validateHeavy(l *Layout, i int, w float64) error {
	for j, v := range r.Row(i) {
		if v*v*v*v > maxFourth/w {
			return fmt.Errorf("attribute %q of row %d is %v, which is too large for a row of weight %v: its fourth power times the weight is beyond %g",
				l.Numeric[j].Name, i, v, w, float64(maxFourth))
		}
	}
	return nil
}

func (r *Rows) validateSet(column *CategoricalColumn, code int32) error {
	if code > Missing || !column.List || int(-2-code) >= len(r.Sets) {
		return fmt.Errorf("%w: code %d of attribute %q, which has %d values", ErrIncompatible, code, column.Name, len(column.Values))
	}
	for _, c := range r.Sets[-2-code] {
		if c < 0 || int(c) > len(column.Values) {
			return fmt.Errorf("%w: code %d in a list of attribute %q, which has %d values", ErrIncompatible, c, column.Name, len(column.Values))
		}
	}
	return nil
}
