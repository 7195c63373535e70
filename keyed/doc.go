// Package keyed keeps one statistic per key beside the statistics of all rows
// of a shard, with a bounded number of keys in memory.
//
// A [Keyed] is what a shard's record holds: the statistics of all rows, the keys
// that changed last, and the names of immutable values in the same store: runs
// (keys that changed since the last fold) and pages (all other keys, by hash),
// which a table lists. The values are those of package paged: they count from the
// moment that a record names them, so the keys, the statistics of all rows and the
// positions of the shard change together, in one write. Keys in runs stay in
// memory; when they are many they are folded into pages, and keys that are in
// pages leave memory without being written. The example of the package is a short
// tour.
//
// It does not order or window the rows of a key; package features does.
package keyed
