package regression

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// tTwoSided returns P(|T| >= |t|) for Student's t with df degrees of freedom
// (Abramowitz and Stegun, 26.7.1 and 26.5.27).
func tTwoSided(t, df float64) float64 {
	if !(df > 0) || t != t {
		return math.NaN()
	}
	if math.IsInf(t, 0) {
		return 0
	}
	return betaUpper(t*t, df)
}

// betaUpper is the regularised incomplete beta function with parameters df/2
// and 1/2 at df/(df+square).
func betaUpper(square, df float64) float64 {
	return mathext.RegIncBeta(df/2, 0.5, df/(df+square))
}

// tQuantile returns the t that |T| exceeds with probability p: Newton's steps
// on tTwoSided, whose slope is twice the density, with bisection where they
// leave the bounds.
func tQuantile(p, df float64) float64 {
	if !(df > 0) || !(p > 0 && p < 1) {
		return math.NaN()
	}
	low, high := 0.0, 2.0
	for high < math.MaxFloat64/4 && tTwoSided(high, df) > p {
		low, high = high, 2*high
	}
	upper, _ := math.Lgamma((df + 1) / 2)
	lower, _ := math.Lgamma(df / 2)
	constant := upper - lower - math.Log(df*math.Pi)/2
	t := (low + high) / 2
	const steps = 200 // bisection alone takes 60 or so
	for range steps {
		d := tTwoSided(t, df) - p
		if d > 0 {
			low = t
		} else {
			high = t
		}
		density := math.Exp(constant - (df+1)/2*math.Log1p(t*t/df))
		next := t + d/(2*density)
		if !(next > low && next < high) {
			next = (low + high) / 2
		}
		const enough = 0x1p-52
		if math.Abs(next-t) <= enough*t {
			return next
		}
		t = next
	}
	return t
}

// fUpper returns P(F >= f) with d1 and d2 degrees of freedom (Abramowitz and
// Stegun, 26.6.2).
func fUpper(f, d1, d2 float64) float64 {
	if !(d1 > 0 && d2 > 0) || f != f {
		return math.NaN()
	}
	if math.IsInf(f, 1) {
		return 0
	}
	if f <= 0 {
		return 1
	}
	return mathext.RegIncBeta(d2/2, d1/2, d2/(d2+d1*f))
}
