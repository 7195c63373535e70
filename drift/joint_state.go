package drift

import (
	"context"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Which rows covariances are of.
const (
	rowsComplete = "complete"
	rowsPairwise = "pairwise"
)

// jointState is what is known of some attributes in one state of the stream: n effective rows, their means and
// covariances (n - 1), row-major, and per attribute the weight and the central sums of order 2 to 4, scaled to
// effective rows.
type jointState struct {
	n             float64
	rows          string
	mean, cov     []float64
	w, m2, m3, m4 []float64
}

// readStates reads both states, from rows of the same kind.
func readStates(ctx context.Context, reference, recent *stats.Summary, names []string) (a, b *jointState, err error) {
	d := len(names)
	if d == 0 {
		return &jointState{rows: rowsComplete}, &jointState{rows: rowsComplete}, nil
	}
	states := []*jointState{nil, nil}
	complete := true
	for i, s := range []*stats.Summary{reference, recent} {
		states[i], err = readComplete(s, names)
		if err != nil {
			return nil, nil, err
		}
		complete = complete && states[i] != nil
	}
	if complete {
		return states[0], states[1], nil
	}
	for i, s := range []*stats.Summary{reference, recent} {
		if states[i], err = readPairwise(ctx, s, names); err != nil {
			return nil, nil, err
		}
	}
	return states[0], states[1], nil
}

// newState has what is known of each attribute by itself.
func newState(s *stats.Summary, names []string) (*jointState, []int) {
	d := len(names)
	st := &jointState{mean: make([]float64, d), cov: make([]float64, d*d), w: make([]float64, d), m2: make([]float64, d), m3: make([]float64, d), m4: make([]float64, d)}
	columns := make([]int, d)
	for i, name := range names {
		columns[i] = s.Layout().NumericIndex(name)
		m, f := s.Moments(columns[i]), s.EffectiveNumber(columns[i])
		if w := m.Weight(); w > 0 {
			st.w[i], st.m2[i], st.m3[i], st.m4[i] = f, m.CentralSum(2)/w*f, m.CentralSum(3)/w*f, m.CentralSum(4)/w*f
		}
	}
	return st, columns
}

// readComplete reads the rows that have all attributes. It returns nil where these are too few: when some are missing
// and they are less than half of those of some pair, or not more than the attributes.
func readComplete(s *stats.Summary, names []string) (*jointState, error) {
	st, columns := newState(s, names)
	como, all, err := s.Complete(columns)
	if err != nil || como == nil {
		return nil, err
	}
	w, d := como.Weight(), len(names)
	if st.n = w * s.Inflation(names...); !(st.n >= 2) {
		return nil, nil
	}
	if !all && (st.n <= float64(d+1) || w < leastPair(s, columns)/2) {
		return nil, nil
	}
	st.rows = rowsComplete
	factor := st.n / (w * (st.n - 1))
	for i := range d {
		st.mean[i] = como.Mean(i)
		for j := range i + 1 {
			c := como.ComomentDD(i, j).Float() * factor
			st.cov[i*d+j], st.cov[j*d+i] = c, c
		}
	}
	return st, nil
}

// leastPair returns the least weight of the rows that have two attributes.
func leastPair(s *stats.Summary, columns []int) float64 {
	least := math.Inf(1)
	for i, ci := range columns {
		for _, cj := range columns[:i+1] {
			least = min(least, s.Pair(ci, cj).N)
		}
	}
	return least
}

// readPairwise takes means and variances of all rows of each attribute and correlations of those of each pair,
// 0 where fewer than two rows have both; the number of rows is that of the rarest pair that has them. Negative
// eigenvalues of the correlations become 0, and the diagonal is made 1 again.
func readPairwise(ctx context.Context, s *stats.Summary, names []string) (*jointState, error) {
	st, columns := newState(s, names)
	d, f := len(names), s.Inflation(names...)
	st.rows, st.n = rowsPairwise, math.Inf(1)
	r := make([]float64, d*d)
	for i, ci := range columns {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		st.n = min(st.n, st.w[i])
		st.mean[i] = s.Moments(ci).Mean()
		r[i*d+i] = 1
		for j, cj := range columns[:i] {
			p := s.Pair(ci, cj)
			if !(p.N*f >= 2) {
				continue
			}
			st.n = min(st.n, p.N*f)
			if c := p.Correlation(); !math.IsNaN(c) {
				r[i*d+j], r[j*d+i] = c, c
			}
		}
	}
	if err := semidefinite(r, d); err != nil {
		return nil, err
	}
	for i := range d {
		for j := range d {
			vi, vj := st.m2[i]/(st.w[i]-1), st.m2[j]/(st.w[j]-1)
			st.cov[i*d+j] = r[i*d+j] * math.Sqrt(vi) * math.Sqrt(vj)
		}
	}
	return st, nil
}

// semidefinite makes a correlation matrix positive semidefinite.
func semidefinite(r []float64, d int) error {
	values, vectors, err := linalg.Eigen(r, d)
	if err != nil {
		return err
	}
	if values[d-1] >= 0 {
		return nil
	}
	clear(r)
	for k, v := range values {
		if v <= 0 {
			break
		}
		addOuter(r, vectors[k*d:(k+1)*d], v)
	}
	roots := make([]float64, d)
	for i := range roots {
		roots[i] = math.Sqrt(r[i*d+i])
	}
	for i := range d {
		for j := range d {
			if i == j {
				r[i*d+j] = 1
			} else if x := roots[i] * roots[j]; x > 0 {
				r[i*d+j] /= x
			}
		}
	}
	return nil
}

// addOuter adds f x x' to the symmetric matrix m.
func addOuter(m, x []float64, f float64) {
	d := len(x)
	for i, xi := range x {
		for j, xj := range x {
			m[i*d+j] += f * xi * xj
		}
	}
}

// product returns the product of two square matrices.
func product(a, b []float64, d int) []float64 {
	out := make([]float64, d*d)
	for i := range d {
		row := out[i*d : (i+1)*d]
		for k := range d {
			x := a[i*d+k]
			for j, y := range b[k*d : (k+1)*d] {
				row[j] += x * y
			}
		}
	}
	return out
}

// times returns the product of a square matrix and a vector.
func times(a, x []float64) []float64 {
	d := len(x)
	out := make([]float64, d)
	for i := range out {
		out[i] = linalg.Dot(a[i*d:(i+1)*d], x)
	}
	return out
}

// submatrix returns the rows and columns of a d by d matrix.
func submatrix(a []float64, d int, keep []int) []float64 {
	out := make([]float64, 0, len(keep)*len(keep))
	for _, i := range keep {
		for _, j := range keep {
			out = append(out, a[i*d+j])
		}
	}
	return out
}
