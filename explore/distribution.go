package explore

import (
	"fmt"
	"math"
)

// tails are the probabilities of a statistic at most, and at least, as large
// as the one found. The smaller has full relative precision down to 1e-300.
type tails struct {
	lower, upper float64
}

// normalTails are those of the standard normal distribution.
func normalTails(z float64) tails {
	return tails{lower: math.Erfc(-z/math.Sqrt2) / 2, upper: math.Erfc(z/math.Sqrt2) / 2}
}

// studentTails are those of Student's t with df degrees of freedom (DLMF
// 8.17, A&S 26.7.1): half of I_x(df/2, 1/2) at x = df/(df+t^2) beyond |t|.
func studentTails(t, df float64) tails {
	if !(df > 0) || math.IsNaN(t) {
		return tails{math.NaN(), math.NaN()}
	}
	if math.IsInf(df, 1) || t == 0 {
		return normalTails(t)
	}
	// over t^2, so that a large t does not overflow
	d, u := df, t*t
	if math.Abs(t) > 1 {
		d, u = df/t/t, 1
	}
	beyond, within := betaTails(newRatio(df/2, 0.5, d, u))
	out := tails{lower: 0.5 + within/2, upper: beyond / 2}
	if t < 0 {
		out.lower, out.upper = out.upper, out.lower
	}
	return out
}

// fisherTails are those of the F distribution with df1 and df2 degrees of
// freedom: I_x(df2/2, df1/2) at x = df2/(df2+df1 f) beyond f (A&S 26.6.2).
func fisherTails(f, df1, df2 float64) tails {
	if !(df1 > 0 && df2 > 0) || math.IsNaN(f) {
		return tails{math.NaN(), math.NaN()}
	}
	if math.IsInf(f, 1) {
		return tails{1, 0}
	}
	d, u := df2, df1*f
	if f > 1 {
		d, u = df2/f, df1
	}
	beyond, within := betaTails(newRatio(df2/2, df1/2, d, u))
	return tails{lower: within, upper: beyond}
}

// chiSquareTails are those of the chi-square distribution with df degrees of
// freedom: P and Q(df/2, x/2) (A&S 26.4.19).
func chiSquareTails(x, df float64) tails {
	lower, upper := gammaTails(df/2, x/2)
	return tails{lower: lower, upper: upper}
}

// Alternative is what a test holds against the null hypothesis.
type Alternative string

// The alternatives: that the first is different from, less than or greater
// than the second (or than the stated value).
const (
	TwoSided Alternative = "two-sided"
	Less     Alternative = "less"
	Greater  Alternative = "greater"
)

// Alternatives lists them, the default first.
func Alternatives() []string {
	return []string{string(TwoSided), string(Less), string(Greater)}
}

// check returns the alternative, the default for an empty one, or an error.
func (a Alternative) check() (Alternative, error) {
	switch a {
	case "":
		return TwoSided, nil
	case TwoSided, Less, Greater:
		return a, nil
	}
	return a, fmt.Errorf("alternative is %q, want two-sided, less or greater", string(a))
}

// p returns the p-value. That of both sides is twice the smaller tail, which
// for F is what R's var.test does.
func (a Alternative) p(t tails) Number {
	switch a {
	case Less:
		return Number(t.lower)
	case Greater:
		return Number(t.upper)
	}
	if math.IsNaN(t.lower) {
		return Number(math.NaN())
	}
	return Number(min(2*min(t.lower, t.upper), 1))
}

// studentT returns the p-quantile, p from 0.5 to 1, of Student's t; NaN without
// a degree of freedom. It starts from Hill's expansion (G. W. Hill, Student's
// t-quantiles, Comm. ACM 13, 1970) and takes Newton steps on the logarithm of
// the upper tail, which is convex, until they no longer help.
func studentT(p, df float64) float64 {
	if !(df > 0) || !(p >= 0.5 && p < 1) {
		return math.NaN()
	}
	z := math.Sqrt2 * math.Erfinv(2*p-1)
	if math.IsInf(df, 1) || z == 0 {
		return z
	}
	upper := 1 - p
	x := hill(upper, z, df)
	for range newtonSteps {
		tail := studentTails(x, df).upper
		step := (tail - upper) / studentDensity(x, df)
		if step < 0 { // convex: from above Newton's step in x may pass below 0
			step = max(step, -x/2)
		}
		x += step
		if !(math.Abs(step) > 4*epsilon*x) {
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

// studentDensity is the density of Student's t at t > 0.
func studentDensity(t, df float64) float64 {
	// d/dt of I_x(df/2, 1/2)/2 is x^(df/2) y^(1/2) / B(df/2, 1/2) / |t|
	d, u := df, t*t
	if t > 1 {
		d, u = df/t/t, 1
	}
	return betaPower(newRatio(df/2, 0.5, d, u)) / t
}
