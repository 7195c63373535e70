// Package paged keeps immutable values beside a record, for a state that is too
// large to be written as a whole each time.
//
// The record, such as the content of a state.Shard, names the values that belong
// to it by [Ref]. A value is written once, under a name that no other writer
// takes, and never changed: it counts from the moment that a record names it. So
// the record and its values change together, in the one write of the record, and
// a writer that is overtaken or killed leaves at most values that nothing names.
//
// [Values] reads, writes and removes them. A [Table] is the pages of a state that
// is divided by a hash of the key: it finds keys and writes changed pages anew.
// Values that a record replaces are [Garbage], listed in the record itself: they
// may be removed only when the record that does not need them is stored, for which
// there are [Due] and [Sweep]. [Recent] holds the keys that are in memory in the
// order of their use. The formats of lists and pages are part of the format of the
// records.
//
// The package does not know when a record is stored, nor what a key means.
package paged
