package adaptive

import "math"

// level is a member for numbers: their mean and variance, faded.
type level struct{ weight, mean, squares float64 }

var levelFades = []float64{1, math.Exp2(-1. / 200), math.Exp2(-1. / 50), math.Exp2(-1. / 10)}

func (p *Pool) learnNumber(v, weight float64, out *Prediction) {
	p.lossesOfNumber(v, out.losses)
	for j := range p.level {
		l := &p.level[j]
		l.weight, l.squares = l.weight*levelFades[j]+weight, l.squares*levelFades[j]
		d := v - l.mean
		l.mean += d * weight / l.weight
		l.squares += weight * d * (v - l.mean)
	}
}

func (p *Pool) lossesOfNumber(v float64, of []float64) {
	for j := range of {
		of[j] = math.Abs(v - p.level[j].mean)
	}
}

// predictNumber mixes the members by out.shares.
func (p *Pool) predictNumber(out *Prediction) {
	out.Mean, out.SD = math.NaN(), math.NaN()
	if p.weight == 0 {
		return
	}
	best := 0
	for j, v := range out.shares {
		if v > out.shares[best] {
			best = j
		}
	}
	out.Mean, out.SD = p.level[best].mean, math.Sqrt(p.level[best].squares/p.level[best].weight)
}
