package special

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Tails are the probabilities that a variable is at most (Lower) and at least
// (Upper) as large as the value asked for. The smaller one has full relative
// precision down to 1e-300; both are NaN where the question has no answer.
type Tails struct {
	Lower, Upper float64
}

func undefined() Tails { return Tails{Lower: math.NaN(), Upper: math.NaN()} }

func (t Tails) swapped() Tails { return Tails{Lower: t.Upper, Upper: t.Lower} }

// Normal returns the tails of the standard normal distribution at z: half of
// erfc(-z/sqrt 2) and erfc(z/sqrt 2) (Abramowitz and Stegun, 26.2.29).
func Normal(z float64) Tails {
	return Tails{Lower: math.Erfc(-z/math.Sqrt2) / 2, Upper: math.Erfc(z/math.Sqrt2) / 2}
}

// Student returns the tails of Student's t with df degrees of freedom, which
// need not be an integer and may be infinite: beyond |t| lies half of
// I_x(df/2, 1/2) at x = df/(df+t^2) (Abramowitz and Stegun, 26.7.1).
func Student(t, df float64) Tails {
	if !(df > 0) || math.IsNaN(t) {
		return undefined()
	}
	if math.IsInf(df, 1) || t == 0 {
		return Normal(t)
	}
	out := studentTails(math.Abs(t), df)
	if t < 0 {
		return out.swapped()
	}
	return out
}

// studentTails are those at t > 0.
func studentTails(t, df float64) Tails {
	// Both terms of df + t^2 are divided by t^2, so that a large t does not
	// overflow.
	d, u := df, t*t
	if t > 1 {
		d, u = df/t/t, 1
	}
	if d < leastNormal && !math.IsInf(t, 1) {
		return Tails{Lower: 1, Upper: studentFarTail(t, df)}
	}
	beyond, within := betaTails(newRatio(df/2, 0.5, d, u))
	return Tails{Lower: 0.5 + within/2, Upper: beyond / 2}
}

// leastNormal is the smallest float64 with all its digits.
const leastNormal = 0x1p-1022

// studentFarTail is the upper tail where x = df/t^2 is below the smallest
// float64: the first term of the series of I_x(a, b), x^a / (a B(a, b))
// (DLMF 8.17.7), with the power taken in logarithms.
func studentFarTail(t, df float64) float64 {
	if df > 4 { // the square of that x and less
		return 0
	}
	logX := math.Log(df) - 2*math.Log(t)
	return min(math.Exp(df/2*logX-mathext.Lbeta(df/2, 0.5))/df, 0.5)
}

// Fisher returns the tails of the F distribution with df1 and df2 degrees of
// freedom: beyond f lies I_x(df2/2, df1/2) at x = df2/(df2+df1 f) (Abramowitz and
// Stegun, 26.6.2). All of it lies beyond an f of 0 or less.
func Fisher(f, df1, df2 float64) Tails {
	switch {
	case !(df1 > 0 && df2 > 0) || math.IsNaN(f):
		return undefined()
	case f <= 0:
		return Tails{Upper: 1}
	case math.IsInf(f, 1):
		return Tails{Lower: 1}
	}
	d, u := df2, df1*f
	if f > 1 {
		d, u = df2/f, df1
	}
	beyond, within := betaTails(newRatio(df2/2, df1/2, d, u))
	return Tails{Lower: within, Upper: beyond}
}

// ChiSquare returns the tails of the chi-square distribution with df degrees of
// freedom: P and Q(df/2, x/2) (Abramowitz and Stegun, 26.4.19). With none it is
// the constant 0.
func ChiSquare(x, df float64) Tails {
	switch {
	case !(df >= 0) || math.IsNaN(x) || math.IsInf(df, 1):
		return undefined()
	case x <= 0:
		return Tails{Upper: 1}
	case math.IsInf(x, 1) || df/2 == 0:
		return Tails{Lower: 1}
	}
	lower, upper := gammaTails(df/2, x/2)
	return Tails{Lower: lower, Upper: upper}
}
