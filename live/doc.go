// Package live runs live projects: it learns batches into shards, keeps
// snapshots, builds models in the background and scores with them.
//
// A [Table] holds the projects that are open in a process; components that name
// the same project share one [Project]. Its parts have one concern and one lock
// each: the schema, the composition, the shards, the snapshots, the definitions
// and builds of [Models], the binnings, the [Keys], the [Scores] and the outages of
// the store. A [Scorer] scores batches with one model, a [Watcher] any number of
// the documents. The example of the package is a short tour.
//
// The package knows nothing of Redpanda Connect: processors and Bloblang
// functions adapt it. A project that nobody learns or scores is read by package
// project.
package live
