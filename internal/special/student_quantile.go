package special

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// StudentQuantile returns the t that Student's variable with df degrees of
// freedom exceeds with probability upper, between 0 and 1. It takes the upper
// tail, because 1 - p would lose the digits of a small one. The result is +Inf
// where no float64 is that large, and NaN for other arguments.
//
// It starts from Hill's expansion (G. W. Hill, Algorithm 396: Student's
// t-quantiles, Comm. ACM 13, 1970) and takes Newton steps on the logarithm of the
// tail as a function of that of t. That function is concave: a step from anywhere
// ends at or beyond the quantile, and further ones fall towards it. For the power
// law of a far tail one step is exact.
func StudentQuantile(upper, df float64) float64 {
	switch {
	case !(df > 0) || !(upper > 0 && upper < 1):
		return math.NaN()
	case upper > 0.5:
		return -StudentQuantile(1-upper, df)
	}
	z := -mathext.NormalQuantile(upper)
	if math.IsInf(df, 1) || z == 0 {
		return math.Abs(z)
	}
	x := min(hill(upper, z, df), math.MaxFloat64)
	for range newtonSteps {
		tail := studentTails(x, df).Upper
		if x == math.MaxFloat64 && tail > upper {
			return math.Inf(1)
		}
		step := math.Log(tail/upper) * tail / studentSlope(x, df)
		if math.IsNaN(step) { // both the tail and its slope are below the smallest float64
			return x
		}
		x = min(x*math.Exp(step), math.MaxFloat64)
		if math.Abs(step) <= 4*epsilon {
			break
		}
	}
	return x
}

// newtonSteps bounds Newton's iteration, which takes about four.
const newtonSteps = 60

// hill returns the start of the iteration; below three degrees of freedom the
// closed forms of one and two are near enough.
func hill(upper, z, df float64) float64 {
	switch {
	case df < 1.5:
		return 1 / math.Tan(math.Pi*upper)
	case df < 3:
		a := 4 * upper * (1 - upper)
		return (1 - 2*upper) * math.Sqrt(2/a)
	}
	z2 := z * z
	return z * (1 + (z2+1)/(4*df) + ((5*z2+16)*z2+3)/(96*df*df))
}

// studentSlope is t times the density of Student's t at t > 0: the derivative of
// I_x(df/2, 1/2)/2 by log t is x^(df/2) y^(1/2) / B(df/2, 1/2). The density alone
// would be below the smallest float64 where its product with t is not.
func studentSlope(t, df float64) float64 {
	d, u := df, t*t
	if t > 1 {
		d, u = df/t/t, 1
	}
	if d < leastNormal { // where the tail is a power of t
		return studentFarTail(t, df) * df
	}
	return betaPower(newRatio(df/2, 0.5, d, u))
}
