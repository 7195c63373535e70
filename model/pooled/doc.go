// Package pooled has the models that follow a stream: they are read off pools (package
// stats/adaptive), which learn each row of a shard in the order of the rows. The type
// adaptive is one of them, and so is a forest with the option adapt.
//
// A model stands for the pools of all shards side by side, each counting by the rows that
// it has learned lately. It is a classifier where the target has classes, and a regression
// where it is a number, whichever its type is listed under.
//
// It builds nothing from sums: what it needs is in model.Evidence.Pools, which only
// projects have that train pools since the model was defined.
package pooled
