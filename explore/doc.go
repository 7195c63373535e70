// Package explore answers questions about the learned rows from a summary:
// one question a file, results as plain structs whose JSON form has null where
// a number is not defined.
//
//	u, err := explore.Univariate(summary, "s1")
//	p99, err := explore.Quantile(summary, "s1", 0.99)
//	b, err := explore.Bivariate(summary, "machine", "temperature")
//	t, err := explore.TTest(summary, explore.Compared{Attribute: "temperature", Given: "machine"}, explore.TwoSided)
//	q, err := explore.Lookup("anova")
//	answer, err := q.Ask(summary, param.Values{"attribute": "temperature", "by": "machine"})
//
// [Questions] is the catalogue through which a question is listed, asked and
// documented without knowing it. Sums come from the statistics in double-double
// and tails of distributions keep their relative precision down to 1e-300. The
// package builds no models and reads nothing but the summary.
package explore
