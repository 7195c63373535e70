package state

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// ShardState is a shard as it was read last. It must not be changed.
type ShardState struct {
	ID         string
	Ended      bool
	Version    uint64 // 0 when nothing has been written yet
	Statistics stats.Additive
	Positions  *Positions
}

// ShardReader follows all shards of a project without writing anything. It is
// safe for concurrent use.
type ShardReader struct {
	store     Store
	base      string
	maker     stats.Maker
	directory *Directory

	refreshing sync.Mutex
	journals   map[string]*Journal

	mu         sync.Mutex
	shards     []ShardState
	generation uint64
}

// NewShardReader returns a reader of the project's shards, which maker can
// decode. It reads nothing.
func NewShardReader(store Store, base string, maker stats.Maker) *ShardReader {
	return &ShardReader{
		store: store, base: base, maker: maker,
		directory: NewDirectory(store, base), journals: map[string]*Journal{},
	}
}

// Refresh looks for new shards and new versions, and decodes what changed. A
// shard that fails stays as it was; the error joins what went wrong and wraps
// ErrStore, wire.ErrCorrupt or wire.ErrUnknownVersion.
func (r *ShardReader) Refresh(ctx context.Context) error {
	r.refreshing.Lock()
	defer r.refreshing.Unlock()
	entries, err := r.directory.List(ctx)
	if err != nil {
		return err
	}
	known := map[string]ShardState{}
	for _, s := range r.Shards() {
		known[s.ID] = s
	}
	var next []ShardState
	var failed []error
	changed := len(known) != len(entries)
	for _, e := range entries {
		s, ok := known[e.ID]
		newer, err := r.read(ctx, e.ID, ok, &s)
		if err != nil {
			failed = append(failed, fmt.Errorf("shard %q: %w", e.ID, err))
		}
		changed = changed || newer || s.Ended != e.Ended
		s.Ended = e.Ended
		if s.Statistics != nil {
			next = append(next, s)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.shards = next
	if changed {
		r.generation++
	}
	return errors.Join(failed...)
}

// read brings s up to date and reports whether it changed.
func (r *ShardReader) read(ctx context.Context, id string, known bool, s *ShardState) (bool, error) {
	j, ok := r.journals[id]
	if !ok {
		j = NewJournal(r.store, shardBase(r.base, id), JournalOptions{Kind: wire.KindShard})
		r.journals[id] = j
	}
	if known {
		newer, err := j.Newer(ctx, s.Version)
		if err != nil || !newer {
			return false, err
		}
	}
	record, err := j.Load(ctx)
	if err != nil || known && record.Version == s.Version {
		return false, err
	}
	positions, a, err := decodeShard(record.Payload, r.maker)
	if err != nil {
		return false, fmt.Errorf("version %d: %w", record.Version, err)
	}
	*s = ShardState{ID: id, Version: record.Version, Statistics: a, Positions: positions}
	return true, nil
}

// Shards returns the shards as of the last Refresh, in the order of their
// registration.
func (r *ShardReader) Shards() []ShardState {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.shards)
}

// Generation is a number that changes when Refresh has found a change.
func (r *ShardReader) Generation() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.generation
}
