// Package features gives rows of a stream the context of the rows before them:
// lags, differences, rolling and exponential aggregates, seasonal baselines and
// the tail probability of what is unusual, each kept apart for every key.
//
// A [Plan] is the compiled list of features, each a [Spec]. [Shards] keeps their
// state: one record per source, which changes together with the positions of the
// rows that it contains, so that every row is taken once. A row that is delivered
// again gets what it got the first time. Keys that were not used for long leave
// the record for pages beside it and come back at their next row. The example of
// the package is a short tour.
//
// The package reads no documents and knows nothing of the host. What it keeps
// depends on the order of rows: rows of a key must come in order and in one
// shard, and shards do not merge.
package features
