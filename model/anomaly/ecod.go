package anomaly

import (
	"context"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// Which tails ecod takes.
const (
	tailsLargest  = "largest"
	tailsSkewness = "skewness"
)

func ecodEntry() model.Entry {
	return model.NewEntry(model.Entry{
		Type:    "ecod",
		Role:    model.RoleAnomaly,
		Summary: "Empirical cumulative distributions (ECOD; Li and others, TKDE 2022): the sum over the attributes of -ln of the share of the rows that lie as far out on the same side.",
		Needs:   histogramNeeds,
	}, readECOD, buildECOD)
}

type tailOptions struct {
	skewness bool
	minRows  float64
}

func readECOD(r *param.Reader) tailOptions {
	return tailOptions{
		skewness: r.Choice("tails", tailsLargest, []string{tailsLargest, tailsSkewness},
			"`largest`: the rarer of an attribute's left and right tail counts (the corrected form of PyOD). `skewness`: the right tail counts when the attribute is skewed to the right, the left tail when it is skewed to the left, and both when it is symmetric.") == tailsSkewness,
		minRows: readMinRows(r),
	}
}

func buildECOD(_ context.Context, d *model.Definition, o tailOptions, e *model.Evidence) (model.Model, error) {
	if o.skewness {
		return newTailModel(d, e, tailsSkewness, o.minRows, skewedTail)
	}
	return newTailModel(d, e, tailsLargest, o.minRows, largestTail)
}

// largestTail is the largest of -ln of the left tail, of the right one, and of
// the one on the side to which the attribute is skewed.
func largestTail(left, right, skew float64) float64 {
	return max(-math.Log(left), -math.Log(right), skewedTail(left, right, skew))
}

// fartherTail is -ln of the rarer tail.
// It is what a value is explained by, whichever side the score has taken.
func fartherTail(left, right, _ float64) float64 { return max(-math.Log(left), -math.Log(right)) }

// skewedTail is -ln of the tail on the side to which the attribute is skewed,
// the sum of both where it is not.
func skewedTail(left, right, skew float64) float64 {
	switch {
	case skew > 0:
		return -math.Log(right)
	case skew < 0:
		return -math.Log(left)
	default:
		return -math.Log(left) - math.Log(right)
	}
}
