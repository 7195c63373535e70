package model

import "math"

// tailsHalf is what copod measures: the side to which an attribute is skewed, or
// both by half.
const tailsHalf = "skewness_or_mean"

func copodEntry() Entry {
	return Entry{
		Type:    "copod",
		Role:    RoleAnomaly,
		Summary: "Empirical copula (COPOD; Li and others, ICDM 2020): the sum over the attributes of the larger of -ln of the tail to which the attribute is skewed and the mean of -ln of both tails. Contributions are the score in proportion to -ln of the rarer tail.",
		Options: []Option{minRowsOption()},
		check:   func(d *Definition) error { _, err := d.minRows(); return err },
		build:   buildCOPOD,
	}
}

func buildCOPOD(d *Definition, e *Evidence) (Model, error) {
	minRows, err := d.minRows()
	if err != nil {
		return nil, err
	}
	return newTailModel(d, e, tailsHalf, minRows, func(left, right, skew float64) float64 {
		return max(skewedTail(left, right, skew), (-math.Log(left)-math.Log(right))/2)
	})
}
