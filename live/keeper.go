package live

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/rpconnect-sml/rpconnect-sml/keyed"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// keeper makes sure that the store has what a learner has stored there. A cache that
// is flushed, evicts keys or is set back to an older state forgets what was
// acknowledged: what the learner holds is then written again, as a whole.
//
// A shard looks at its newest version at each read and write itself. The keeper looks
// at the others in turn, one after each Settings.Refresh, and at all of them as soon as
// anything is gone.
type keeper struct {
	home        *home
	stops       *stops
	schemas     *schemas
	definitions *definitions
	shards      *shards

	turn  atomic.Uint64
	alarm atomic.Bool // something was gone since the last look
}

// look looks at the record whose turn it is.
func (k *keeper) look(ctx context.Context) error {
	if k.alarm.Swap(false) {
		if err := k.lookAtAll(ctx); err != nil {
			k.alarm.Store(true)
			return err
		}
		return nil
	}
	records := k.records()
	return records[k.turn.Add(1)%uint64(len(records))](ctx, false)
}

// lookAtAll looks at everything, again while anything is gone.
func (k *keeper) lookAtAll(ctx context.Context) error {
	var failed []error
	for _, look := range k.records() {
		failed = append(failed, look(ctx, true))
	}
	failed = append(failed, project.NewIndex(k.home.store, k.home.prefix).Add(ctx, k.home.project))
	return errors.Join(failed...)
}

// records are the looks at the records, each with whether it is to be thorough.
func (k *keeper) records() []func(ctx context.Context, all bool) error {
	out := []func(context.Context, bool) error{
		func(ctx context.Context, _ bool) error { return k.told("schema")(k.schemas.log.Keep(ctx)) },
		func(ctx context.Context, _ bool) error { return k.told("models")(k.definitions.log.Keep(ctx)) },
		func(ctx context.Context, all bool) error {
			return k.told("directory of shards")(k.shards.directory.Keep(ctx, all))
		},
	}
	for _, shard := range k.shards.mine() {
		out = append(out, func(ctx context.Context, all bool) error {
			if err := shard.Keep(ctx); err != nil || !all {
				return err
			}
			return k.keepKeys(ctx, shard)
		})
	}
	return out
}

// agree makes sure that the schema in the store is the one that this process has learned
// with, or one that extends it.
func (k *keeper) agree(ctx context.Context) error {
	if _, err := k.schemas.log.Keep(ctx); err != nil {
		return err
	}
	return k.schemas.refresh(ctx)
}

// told tells of a record that was written again.
func (k *keeper) told(record string) func(restored bool, err error) error {
	return func(restored bool, err error) error {
		if restored && err == nil {
			k.restored(record, "")
		}
		return err
	}
}

// restored tells that a record was gone and has been written again.
func (k *keeper) restored(record, detail string) {
	k.alarm.Store(true)
	k.stops.note(stopLost, record, fmt.Sprintf("keys of the %s are gone from cache %q%s, as when it is flushed, evicts keys or is set back; nothing was acknowledged until what this process holds had been written again. "+
		"What no process holds is lost: `sml check` says whether the project is whole, and docs/caches.md which caches keep keys", record, k.home.cache, detail))
}

// keepKeys gives up the values of a shard's keys that are gone, and keeps those keys
// that are in memory.
func (k *keeper) keepKeys(ctx context.Context, shard *rowShard) error {
	keys := keysOf(shard)
	if keys == nil {
		return nil
	}
	values := valuesOf(k.home, shard.ID())
	damage, err := keys.Examine(ctx, values)
	if err != nil || len(damage) == 0 {
		return err
	}
	err = shard.Change(ctx, func(a stats.Additive) error {
		if keys, ok := a.(*keyed.Keyed); ok {
			_, err = keys.Restore(ctx, values)
		}
		return err
	})
	if err != nil {
		return err
	}
	k.stops.note(stopLost, "keys of "+shard.ID(), fmt.Sprintf("%d values with the statistics of keys of shard %q are gone from cache %q; keys in memory are written again, the others begin anew. First: %v",
		len(damage), shard.ID(), k.home.cache, damage[0]))
	return nil
}

// noteLost is called by a shard that has been written again.
func (k *keeper) noteLost(id string, lost error) {
	k.restored(fmt.Sprintf("shard %q", id), fmt.Sprintf(" (%v)", lost))
}
