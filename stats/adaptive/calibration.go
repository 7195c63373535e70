package adaptive

import (
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"

	"github.com/rpconnect-sml/rpconnect-sml/internal/logs"
)

// calibration makes probabilities of linear members honest: the scores are multiplied by a
// slope, and a share of the rows has any class. Both are learned row by row with a
// half-life of 1000 rows: the slope by Newton's method on the log loss, the share by
// expectation maximisation.
type calibration struct {
	curvature, pull float64 // the slope is pull / curvature
	noisy, rows     float64 // the share is noisy / rows
}

// newCalibration returns one that changes little, as of so many rows.
func newCalibration() calibration {
	return calibration{curvature: 10, pull: 10, noisy: 20 * .02, rows: 20}
}

const (
	leastSlope = .1
	mostSlope  = 10
)

func (c *calibration) slope() float64 { return min(max(c.pull/c.curvature, leastSlope), mostSlope) }

func (c *calibration) noise() float64 { return c.noisy / c.rows }

// apply makes probabilities of scores that are at most 0, of which the largest is 0, in place.
func (c *calibration) apply(scores []float64) {
	slope, sum := c.slope(), 0.0
	for k, v := range scores {
		scores[k] = logs.Exp(slope * v)
		sum += scores[k]
	}
	noise := c.noise()
	for k := range scores {
		scores[k] = (1-noise)*scores[k]/sum + noise/float64(len(scores))
	}
}

// learn takes the scores of a row and its class into account.
func (c *calibration) learn(scores []float64, class int) {
	slope, sum, mean, squares := c.slope(), 0.0, 0.0, 0.0
	for _, v := range scores {
		v = max(v, -farScore)
		p := logs.Exp(slope * v)
		sum += p
		mean += p * v
		squares += p * v * v
	}
	mean, squares = mean/sum, squares/sum
	own := max(scores[class], -farScore)
	noise := c.noise()
	right := (1 - noise) * logs.Exp(slope*own) / sum
	honest := right / (right + noise/float64(len(scores)))
	c.noisy = c.noisy*recentFade + 1 - honest
	c.rows = c.rows*recentFade + 1
	bend := honest * max(squares-mean*mean, 0)
	c.pull = c.pull*recentFade + bend*slope + honest*(own-mean)
	c.curvature = c.curvature*recentFade + bend
	if !(c.curvature > leastCurvature) {
		c.pull *= leastCurvature / c.curvature
		c.curvature = leastCurvature
	}
}

const (
	farScore       = 50
	leastCurvature = .1
)

func (c *calibration) encode(w *wire.Writer) {
	w.Float64s([]float64{c.curvature, c.pull, c.noisy, c.rows})
}

func (c *calibration) decode(r *wire.Reader) {
	c.curvature, c.pull, c.noisy, c.rows = r.Finite(), r.Finite(), r.Finite(), r.Finite()
	if !(c.curvature > 0) || !(c.noisy >= 0 && c.noisy <= c.rows && c.rows > 0) {
		r.Fail("calibration")
	}
}
