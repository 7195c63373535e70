package explore

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Component is a principal component: the variance along it, its share of all
// variance, that of it and those before it together, and its direction, of
// length 1, in the order of the attributes; the entry of largest magnitude is
// positive.
type Component struct {
	Variance   Number   `json:"variance"`
	Share      Number   `json:"share"`
	Cumulative Number   `json:"cumulative"`
	Direction  []Number `json:"direction"`
}

// PCAResult are the principal components of numeric attributes, of the largest
// variance first (I. T. Jolliffe, Principal Component Analysis, 2nd edition,
// 2002, sections 1.1 and 2.3). Attributes that do not vary are left out of a
// correlation matrix and listed in Constant.
type PCAResult struct {
	Count      Number      `json:"count"`
	Rows       string      `json:"rows"`   // complete or pairwise
	Matrix     string      `json:"matrix"` // correlation or covariance
	Attributes []string    `json:"attributes"`
	Means      []Number    `json:"means"`
	Stddevs    []Number    `json:"stddevs"`
	Total      Number      `json:"total_variance"`
	Components []Component `json:"components"`
	Constant   []string    `json:"constant,omitempty"`
}

// Matrices that components may be those of.
const (
	matrixCorrelation = "correlation"
	matrixCovariance  = "covariance"
)

// pcaOptions choose what is decomposed. The zero value takes the correlations
// of all numeric attributes and returns all components.
type pcaOptions struct {
	Attributes []string
	// Matrix is matrixCorrelation, the default, or matrixCovariance (n - 1).
	Matrix string
	// Components bounds how many are returned, 0 for all; Share returns no
	// more than are needed for that share of the variance, 0 for all.
	Components int
	Share      float64
}

// check refuses options out of range; NaN too.
func (o *pcaOptions) check() error {
	switch {
	case o.Matrix != "" && o.Matrix != matrixCorrelation && o.Matrix != matrixCovariance:
		return fmt.Errorf("matrix is %q, want correlation or covariance", o.Matrix)
	case o.Components < 0:
		return fmt.Errorf("components is %d, want 0 or more", o.Components)
	case !(o.Share >= 0 && o.Share <= 1):
		return fmt.Errorf("share is %v, want 0 to 1", o.Share)
	}
	return nil
}

// pca works out the components. Without a variance in all of the attributes there
// is no correlation matrix to decompose, and no component; the covariance matrix
// has components of variance 0 then.
func pca(ctx context.Context, s *stats.Summary, o pcaOptions) (*PCAResult, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	m, err := comatrixOf(ctx, s, o.Attributes, 1)
	if err != nil {
		return nil, err
	}
	out := &PCAResult{Matrix: matrixCovariance}
	if o.Matrix != matrixCovariance {
		out.Matrix = matrixCorrelation
		m, out.Constant = m.varying()
	}
	out.Count, out.Rows, out.Attributes = Number(m.n), m.rows, m.names
	values, vectors, err := m.eigen(out.Matrix)
	if err != nil {
		return nil, err
	}
	for i := range m.names {
		out.Means = append(out.Means, Number(m.means[i]))
		out.Stddevs = append(out.Stddevs, Number(math.Sqrt(m.c[i][i].Float()/(m.n-1))))
	}
	total, sum := 0.0, 0.0
	for _, v := range values {
		total += v
	}
	out.Total, out.Components = Number(total), []Component{}
	for k, v := range values {
		if o.Components > 0 && k == o.Components || o.Share > 0 && sum >= o.Share*total {
			break
		}
		sum += v
		out.Components = append(out.Components, Component{Variance: Number(v), Share: Number(v / total), Cumulative: Number(sum / total), Direction: vectors[k]})
	}
	return out, nil
}

// eigen returns the eigenvalues, falling, and eigenvectors of the correlation
// or covariance matrix. What rounding makes negative is 0.
func (m *comatrix) eigen(matrix string) (values []float64, vectors [][]Number, err error) {
	n := len(m.names)
	if n == 0 {
		return nil, nil, nil
	}
	cells := m.c
	scale := m.n - 1
	if matrix == matrixCorrelation {
		cells, scale = m.correlations(), 1
	}
	if !(scale > 0) {
		return nil, nil, fmt.Errorf("%w: %v rows, want more than 1", stats.ErrTooFew, m.n)
	}
	sym := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			sym.SetSym(i, j, cells[i][j].Float()/scale)
		}
	}
	var e mat.EigenSym
	if !e.Factorize(sym, true) {
		return nil, nil, errors.New("the eigenvalues did not converge")
	}
	values = e.Values(nil)
	slices.Reverse(values)
	var v mat.Dense
	e.VectorsTo(&v)
	for k := range n {
		column := v.ColView(n - 1 - k)
		values[k] = max(rayleigh(cells, column)/scale, 0)
		vectors = append(vectors, direction(column))
	}
	return values, vectors, nil
}

// rayleigh returns the Rayleigh quotient of a vector, in double-double: its
// error is the square of the vector's, so that small eigenvalues keep their
// digits beside large ones (B. N. Parlett, The Symmetric Eigenvalue Problem,
// 1998, section 4.6).
func rayleigh(c [][]dd.Number, v mat.Vector) float64 {
	var above, below dd.Number
	for i := range c {
		x := v.AtVec(i)
		var row dd.Number
		for j := range i {
			row = row.Add(c[i][j].MulFloat(v.AtVec(j)))
		}
		row = row.MulPow2(2).Add(c[i][i].MulFloat(x))
		above, below = above.Add(row.MulFloat(x)), below.Add(dd.Prod(x, x))
	}
	return above.Div(below).Float()
}

// direction gives the vector the sign that makes its largest entry positive. The
// sign of an eigenvector is arbitrary, and an answer must not change with the
// order of merges; of entries that are equal but for rounding the first decides.
func direction(v mat.Vector) []Number {
	largest := 0.0
	for i := range v.Len() {
		if x := v.AtVec(i); math.Abs(x) > math.Abs(largest)*(1+1e-9) {
			largest = x
		}
	}
	out := make([]Number, v.Len())
	for i := range out {
		out[i] = Number(math.Copysign(1, largest)*v.AtVec(i)) + 0
	}
	return out
}
