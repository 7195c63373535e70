// Package explore answers questions about the learned rows from a summary:
// one question a file, results as plain structs whose JSON form has null where
// a number is not defined.
//
//	u, err := explore.Univariate(summary, "s1")
//	p99, err := explore.Quantile(summary, "s1", 0.99)
//	r, err := explore.Correlation(summary, "s1", "s2")
//	b, err := explore.Bivariate(summary, "machine", "temperature")
//
// It builds no models and reads nothing but the summary.
package explore
