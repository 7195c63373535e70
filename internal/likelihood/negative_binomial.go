package likelihood

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// negativeBinomial is of the mean exp(eta) and the variance mu + exp(a) mu^2
// (Cameron and Trivedi, Regression Analysis of Count Data, 2013, equation 3.26).
func negativeBinomial(y, eta, a float64, out *Derivatives) {
	mu, r := math.Exp(eta), math.Exp(-a)
	s := r + mu
	value := -logFactorial(y) - r*math.Log1p(mu/r) + y*(eta-math.Log(s))
	value += logGammaRise(r, y)
	rise, bend := digammaRise(r, y)
	byR := rise - math.Log1p(mu/r) + (mu-y)/s
	byRR := bend + 1/r - 1/s - (mu-y)/(s*s)
	byEtaR := (y - mu) * mu / (s * s)
	out.Value, out.Third = value, 0
	out.First[0], out.First[1] = (y-mu)*r/s, -r*byR
	out.Second[0] = -mu * r * (r + y) / (s * s)
	out.Second[1], out.Second[2] = -r*byEtaR, -r*byEtaR
	out.Second[3] = r*byR + r*r*byRR
}

// shortRise is up to which count a rise is summed term by term, which loses no digits for
// large r.
const shortRise = 64

// logGammaRise returns ln Gamma(r+y) - ln Gamma(r).
func logGammaRise(r, y float64) float64 {
	if y == math.Trunc(y) && y <= shortRise {
		sum := 0.0
		for j := range int(y) {
			sum += math.Log(r + float64(j))
		}
		return sum
	}
	above, _ := math.Lgamma(r + y) // the sign is + above 0
	below, _ := math.Lgamma(r)
	return above - below
}

// digammaRise returns by how much the digamma and the trigamma function change from r to
// r+y.
func digammaRise(r, y float64) (rise, bend float64) {
	if y == math.Trunc(y) && y <= shortRise {
		for j := range int(y) {
			x := 1 / (r + float64(j))
			rise += x
			bend -= x * x
		}
		return rise, bend
	}
	return mathext.Digamma(r+y) - mathext.Digamma(r), mathext.Zeta(2, r+y) - mathext.Zeta(2, r)
}
