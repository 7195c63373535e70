package regression

import (
	"fmt"
	"math"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
)

// Least reciprocal condition numbers by precision, some orders above where
// rounding leaves nothing: a column that others determine exactly has 1e-30 or
// less of its variance left in double-double. NIST's Filip has 4e-20.
const (
	rcondExtended = 1e-26
	// rcondProjected is that of moments whose negative eigenvalues were set to 0,
	// which rounding leaves as some 1e-15 in a matrix of hundreds of terms.
	rcondProjected = 1e-12
)

// normal is the normal equations of a regression, factored: in double-double
// where the moments are extended.
// Exactly one of plain and wide is set. The right-hand side is that of the target.
type normal struct {
	p     int
	tol   float64
	rhs   []dd.Number
	plain *linalg.Cholesky
	wide  *linalg.CholeskyDD
	// pseudo is the pseudo-inverse where columns depend on others.
	pseudo []dd.Number
	rcond  float64 // estimated
	// covariance of the coefficients from pairwise moments, p by p; nil where it
	// is not known or the moments are of the same rows.
	covariance []float64
}

// factorNormal factors the leading terms of base moments, with shrink added to
// the diagonal; the last term is the target. Terms that depend on others are
// an error that names them, unless pseudo is set.
// Normal equations square the condition number of the inputs (Golub and Van Loan,
// Matrix Computations, 4th ed., 2013, section 5.3). Rows are gone by then, so a QR
// factorisation is out of reach; extended statistics give back the lost digits.
func (r *regression) factorNormal(m *design.Moments, shrink []float64, pseudo bool) (*normal, error) {
	p := r.terms()
	q := &normal{p: p, tol: r.tolerance(m), rhs: make([]dd.Number, p)}
	for i := range p {
		q.rhs[i] = m.At(i, p)
	}
	var err error
	if m.Extended {
		a := make([]dd.Number, p*p)
		for i := range p {
			copy(a[i*p:(i+1)*p], m.Cross[i*m.N:i*m.N+p])
			if shrink != nil {
				a[i*p+i] = a[i*p+i].AddFloat(shrink[i])
			}
		}
		q.wide, err = linalg.FactorDD(a, p, q.tol)
	} else {
		a := make([]float64, p*p)
		for i := range p {
			for j := i; j < p; j++ {
				a[i*p+j] = m.At(i, j).Float()
			}
			if shrink != nil {
				a[i*p+i] += shrink[i]
			}
		}
		q.plain, err = linalg.Factor(a, p, q.tol)
	}
	if err != nil {
		return nil, err
	}
	if q.wide != nil {
		q.rcond = q.wide.RCond()
	} else {
		q.rcond = q.plain.RCond()
	}
	// The rank alone does not show several columns that are nearly dependent together.
	if q.rank() == p && q.rcond >= q.tol {
		return q, nil
	}
	if !pseudo {
		return nil, r.aliased(m, q)
	}
	if m.Extended {
		q.pseudo, err = q.wide.PseudoInverse()
	} else {
		var inverse []float64
		if inverse, err = q.plain.PseudoInverse(); err == nil {
			q.pseudo = extendedOf(inverse)
		}
	}
	return q, err
}

// tolerance returns the option rcond, or its default.
func (r *regression) tolerance(m *design.Moments) float64 {
	switch {
	case r.rcond > 0:
		return r.rcond
	case m.Extended:
		return rcondExtended
	case m.Projected:
		return rcondProjected
	default:
		return design.RcondDouble
	}
}

func (q *normal) rank() int {
	if q.wide != nil {
		return q.wide.Rank()
	}
	return q.plain.Rank()
}

func (q *normal) dependent() (columns []int, combination func(int) []float64) {
	if q.wide != nil {
		return q.wide.Dependent(), q.wide.Combination
	}
	return q.plain.Dependent(), q.plain.Combination
}

// solve returns the coefficients.
func (q *normal) solve() []dd.Number {
	switch {
	case q.pseudo != nil:
		out := make([]dd.Number, q.p)
		for i := range out {
			for j := range q.p {
				out[i] = out[i].Add(q.pseudo[i*q.p+j].Mul(q.rhs[j]))
			}
		}
		return out
	case q.wide != nil:
		return q.wide.Solve(q.rhs)
	}
	rhs := make([]float64, q.p)
	for i, x := range q.rhs {
		rhs[i] = x.Float()
	}
	return extendedOf(q.plain.Solve(rhs))
}

// inverseDiagonal returns the diagonal of the inverse.
func (q *normal) inverseDiagonal() []dd.Number {
	switch {
	case q.pseudo != nil:
		out := make([]dd.Number, q.p)
		for i := range out {
			out[i] = q.pseudo[i*q.p+i]
		}
		return out
	case q.wide != nil:
		return q.wide.InverseDiagonal()
	}
	return extendedOf(q.plain.InverseDiagonal())
}

// quadratic returns x'Ax for the inverse A.
// It borrows the right-hand side for the solve, so it is not safe for concurrent
// use; it runs while the model is built only.
func (q *normal) quadratic(x []dd.Number) dd.Number {
	var solved []dd.Number
	keep := q.rhs
	q.rhs = x
	solved = q.solve()
	q.rhs = keep
	var sum dd.Number
	for i := range x {
		sum = sum.Add(x[i].Mul(solved[i]))
	}
	return sum
}

// root returns W, rows by p, with W'W the inverse, for the leverage of a row.
func (q *normal) root() ([]float64, error) {
	switch {
	case q.pseudo == nil && q.wide != nil:
		return q.wide.Root(), nil
	case q.pseudo == nil:
		return q.plain.Root(), nil
	}
	inverse := make([]float64, len(q.pseudo))
	for i, x := range q.pseudo {
		inverse[i] = x.Float()
	}
	return rootOf(inverse, q.p)
}

// rootOf returns W, rows by p, with W'W = m, which is positive semidefinite but
// for rounding.
func rootOf(m []float64, p int) ([]float64, error) {
	values, vectors, err := linalg.Eigen(m, p)
	if err != nil {
		return nil, err
	}
	// The rounding of an eigenvalue of 0 may be negative.
	for k, v := range values {
		f := math.Sqrt(max(v, 0))
		for j := range p {
			vectors[k*p+j] *= f
		}
	}
	return vectors, nil
}

// aliased is the error about terms that depend on others: it names one of
// them and what it is made of.
// Columns of no variance are named as constant: they are the common mistake.
func (r *regression) aliased(m *design.Moments, q *normal) error {
	dependent, combination := q.dependent()
	if len(dependent) == 0 {
		return fmt.Errorf("%w: the reciprocal condition number of the inputs is %.2g, below rcond %.2g%s", design.ErrAliased, q.rcond, q.tol, advice(m))
	}
	var parts []string
	for _, k := range dependent {
		if design.Constant(m, k) {
			parts = append(parts, fmt.Sprintf("%q is constant", r.names[k]))
			continue
		}
		parts = append(parts, fmt.Sprintf("%q is a combination of %s", r.names[k], design.Involved(r.names, combination(k))))
	}
	return fmt.Errorf("%w (rcond %.2g): %s%s", design.ErrAliased, q.tol, strings.Join(parts, "; "), advice(m))
}

func advice(m *design.Moments) string {
	switch {
	case m.Pairwise:
		return "; the rows lack values and their pairs may not fit together: set missing: complete, or leave inputs out"
	case m.Extended:
		return "; leave inputs out, or set pseudo_inverse: true"
	default:
		return "; leave inputs out, set pseudo_inverse: true, or learn with precision: extended"
	}
}
