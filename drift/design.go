package drift

import (
	"fmt"
	"math"
	"sort"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Rows that follow each other are often alike, and tests that take them for independent then find changes where there
// are none. What the mean of n rows varies by is known from tiles of time: the variance between the means of tiles that follow
// each other, times their rows, against the variance of one row. This is the method of batch means; differences of
// neighbours (J. von Neumann, Distribution of the ratio of the mean square successive difference to the variance,
// Annals of Mathematical Statistics 12, 1941) keep a change of level between two tiles from counting as noise. Tiles
// must be longer than rows depend on each other.

// leastTiles is from how many tiles on the dependence of rows is estimated.
const leastTiles = 8

// mostTiles is how many tiles are taken as they are; of more, neighbours are joined, as longer tiles depend less on each other.
const mostTiles = 24

// joined returns the statistics of at most mostTiles tiles of the same steps.
func joined(tiles []*stats.Summary) ([]*stats.Summary, error) {
	by := (len(tiles) + mostTiles - 1) / mostTiles
	if by < 2 {
		return tiles, nil
	}
	var out []*stats.Summary
	for at := len(tiles) % by; at < len(tiles); at += by { // the oldest are left over
		whole, ok := tiles[at].Clone().(*stats.Summary)
		if !ok {
			return nil, fmt.Errorf("tile %d is no summary", at)
		}
		for _, tile := range tiles[at+1 : at+by] {
			if err := whole.Merge(tile); err != nil {
				return nil, fmt.Errorf("tile %d: %w", at, err)
			}
		}
		out = append(out, whole)
	}
	return out, nil
}

// components is the number of functions of the ranks whose dependence is estimated.
const components = 8

// design is by how much the variances of means are above those of independent rows, for one attribute: of the values,
// of their squared deviations, of functions of their ranks, of being missing. df is the degrees of freedom of each.
type design struct {
	value, square float64
	ranks         [components]float64
	df            float64
}

// independent is the design of rows that are independent.
func independent() *design {
	d := &design{value: 1, square: 1, df: math.Inf(1)}
	for j := range d.ranks {
		d.ranks[j] = 1
	}
	return d
}

// successive returns the covariance of one row as two means of tiles of so many rows tell it, and its degrees of freedom: the variance
// where both are the same. Tiles without rows are left out. It is NaN with fewer than leastTiles.
func successive(a, b, rows []float64) (covariance, df float64) {
	last, sum, count := -1, 0.0, 0.0
	for i := range a {
		if !(rows[i] > 0) {
			continue
		}
		if last >= 0 {
			sum += (a[i] - a[last]) * (b[i] - b[last]) / (1/rows[i] + 1/rows[last])
			count++
		}
		last = i
	}
	if count+1 < leastTiles {
		return math.NaN(), 0
	}
	tiles := count + 1
	return sum / count, 2 * count * count / (3*tiles - 4)
}

// ratioOf returns the variance of tiles over that of a row; 1 where there is none.
func ratioOf(means, rows []float64, row float64) (ratio, df float64) {
	v, df := successive(means, means, rows)
	if !(row > 0) || !(v > 0) {
		return 1, math.Inf(1)
	}
	return v / row, df
}

// numericDesign estimates that of a numeric attribute. It is that of independent rows when there are too few tiles.
func numericDesign(tiles []*stats.Summary, name string, c *cells) *design {
	out, k := independent(), len(tiles)
	rows, means, squares := make([]float64, k), make([]float64, k), make([]float64, k)
	ranks := make([][]float64, components)
	for j := range ranks {
		ranks[j] = make([]float64, k)
	}
	var n, sum, within float64
	for i, tile := range tiles {
		at := tile.Layout().NumericIndex(name)
		if at < 0 || !(tile.Moments(at).Weight() > 0) {
			continue
		}
		m := tile.Moments(at)
		rows[i], means[i] = m.Weight(), m.Mean()
		n, sum, within = n+rows[i], sum+rows[i]*means[i], within+m.CentralSum(2)
		c.ranksOf(tile.Histogram(at), ranks, i)
	}
	if v, _ := successive(means, means, rows); math.IsNaN(v) {
		return out
	}
	mean, second, fourth := sum/n, within, 0.0
	for i, tile := range tiles {
		if rows[i] > 0 {
			shift := means[i] - mean
			second += rows[i] * shift * shift
			m := tile.Moments(tile.Layout().NumericIndex(name))
			squares[i] = m.CentralSum(2)/rows[i] + shift*shift
			fourth += m.CentralSum(4) + 4*shift*m.CentralSum(3) + 6*shift*shift*m.CentralSum(2) + rows[i]*shift*shift*shift*shift
		}
	}
	out.value, out.df = ratioOf(means, rows, second/n)
	out.square, _ = ratioOf(squares, rows, fourth/n-second/n*second/n)
	for j := range ranks {
		out.ranks[j], _ = ratioOf(ranks[j], rows, rankVariance(tiles, name, c, j))
	}
	return out
}

// ranksOf writes the means over a histogram of the functions of the ranks in the common distribution into column i.
func (c *cells) ranksOf(h *stats.Histogram, into [][]float64, i int) {
	var f [components]float64
	all := h.Weight()
	for bin := range h.Bins() {
		legendre(c.rank(bin.Lo), f[:])
		for j := range f {
			into[j][i] += bin.Weight / all * f[j]
		}
	}
}

// rankVariance returns the variance of one function of the ranks over the rows of all tiles.
func rankVariance(tiles []*stats.Summary, name string, c *cells, j int) float64 {
	var f [components]float64
	var n, sum, squares float64
	for _, tile := range tiles {
		at := tile.Layout().NumericIndex(name)
		if at < 0 {
			continue
		}
		for bin := range tile.Histogram(at).Bins() {
			legendre(c.rank(bin.Lo), f[:])
			n, sum, squares = n+bin.Weight, sum+bin.Weight*f[j], squares+bin.Weight*f[j]*f[j]
		}
	}
	mean := sum / n
	return squares/n - mean*mean
}

// rank returns the share of the rows of both states below the cell of x and half of those in it.
func (c *cells) rank(x float64) float64 {
	if c.middle == nil {
		c.middle = make([]float64, len(c.lo))
		below := 0.0
		for i := range c.lo {
			w := c.a[i]/c.n/2 + c.b[i]/c.m/2 // each state weighs the same
			c.middle[i] = below + w/2
			below += w
		}
	}
	i := sort.SearchFloat64s(c.lo, x)
	if i == len(c.lo) || c.lo[i] > x {
		i--
	}
	return c.middle[max(i, 0)]
}
