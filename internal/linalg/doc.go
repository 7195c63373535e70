// Package linalg solves the dense symmetric systems that models are read off:
// a pivoted Cholesky factorisation with an estimate of the reciprocal condition
// number, in float64 and in double-double, and an eigen-decomposition.
//
// Matrices are n by n, row-major, and only their upper triangles are read. The
// factorisation works on the matrix scaled to a diagonal near 1, so its ranks
// and condition numbers are those of a correlation matrix and do not depend on
// the units of the columns.
//
//	f, err := linalg.Factor(a, n, 1e-14)
//	if f.Rank() < n {
//		fmt.Println(f.Dependent()) // columns that the others determine
//	}
//	x := f.Solve(b)
//	variance := f.InverseDiagonal()
//	condition := 1 / f.RCond()
//
// Sparse, banded and non-symmetric systems are not its business. Nothing here
// panics on any matrix; NaN and infinity are errors.
package linalg
