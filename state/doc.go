// Package state keeps what a project has learned in a key-value store that
// has no compare-and-swap, so that every message counts exactly once whatever
// is killed, paused or moved.
//
// A [Journal] is a versioned record: version v is the key base.v, written with
// the store's put-if-absent, so of two writers one is fenced. A [Shard] is a
// journal that holds the [Content] of one source, such as its statistics,
// together with the [Positions] that the content contains. A [Directory] lists
// the shards of a project and a [ShardReader] follows those that other
// processes write. The example of the package is a short tour.
//
// The package knows nothing of what a content means, which is a type parameter,
// nor of Benthos.
package state
