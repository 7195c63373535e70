package drift

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
)

// What covariances vary by depends on the fourth moments of pairs of attributes. Of those only the ones of single
// attributes are known, so there are two models of the others. In the elliptical one a common factor makes all
// attributes of a row large at once: all fourth moments follow from the covariances and one kurtosis. In the one of
// independent components the attributes are a linear map of independent variables, here the symmetric root of the
// covariance, with a kurtosis each. Of distributions with the same kurtosis of each attribute, the elliptical one
// lets covariances vary most in practice.

// elliptical returns the kurtosis parameter of the elliptical model, a third of the excess kurtosis, as the mean of
// all attributes; not below that of normal rows.
func elliptical(gamma []float64) float64 {
	sum := 0.0
	for _, g := range gamma {
		sum += g
	}
	if len(gamma) == 0 {
		return 0
	}
	return max(sum/float64(len(gamma))/3, 0)
}

// sources returns the excess kurtosis of independent components z with x = Az for a symmetric root A of the covariance
// of x, from the excess kurtosis of x: that is sum of A_ik^4 gamma_k over the square of the variance, of which each
// component gets the one that all would have.
func sources(root, variance, gamma []float64) []float64 {
	d := len(gamma)
	out := make([]float64, d)
	for i, g := range gamma {
		diluted := 0.0
		for _, x := range root[i*d : (i+1)*d] {
			x /= math.Sqrt(variance[i])
			diluted += x * x * x * x
		}
		if diluted > 0 {
			out[i] = max(g/diluted, -2)
		}
	}
	return out
}

// weighted is a sum of independent chi-square variables of one degree of freedom times weights that are not negative,
// by the sums of the weights, of their squares and of their cubes.
type weighted struct{ sum, squares, cubes float64 }

// add adds n variables of weight w.
func (q *weighted) add(n, w float64) {
	w = max(w, 0)
	q.sum, q.squares, q.cubes = q.sum+n*w, q.squares+n*w*w, q.cubes+n*w*w*w
}

// upper returns the probability of more than x by Pearson's chi-square that has the same first three cumulants (J. P.
// Imhof, Computing the distribution of quadratic forms in normal variables, Biometrika 48, 1961, section 4).
func (q *weighted) upper(x float64) float64 {
	if !(q.cubes > 0) || math.IsNaN(x) {
		return math.NaN()
	}
	if x <= 0 {
		return 1
	}
	df := q.squares / q.cubes * q.squares / q.cubes * q.squares
	y := df + (x-q.sum)*math.Sqrt(df/q.squares)
	if !(y > 0) {
		return 1
	}
	return special.ChiSquare(y, df).Upper
}

// ellipticalBox is the limit of Box's statistic of d attributes in the elliptical model of parameter k.
func ellipticalBox(d, k float64) weighted {
	var q weighted
	q.add(d*(d+1)/2-1, 1+k)
	q.add(1, 1+k*(d+2)/2)
	return q
}

// ellipticalForm is the variance of a quadratic form of one row in the elliptical model of parameter k, from the sums of the
// eigenvalues of the form times the covariance and of their squares.
func ellipticalForm(trace, squares, k float64) float64 {
	return 2*(1+k)*squares + k*trace*trace
}
