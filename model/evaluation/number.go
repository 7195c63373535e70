package evaluation

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// errorSums is the errors of predicted numbers: additive, with the spread of the
// true values about their mean (Chan, Golub, LeVeque 1979).
type errorSums struct {
	weight            float64
	squares, absolute float64 // sums of w e^2 and w |e|
	bias              float64 // sum of w e
	mean, spread      float64 // of the true values: mean and sum of w (y-mean)^2
}

// errorOf returns the sums of one row.
func errorOf(actual, prediction, w float64) errorSums {
	e := prediction - actual
	return errorSums{weight: w, squares: w * e * e, absolute: w * math.Abs(e), bias: w * e, mean: actual}
}

// merge updates the scatter of the true values by their means' difference, which
// does not cancel digits as a sum of squares would.
func (n *errorSums) merge(o *errorSums) {
	if o.weight == 0 {
		return
	}
	weight := n.weight + o.weight
	d := o.mean - n.mean
	n.spread += o.spread + d*d*n.weight*(o.weight/weight)
	n.mean += d * (o.weight / weight)
	n.weight = weight
	n.squares += o.squares
	n.absolute += o.absolute
	n.bias += o.bias
}

func (n *errorSums) multiply(f float64) {
	n.weight *= f
	n.squares *= f
	n.absolute *= f
	n.bias *= f
	n.spread *= f
}

// numberRunning is the errors, and where they are: by actual value and prediction,
// and by prediction and residual, which is the actual value less the prediction.
type numberRunning struct {
	errorSums
	joint, residuals grid
}

func (n *numberRunning) add(one *errorSums, actual, prediction float64) {
	n.errorSums.merge(one)
	n.joint.add(actual, prediction, one.weight)
	n.residuals.add(prediction, actual-prediction, one.weight)
}

func (n *numberRunning) merge(o *numberRunning) {
	n.errorSums.merge(&o.errorSums)
	n.joint.merge(&o.joint)
	n.residuals.merge(&o.residuals)
}

func (n *numberRunning) multiply(f float64) {
	n.errorSums.multiply(f)
	n.joint.multiply(f)
	n.residuals.multiply(f)
}

// NumberQuality is how good predicted numbers are. What is undefined is null.
type NumberQuality struct {
	Rows float64  `json:"rows"`
	RMSE *float64 `json:"rmse"`
	MAE  *float64 `json:"mae"`
	// Bias is the mean of prediction less actual value.
	Bias *float64 `json:"bias"`
	// R2 is 1 - squared errors over those of the mean of these rows, null
	// where all their values are the same.
	R2 *float64 `json:"r2"`
}

// quality compares with the mean of the same rows: R2 is below 0 where predictions
// are worse than that mean.
func (n *errorSums) quality() *NumberQuality {
	q := &NumberQuality{Rows: n.weight}
	if n.weight > 0 {
		q.RMSE = model.Finite(math.Sqrt(n.squares / n.weight))
		q.MAE, q.Bias = model.Finite(n.absolute/n.weight), model.Finite(n.bias/n.weight)
	}
	if n.spread > 0 {
		q.R2 = model.Finite(1 - n.squares/n.spread)
	}
	return q
}
