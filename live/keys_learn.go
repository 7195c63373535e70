package live

import (
	"context"
	"errors"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/keyed"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/paged"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// learnKeys learns a group where the rows have keys. The error of a store that
// fails is tried again.
// Keys that are not in memory are fetched before the statistics change, so an
// attempt that fails can be repeated: rows with a position count once.
// What is chosen of the fresh messages is up to taken.
func (l *learner) learnKeys(ctx context.Context, settings *LearnSettings, shard *rowShard, layout *stats.Layout, b *batchReader, g *group, arrivals state.Arrivals, taken *taken) (err error) {
	values := valuesOf(l.home, shard.ID())
	var keys []string
	var due paged.Due
	take := func(a stats.Additive, fresh []int) error {
		due = paged.Due{}
		k, ok := a.(*keyed.Keyed)
		if !ok {
			return fmt.Errorf("%w: the shard has %s, which keeps nothing per key", stats.ErrIncompatible, stats.InWords(a))
		}
		rows := taken.begin(k, b, g.messages, fresh)
		if rows.N == 0 {
			return b.tests.learn(k, b, layout, g.messages, fresh, func() error { return nil })
		}
		taken.late = stats.LateRows(k, rows.Times)
		keys = b.selectKeys(keys[:0], g.messages, taken.chosen)
		err := b.tests.learn(k, b, layout, g.messages, fresh, func() error { return k.Take(ctx, values, layout, rows, keys) })
		if err != nil {
			return err
		}
		// What cannot be moved now stays; the failure of the store shows when
		// the record is written.
		_ = k.Compact(ctx, values)
		due = k.Garbage().Due()
		return nil
	}
	err = state.Retry(ctx, func() error {
		taken.out, err = shard.LearnFrom(ctx, arrivals, take)
		if errors.Is(err, state.ErrStore) {
			// A value can be gone because another owner has written: look.
			if flushErr := shard.Flush(ctx); flushErr != nil {
				l.outage.noteFlush(flushErr)
			} else if errors.Is(err, state.ErrNotFound) {
				return errors.Join(err, l.keeper.keepKeys(ctx, shard))
			}
		}
		return l.outage.waiting(err)
	})
	if err != nil {
		return err
	}
	if settings.Durable {
		due.Remove(ctx, values)
	}
	return nil
}

// valuesOf returns where a shard keeps the values of its keys.
func valuesOf(h *home, shard string) *paged.Values {
	return keyed.NewValues(h.store, h.base(), shard, 0)
}

// flushShard writes what a shard has not stored, and removes the values that its
// record no longer needs.
func flushShard(ctx context.Context, h *home, shard *rowShard) error {
	garbage := func() *paged.Garbage {
		if k := keysOf(shard); k != nil {
			return k.Garbage()
		}
		return nil
	}
	return paged.Sweep(ctx, valuesOf(h, shard.ID()), garbage, func() error { return shard.Flush(ctx) })
}

// keysOf returns the keys of a shard, nil where it keeps none.
func keysOf(shard *rowShard) (k *keyed.Keyed) {
	shard.View(func(a stats.Additive, _ *state.Positions) { k, _ = a.(*keyed.Keyed) })
	return k
}

// EntityCounters is what happened to keys since the shards were read.
type EntityCounters struct {
	Resident int    // keys in memory
	Loaded   uint64 // keys that came back from the store
	Evicted  uint64 // keys that left memory
}

// countKeys adds up what happened to the keys of shards.
// Each shard's counters begin at 0 when it is opened.
func countKeys(shards []*rowShard) (sum EntityCounters) {
	for _, s := range shards {
		if k := keysOf(s); k != nil {
			c := k.Counters()
			sum.Resident += c.Resident
			sum.Loaded += c.Loaded
			sum.Evicted += c.Evicted
		}
	}
	return sum
}
