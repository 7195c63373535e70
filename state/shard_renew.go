package state

import "context"

// RenewShard begins a new epoch of a shard: what it has learned stays, and its
// positions are forgotten, as when its source is numbered anew. Its owner goes on
// from there, without being started again. It returns the positions that there
// were; unless do is set, it changes nothing. The error wraps ErrNotFound when nothing
// has been written, otherwise ErrStore, wire.ErrCorrupt or wire.ErrUnknownVersion.
func RenewShard[T Content](ctx context.Context, store Store, base, id string, codec Codec[T], do bool) (*Positions, error) {
	var before *Positions
	err := rewriteShard(ctx, store, base, id, codec, func(positions *Positions, content T) (*Positions, T, bool, error) {
		before = positions.clone()
		positions.begin()
		return positions, content, do, nil
	})
	if err != nil {
		return nil, err
	}
	return before, nil
}
