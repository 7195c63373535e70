package anomaly

import (
	"math"
	"math/rand/v2"

	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// sampler draws rows that look like those a summary has learned: each numeric
// column from its histogram, tied to the others by the correlations (a normal
// copula), each categorical one from its counts, with as many values missing.
// What a score makes of them is known without a second look at the data.
type sampler struct {
	columns []quantiles // by numeric column of the layout
	mix     [][]float64 // of the columns that vary: rows of a root of the correlations
	varying []int
	codes   []codeShares // by categorical column
	normal  []float64
}

// quantiles are of one numeric column.
// ecdf is the distribution function that the histogram gives, inverted to draw.
type quantiles struct {
	present float64 // share of the rows that have it
	ecdf    *stats.ECDF
}

type codeShares struct {
	present    float64
	cumulative []float64 // by code
}

// The root of the correlations is taken from their eigen-decomposition, as pairwise
// correlations can be indefinite: eigenvalues below 0 are taken as 0.
func newSampler(s *stats.Summary) (*sampler, error) {
	out := &sampler{}
	all := make([]int, len(s.Layout().Numeric))
	weight := s.Weight()
	for c := range all {
		all[c] = c
		q := quantiles{ecdf: stats.NewECDF(s.Histogram(c))}
		if weight > 0 {
			q.present = q.ecdf.Weight() / weight
		}
		out.columns = append(out.columns, q)
	}
	for c := range s.Layout().Categorical {
		shares, sum, counts := codeShares{}, 0.0, s.Categories(c)
		for code := range len(s.Layout().Categorical[c].Values) + 1 {
			sum += counts.Count(int32(code))
			shares.cumulative = append(shares.cumulative, sum)
		}
		if weight > 0 {
			shares.present = s.Present(c) / weight
		}
		out.codes = append(out.codes, shares)
	}
	sp, err := spectrumOf(s, all)
	if err != nil {
		return nil, err
	}
	out.varying = sp.columns
	for k, value := range sp.values {
		row, root := sp.vector(k), math.Sqrt(max(value, 0))
		for i := range row {
			row[i] *= root
		}
		out.mix = append(out.mix, row)
	}
	out.normal = make([]float64, len(sp.values))
	return out, nil
}

// draw fills in a row: values and codes by column of the layout.
func (s *sampler) draw(r *rand.Rand, values []float64, codes []int32) {
	clear(s.normal)
	for _, row := range s.mix {
		g := r.NormFloat64()
		for i, x := range row {
			s.normal[i] += g * x
		}
	}
	for c := range s.columns {
		values[c] = s.columns[c].ecdf.Quantile(0.5) // of a constant column
	}
	for i, c := range s.varying {
		values[c] = s.columns[c].ecdf.Quantile(special.Normal(s.normal[i]).Lower)
	}
	for c := range s.columns {
		if r.Float64() >= s.columns[c].present {
			values[c] = math.NaN()
		}
	}
	for c := range s.codes {
		codes[c] = s.codes[c].draw(r)
	}
}

// draw inverts the cumulative counts; a column without rows is missing.
func (c *codeShares) draw(r *rand.Rand) int32 {
	if r.Float64() >= c.present {
		return stats.Missing
	}
	at := r.Float64() * c.cumulative[len(c.cumulative)-1]
	for code, sum := range c.cumulative {
		if at < sum {
			return int32(code)
		}
	}
	return stats.Missing
}
