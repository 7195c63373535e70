package design

import (
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// category is what a categorical column says of numbers.
type category struct {
	column int
	codes  []int32
	share  []float64   // of each level among the rows that have the column
	weight [][]float64 // by level and number: of the rows that have both
	mean   [][]float64 // by level and number: in these rows
	whole  []float64   // by number: the mean at the shares of the levels
	had    []float64   // by number: the mean of the rows that have both
	rows   []float64   // by number: of the rows that have both
}

// newCategory reads the levels that have rows; plain are the means of the numbers, which stand for
// that at a level where no row has the number.
func newCategory(s *stats.Summary, column int, numbers []int, plain []float64) category {
	n := len(numbers)
	out := category{column: column, whole: make([]float64, n), had: make([]float64, n), rows: make([]float64, n)}
	given, counts, present := s.GivenCategory(column), s.Categories(column), s.Present(column)
	for code := range int32(len(s.Layout().Categorical[column].Values) + 1) {
		count := counts.Count(code)
		if !(count > 0) {
			continue
		}
		share, weight, mean := count/present, make([]float64, n), slices.Clone(plain)
		for k, number := range numbers {
			if cell := given.Cell(code, number); cell.Weight > 0 {
				weight[k], mean[k] = cell.Weight, cell.MeanDD().Float()
			}
			out.whole[k] += share * mean[k]
			out.had[k] += weight[k] * mean[k]
			out.rows[k] += weight[k]
		}
		out.codes, out.share = append(out.codes, code), append(out.share, share)
		out.weight, out.mean = append(out.weight, weight), append(out.mean, mean)
	}
	for k, rows := range out.rows {
		if out.had[k] /= rows; !(rows > 0) {
			out.had[k] = out.whole[k]
		}
	}
	return out
}

// explained is the covariance of two numbers that their means by level have where the levels
// have these weights.
func (c *category) explained(weights []float64, i, j int) float64 {
	sum, a, b, ab := 0.0, 0.0, 0.0, 0.0
	for l, w := range weights {
		x, y := c.mean[l][i]-c.whole[i], c.mean[l][j]-c.whole[j]
		sum += w
		a += w * x
		b += w * y
		ab += w * x * y
	}
	if !(sum > 0) {
		return 0
	}
	return ab/sum - a/sum*b/sum
}

// complete returns the weights of the levels in the rows that have all numbers, as if it were chance
// at each level which rows lack what. Numbers that are there equally often at each level are
// taken for columns of one attribute, which rows have or lack together.
func (c *category) complete() []float64 {
	out := slices.Clone(c.share)
	var seen [][]float64
	for j := range c.whole {
		own := make([]float64, len(c.codes))
		for l := range own {
			own[l] = c.weight[l][j]
		}
		if slices.ContainsFunc(seen, func(o []float64) bool { return slices.Equal(o, own) }) {
			continue
		}
		seen = append(seen, own)
		for l := range out {
			out[l] *= own[l] / (c.share[l] * max(c.rows[j], 1e-300))
		}
	}
	return out
}
