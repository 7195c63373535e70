package adaptive

import "math"

// level is a member for numbers: their mean, faded.
type level struct{ weight, mean float64 }

// levelHalfLives are those of the levels, in rows; 0 never fades. levelFades are by what they fade with
// each row.
var (
	levelHalfLives = []float64{0, 200, 50, 10}
	levelFades     = []float64{1, math.Exp2(-1. / 200), math.Exp2(-1. / 50), math.Exp2(-1. / 10)}
)

func (l *level) learn(j int, v, weight float64) {
	l.weight = l.weight*levelFades[j] + weight
	l.mean += (v - l.mean) * weight / l.weight
}
