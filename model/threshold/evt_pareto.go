package threshold

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// pareto is a generalised Pareto distribution of excesses y >= 0:
// P(Y > y) = (1 + shape*y/scale)^(-1/shape), exp(-y/scale) for shape 0.
type pareto struct {
	shape, scale float64
}

// fewestPeaks is the least number of excesses that a distribution is fitted to.
const fewestPeaks = 10

// fitPareto estimates the distribution of weighted excesses, ascending and
// positive, by the method of Zhang and Stephens (A new and efficient estimation
// method for the generalized Pareto distribution, Technometrics 2009): the mean
// of b = -shape/scale over a grid of values, weighted by their profile
// likelihood and a prior that follows the data. Unlike the maximum of the
// likelihood (Grimshaw 1993, as used by SPOT) it always exists and needs no
// search; unlike moments (Hosking and Wallis 1987) it is good for heavy tails.
func fitPareto(excesses []stats.Peak) (pareto, error) {
	n := len(excesses)
	if n < fewestPeaks {
		return pareto{}, fmt.Errorf("%w: %d different values beyond the initial threshold, want %d", stats.ErrTooFew, n, fewestPeaks)
	}
	total := 0.0
	for _, p := range excesses {
		total += p.Weight
	}
	largest, quarter, sum := excesses[n-1].Value, 0.0, 0.0
	for _, p := range excesses {
		if sum += p.Weight; sum >= total/4 {
			quarter = p.Value
			break
		}
	}
	points := 20 + int(math.Sqrt(float64(n)))
	b, likelihood := make([]float64, points), make([]float64, points)
	best := math.Inf(-1)
	for j := range b {
		b[j] = 1/largest + (1-math.Sqrt(float64(points)/(float64(j)+0.5)))/(3*quarter)
		k := -meanLog(excesses, total, b[j])
		likelihood[j] = total * (math.Log(b[j]/k) + k - 1)
		if math.IsNaN(likelihood[j]) {
			likelihood[j] = math.Inf(-1)
		}
		best = max(best, likelihood[j])
	}
	mean, weights := 0.0, 0.0
	for j := range b {
		w := math.Exp(likelihood[j] - best)
		mean, weights = mean+w*b[j], weights+w
	}
	mean /= weights
	k := -meanLog(excesses, total, mean)
	p := pareto{shape: -k, scale: k / mean}
	if !(p.scale > 0) || p.shape-p.shape != 0 || math.IsInf(p.scale, 0) {
		return pareto{}, fmt.Errorf("%d excesses up to %v have no generalised Pareto distribution", n, largest)
	}
	return p, nil
}

// meanLog returns the weighted mean of ln(1 - b*y).
func meanLog(excesses []stats.Peak, total, b float64) float64 {
	sum := 0.0
	for _, p := range excesses {
		sum += p.Weight * math.Log1p(-b*p.Value)
	}
	return sum / total
}

// nearZero is the shape below which the exponential stands for the limit.
const nearZero = 1e-9

// tail returns P(Y > y).
func (p pareto) tail(y float64) float64 {
	switch {
	case y <= 0:
		return 1
	case math.Abs(p.shape) < nearZero:
		return math.Exp(-y / p.scale)
	case 1+p.shape*y/p.scale <= 0:
		return 0
	default:
		return math.Exp(-math.Log1p(p.shape*y/p.scale) / p.shape)
	}
}

// excess returns the y with P(Y > y) = q, 0 < q <= 1.
func (p pareto) excess(q float64) float64 {
	if math.Abs(p.shape) < nearZero {
		return -p.scale * math.Log(q)
	}
	return p.scale * math.Expm1(-p.shape*math.Log(q)) / p.shape
}
