package anomaly

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// form is a quadratic form z'Mz of standardised numeric columns, M symmetric
// and positive semidefinite: the squared Mahalanobis distance, and what PCA
// measures in parts of the space.
type form struct {
	columns []int     // of the row
	place   []int     // of each column's contribution among the inputs
	mean    []float64 // by column
	perUnit []float64 // 1 / standard deviation
	m       []float64 // M, p by p, both triangles
	// precision, the inverse correlations, is nil where M does not have to be
	// told apart from it: see predict.
	precision []float64
}

// predict fills in the contributions, which start at 0, and returns their sum
// and how many columns the row has. Missing values are given those that make
// the form least, their expectation where M is the inverse of the covariance;
// so they add nothing, and the rest is measured by its own distribution.
//
// The contribution of column j is its part of the form in proportion to
// (Mz)_j^2 / M_jj, by how much the form drops when column j is given the value
// that the others suggest: the conditional term of Mason, Tracy and Young
// (Decomposition of T2 for multivariate control chart interpretation, JQT
// 1995), and the reconstruction-based contribution of Alcala and Qin
// (Automatica 2009), which is largest for the column at fault when one alone
// is far off.
//
// Where M measures a few directions only, attributes that point the same way
// in these cannot be told apart by it. With precision set the contribution is in
// proportion to by how much the form drops when the column is given the value
// that all others suggest by their correlations, with next to nothing of the
// above, for where no drop is.
func (f *form) predict(values []float64, contributions []float64, result *model.Result) (score float64, present int) {
	p := len(f.columns)
	work := result.Work(2*p + p*p)
	z, gradient, scratch := work[:p], work[p:2*p], work[2*p:]
	for i, c := range f.columns {
		z[i] = (valueAt(values, c) - f.mean[i]) * f.perUnit[i]
		if !math.IsNaN(z[i]) {
			z[i] = max(-maxDeviation, min(z[i], maxDeviation))
			present++
		}
	}
	if present == 0 {
		return 0, 0
	}
	if present < p {
		f.fill(z, gradient, scratch)
	}
	total := 0.0
	for i := range p {
		g := linalg.Dot(f.m[i*p:(i+1)*p], z)
		score += g * z[i]
		gradient[i] = 0
		own := valueAt(values, f.columns[i]) // what was filled in has a gradient of 0 but for rounding
		if diagonal := f.m[i*p+i]; diagonal > 0 && !math.IsNaN(own) {
			gradient[i] = g * g / diagonal
			if f.precision != nil {
				off := linalg.Dot(f.precision[i*p:(i+1)*p], z) / f.precision[i*p+i]
				gradient[i] = max(0, off*(2*g-off*diagonal)) + aside*gradient[i]
			}
			total += gradient[i]
		}
	}
	if !(score > 0) || !(total > 0) {
		return 0, present
	}
	for i, g := range gradient {
		contributions[f.place[i]] = score * (g / total)
	}
	return score, present
}

// aside is what the term in M alone counts beside the drop.
const aside = 1e-3

// maxDeviation bounds standardised values, so that no form overflows.
const maxDeviation = 1e70

// fill puts into the missing elements of z what makes the form least: the
// solution of M_mm z_m = -M_mo z_o by Cholesky, with scratch of p*p numbers.
// Directions that M does not measure are left at 0.
func (f *form) fill(z, b, scratch []float64) {
	p, n := len(z), 0
	index := func(k int) int { return int(b[p-1-k]) } // kept at the end of b
	for i := range z {
		if math.IsNaN(z[i]) {
			b[p-1-n] = float64(i)
			n++
		}
	}
	l, y := scratch[:n*n], scratch[n*n:n*n+n] // n < p
	for k := range n {
		row, sum := f.m[index(k)*p:(index(k)+1)*p], 0.0
		for i, x := range z {
			if !math.IsNaN(x) {
				sum += row[i] * x
			}
		}
		y[k] = -sum
		for j := range k + 1 {
			l[k*n+j] = row[index(j)]
		}
	}
	for k := range n {
		own := l[k*n+k]
		for j := range k + 1 {
			sum := l[k*n+j] - linalg.Dot(l[k*n:k*n+j], l[j*n:j*n+j])
			switch {
			case j < k && l[j*n+j] > 0:
				l[k*n+j] = sum / l[j*n+j]
			case j < k:
				l[k*n+j] = 0
			case sum > leastPivot*own:
				l[k*n+k] = math.Sqrt(sum)
			default:
				l[k*n+k] = 0
			}
		}
	}
	for k := range n {
		y[k] -= linalg.Dot(l[k*n:k*n+k], y[:k])
		y[k] = overPivot(y[k], l[k*n+k])
	}
	for k := n - 1; k >= 0; k-- {
		for j := k + 1; j < n; j++ {
			y[k] -= l[j*n+k] * y[j]
		}
		y[k] = overPivot(y[k], l[k*n+k])
		z[index(k)] = y[k]
	}
}

// leastPivot is the share of its diagonal that a column must keep to be solved
// for.
const leastPivot = 1e-12

func overPivot(x, pivot float64) float64 {
	if pivot > 0 {
		return x / pivot
	}
	return 0
}
