// Package calibration makes the probabilities of a classifier agree with how often its
// classes occur. It fits maps of the log odds of a class to its probability, from the
// weights of rows by binned log odds, which are additive over shards: [Fit] reads a [Map]
// off them, and [Map.Apply] calibrates the probabilities of a row.
//
// With more than two classes each is calibrated against all others, and the results are
// divided by their sum (Zadrozny and Elkan, Transforming classifier scores into accurate
// multiclass probability estimates, KDD 2002).
package calibration
