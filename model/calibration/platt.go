package calibration

import "math"

// logistic is a logistic function of log odds.
type logistic struct{ intercept, slope float64 }

func (l *logistic) at(odds float64) float64 { return sigmoid(l.intercept + l.slope*odds) }

func (l *logistic) report(r *ClassReport) { r.Slope, r.Intercept = &l.slope, &l.intercept }

// Bounds of Newton's method.
const (
	newtonSteps = 100
	newtonEnd   = 1e-10 // of the gradient, by row
	newtonRidge = 1e-12
	newtonLeast = 1e-10 // of a step's length
)

// fitPlatt maximises the likelihood of Platt's targets, which are short of 0 and 1 as by one
// more row of each kind, by Newton's method with steps that are halved while they do not
// gain (Lin, Lin and Weng, A note on Platt's probabilistic outputs, Machine Learning 68,
// 2007).
func fitPlatt(c *Curve) oneMap {
	own, rest := c.weights()
	high, low := (own+1)/(own+2), 1/(rest+2)
	l := logistic{intercept: math.Log((own + 1) / (rest + 1))}
	loss := plattLoss(c, &l, high, low)
	for range newtonSteps {
		var g, h [3]float64 // gradient by intercept and slope; second derivatives 11, 12, 22
		h[0], h[2] = newtonRidge, newtonRidge
		for _, b := range c.Bins {
			n := b.Own + b.Rest
			p := l.at(b.Odds)
			d := n*p - b.Own*high - b.Rest*low
			g[0] += d
			g[1] += d * b.Odds
			v := n * p * (1 - p)
			h[0] += v
			h[1] += v * b.Odds
			h[2] += v * b.Odds * b.Odds
		}
		if math.Abs(g[0])+math.Abs(g[1]) <= newtonEnd*(own+rest) {
			break
		}
		det := h[0]*h[2] - h[1]*h[1]
		if !(det > 0) {
			break // all rows at one log odds: the intercept alone has been fitted
		}
		by := [2]float64{(h[2]*g[0] - h[1]*g[1]) / det, (h[0]*g[1] - h[1]*g[0]) / det}
		gained := false
		for step := 1.0; step > newtonLeast; step /= 2 {
			next := logistic{intercept: l.intercept - step*by[0], slope: l.slope - step*by[1]}
			if lower := plattLoss(c, &next, high, low); lower < loss {
				l, loss, gained = next, lower, true
				break
			}
		}
		if !gained {
			break
		}
	}
	return &l
}

// plattLoss is the log loss of the targets.
func plattLoss(c *Curve, l *logistic, high, low float64) float64 {
	sum := 0.0
	for _, b := range c.Bins {
		z := l.intercept + l.slope*b.Odds
		positive := b.Own*high + b.Rest*low
		// log(1 + exp(z)) - z t, by row
		sum += (b.Own+b.Rest)*(max(z, 0)+math.Log1p(math.Exp(-math.Abs(z)))) - positive*z
	}
	return sum
}

// Bounds of the factor of log odds, which is 1 over the temperature.
const (
	leastSlope = 0.01
	mostSlope  = 100
	halvings   = 100
)

// fitTemperature minimises the sum over the classes of the log loss of each against the
// rest. The derivative rises with the factor, so its root is found by halving.
func fitTemperature(curves []Curve) *logistic {
	derivative := func(slope float64) float64 {
		sum := 0.0
		for i := range curves {
			for _, b := range curves[i].Bins {
				sum += b.Odds * ((b.Own+b.Rest)*sigmoid(slope*b.Odds) - b.Own)
			}
		}
		return sum
	}
	low, high := leastSlope, float64(mostSlope)
	for range halvings {
		middle := math.Sqrt(low * high)
		if middle <= low || middle >= high {
			break
		}
		if derivative(middle) < 0 {
			low = middle
		} else {
			high = middle
		}
	}
	return &logistic{slope: math.Sqrt(low * high)}
}
