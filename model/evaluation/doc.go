// Package evaluation measures how good predictions are: from scores and labels at
// once, or as additive statistics of a stream ([Running]).
package evaluation
