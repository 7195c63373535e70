// Package stats holds the additive statistics of rows: what is learned can be
// added to, merged, subtracted and scaled, and how rows were split over shards
// does not change the answer. The package example is a tour.
//
// # Rows
//
// [Rows] is the only form in which rows arrive: a block of numbers, NaN for
// missing, and category codes. [Layout] names the columns. A layout only grows,
// so the same column keeps its place for as long as a project lives.
//
// # Statistics
//
// The elementary statistics are [Moments], [Histogram], [Categories],
// [Conditional], [Contingency], [Comoments] and [Pairwise], and three sketches of
// one column: [Distinct], [HeavyHitters] and [Exceedances]. Each has Add, Merge,
// Scale, Clone, Encode and a decoder; all but the sketches have Subtract. Merge,
// Subtract and Scale either succeed or leave the receiver as it was, bit for bit.
//
// A [Summary] keeps the elementary statistics of all columns, pairs of columns
// and presence patterns, as a table of parts that each of its operations walks:
// one more statistic is a part and a row (part.go, part_table.go). [Slim] is the
// small statistic of a key among many. [Detectors] counts rows in the cells of
// random structures.
//
// Package wrap makes windows, decay, folds and partitions of whatever is
// [Additive]; a [Maker] describes such a composition.
//
// # Range
//
// Values are bounded by [MaxMagnitude] and weights by 1e100; a row whose weight
// times the fourth power of a value is beyond 1e290 is refused, so learning cannot
// overflow. Merging and scaling refuse sums beyond 1e300. Scaling drops what falls
// below a weight of 2^-500.
//
// Everything is exact to rounding and bounded in memory. The package decides
// nothing about missing values, stores nothing and builds no models.
package stats
