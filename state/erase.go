package state

import (
	"context"
	"errors"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// EraseShards deletes all shards under a base, damaged ones too, and then their
// directory. Nothing may write them meanwhile. It goes from the newest key of
// each record to the oldest and from the last shard to the first, so that after
// a crash it can be called again. The error wraps ErrStore.
func EraseShards(ctx context.Context, store Store, base string) error {
	directory := NewDirectory(store, base)
	entries, err := directory.List(ctx)
	if err != nil {
		return err
	}
	for _, e := range entries {
		key, err := existingShardBase(ctx, store, base, e.ID)
		if err != nil {
			return fmt.Errorf("erase shard %q: %w", e.ID, err)
		}
		if err := EraseRecord(ctx, store, key, wire.KindShard); err != nil {
			return fmt.Errorf("shard %q: %w", e.ID, err)
		}
	}
	a := access{store}
	for slot := directory.next - 1; slot >= 0; slot-- {
		if err := a.remove(ctx, directory.key(slot)); err != nil {
			return fmt.Errorf("shard directory: %w", err)
		}
	}
	return nil
}

// EraseRecord deletes a record that a journal wrote under a base key: the
// versions from the interval before the newest mark on with their seals and
// pieces, and likewise the marks. Nothing may write it meanwhile; it can be
// called again after a failure. The error wraps ErrStore.
func EraseRecord(ctx context.Context, store Store, base string, kind wire.Kind) error {
	j := NewJournal(store, base, JournalOptions{Kind: kind})
	// A record that was restored has remains of its earlier versions before it.
	for range 2 {
		if err := j.erase(ctx); err != nil {
			return err
		}
	}
	return nil
}

// erase deletes what a search from the newest mark finds.
func (j *Journal) erase(ctx context.Context) error {
	var newest [levels + 1]uint64
	start := uint64(0)
	for level := levels; level >= 0; level-- {
		number, err := j.gallop(ctx, level, start)
		if errors.Is(err, errMoved) { // an erasure was cut short, or keys are missing
			number, err = start+j.options.MarkInterval, nil
		}
		if err != nil {
			return err
		}
		newest[level] = number
		start = number * j.options.MarkInterval
	}
	if err := j.access.remove(ctx, j.headKey()); err != nil {
		return err
	}
	for level := 0; level <= levels; level++ {
		least := uint64(1)
		if back := 2 * j.options.MarkInterval; newest[level] > back {
			least = newest[level] - back
		}
		for number := newest[level]; number >= least && number > 0; number-- {
			if err := j.eraseKey(ctx, level, number); err != nil {
				return err
			}
		}
	}
	return nil
}

// eraseKey deletes a version with what belongs to it, or a mark.
func (j *Journal) eraseKey(ctx context.Context, level int, number uint64) error {
	if level == 0 {
		value, err := j.access.get(ctx, j.key(number))
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if c, bad := j.decode(number, value); err == nil && bad == nil {
			for _, key := range c.keys() {
				if err := j.access.remove(ctx, key); err != nil {
					return err
				}
			}
		}
		if err := j.access.remove(ctx, j.sealKey(number)); err != nil {
			return err
		}
	}
	return j.access.remove(ctx, j.levelKey(level, number))
}
