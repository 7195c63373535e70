package design

import "math"

// How fine the grid of Least is, and how often an interval about a point of it is divided by
// the golden ratio.
const (
	perDecade   = 4
	goldenSteps = 24
)

// Least returns where a function of a positive number is least: on a grid of equal ratios
// from low to high, and by golden sections about each of its points that is lower than those
// beside it. It is 1 where low is not positive.
func Least(f func(float64) float64, low, high float64) float64 {
	if !(low > 0) {
		return 1 // inputs that do not vary: any will do
	}
	steps := int(math.Ceil(perDecade * math.Log10(high/low)))
	ratio := math.Pow(high/low, 1/float64(steps))
	x, y := make([]float64, steps+1), make([]float64, steps+1)
	for i := range x {
		x[i] = low * math.Pow(ratio, float64(i))
		y[i] = f(x[i])
	}
	at, best := x[0], y[0]
	for i := range x {
		if y[i] < best {
			at, best = x[i], y[i]
		}
	}
	for i := range x {
		if i > 0 && y[i-1] < y[i] || i < steps && y[i+1] < y[i] {
			continue
		}
		found := golden(f, math.Log(x[i]/ratio), math.Log(x[i]*ratio))
		if least := f(found); least < best {
			at, best = found, least
		}
	}
	return at
}

// golden narrows an interval of logarithms about a least value (Kiefer, Sequential minimax
// search for a maximum, 1953).
func golden(f func(float64) float64, a, b float64) float64 {
	share := (math.Sqrt(5) - 1) / 2
	x, y := b-share*(b-a), a+share*(b-a)
	fx, fy := f(math.Exp(x)), f(math.Exp(y))
	for range goldenSteps {
		if fx <= fy {
			b, y, fy = y, x, fx
			x = b - share*(b-a)
			fx = f(math.Exp(x))
		} else {
			a, x, fx = x, y, fy
			y = a + share*(b-a)
			fy = f(math.Exp(y))
		}
	}
	return math.Exp((a + b) / 2)
}
