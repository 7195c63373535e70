package linalg

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
)

// errShape is wrapped by errors about a matrix whose length is not n*n.
var errShape = errors.New("matrix has the wrong shape")

// errNotFinite is wrapped by errors about a matrix with NaN or an infinity.
var errNotFinite = errors.New("matrix is not finite")

// Cholesky is P'SASP = U'U with the diagonal pivoting of LAPACK's dpstrf
// (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., 2002,
// section 10.3), stopped at the numerical rank. S is a diagonal of powers of
// two that brings the diagonal of A to between 1/2 and 2.
type Cholesky struct {
	n, rank int
	pivot   []int     // column of A at each step
	scale   []float64 // S, in the order of A
	u       []float64 // rows 0 to rank-1 of U, n by n, columns in pivot order
	norm    float64   // 1-norm of SAS
}

// Factor factors the n by n matrix a, whose upper triangle is read. A column
// of which less than the share tolerance of its diagonal is left once the
// others are taken out counts as dependent; a column whose diagonal is not
// positive does so too.
// The cost is n³/6 multiplications (n³/3 operations). The input is not changed. A NaN or an infinity
// in the upper triangle is an error that wraps errNotFinite.
func Factor(a []float64, n int, tolerance float64) (*Cholesky, error) {
	if err := checkShape(len(a), n); err != nil {
		return nil, err
	}
	c := &Cholesky{n: n, pivot: make([]int, n), scale: make([]float64, n), u: make([]float64, n*n)}
	for i := range n {
		c.pivot[i], c.scale[i] = i, powerScale(a[i*n+i])
	}
	diagonal := make([]float64, n)
	sums := make([]float64, n)
	for i := range n {
		row, out, si := a[i*n:(i+1)*n], c.u[i*n:(i+1)*n], c.scale[i]
		for j := i; j < n; j++ {
			x := row[j] * si * c.scale[j]
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return nil, fmt.Errorf("%w: element %d, %d is %v", errNotFinite, i, j, row[j])
			}
			out[j] = x
			sums[i] += math.Abs(x)
			if j > i {
				sums[j] += math.Abs(x)
			}
		}
		diagonal[i] = out[i]
	}
	for _, s := range sums {
		c.norm = max(c.norm, s)
	}
	// The norm is taken before the factor overwrites the matrix; RCond needs it.
	c.factor(diagonal, tolerance)
	return c, nil
}

// factor overwrites the scaled matrix in u with the factor; diagonal is its
// diagonal, in the order of the columns.
// It is the outer product form (Golub and Van Loan, Matrix Computations, 4th ed.,
// 2013, section 4.2): each step subtracts the multiple of one finished row.
func (c *Cholesky) factor(diagonal []float64, tolerance float64) {
	n, u := c.n, c.u
	for k := range n {
		best, left := -1, 0.0
		for i := k; i < n; i++ {
			// by what is left, as a share of what there was
			d := diagonal[c.pivot[i]]
			if share := u[i*n+i] / d; d > 0 && (best < 0 || share > left) {
				best, left = i, share
			}
		}
		if best < 0 || !(left > tolerance) {
			return
		}
		c.swap(k, best)
		row := u[k*n : (k+1)*n]
		root := math.Sqrt(row[k])
		row[k] = root
		for j := k + 1; j < n; j++ {
			row[j] /= root
		}
		for i := k + 1; i < n; i++ {
			subtractMultiple(u[i*n+i:(i+1)*n], row[i:], row[i])
		}
		c.rank = k + 1
	}
}

// swap exchanges positions i <= j of the symmetric rest, of which the upper
// triangle is kept, and the finished rows above.
// The element (i, j) itself stays where it is, as the matrix is symmetric.
func (c *Cholesky) swap(i, j int) {
	if i == j {
		return
	}
	n, u := c.n, c.u
	c.pivot[i], c.pivot[j] = c.pivot[j], c.pivot[i]
	for k := range i {
		u[k*n+i], u[k*n+j] = u[k*n+j], u[k*n+i]
	}
	u[i*n+i], u[j*n+j] = u[j*n+j], u[i*n+i]
	for k := i + 1; k < j; k++ {
		u[i*n+k], u[k*n+j] = u[k*n+j], u[i*n+k]
	}
	for k := j + 1; k < n; k++ {
		u[i*n+k], u[j*n+k] = u[j*n+k], u[i*n+k]
	}
}

// subtractMultiple takes f*x from y; x is at least as long.
func subtractMultiple(y, x []float64, f float64) {
	floats.AddScaled(y, -f, x[:len(y)])
}

func checkShape(length, n int) error {
	if n < 0 || length != n*n {
		return fmt.Errorf("%w: %d elements, want %d times %d", errShape, length, n, n)
	}
	return nil
}

// powerScale returns the power of two that brings x, multiplied twice, to
// between 1/2 and 2; 1 where x is not positive.
// A power of two scales without rounding, so the factor of SAS has the same
// rounding errors as one of A would have.
func powerScale(x float64) float64 {
	if !(x > 0) || math.IsInf(x, 1) {
		return 1
	}
	_, exponent := math.Frexp(x)
	return math.Ldexp(1, -(exponent >> 1))
}

// Rank returns the number of independent columns.
func (c *Cholesky) Rank() int { return c.rank }

// Dependent returns the columns that the independent ones determine.
func (c *Cholesky) Dependent() []int { return c.pivot[c.rank:] }
