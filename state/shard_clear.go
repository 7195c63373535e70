package state

import (
	"context"
	"fmt"
)

// ClearShard replaces the content of a shard by an empty one and returns what it was.
// Its positions stay when keep is set, so that what was learned is not learned again.
// An owner that learns the shard meanwhile notices at its next write, and goes on from
// there. The error wraps ErrNotFound where the shard was never written, ErrStore,
// wire.ErrCorrupt or wire.ErrUnknownVersion.
func ClearShard[T Content](ctx context.Context, store Store, base, id string, codec Codec[T], keep bool) (before T, err error) {
	err = rewriteShard(ctx, store, base, id, codec, func(positions *Positions, content T) (*Positions, T, bool, error) {
		before = content
		if !keep {
			positions.begin()
		}
		empty, err := codec.New()
		if err != nil {
			return nil, empty, false, fmt.Errorf("clear shard %q: %w", id, err)
		}
		return positions, empty, true, nil
	})
	if err != nil {
		var none T
		return none, err
	}
	return before, nil
}
