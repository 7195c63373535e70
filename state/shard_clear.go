package state

import (
	"context"
	"errors"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// ClearShard replaces the content of a shard by an empty one and returns what it was.
// Its positions stay when keep is set, so that what was learned is not learned again.
// An owner that learns the shard meanwhile notices at its next write, and goes on from
// there. The error wraps ErrNotFound where the shard was never written, ErrStore,
// wire.ErrCorrupt or wire.ErrUnknownVersion.
func ClearShard[T Content](ctx context.Context, store Store, base, id string, codec Codec[T], keep bool) (before T, err error) {
	var none T
	key, err := existingShardBase(ctx, store, base, id)
	if err != nil {
		return none, fmt.Errorf("load shard %q: %w", id, err)
	}
	journal := NewJournal(store, key, JournalOptions{Kind: wire.KindShard})
	for {
		record, err := journal.Resolve(ctx)
		if err == nil && record.Version == 0 {
			err = ErrNotFound
		}
		if err != nil {
			return none, fmt.Errorf("load shard %q: %w", id, err)
		}
		positions, content, err := decodeShard(record.Payload, codec)
		if err != nil {
			return none, fmt.Errorf("load shard %q: version %d: %w", id, record.Version, err)
		}
		if !keep {
			positions = &Positions{}
		}
		empty, err := codec.New()
		if err != nil {
			return none, fmt.Errorf("clear shard %q: %w", id, err)
		}
		_, err = journal.Write(ctx, record.Version, encodeShard(positions, empty))
		if err == nil {
			return content, nil
		}
		if !errors.Is(err, ErrFenced) { // else its owner was first
			return none, fmt.Errorf("write shard %q: %w", id, err)
		}
	}
}
