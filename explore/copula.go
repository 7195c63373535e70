package explore

import (
	"math"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/stat/distuv"
)

// copula is a normal copula over cells: a cell is an interval of normal scores.
type copula struct {
	marginals [2][]float64
	// points are the normal scores across each cell of the first attribute, weights
	// their shares.
	points, weights [][]float64
	edges           []float64 // normal scores of the edges of the second
}

func newCopula(marginals [2][]float64) *copula {
	c := &copula{marginals: marginals}
	from := 0.0
	for _, share := range marginals[0] {
		to := min(from+share, 1)
		points, weights := make([]float64, jointPoints), make([]float64, jointPoints)
		if to > from {
			quad.Legendre{}.FixedLocations(points, weights, from, to)
			for k, u := range points {
				points[k] = distuv.UnitNormal.Quantile(u)
			}
		}
		c.points, c.weights = append(c.points, points), append(c.weights, weights)
		from = to
	}
	upTo := 0.0
	c.edges = append(c.edges, math.Inf(-1))
	for _, share := range marginals[1][:len(marginals[1])-1] {
		upTo = min(upTo+share, 1)
		c.edges = append(c.edges, distuv.UnitNormal.Quantile(upTo))
	}
	c.edges = append(c.edges, math.Inf(1))
	return c
}

// shares integrates the conditional distribution of the second score given the first,
// which is normal with mean rho times it and variance 1 - rho^2, across each cell.
func (c *copula) shares(rho float64) [][]float64 {
	rest := math.Sqrt(1 - rho*rho)
	out := make([][]float64, len(c.points))
	for i, points := range c.points {
		out[i] = make([]float64, len(c.edges)-1)
		if !(c.marginals[0][i] > 0) {
			continue
		}
		for k, z := range points {
			before := 0.0
			for j, edge := range c.edges[1:] {
				upTo := distuv.UnitNormal.CDF((edge - rho*z) / rest)
				out[i][j] += c.weights[i][k] * (upTo - before)
				before = upTo
			}
		}
	}
	return out
}

// latent returns the correlation of the normal scores with which the shares have the
// wanted one, by bisection: it rises with it.
func (c *copula) latent(grid [2]jointCells, wanted float64) float64 {
	if math.IsNaN(wanted) {
		return 0
	}
	const steps = 20
	lo, hi := -mostLatent, mostLatent
	for range steps {
		mid := (lo + hi) / 2
		if c.correlation(grid, c.shares(mid)) < wanted {
			lo = mid
		} else {
			hi = mid
		}
	}
	return (lo + hi) / 2
}

// correlation is that of the middles of the cells.
func (c *copula) correlation(grid [2]jointCells, shares [][]float64) float64 {
	var mean, variance [2]float64
	for k, m := range c.marginals {
		for i, share := range m {
			mean[k] += share * grid[k].middle(i)
		}
		for i, share := range m {
			d := grid[k].middle(i) - mean[k]
			variance[k] += share * d * d
		}
	}
	covariance := 0.0
	for i, row := range shares {
		for j, share := range row {
			covariance += share * (grid[0].middle(i) - mean[0]) * (grid[1].middle(j) - mean[1])
		}
	}
	return covariance / math.Sqrt(variance[0]) / math.Sqrt(variance[1])
}
