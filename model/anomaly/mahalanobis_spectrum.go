package anomaly

import (
	"context"
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
	"github.com/rpconnect-sml/rpconnect-sml/model/covariance"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// spectrum is the eigen-decomposition of the correlations of numeric columns.
// Columns without variance are left out of it.
type spectrum struct {
	columns []int // of the row
	place   []int // of each column among those asked for
	mean    []float64
	spread  []float64 // standard deviation, divided by n
	n       float64   // least weight of the rows that a correlation is of
	matrix  []float64 // of the correlations, p by p
	values  []float64 // descending
	vectors []float64 // rows
	// least is what eigenvalues below it are not told from: rounding, or what
	// correlations of different rows leave of a positive semidefinite matrix.
	least float64
}

// leastEigenvalue is the share of an attribute's variance below which a
// combination of attributes counts as constant. Readings are seldom good to
// more than nine digits.
const leastEigenvalue = 1e-9

func spectrumOf(s *stats.Summary, columns []int) (*spectrum, error) {
	sp := &spectrum{}
	for k, c := range columns {
		if sd := s.Moments(c).Stddev(0); sd > 0 && !math.IsInf(1/sd, 1) {
			sp.columns, sp.place = append(sp.columns, c), append(sp.place, k)
			sp.mean, sp.spread = append(sp.mean, s.Moments(c).Mean()), append(sp.spread, sd)
		}
	}
	correlation, n, err := correlations(s, sp.columns)
	if err != nil {
		return nil, err
	}
	sp.n, sp.matrix = n, correlation
	if sp.values, sp.vectors, err = linalg.Eigen(correlation, len(sp.columns)); err != nil {
		return nil, fmt.Errorf("correlations of %d attributes: %w", len(sp.columns), err)
	}
	sp.least = leastEigenvalue
	if p := len(sp.values); p > 0 {
		sp.least = max(sp.least, -sp.values[p-1])
	}
	return sp, nil
}

// correlations returns the matrix of correlations, row-major, and the weight
// of the rows that it is of: those that have all columns where these are most,
// else those that have the two, the least weight of any pair being returned.
func correlations(s *stats.Summary, columns []int) (r []float64, n float64, err error) {
	const most = 0.9
	p := len(columns)
	complete, all, err := s.Complete(columns)
	if err != nil {
		return nil, 0, err
	}
	r, n = make([]float64, p*p), s.Weight()
	whole := complete != nil && (all || complete.Weight() >= most*n)
	if whole {
		n = complete.Weight()
	}
	for i := range p {
		r[i*p+i] = 1
		for j := range i {
			x := 0.0
			if whole {
				x = complete.Correlation(i, j)
			} else {
				pair := s.Pair(columns[i], columns[j])
				x = pair.Cij.Float() / math.Sqrt(pair.Cii.Float()) / math.Sqrt(pair.Cjj.Float())
				n = min(n, pair.N)
			}
			if math.IsNaN(x) || math.IsInf(x, 0) { // no spread among the rows that have both
				x = 0
			}
			x = max(-1, min(x, 1))
			r[i*p+j], r[j*p+i] = x, x
		}
	}
	return r, n, nil
}

// estimated returns the spectrum of another estimate of the covariance of the
// standardised columns, so that no unit of measurement outweighs the others.
func (sp *spectrum) estimated(ctx context.Context, o covariance.CovarianceOptions, s *stats.Summary) (*spectrum, error) {
	out := *sp
	p := len(sp.values)
	sample := covariance.CovarianceSample{N: sp.n, Matrix: sp.matrix}
	for _, c := range sp.columns {
		sample.Kurtosis = append(sample.Kurtosis, s.Moments(c).Kurtosis()+3)
	}
	estimate, err := covariance.EstimateCovariance(ctx, o, sample)
	if err != nil {
		return nil, err
	}
	out.matrix = estimate.Matrix
	if out.values, out.vectors, err = linalg.Eigen(estimate.Matrix, p); err != nil {
		return nil, fmt.Errorf("covariance of %d attributes by %s: %w", p, o.Estimator, err)
	}
	return &out, nil
}

// vector returns the eigenvector of value k.
func (sp *spectrum) vector(k int) []float64 {
	p := len(sp.values)
	return sp.vectors[k*p : (k+1)*p]
}

// form returns the quadratic form that gives the square of eigenvector k the
// given weight.
func (sp *spectrum) form(weights []float64) form {
	p := len(sp.values)
	f := form{columns: sp.columns, place: sp.place, mean: sp.mean, perUnit: make([]float64, p), m: make([]float64, p*p)}
	for i, sd := range sp.spread {
		f.perUnit[i] = 1 / sd
	}
	for k, w := range weights {
		if w == 0 {
			continue
		}
		v := sp.vector(k)
		for i, x := range v {
			row := f.m[i*p : (i+1)*p]
			for j, y := range v {
				row[j] += w * x * y
			}
		}
	}
	return f
}
