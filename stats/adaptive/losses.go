package adaptive

import (
	"math"
	"slices"
)

// losses are what the predictions of each member have cost, faded.
type losses struct {
	sums []float64
	// squares are the squared errors of the pool itself, faded with a half-life of 200 rows.
	squares, weight float64
}

// lossFade is by what a loss fades with each row: a half-life of 50 rows.
var lossFade = math.Exp2(-1. / 50)

// leastProbability bounds what a row costs.
const leastProbability = 1e-3

// lossOf is the log loss of probabilities.
func lossOf(p []float64, class int) float64 { return -math.Log(max(p[class], leastProbability)) }

// add fades the losses and adds those of a row.
func (l *losses) add(of []float64, squared float64) {
	l.squares, l.weight = l.squares*levelFades[1]+squared, l.weight*levelFades[1]+1
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

// sharesOfNumbers writes the weights of the members of a number to out: the less, the larger
// the error is by that of the best.
func (l *losses) sharesOfNumbers(out []float64) {
	least, sum := math.Inf(1), 0.0
	for j := range out {
		if out[j] = 0; j < len(l.sums) {
			out[j] = l.sums[j]
		}
		least = min(least, out[j])
	}
	for j, v := range out {
		switch {
		case v == least:
			out[j] = 1
		case least > 0:
			out[j] = math.Exp(-numberRate * (v/least - 1))
		default:
			out[j] = 0
		}
		sum += out[j]
	}
	for j := range out {
		out[j] /= sum
	}
}

// numberRate is how much a member with a larger error counts less.
const numberRate = 20

func (l *losses) clone() losses {
	out := *l
	out.sums = slices.Clone(l.sums)
	return out
}
