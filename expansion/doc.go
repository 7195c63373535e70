// Package expansion computes columns of numeric attributes: piecewise linear hats and
// natural cubic splines on quantile knots, indicators of bins, products of pairs, and
// random Fourier features. A model that is linear in them is not linear in the attributes,
// and stays additive in the rows: it is read off the same co-moments as any other.
//
// An [Expansion] is settled once per project, by a Draw function from the first rows, and
// kept with the schema. It says which columns there are and computes them for a row.
// Nothing changes it, as rows that were expanded otherwise could not be added to, or
// taken away from, those that were learned.
//
// The package does not decide which attributes are expanded, and knows no schema: package
// live does, package schema keeps what was settled.
package expansion
