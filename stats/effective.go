package stats

import (
	"fmt"
	"math"
)

// Decayed weights say how much each row counts, not how many rows there are: an
// estimate from weights w is as exact as one from (sum w)^2 / sum w^2 equal rows
// (Kish, Survey Sampling, 1965, section 11.7). So inference (variances that
// divide by n - 1, tests, intervals, errors of coefficients) is done on weights
// that are scaled to add up to that number. The unbiased variance is then that
// of pandas' ewm with bias=False.
//
// Weights that rows were learned with are frequencies: three equal rows, or one
// of weight 3, are the same. They add their weight to both sums, so without
// decay the effective number is the sum of the weights, and nothing is scaled.

// EffectiveRows returns the number of equally weighted rows that all rows are
// worth: (sum w)^2 / sum w^2, or the sum of the weights when nothing has decayed.
func (s *Summary) EffectiveRows() float64 { return s.weight * s.inflation(perSummary, 0) }

// EffectiveNumber returns the same for the rows that have a numeric column.
func (s *Summary) EffectiveNumber(column int) float64 {
	return s.Moments(column).Weight() * s.inflation(perNumeric, column)
}

// EffectivePresent returns the same for the rows that have a categorical column.
func (s *Summary) EffectivePresent(column int) float64 {
	return s.Present(column) * s.inflation(perCategorical, column)
}

// Decays reports whether the effective number of rows is not the sum of their
// weights.
func (s *Summary) Decays() bool { return s.squares[perSummary].at[0].kept }

// inflation returns sum w / sum w^2 of a unit, which takes the sum of its
// weights to the effective number; 1 where nothing has decayed.
func (s *Summary) inflation(kind unitKind, unit int) float64 {
	p := s.squares[kind]
	if !p.at[unit].kept {
		return 1
	}
	f := p.weight(unit) / p.at[unit].sum.Float()
	if !(f > 0) || math.IsInf(f, 0) {
		return 1
	}
	return f
}

// Inflation returns the factor that takes sums of weights to effective numbers
// of rows in a question about some attributes: sum w / sum w^2 of the rarest of
// them, which is exact for the rows that have all of them when these are the
// rows that have the rarest. Without attributes, or with ones that are not
// known, it is that of all rows; it is 1 when nothing has decayed.
func (s *Summary) Inflation(attributes ...string) float64 {
	f, least := s.inflation(perSummary, 0), math.Inf(1)
	if !s.Decays() {
		return f
	}
	consider := func(kind unitKind, unit int) {
		if w := s.squares[kind].weight(unit); w > 0 && w < least {
			f, least = s.inflation(kind, unit), w
		}
	}
	for _, name := range attributes {
		if j := s.layout.NumericIndex(name); j >= 0 {
			consider(perNumeric, j)
		} else if b := s.layout.CategoricalIndex(name); b >= 0 {
			consider(perCategorical, b)
		}
	}
	return f
}

// Effective returns the summary as inference about some attributes needs it: the
// weights scaled by Inflation. It is the receiver itself when nothing has
// decayed, and must not be changed.
func (s *Summary) Effective(attributes ...string) (*Summary, error) {
	return s.Scaled(s.Inflation(attributes...))
}

// Scaled returns a copy with every weight multiplied by f, the receiver itself
// when f is 1. A factor that takes sums out of range is an error.
func (s *Summary) Scaled(f float64) (*Summary, error) {
	if f == 1 {
		return s, nil
	}
	out := s.clone()
	if err := out.Scale(f); err != nil {
		return nil, fmt.Errorf("weights as effective numbers of rows: %w", err)
	}
	return out, nil
}
