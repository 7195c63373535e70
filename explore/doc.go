// Package explore answers questions about the learned rows from a summary: a
// test of two means, a quantile, principal components. [Questions] is the
// catalogue; [Lookup] finds a question and [Question.Ask] answers it, so that the
// REST API, Bloblang, the command line and the documentation need to know no
// question by name. The package example shows it.
//
// An answer is a plain struct, or a [Number], whose JSON form has null where a
// number is not defined: a variance of one value, a correlation with a constant.
// An unknown attribute, one of a wrong kind and an argument out of range are
// errors that name it. Nothing that is asked changes the summary.
//
// Sums come from the statistics in double-double, and differences of nearly equal
// sums are formed in it, so that a result has the digits of the data and not those
// of the way it was worked out. Tails of distributions keep their relative
// precision down to 1e-300 (package special). The weight of a row counts as that
// many rows (frequency weights): variances divide by the sum of weights less 1.
//
// There is one file per question, which holds the result with its formula and
// source, and the function that works it out; comatrix.go and sweep.go hold the
// matrix that several of them need. The package builds no models and reads nothing
// but the summary.
package explore
