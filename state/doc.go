// Package state keeps what a project has learned in a key-value store that
// has no compare-and-swap, so that every message counts exactly once whatever
// is killed, paused or moved.
//
// A [Journal] is a versioned record: version v is the key base.v, written with
// the store's put-if-absent, so of two writers one is fenced. A [Shard] is a
// journal that holds the statistics of one source together with the
// [Positions] they contain. A [Directory] lists the shards of a project and a
// [ShardReader] follows those that other processes write.
//
//	shard, err := state.OpenShard(ctx, store, "sml.shuttle", "sensors/0", maker, state.ShardOptions{Durable: true})
//	replays, err := shard.Learn(ctx, len(rows), offsets, func(a stats.Additive, fresh []int) error {
//		return a.Learn(layout, pick(rows, fresh))
//	})
//	shard.View(func(a stats.Additive, p *state.Positions) { fmt.Println(p.Count()) })
//
// The package knows nothing of what the statistics mean nor of Benthos.
package state
