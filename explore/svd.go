package explore

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// singular is a singular value and the attribute that has most to do with it:
// the one of largest weight in its right singular vector that no larger value
// has taken.
type singular struct {
	Value     Number   `json:"value"`
	Attribute string   `json:"attribute"`
	Vector    []Number `json:"vector"`
}

// svdResult is the singular value decomposition of the table of numeric
// attributes with their means taken off and, unless asked for the covariance,
// divided by their standard deviation: the values are the square roots of n - 1
// times the eigenvalues of that matrix (Jolliffe 2002, section 3.5). Rank counts
// the values above Tolerance times the largest; Condition is the largest over
// the least, null when the rank is not full.
type svdResult struct {
	Count      Number     `json:"count"`
	Rows       string     `json:"rows"` // complete or pairwise
	Matrix     string     `json:"matrix"`
	Attributes []string   `json:"attributes"`
	Values     []singular `json:"values"`
	Rank       int        `json:"rank"`
	Condition  Number     `json:"condition"`
	Tolerance  Number     `json:"tolerance"`
	Constant   []string   `json:"constant,omitempty"`
}

// defaultTolerance is the singular value, against the largest, below which it
// counts as 0. Values are roots of eigenvalues that are good to 16 digits.
const defaultTolerance = 1e-7

// svd decomposes the named numeric attributes, all when none is named. The
// matrix is matrixCorrelation, the default for "", or matrixCovariance; a tolerance of
// 0 means defaultTolerance.
func svd(ctx context.Context, s *stats.Summary, attributes []string, matrix string, tolerance float64) (*svdResult, error) {
	out, _, err := decompose(ctx, s, attributes, matrix, tolerance)
	return out, err
}

func decompose(ctx context.Context, s *stats.Summary, attributes []string, matrix string, tolerance float64) (*svdResult, *comatrix, error) {
	o := pcaOptions{Matrix: matrix}
	if err := o.check(); err != nil {
		return nil, nil, err
	}
	if !(tolerance >= 0 && tolerance < 1) {
		return nil, nil, fmt.Errorf("tolerance is %v, want a number from 0 and below 1", tolerance)
	}
	if tolerance == 0 {
		tolerance = defaultTolerance
	}
	m, err := comatrixOf(ctx, s, attributes, 1)
	if err != nil {
		return nil, nil, err
	}
	out := &svdResult{Matrix: matrixCovariance, Tolerance: Number(tolerance), Condition: Number(math.NaN()), Values: []singular{}}
	if matrix != matrixCovariance {
		out.Matrix = matrixCorrelation
		m, out.Constant = m.varying()
	}
	out.Count, out.Rows, out.Attributes = Number(m.n), m.rows, m.names
	values, vectors, err := m.eigen(out.Matrix)
	if err != nil {
		return nil, nil, err
	}
	taken := make([]bool, len(values))
	for k, v := range values {
		// The table itself is not at hand: its singular values are the roots of the
		// eigenvalues of its cross product, which squares the condition number. Those
		// keep their digits by rayleigh.
		value := math.Sqrt(v * (m.n - 1))
		if k == 0 || value > tolerance*float64(out.Values[0].Value) {
			out.Rank++
		}
		best := strongest(vectors[k], taken)
		taken[best] = true
		out.Values = append(out.Values, singular{Value: Number(value), Attribute: m.names[best], Vector: vectors[k]})
	}
	if n := len(out.Values); n > 0 && out.Values[0].Value == 0 {
		out.Rank = 0
	} else if n > 0 && out.Rank == n {
		out.Condition = out.Values[0].Value / out.Values[n-1].Value
	}
	return out, m, nil
}

// strongest is the free attribute of the largest weight in the vector.
func strongest(vector []Number, taken []bool) int {
	best := -1
	for i, x := range vector {
		if !taken[i] && (best < 0 || math.Abs(float64(x)) > math.Abs(float64(vector[best]))) {
			best = i
		}
	}
	return best
}

// svdSelectionResult are the attributes that span the table: Kept in the order
// in which they were chosen, Dropped with the share of variance that the kept
// ones explain, Constant those that do not vary.
type svdSelectionResult struct {
	Count    Number             `json:"count"`
	Rows     string             `json:"rows"` // complete or pairwise
	Rank     int                `json:"rank"`
	Kept     []string           `json:"kept"`
	Dropped  []droppedAttribute `json:"dropped"`
	Constant []string           `json:"constant"`
}

// droppedAttribute is one that others make superfluous.
type droppedAttribute struct {
	Attribute string `json:"attribute"`
	RSquared  Number `json:"r_squared"`
}

// svdSelection chooses among numeric attributes, all when none is named, as
// many as the standardised table has rank by singular values: QR with column
// pivoting of the leading right singular vectors (G. Golub, V. Klema, G.
// Stewart, Rank degeneracy and least squares problems, 1976; Golub and Van
// Loan, Matrix Computations, 4th edition, section 5.5.7). Keep, when above 0,
// is how many to keep instead; a tolerance of 0 means defaultTolerance.
func svdSelection(ctx context.Context, s *stats.Summary, attributes []string, tolerance float64, keep int) (*svdSelectionResult, error) {
	if keep < 0 {
		return nil, fmt.Errorf("keep is %d, want 0 or more", keep)
	}
	d, m, err := decompose(ctx, s, attributes, matrixCorrelation, tolerance)
	if err != nil {
		return nil, err
	}
	out := &svdSelectionResult{Count: d.Count, Rows: d.Rows, Rank: d.Rank, Kept: []string{}, Dropped: []droppedAttribute{}, Constant: []string{}}
	out.Constant = append(out.Constant, d.Constant...)
	if keep == 0 {
		keep = d.Rank
	}
	keep = min(keep, len(d.Values))
	chosen := pivots(d.Values[:keep])
	w := newSwept(m.correlations())
	for _, i := range chosen {
		out.Kept = append(out.Kept, m.names[i])
		if w.m[i][i].Hi > m.tolerance() {
			w.sweep(i)
		}
		w.independent[i] = true
	}
	for i, name := range m.names {
		if !w.independent[i] {
			out.Dropped = append(out.Dropped, droppedAttribute{Attribute: name, RSquared: Number(min(max(one().Sub(w.m[i][i]).Float(), 0), 1))})
		}
	}
	return out, nil
}

// pivots returns the columns that QR with column pivoting takes first of the
// matrix whose rows are the vectors: the longest of what the chosen ones leave,
// again and again. Columns of the same length but for rounding go by their order.
func pivots(rows []singular) []int {
	if len(rows) == 0 {
		return nil
	}
	n := len(rows[0].Vector)
	q := mat.NewDense(len(rows), n, nil)
	for k, r := range rows {
		for i, x := range r.Vector {
			q.Set(k, i, float64(x))
		}
	}
	taken, order := make([]bool, n), make([]int, 0, len(rows))
	for range rows {
		best, longest := -1, -1.0
		for i := range n {
			if length := mat.Norm(q.ColView(i), 2); !taken[i] && length > longest*(1+1e-12) {
				best, longest = i, length
			}
		}
		taken[best] = true
		order = append(order, best)
		if longest == 0 {
			continue
		}
		direction := mat.VecDenseCopyOf(q.ColView(best))
		direction.ScaleVec(1/longest, direction)
		for i := range n {
			c := mat.Dot(direction, q.ColView(i))
			for k := range rows {
				q.Set(k, i, q.At(k, i)-c*direction.AtVec(k))
			}
		}
	}
	return order
}
