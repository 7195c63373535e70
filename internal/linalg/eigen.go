package linalg

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// errNoConvergence is returned when an eigen-decomposition does not converge.
var errNoConvergence = errors.New("eigen-decomposition does not converge")

// Eigen returns the eigenvalues of the symmetric n by n matrix a, descending,
// and its eigenvectors as the rows of an n by n matrix, each with its element
// of largest magnitude positive.
// The sign of an eigenvector is arbitrary. It is fixed so that results do not
// depend on the library, and stored reports stay comparable.
func Eigen(a []float64, n int) (values, vectors []float64, err error) {
	if err := checkShape(len(a), n); err != nil {
		return nil, nil, err
	}
	if n == 0 {
		return nil, nil, nil
	}
	for i, x := range a {
		if (math.IsNaN(x) || math.IsInf(x, 0)) && i/n <= i%n {
			return nil, nil, fmt.Errorf("%w: element %d, %d is %v", errNotFinite, i/n, i%n, x)
		}
	}
	var e mat.EigenSym
	if !e.Factorize(mat.NewSymDense(n, a), true) {
		return nil, nil, errNoConvergence
	}
	ascending := e.Values(nil)
	var columns mat.Dense
	e.VectorsTo(&columns)
	values, vectors = make([]float64, n), make([]float64, n*n)
	for k := range n {
		values[k] = ascending[n-1-k]
		row := vectors[k*n : (k+1)*n]
		mat.Col(row, n-1-k, &columns)
		orient(row)
	}
	return values, vectors, nil
}

// orient turns v so that its element of largest magnitude is positive.
func orient(v []float64) {
	best := 0
	for i, x := range v {
		if max(x, -x) > max(v[best], -v[best]) {
			best = i
		}
	}
	if v[best] >= 0 {
		return
	}
	for i := range v {
		v[i] = -v[i]
	}
}
