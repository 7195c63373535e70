package regression

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
)

// Bounds of what pairwise moments are examined for.
const (
	// mostPairwiseTerms is how many terms the covariance of the coefficients is
	// worked out for, which takes the fourth power of their number.
	mostPairwiseTerms = 64
	// muchWider is by how many times standard errors may grow before the report
	// advises complete rows.
	muchWider = 2
)

// pairwiseCovariance is the covariance of the coefficients when each correlation
// is of other rows: R^-1 Omega R^-1, Omega being the covariance of the errors
// r_jy - sum of r_jk b_k of the normal equations (White, Econometrica 1980, of
// moments in place of rows). That of two correlations is the one of normal rows
// (Steiger, Psychological Bulletin 1980, equation 2), times how much the rows of
// the pairs overlap, for values that are missing by chance. The usual formula
// takes all correlations for those of the same rows, in which their errors along
// a combination of inputs that hardly varies are as small as that; here they are
// not. It is nil where the moments do not tell: without an intercept, with
// products of attributes, or with more terms than mostPairwiseTerms.
//
// Inverse is that of the matrix of the normal equations, with what a penalty adds to it; it is
// overwritten.
func (r *regression) pairwiseCovariance(inverse []float64, base *design.Moments, coef []dd.Number) []float64 {
	p := r.terms()
	if !r.intercept || len(r.all.Present) != p+1 || p > mostPairwiseTerms {
		return nil
	}
	input := make([]int, p+1) // rows have or lack its terms together
	for i := range p {
		input[i] = r.design.Terms[i].Input
	}
	input[p] = -1
	spread, rho := make([]float64, p+1), make([]float64, (p+1)*(p+1))
	for i := range spread {
		spread[i] = math.Sqrt(base.At(i, i).Float())
	}
	for i := range spread {
		for j := range spread {
			rho[i*(p+1)+j] = base.At(i, j).Float() / spread[i] / spread[j]
		}
	}
	c := make([]float64, p+1) // of the errors: 1 for the target
	for i, b := range coef {
		c[i] = -b.Float() * spread[i] / spread[p]
	}
	c[p] = 1
	omega := make([]float64, p*p)
	for j := range p {
		for l := range j + 1 {
			sum := 0.0
			for u, cu := range c {
				for v, cv := range c {
					sum += cu * cv * correlationCovariance(rho, p+1, j, u, l, v) * overlap(r.all.Present, input, j, u, l, v)
				}
			}
			omega[j*p+l], omega[l*p+j] = sum/r.all.Rows, sum/r.all.Rows
		}
	}
	for i := range p { // of correlations, and to units of the target per unit
		for j := range p {
			inverse[i*p+j] *= spread[j] * spread[p]
		}
	}
	return sandwich(inverse, omega, p)
}

// correlationCovariance is n times the covariance of the correlations of a with b
// and of c with d among n normal rows.
func correlationCovariance(rho []float64, n, a, b, c, d int) float64 {
	if a == b || c == d {
		return 0
	}
	ab, cd := rho[a*n+b], rho[c*n+d]
	ac, ad, bc, bd := rho[a*n+c], rho[a*n+d], rho[b*n+c], rho[b*n+d]
	return ab*cd*(ac*ac+ad*ad+bc*bc+bd*bd)/2 + ac*bd + ad*bc - ab*(ac*ad+bc*bd) - cd*(ac*bc+ad*bd)
}

// overlap is the share of all rows that have the four terms over the product of
// the shares that have the one pair and the other: 1 over the shares of the inputs
// that both have terms of.
func overlap(present []float64, input []int, a, b, c, d int) float64 {
	out := 1.0
	if input[a] == input[c] || input[a] == input[d] {
		out /= present[a]
	}
	if input[b] != input[a] && (input[b] == input[c] || input[b] == input[d]) {
		out /= present[b]
	}
	return out
}

// sandwich returns A M A' of p by p matrices.
func sandwich(a, m []float64, p int) []float64 {
	half, out := make([]float64, p*p), make([]float64, p*p)
	for i := range p {
		for k := range p {
			x := a[i*p+k]
			for j := range p {
				half[i*p+j] += x * m[k*p+j]
			}
		}
	}
	for i := range p {
		for j := range p {
			for k := range p {
				out[i*p+j] += half[i*p+k] * a[j*p+k]
			}
		}
	}
	return out
}

// inverse returns that of the matrix of the normal equations.
func (q *normal) inverse() []float64 {
	keep, out := q.rhs, make([]float64, q.p*q.p)
	for j := range q.p {
		q.rhs = make([]dd.Number, q.p)
		q.rhs[j] = dd.FromFloat(1)
		for i, x := range q.solve() {
			out[i*q.p+j] = x.Float()
		}
	}
	q.rhs = keep
	return out
}

// widen replaces what the usual formula gives for the variances of the
// coefficients, in units of that of the residuals, by those of pairwise moments
// where these are more, and returns by how many times the standard errors grow
// at most.
func widen(diagonal []dd.Number, covariance []float64, variance float64) float64 {
	most, p := 1.0, len(diagonal)
	for i := range diagonal {
		usual := diagonal[i].Float() * variance
		if own := covariance[i*p+i]; own > usual && variance > 0 {
			diagonal[i] = dd.FromFloat(own / variance)
			most = max(most, math.Sqrt(own/usual))
		}
	}
	return most
}

// warnPairwise says what pairwise moments do to the standard errors.
func warnPairwise(known bool, wider float64) []string {
	switch {
	case !known:
		return []string{"rows lack values: each pair of attributes is of other rows, which standard errors and intervals do not allow for; set missing: complete where they matter"}
	case wider > muchWider:
		return []string{fmt.Sprintf("rows lack values, and the inputs are so correlated that which rows a pair has decides: standard errors are up to %.3g times those of complete moments; set missing: complete, or leave inputs out", wider)}
	}
	return nil
}
