package state

import (
	"context"
	"errors"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// rewriteShard writes what change makes of the newest state of a shard, again when
// its owner was first. What change returns as false is not written. The error wraps
// ErrNotFound when nothing has been written, otherwise ErrStore, wire.ErrCorrupt or
// wire.ErrUnknownVersion.
func rewriteShard[T Content](ctx context.Context, store Store, base, id string, codec Codec[T], change func(*Positions, T) (*Positions, T, bool, error)) error {
	key, err := existingShardBase(ctx, store, base, id)
	if err != nil {
		return fmt.Errorf("load shard %q: %w", id, err)
	}
	journal := NewJournal(store, key, JournalOptions{Kind: wire.KindShard})
	for {
		record, err := journal.Resolve(ctx)
		if err == nil && record.Version == 0 {
			err = ErrNotFound
		}
		if err != nil {
			return fmt.Errorf("load shard %q: %w", id, err)
		}
		positions, content, err := decodeShard(record.Payload, codec)
		if err != nil {
			return fmt.Errorf("load shard %q: version %d: %w", id, record.Version, err)
		}
		positions, content, do, err := change(positions, content)
		if err != nil || !do {
			return err
		}
		_, err = journal.Write(ctx, record.Version, encodeShard(positions, content))
		if err == nil {
			return nil
		}
		if !errors.Is(err, ErrFenced) {
			return fmt.Errorf("write shard %q: %w", id, err)
		}
	}
}
