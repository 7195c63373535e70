package explore

import (
	"context"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// MatrixResult is a symmetric matrix of pairs of numeric attributes, in the
// order of Attributes. Each cell is over the rows that have both; Counts is
// their weight.
type MatrixResult struct {
	Attributes []string   `json:"attributes"`
	Values     [][]Number `json:"values"`
	Counts     [][]Number `json:"counts"`
}

// correlationMatrix returns Pearson's correlations of the named numeric
// attributes, of all when none is named; null where one is constant.
func correlationMatrix(ctx context.Context, s *stats.Summary, attributes []string) (*MatrixResult, error) {
	return pairMatrix(s, attributes, correlation)
}

// covarianceMatrix returns the covariances (n - 1).
func covarianceMatrix(ctx context.Context, s *stats.Summary, attributes []string) (*MatrixResult, error) {
	return pairMatrix(s, attributes, func(p stats.PairStat) float64 { return p.Covariance(1) })
}

// pairMatrix works a symmetric matrix out below its diagonal. Each cell is over its
// own rows, so the matrix may be indefinite; questions that decompose one take
// complete rows (comatrixOf).
func pairMatrix(s *stats.Summary, attributes []string, value func(stats.PairStat) float64) (*MatrixResult, error) {
	columns, names, err := numericColumns(s, attributes, 1)
	if err != nil {
		return nil, err
	}
	out := &MatrixResult{Attributes: names, Values: square(len(names)), Counts: square(len(names))}
	for i, ci := range columns {
		for j, cj := range columns[:i+1] {
			p := s.Pair(ci, cj)
			v, n := Number(value(p)), Number(p.N)
			out.Values[i][j], out.Values[j][i] = v, v
			out.Counts[i][j], out.Counts[j][i] = n, n
		}
	}
	return out, nil
}

// square returns an n x n matrix of undefined numbers.
func square(n int) [][]Number {
	out := make([][]Number, n)
	for i := range out {
		out[i] = make([]Number, n)
		for j := range out[i] {
			out[i][j] = Number(math.NaN())
		}
	}
	return out
}
