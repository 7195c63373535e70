package state

import (
	"context"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// PutShard stores a shard as a whole, as when a project is imported, and lists
// it in the project's directory. Unless replace is set, a shard that has been
// written already is an error that wraps ErrExists. An owner that learns the
// shard meanwhile fences it: the error then wraps ErrFenced. Otherwise the
// error wraps ErrStore, ErrName, wire.ErrCorrupt or wire.ErrUnknownVersion.
func PutShard(ctx context.Context, store Store, base, id string, positions *Positions, content Content, replace bool) error {
	if id == "" {
		return fmt.Errorf("%w: shard %q is empty", ErrName, id)
	}
	if err := NewDirectory(store, base).Register(ctx, id); err != nil {
		return fmt.Errorf("register shard %q: %w", id, err)
	}
	key, err := existingShardBase(ctx, store, base, id)
	if err != nil {
		return fmt.Errorf("load shard %q: %w", id, err)
	}
	journal := NewJournal(store, key, JournalOptions{Kind: wire.KindShard})
	record, err := journal.Resolve(ctx)
	if err != nil {
		return fmt.Errorf("load shard %q: %w", id, err)
	}
	if record.Version > 0 && !replace {
		return fmt.Errorf("shard %q has been written already: %w", id, ErrExists)
	}
	if positions, err = inPlaceOf(record.Payload, positions); err != nil {
		return fmt.Errorf("write shard %q: %w", id, err)
	}
	if _, err := journal.Write(ctx, record.Version, encodeShard(positions, content)); err != nil {
		return fmt.Errorf("write shard %q: %w", id, err)
	}
	return nil
}

// inPlaceOf returns positions that remember those of the record that they replace, so
// that an owner of that one knows that it was replaced.
func inPlaceOf(payload []byte, positions *Positions) (*Positions, error) {
	if payload == nil {
		return positions, nil
	}
	r := wire.NewReader(payload)
	replaced, err := decodePositions(r, r.Byte())
	if err != nil {
		return nil, err
	}
	if positions.covers(replaced) {
		return positions, nil
	}
	replaced.begin()
	next := positions.clone()
	for i := range replaced.past {
		next.setPast(replaced.past[i].topic, &replaced.past[i].set)
	}
	next.trim()
	return next, nil
}
