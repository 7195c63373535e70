package param

import (
	"math"
	"strconv"
	"strings"
)

// Range is the numbers that a parameter takes. The zero value is all of them.
type Range struct {
	// Min and Max are the bounds; nil for none.
	Min *float64 `json:"minimum,omitempty"`
	Max *float64 `json:"maximum,omitempty"`
	// AboveMin and BelowMax say that a bound is not itself in the range.
	AboveMin bool `json:"exclusive_minimum,omitempty"`
	BelowMax bool `json:"exclusive_maximum,omitempty"`
	// Zero says that 0 is taken besides, mostly for "none".
	Zero bool `json:"or_zero,omitempty"`
}

// Any is all numbers.
func Any() Range { return Range{} }

// Between is the numbers from least to most, both included.
func Between(least, most float64) Range { return Range{Min: &least, Max: &most} }

// AtLeast is the numbers from least on, which is included.
func AtLeast(least float64) Range { return Range{Min: &least} }

// Above is the numbers above a bound.
func Above(bound float64) Range { return Range{Min: &bound, AboveMin: true} }

// UpTo is the range with a greatest number, which is included.
func (b Range) UpTo(most float64) Range {
	b.Max, b.BelowMax = &most, false
	return b
}

// Below is the range with a bound that all numbers are below.
func (b Range) Below(bound float64) Range {
	b.Max, b.BelowMax = &bound, true
	return b
}

// OrZero is the range and 0.
func (b Range) OrZero() Range {
	b.Zero = true
	return b
}

// Contains reports whether the range has a number; NaN is in none.
func (b Range) Contains(x float64) bool {
	if math.IsNaN(x) {
		return false
	}
	if b.Zero && x == 0 {
		return true
	}
	if b.Min != nil && (x < *b.Min || b.AboveMin && x == *b.Min) {
		return false
	}
	return b.Max == nil || x < *b.Max || !b.BelowMax && x == *b.Max
}

// Phrase is the range as one says it after "a number": "from 0 to 1", "of 1 or
// more", "above 0 and at most 10", "from 2 to 100, or 0"; empty for all numbers.
func (b Range) Phrase() string {
	bounds := b.bounds()
	if b.Zero && bounds != "" {
		return bounds + ", or 0"
	}
	return bounds
}

func (b Range) bounds() string {
	switch {
	case b.Min == nil && b.Max == nil:
		return ""
	case b.Min == nil:
		if b.BelowMax {
			return "below " + numeral(*b.Max)
		}
		return "of at most " + numeral(*b.Max)
	case b.Max == nil:
		if b.AboveMin {
			return "above " + numeral(*b.Min)
		}
		return "of " + numeral(*b.Min) + " or more"
	case b.AboveMin && b.BelowMax:
		return "above " + numeral(*b.Min) + " and below " + numeral(*b.Max)
	case b.AboveMin:
		return "above " + numeral(*b.Min) + " and at most " + numeral(*b.Max)
	case b.BelowMax:
		return "from " + numeral(*b.Min) + " to below " + numeral(*b.Max)
	}
	return "from " + numeral(*b.Min) + " to " + numeral(*b.Max)
}

// numeral writes a number in full where that has at most ten digits before the
// point, else with a power of ten.
func numeral(x float64) string {
	if x == math.Trunc(x) && math.Abs(x) < 1e10 {
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	text := strconv.FormatFloat(x, 'g', -1, 64)
	return strings.NewReplacer("e-0", "e-", "e+0", "e+").Replace(text) // as JSON has it
}
