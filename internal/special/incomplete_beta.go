package special

import "math"

// ratio is a point of a beta distribution with both of its coordinates and how
// far they are from the mean, so that no difference has to be formed later:
// x + y = 1, ex = (a+b)x/a - 1 and ey = (a+b)y/b - 1.
type ratio struct {
	a, b, x, y, ex, ey float64
}

// newRatio returns the point x = d/(d+u), y = u/(d+u) for the parameters a and b.
func newRatio(a, b, d, u float64) ratio {
	whole := d + u
	return ratio{
		a: a, b: b, x: d / whole, y: u / whole,
		ex: (d/a*b - u) / whole, ey: (u/b*a - d) / whole,
	}
}

func (r ratio) swapped() ratio {
	return ratio{a: r.b, b: r.a, x: r.y, y: r.x, ex: r.ey, ey: r.ex}
}

// betaTails returns the regularised incomplete beta function I_x(a, b) and its
// complement I_y(b, a). The smaller of the two has full relative precision,
// however small it is.
func betaTails(r ratio) (lower, upper float64) {
	switch {
	case !(r.a > 0 && r.b > 0) || math.IsNaN(r.x) || math.IsNaN(r.y):
		return math.NaN(), math.NaN()
	case r.x <= 0:
		return 0, 1
	case r.y <= 0:
		return 1, 0
	}
	if r.ex > 0 {
		upper, lower = betaTails(r.swapped())
		return lower, upper
	}
	lower = min(betaFraction(r)*betaPower(r), 1)
	return lower, 1 - lower
}

// betaPower returns x^a y^b / B(a, b) by the saddle point form (C. Loader,
// Fast and accurate computation of binomial probabilities, 2000), which loses
// no digits for large a and b.
func betaPower(r ratio) float64 {
	deviance := r.a*excess(r.ex, (r.a+r.b)*r.x/r.a) + r.b*excess(r.ey, (r.a+r.b)*r.y/r.b)
	correction := stirling(r.a+r.b) - stirling(r.a) - stirling(r.b)
	return math.Sqrt(r.a/(2*math.Pi)*(r.b/(r.a+r.b))) * math.Exp(correction-deviance)
}

// fractionSteps bounds the terms of a continued fraction or series, of which
// about the square root of the parameters are needed.
const fractionSteps = 1_000_000

// betaFraction returns I_x(a, b) B(a, b) / x^a y^b for x up to the mean, by the
// continued fraction whose terms do not cancel (A. R. DiDonato, A. H. Morris,
// Algorithm 708, ACM TOMS 18, 1992, equation 9).
func betaFraction(r ratio) float64 {
	a, b, x := r.a, r.b, r.x
	c, c0, c1, y1 := 1+b*r.ey, b/a, 1+1/a, 1+r.y
	p, s, numBefore, denBefore, num, den := 1.0, a+1, 0.0, 1.0, 1.0, c/c1
	value := c1 / c
	for i := 1; i <= fractionSteps; i++ {
		n := float64(i)
		t := n / a
		w := n * (b - n) * x
		e := a / s
		alpha := p * (p + c0) * e * e * (w * x)
		e = (1 + t) / (c1 + 2*t)
		beta := n + w/s + e*(c+n*y1)
		p, s = 1+t, s+2
		numBefore, num = num, alpha*numBefore+beta*num
		denBefore, den = den, alpha*denBefore+beta*den
		before := value
		value = num / den
		if !(math.Abs(value-before) > epsilon*math.Abs(value)) {
			break
		}
		numBefore, denBefore, num, den = numBefore/den, denBefore/den, value, 1
	}
	return value
}

// epsilon is half the distance from 1 to the next float64.
const epsilon = 0x1p-53

// excess returns e - log(1+e) without cancellation; ratio is 1+e, which is
// taken where e is near -1 (Loader 2000, the function bd0).
func excess(e, ratio float64) float64 {
	switch {
	case e < -0.5:
		return e - math.Log(ratio)
	case math.Abs(e) > 0.3:
		return e - math.Log1p(e)
	}
	r := e / (2 + e)
	square, sum := r*r, 0.0
	for k := 25; k >= 3; k -= 2 { // 0.18^24 is below 2^-53
		sum = sum*square + 1/float64(k)
	}
	return r * (e - 2*square*sum)
}

// stirling returns log(gamma(a+1)) less Stirling's formula for it, by the
// asymptotic series of DLMF 5.11.1 above 15 and by its recurrence below.
func stirling(a float64) float64 {
	sum := 0.0
	for ; a < 15; a++ {
		sum += (a+0.5)*math.Log1p(1/a) - 1
	}
	q := 1 / (a * a)
	return sum + (1.0/12-(1.0/360-(1.0/1260-(1.0/1680-(1.0/1188-691.0/360360*q)*q)*q)*q)*q)/a
}
