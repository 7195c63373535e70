package state

import (
	"context"
	"errors"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// RenewShard begins a new epoch of a shard: what it has learned stays, and its
// positions are forgotten, as when its source is numbered anew. Its owner goes on
// from there, without being started again. It returns the positions that there
// were. The error wraps ErrNotFound when nothing has been written, otherwise ErrStore,
// wire.ErrCorrupt or wire.ErrUnknownVersion.
func RenewShard[T Content](ctx context.Context, store Store, base, id string, codec Codec[T], do bool) (*Positions, error) {
	key, err := existingShardBase(ctx, store, base, id)
	if err != nil {
		return nil, fmt.Errorf("load shard %q: %w", id, err)
	}
	journal := NewJournal(store, key, JournalOptions{Kind: wire.KindShard})
	for {
		record, err := journal.Resolve(ctx)
		if err == nil && record.Version == 0 {
			err = ErrNotFound
		}
		if err != nil {
			return nil, fmt.Errorf("load shard %q: %w", id, err)
		}
		positions, content, err := decodeShard(record.Payload, codec)
		if err != nil {
			return nil, fmt.Errorf("load shard %q: version %d: %w", id, record.Version, err)
		}
		if !do {
			return positions, nil
		}
		before := positions.clone()
		positions.begin()
		_, err = journal.Write(ctx, record.Version, encodeShard(positions, content))
		if err == nil {
			return before, nil
		}
		if !errors.Is(err, ErrFenced) { // else its owner was first
			return nil, fmt.Errorf("write shard %q: %w", id, err)
		}
	}
}
