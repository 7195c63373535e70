package model

import "math"

func copodEntry() Entry {
	return Entry{
		Type:    "copod",
		Role:    RoleAnomaly,
		Summary: "Empirical copula (COPOD; Li and others, ICDM 2020): the sum over the attributes of the larger of -ln of the tail to which the attribute is skewed and the mean of -ln of both tails.",
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
	return newTailModel(d, e, minRows, func(left, right, skew float64) float64 {
		return max(skewedTail(left, right, skew), (-math.Log(left)-math.Log(right))/2)
	})
}
