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

// learnKeys is learnGroup where the rows have keys. The error of a store that
// fails is tried again.
// Keys that are not in memory are fetched before the statistics change, so an
// attempt that fails can be repeated: rows with a position count once.
// Choose, which may be nil, names those of the fresh messages that are to be taken.
func (l *learner) learnKeys(ctx context.Context, settings *LearnSettings, shard *rowShard, layout *stats.Layout, b *batchReader, g *group, arrivals state.Arrivals, choose func(stats.Additive, []int) []int) (learned int, out state.Outcome, err error) {
	values := valuesOf(l.home, shard.ID())
	var part stats.Rows
	var keys []string
	var due paged.Due
	late := 0
	take := func(a stats.Additive, fresh []int) error {
		due = paged.Due{}
		k, ok := a.(*keyed.Keyed)
		if !ok {
			return fmt.Errorf("%w: a %T keeps no keys", stats.ErrIncompatible, a)
		}
		rows := &part
		if choose == nil {
			rows = b.selectRows(&part, g.messages, fresh)
		} else {
			fresh = choose(k, fresh)
			rows = b.selectForgotten(&part, g.messages, fresh)
		}
		learned = rows.N
		if rows.N == 0 {
			return nil
		}
		late = stats.LateRows(k, rows.Times)
		keys = b.selectKeys(keys[:0], g.messages, fresh)
		if err := k.Take(ctx, values, layout, rows, keys); err != nil {
			return err
		}
		// What cannot be moved now stays; the failure of the store shows when
		// the record is written.
		_ = k.Compact(ctx, values)
		due = k.Garbage().Due()
		return nil
	}
	err = state.Retry(ctx, func() error {
		out, err = shard.LearnFrom(ctx, arrivals, take)
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
		return 0, out, err
	}
	l.left.note(reasonLate, late)
	if settings.Durable {
		due.Remove(ctx, values)
	}
	return learned, out, nil
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
