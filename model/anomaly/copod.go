package anomaly

import (
	"context"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// tailsHalf is what copod measures: the side to which an attribute is skewed, or
// both by half.
const tailsHalf = "skewness_or_mean"

func copodEntry() model.Entry {
	return model.NewEntry(model.Entry{
		Type:    "copod",
		Role:    model.RoleAnomaly,
		Summary: "Empirical copula (COPOD; Li and others, ICDM 2020): the sum over the attributes of the larger of -ln of the tail to which the attribute is skewed and the mean of -ln of both tails. Contributions are the score in proportion to -ln of the rarer tail.",
	}, readMinRows, buildCOPOD)
}

func buildCOPOD(_ context.Context, d *model.Definition, minRows float64, e *model.Evidence) (model.Model, error) {
	return newTailModel(d, e, tailsHalf, minRows, func(left, right, skew float64) float64 {
		return max(skewedTail(left, right, skew), (-math.Log(left)-math.Log(right))/2)
	})
}
