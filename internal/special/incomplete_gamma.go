package special

import "math"

// gammaTails returns the regularised incomplete gamma functions P(a, x) and
// Q(a, x) = 1 - P: the series of DLMF 8.11.4 below a, the continued fraction of
// DLMF 8.9.2 above, and for a so large that these take too many terms Temme's
// expansion. The smaller of the two has full relative precision.
func gammaTails(a, x float64) (lower, upper float64) {
	switch {
	case !(a > 0) || math.IsNaN(x):
		return math.NaN(), math.NaN()
	case x <= 0:
		return 0, 1
	case math.IsInf(x, 1):
		return 1, 0
	}
	e := (x - a) / a
	if a >= temmeFrom {
		return temme(a, e, x/a)
	}
	power := math.Sqrt(a/(2*math.Pi)) * math.Exp(-stirling(a)-a*excess(e, x/a)) // x^a e^-x / gamma(a)
	if x < a+1 {
		lower = min(power*gammaSeries(a, x), 1)
		return lower, 1 - lower
	}
	upper = min(power*gammaFraction(a, x), 1)
	return 1 - upper, upper
}

// temmeFrom is from where on the leading term of Temme's expansion is exact: the
// next one is smaller by 1/a and a factor below 0.01.
const temmeFrom = 1e10

// temme returns P and Q by the uniform asymptotic expansion (N. M. Temme, The
// asymptotic expansion of the incomplete gamma functions, SIAM J. Math. Anal. 10,
// 1979; DLMF 8.12.3, 8.12.4 and 8.12.7), of which the coefficient c0 is expanded
// about the middle: where eta is above 0.001, the smaller tail is 0. E is x/a - 1.
func temme(a, e, ratio float64) (lower, upper float64) {
	half := excess(e, ratio) // eta^2 / 2
	eta := math.Copysign(math.Sqrt(2*half), e)
	c0 := -1.0/3 + eta*(1.0/12-eta*(2.0/135-eta/864))
	rest := 0.0
	if exponent := a * half; exponent < maxExponent {
		rest = math.Exp(-exponent) / math.Sqrt(2*math.Pi*a) * c0
	}
	at := math.Sqrt(a) * math.Sqrt(half)
	if e < 0 {
		lower = math.Erfc(at)/2 - rest
		return lower, 1 - lower
	}
	upper = math.Erfc(at)/2 + rest
	return 1 - upper, upper
}

// maxExponent is that of the smallest float64.
const maxExponent = 745

// gammaSeries returns the sum of x^n / (a (a+1) ... (a+n)).
func gammaSeries(a, x float64) float64 {
	term := 1 / a
	sum := term
	for n := 1; n <= fractionSteps && term > epsilon*sum; n++ {
		term *= x / (a + float64(n))
		sum += term
	}
	return sum
}

// gammaFraction is evaluated by the method of Lentz (Press et al., Numerical
// Recipes, 3rd edition, section 6.2).
func gammaFraction(a, x float64) float64 {
	const tiny = 1e-300
	b := x - a + 1
	c, d := 1/tiny, 1/b
	value := d
	for i := 1; i <= fractionSteps; i++ {
		n := float64(i)
		an := n * (a - n)
		b += 2
		d = an*d + b
		if math.Abs(d) < tiny {
			d = tiny
		}
		c = b + an/c
		if math.Abs(c) < tiny {
			c = tiny
		}
		d = 1 / d
		value *= d * c
		if math.Abs(d*c-1) <= epsilon {
			break
		}
	}
	return value
}
