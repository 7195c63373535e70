package adaptive

import (
	"math"
	"slices"
)

// losses are what the predictions of each member have cost, faded.
type losses struct {
	sums []float64
}

// lossFade is by what a loss fades with each row: a half-life of 50 rows.
var lossFade = math.Exp2(-1. / 50)

// leastProbability bounds what a row costs.
const leastProbability = 1e-3

// lossOf is the log loss of probabilities.
func lossOf(p []float64, class int) float64 { return -math.Log(max(p[class], leastProbability)) }

// add fades the losses and adds those of a row.
func (l *losses) add(of []float64) {
	for len(l.sums) < len(of) {
		l.sums = append(l.sums, 0)
	}
	for j, v := range of {
		l.sums[j] = l.sums[j]*lossFade + v
	}
}

// shares writes the weights of the members to out: the exponentials of less loss, which add up
// to 1.
func (l *losses) shares(out []float64) {
	if len(l.sums) == 0 {
		for j := range out {
			out[j] = 1 / float64(len(out))
		}
		return
	}
	least, sum := slices.Min(l.sums), 0.0
	for j := range out {
		out[j] = math.Exp(least - l.sums[j])
		sum += out[j]
	}
	for j := range out {
		out[j] /= sum
	}
}

func (l *losses) clone() losses {
	out := *l
	out.sums = slices.Clone(l.sums)
	return out
}
