package linalg

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
)

// CholeskyDD is Cholesky in double-double, with which matrices of reciprocal
// condition numbers down to about 1e-28 can be solved.
// The fields mean what those of Cholesky do. Pivots, scales and the norm need no
// second word: they choose and judge, and do not enter the solution's digits.
type CholeskyDD struct {
	n, rank int
	pivot   []int
	scale   []float64
	u       []dd.Number
	norm    float64
}

// FactorDD is Factor in double-double.
func FactorDD(a []dd.Number, n int, tolerance float64) (*CholeskyDD, error) {
	if err := checkShape(len(a), n); err != nil {
		return nil, err
	}
	c := &CholeskyDD{n: n, pivot: make([]int, n), scale: make([]float64, n), u: make([]dd.Number, n*n)}
	for i := range n {
		c.pivot[i], c.scale[i] = i, powerScale(a[i*n+i].Hi)
	}
	diagonal, sums := make([]float64, n), make([]float64, n)
	for i := range n {
		for j := i; j < n; j++ {
			x := a[i*n+j].MulPow2(c.scale[i]).MulPow2(c.scale[j])
			if !x.IsFinite() {
				return nil, fmt.Errorf("%w: element %d, %d is %v", errNotFinite, i, j, a[i*n+j].Hi)
			}
			c.u[i*n+j] = x
			sums[i] += math.Abs(x.Hi)
			if j > i {
				sums[j] += math.Abs(x.Hi)
			}
		}
		diagonal[i] = c.u[i*n+i].Hi
	}
	for _, s := range sums {
		c.norm = max(c.norm, s)
	}
	c.factor(diagonal, tolerance)
	return c, nil
}

// factor is that of Cholesky. A row is multiplied by the inverse of its pivot, as
// a division in double-double costs several multiplications.
func (c *CholeskyDD) factor(diagonal []float64, tolerance float64) {
	n, u := c.n, c.u
	for k := range n {
		best, left := -1, 0.0
		for i := k; i < n; i++ {
			d := diagonal[c.pivot[i]]
			if share := u[i*n+i].Hi / d; d > 0 && (best < 0 || share > left) {
				best, left = i, share
			}
		}
		if best < 0 || !(left > tolerance) {
			return
		}
		c.swap(k, best)
		row := u[k*n : (k+1)*n]
		root := row[k].Sqrt()
		row[k] = root
		inverse := dd.FromFloat(1).Div(root)
		for j := k + 1; j < n; j++ {
			row[j] = row[j].Mul(inverse)
		}
		for i := k + 1; i < n; i++ {
			subtractMultipleDD(u[i*n+i:(i+1)*n], row[i:], row[i])
		}
		c.rank = k + 1
	}
}

func (c *CholeskyDD) swap(i, j int) {
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

// subtractMultipleDD takes f*x from y.
func subtractMultipleDD(y, x []dd.Number, f dd.Number) {
	x = x[:len(y)]
	for i := range y {
		y[i] = y[i].Sub(x[i].Mul(f))
	}
}

// Rank returns the number of independent columns.
func (c *CholeskyDD) Rank() int { return c.rank }

// Dependent returns the columns that the independent ones determine.
func (c *CholeskyDD) Dependent() []int { return c.pivot[c.rank:] }
