package drift

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
)

// quadratic is the distribution of a sum of independent chi-square variables of one degree of freedom each, times
// weights that are positive.
type quadratic []float64

// upper returns the probability of a value above x, by the saddlepoint approximation of Lugannani and Rice in the form of
// Barndorff-Nielsen (D. Kuonen, Saddlepoint approximations for distributions of quadratic forms in normal
// variables, Biometrika 86, 1999, eq. 2). Its relative error is about 1 %.
func (q quadratic) upper(x float64) float64 {
	if len(q) == 0 || math.IsNaN(x) {
		return math.NaN()
	}
	if !(x > 0) {
		return 1
	}
	t := q.saddle(x)
	k0, _, k2, k3 := q.cumulants(t)
	if math.Abs(t)*math.Sqrt(k2) < 1e-4 { // x is the mean, where the formula is 0/0
		return min(max(0.5-k3/(6*math.Sqrt(2*math.Pi)*math.Pow(k2, 1.5)), 0), 1)
	}
	r := math.Copysign(math.Sqrt(max(2*(t*x-k0), 0)), t)
	u := t * math.Sqrt(k2)
	return special.Normal(r + math.Log(u/r)/r).Upper
}

// cumulants returns the cumulant generating function at t and its first three derivatives.
func (q quadratic) cumulants(t float64) (k0, k1, k2, k3 float64) {
	for _, w := range q {
		d := 1 - 2*w*t
		k0 -= math.Log(d) / 2
		k1 += w / d
		k2 += 2 * w * w / (d * d)
		k3 += 8 * w * w * w / (d * d * d)
	}
	return k0, k1, k2, k3
}

// saddle returns the t at which the first derivative is x, by bisection in a variable that makes the range finite.
func (q quadratic) saddle(x float64) float64 {
	most := 0.0
	for _, w := range q {
		most = max(most, w)
	}
	end := 1 / (2 * most)
	low, high := -float64(len(q))/(2*x), end // K' is at most len/(2|t|) below 0
	for range 200 {
		t := low/2 + high/2
		if t == low || t == high {
			break
		}
		if _, k1, _, _ := q.cumulants(t); k1 < x {
			low = t
		} else {
			high = t
		}
	}
	return low
}

// upperOver returns the probability that the variable, divided by an independent chi-square variable over its df degrees of
// freedom, is above x: weights that have been estimated with df degrees of freedom. An infinite df is upper.
func (q quadratic) upperOver(x, df float64) float64 {
	if math.IsInf(df, 1) {
		return q.upper(x)
	}
	const step, far = 0.25, 8.0
	sum, weights := 0.0, 0.0
	for z := -far; z <= far; z += step {
		// Wilson and Hilferty, The distribution of chi-square, PNAS 17, 1931
		root := 1 - 2/(9*df) + z*math.Sqrt(2/(9*df))
		w := math.Exp(-z * z / 2)
		weights += w
		sum += w * q.upper(x*math.Pow(max(root, 0), 3))
	}
	return min(sum/weights, 1)
}
