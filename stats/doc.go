// Package stats holds the additive statistics of rows: what is learned can be
// added to, merged, subtracted and scaled, and how rows were split over shards
// does not change the answer.
//
//	summary, err := stats.NewSummary(stats.SummaryOptions{})
//	err = summary.Learn(layout, rows)       // all of the block, or an error and nothing
//	err = summary.Merge(other)              // matched by name
//	mean := summary.Moments(0).Mean()
//	p99 := summary.Histogram(0).Quantile(0.99)
//	pair := summary.Pair(0, 1)              // over the rows that have both
//
// [Rows] is the only form in which rows arrive, [Layout] names their columns.
// A [Summary] is a tower of the elementary statistics ([Moments], [Comoments],
// [Pairwise], [Histogram], [Categories], [Conditional], [Contingency]), and
// wrappers that know only the contract [Additive] make windows, decay, folds
// and partitions of it. [Maker] values describe such towers.
//
// Everything is exact to rounding and bounded in memory. The package decides
// nothing about missing values, stores nothing and builds no models.
package stats
