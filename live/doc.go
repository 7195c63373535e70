// Package live runs live projects: it learns batches into shards, keeps
// snapshots, builds models in the background and scores with them.
//
// A [Table] holds the projects that are open in a process; components that
// name the same project share one [Project].
//
//	table := live.NewTable()
//	project, err := table.Open(live.Settings{Project: "shuttle", Learn: &learn}, store, "root.pipeline.processors.0")
//	err = project.Learn(ctx, messages, errs)
//	snapshot, err := project.Snapshot(ctx)
//	scorer, err := project.NewScorer(live.ScorerSettings{Model: "hba1"})
//	err = scorer.Score(ctx, messages, results, errs)
//
// The package knows nothing of Redpanda Connect: processors and Bloblang
// functions adapt it.
package live
