package design

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// leastSpread is the least eigenvalue of correlations, as a share of the largest, that is told from 0.
const leastSpread = 1e-10

// steady shrinks the means of numbers by level, but for the target, which is the last number, to
// what the rows that have all numbers say is possible. Of combinations that hardly vary, such as
// the difference of two numbers that are nearly alike, the difference of the means of other rows
// is mostly noise. The means of a level are taken for normal effects with covariance tau T,
// of the covariances T of complete rows, and their errors, beyond those that they had if no
// row lacked a number, have covariance D / w, with D_ij = T_ij (n n_ij / (n_i n_j) - 1) of
// n rows, those that have each number and both, and the weight w of the level (empirical
// Bayes; C. Morris, JASA 78, 1983). T and D are made diagonal at once.
func (r *location) steady(como *stats.Comoments) error {
	n := len(r.numbers) - 1
	z, back, values, err := r.axes(como, n)
	if err != nil {
		return err
	}
	for k := range r.categories {
		c := &r.categories[k]
		tau := 0.0
		for j := range n {
			if v := como.ComomentDD(j, j).Float() / como.Weight(); v > 0 && c.rows[j] > 0 {
				tau += max(c.explained(c.share, j, j)/v-float64(len(c.codes)-1)/c.rows[j], 0) / float64(n)
			}
		}
		kept := make([]float64, n)
		for l := range c.mean {
			for a := range kept {
				kept[a] = 1
				if noise := values[a] / (c.share[l] * r.s.Weight()); noise > 0 {
					kept[a] = tau / (tau + noise)
				}
			}
			c.shrink(l, z, back, kept)
		}
		c.centre(n)
	}
	return r.explain()
}

// varies reports whether the rows that have all numbers say how any of them vary, but for the target.
func (r *location) varies(como *stats.Comoments) bool {
	n := len(r.numbers) - 1
	for i := range n {
		if como.ComomentDD(i, i).Float()/como.Weight() > 0 {
			return true
		}
	}
	return n == 0
}

// shrink keeps, of what the means of a level differ by, a share of each coordinate of Z.
func (c *category) shrink(level int, z, back, kept []float64) {
	n, mean := len(kept), c.mean[level]
	along := make([]float64, n)
	for a := range n {
		for j := range n {
			along[a] += back[a*n+j] * (mean[j] - c.whole[j])
		}
		along[a] *= kept[a]
	}
	for j := range n {
		mean[j] = c.whole[j] + linalg.Dot(z[j*n:(j+1)*n], along)
	}
}

// centre moves the first n means so that they are those of all levels on the mean.
func (c *category) centre(n int) {
	for j := range n {
		shift := -c.whole[j]
		for l, share := range c.share {
			shift += share * c.mean[l][j]
		}
		for l := range c.mean {
			c.mean[l][j] -= shift
		}
	}
}

// axes returns Z and its inverse with T = Z Z' and D = Z diag(values) Z'.
func (r *location) axes(como *stats.Comoments, n int) (z, back, values []float64, err error) {
	t := NewMoments(n)
	for i := range n {
		for j := range n {
			t.set(i, j, dd.FromFloat(como.ComomentDD(i, j).Float()/como.Weight()))
		}
	}
	a, spread := t.correlations()
	roots, vectors, err := linalg.Eigen(a, n)
	if err != nil {
		return nil, nil, nil, err
	}
	along, across := make([]float64, n*n), make([]float64, n*n) // times and over the roots
	for k := range n {
		root := math.Sqrt(max(roots[k], leastSpread*roots[0]))
		for i, v := range vectors[k*n : (k+1)*n] {
			along[k*n+i], across[k*n+i] = v*root, v/root
		}
	}
	values, turned, err := linalg.Eigen(quadratic(across, r.excess(a, n), n, n), n)
	if err != nil {
		return nil, nil, nil, err
	}
	z, back = make([]float64, n*n), make([]float64, n*n)
	for q := range n {
		for k, f := range turned[q*n : (q+1)*n] {
			for i, unit := range spread {
				if unit > 0 {
					z[i*n+q] += f * along[k*n+i] * unit
					back[q*n+i] += f * across[k*n+i] / unit
				}
			}
		}
	}
	return z, back, values, nil
}

// excess returns D of steady in units of the standard deviations, of correlations.
func (r *location) excess(correlations []float64, n int) []float64 {
	out, own := make([]float64, n*n), make([]float64, n)
	for i := range n {
		own[i] = r.s.Pair(r.numbers[i], r.numbers[i]).N
		for j := range i + 1 {
			if both := r.s.Pair(r.numbers[i], r.numbers[j]).N; own[i] > 0 && own[j] > 0 {
				v := correlations[i*n+j] * (r.s.Weight()*both/(own[i]*own[j]) - 1)
				out[i*n+j], out[j*n+i] = v, v
			}
		}
	}
	return out
}
