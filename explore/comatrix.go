package explore

import (
	"context"
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/progress"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Which rows a matrix is made of.
const (
	// completeRows have all the attributes.
	completeRows = "complete"
	// pairwiseRows have the two attributes of the cell; they are taken where
	// there are too few complete ones. Such a matrix may be indefinite.
	pairwiseRows = "pairwise"
)

// comatrix is the centred sums of products of some numeric attributes, which a
// covariance, a regression and a decomposition all are read off. It stays in
// double-double until a result is rounded, as inverting it loses the digits of its
// condition number.
type comatrix struct {
	names []string
	rows  string
	n     float64 // weight of the complete rows, or the least of the pairs
	means []float64
	c     [][]dd.Number // n - 1 times the covariance
	// extended says that the sums were kept in double-double.
	extended bool
}

// maxAttributes bounds the matrices that are inverted or decomposed, for which
// time grows with the cube.
const maxAttributes = 500

// comatrixOf reads the matrix of the named attributes, of all continuous and
// binary ones when none is named. It needs least of them.
//
// The rows that have all of them are taken where they are more than the
// attributes, since their matrix is positive semidefinite. With fewer it would be
// singular whatever the attributes are, and the pairs know more. Of the rows that
// a summary keeps by pair only, for having too many different patterns of missing
// values (max_patterns), none counts as complete.
func comatrixOf(ctx context.Context, s *stats.Summary, names []string, least int) (*comatrix, error) {
	columns, names, err := numericColumns(s, names, least)
	if err != nil {
		return nil, err
	}
	if len(columns) > maxAttributes {
		return nil, fmt.Errorf("attributes has %d entries, want at most %d", len(columns), maxAttributes)
	}
	como, _, err := s.Complete(columns)
	if err != nil {
		return nil, err
	}
	m := &comatrix{names: names, rows: completeRows, means: make([]float64, len(columns)), c: make([][]dd.Number, len(columns))}
	if como == nil || como.Weight() <= float64(len(columns)) {
		return m, m.fillPairwise(ctx, s, columns)
	}
	m.n, m.extended = como.Weight(), como.Precision() == stats.Extended
	for i := range columns {
		m.means[i] = como.Mean(i)
		m.c[i] = make([]dd.Number, len(columns))
		for j := range i + 1 {
			m.c[i][j] = como.ComomentDD(i, j)
			m.c[j][i] = m.c[i][j]
		}
	}
	return m, nil
}

// fillPairwise makes the matrix of the correlations of the rows of each pair and
// the variances of all rows of each attribute. Covariances of each pair would mix
// variances of different rows, and give correlations beyond 1 (R. J. A. Little,
// D. B. Rubin, Statistical Analysis with Missing Data, 2nd edition, section 3.4).
func (m *comatrix) fillPairwise(ctx context.Context, s *stats.Summary, columns []int) error {
	m.rows, m.n = pairwiseRows, math.Inf(1)
	roots := make([]dd.Number, len(columns)) // of the variances
	for i, ci := range columns {
		progress.Report(ctx, "attribute", i, len(columns))
		if err := ctx.Err(); err != nil {
			return err
		}
		m.c[i], m.means[i] = make([]dd.Number, len(columns)), s.Moments(ci).Mean()
		for j, cj := range columns[:i+1] {
			p := s.Pair(ci, cj)
			if !(p.N > 1) {
				return fmt.Errorf("%w: %v rows have both %q and %q, want more than 1", stats.ErrTooFew, p.N, m.names[i], m.names[j])
			}
			m.n = min(m.n, p.N)
			m.extended = m.extended || p.Cij.Lo != 0
			switch {
			case i == j:
				roots[i] = p.Cii.Div(dd.Sum(p.N, -1)).Sqrt()
				m.c[i][i] = one()
			case p.Cii.Hi > 0 && p.Cjj.Hi > 0:
				m.c[i][j] = correlationDD(p)
				m.c[j][i] = m.c[i][j]
			}
		}
	}
	for i := range columns {
		for j := range columns {
			m.c[i][j] = m.c[i][j].Mul(roots[i]).Mul(roots[j]).MulFloat(m.n - 1)
		}
	}
	return nil
}

// numericColumns finds the named attributes; none is the same as all.
func numericColumns(s *stats.Summary, names []string, least int) ([]int, []string, error) {
	if len(names) == 0 {
		for _, c := range s.Layout().Numeric {
			if !expansion.IsColumn(c.Name) {
				names = append(names, c.Name)
			}
		}
	}
	if len(names) < least {
		return nil, nil, fmt.Errorf("attributes has %d numeric entries, want at least %d", len(names), least)
	}
	columns, seen := make([]int, len(names)), map[string]bool{}
	for k, name := range names {
		i, err := findNumeric(s, name)
		if err != nil {
			return nil, nil, err
		}
		if seen[name] {
			return nil, nil, fmt.Errorf("attribute %q is named twice", name)
		}
		columns[k], seen[name] = i, true
	}
	return columns, names, nil
}

// varying returns the matrix without the attributes that have no variance, and
// their names. The centred sums of a constant are exactly 0, so no tolerance is
// needed.
func (m *comatrix) varying() (*comatrix, []string) {
	var keep []int
	var constant []string
	for i := range m.names {
		if m.c[i][i].Hi > 0 {
			keep = append(keep, i)
			continue
		}
		constant = append(constant, m.names[i])
	}
	if len(constant) == 0 {
		return m, nil
	}
	return m.only(keep), constant
}

// only returns the matrix of some of the attributes.
func (m *comatrix) only(keep []int) *comatrix {
	out := &comatrix{rows: m.rows, n: m.n, extended: m.extended}
	for _, i := range keep {
		out.names, out.means = append(out.names, m.names[i]), append(out.means, m.means[i])
		row := make([]dd.Number, len(keep))
		for b, j := range keep {
			row[b] = m.c[i][j]
		}
		out.c = append(out.c, row)
	}
	return out
}

// correlations scales the matrix to a diagonal of ones, in double-double; all
// attributes must vary.
func (m *comatrix) correlations() [][]dd.Number {
	roots := make([]dd.Number, len(m.names))
	for i := range roots {
		roots[i] = m.c[i][i].Sqrt()
	}
	out := make([][]dd.Number, len(roots))
	for i := range out {
		out[i] = make([]dd.Number, len(roots))
		for j := range out[i] {
			out[i][j] = m.c[i][j].Div(roots[i]).Div(roots[j])
		}
		out[i][i] = one()
	}
	return out
}
