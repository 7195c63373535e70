// Package keyed keeps one statistic per key beside the statistics of all rows
// of a shard, with a bounded number of keys in memory.
//
// A Keyed is what a shard's record holds: the statistics of all rows, the keys
// that changed last, and the names of immutable values in the same store: runs
// (keys that changed since the last fold) and pages (all other keys, by hash),
// which a table lists. A value is never changed and counts from the moment
// that a record names it, so the keys, the statistics of all rows and the
// positions of the shard change together, in one write. Keys in runs stay in
// memory; when they are many they are folded into pages, and keys that are in
// pages leave memory without being written.
//
//	k := ...                                 // from a shard's record
//	err := k.Take(ctx, values, layout, rows, keys)
//	own, err := k.Of(ctx, values, "pump-7")  // its statistic, nil for none
//	k.Settle(ctx, values)                    // runs, folds, keys that leave
//	g := k.Garbage()                         // after the record is stored:
//	k.Forgotten(g.Remove(ctx, values))
//
// It does not order or window the rows of a key; package features does.
package keyed
