// Package features gives rows of a stream the context of the rows before them:
// lags, differences, rolling and exponential aggregates, seasonal baselines and
// the tail probability of what is unusual, each kept apart for every key.
//
//	plan, _ := features.NewPlan([]features.Spec{{Name: "before", Type: "lag", Of: "temp", Rows: 1}})
//	keyed := features.NewKeyed(plan, features.Limits{Keys: 1000, Replay: 100})
//	values, _ := keyed.Take(features.Row{Key: "pump-7", Time: now, Values: []float64{21.5}})
//	// values[i] belongs to plan.Names()[i]; NaN says that there is no value yet
//
// A [Plan] is the compiled list of features. [Keyed] holds the state of all
// keys of one shard; it encodes to one record, so that a state.Shard stores it
// together with the positions that it contains. Keys that were not used for
// long leave for [Pages], immutable values beside the record, and come back.
//
// The package reads no documents and knows nothing of the host. What it keeps
// is not additive: rows of a shard must come in order, and two shards with rows
// of one key do not merge.
package features
