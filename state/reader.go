package state

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// ShardState is a shard as it was read last. It must not be changed.
type ShardState[T Content] struct {
	ID        string
	Ended     bool
	Version   uint64 // 0 when nothing has been written yet
	Content   T
	Positions *Positions // nil for a shard that was never read
}

// ShardReader follows all shards of a project without writing anything. It is
// safe for concurrent use.
type ShardReader[T Content] struct {
	store     Store
	base      string
	codec     Codec[T]
	directory *Directory

	refreshing sync.Mutex
	journals   map[string]*Journal
	skip       func(id string) bool

	mu         sync.Mutex
	shards     []ShardState[T]
	generation uint64
}

// NewShardReader returns a reader of the project's shards, which codec can
// decode. It reads nothing.
func NewShardReader[T Content](store Store, base string, codec Codec[T]) *ShardReader[T] {
	return &ShardReader[T]{
		store: store, base: base, codec: codec,
		directory: NewDirectory(store, base), journals: map[string]*Journal{},
	}
}

// Skip sets which shards are not read: those that the caller has open itself.
// What was read of them before is dropped. It must be called before Refresh.
func (r *ShardReader[T]) Skip(skip func(id string) bool) {
	r.refreshing.Lock()
	defer r.refreshing.Unlock()
	r.skip = skip
}

// readers is how many shards are read at a time.
const readers = 16

// reading is what Refresh finds of one shard.
type reading[T Content] struct {
	entry Entry
	state ShardState[T]
	newer bool
	err   error
}

// Refresh looks for new shards and new versions, and decodes what changed. A
// shard that fails stays as it was; the error joins what went wrong and wraps
// ErrStore, wire.ErrCorrupt or wire.ErrUnknownVersion.
func (r *ShardReader[T]) Refresh(ctx context.Context) error {
	r.refreshing.Lock()
	defer r.refreshing.Unlock()
	entries, err := r.directory.List(ctx)
	if err != nil {
		return err
	}
	known := map[string]ShardState[T]{}
	for _, s := range r.Shards() {
		known[s.ID] = s
	}
	all := make([]reading[T], 0, len(entries))
	for _, e := range entries {
		if r.skip == nil || !r.skip(e.ID) {
			all = append(all, reading[T]{entry: e})
		}
	}
	r.readAll(ctx, all, known)
	var next []ShardState[T]
	var failed []error
	changed := len(known) != len(all)
	for i := range all {
		at := &all[i]
		if at.err != nil {
			failed = append(failed, fmt.Errorf("shard %q: %w", at.entry.ID, at.err))
		}
		changed = changed || at.newer || at.state.Ended != at.entry.Ended
		at.state.Ended = at.entry.Ended
		if at.state.Positions != nil {
			next = append(next, at.state)
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

// readAll brings shards up to date, several at a time, from what is known of
// them.
func (r *ShardReader[T]) readAll(ctx context.Context, all []reading[T], known map[string]ShardState[T]) {
	var group errgroup.Group
	group.SetLimit(readers)
	for i := range all {
		at := &all[i]
		s, ok := known[at.entry.ID]
		at.state = s
		j, err := r.journal(ctx, at.entry.ID)
		if err != nil {
			at.err = err
			continue
		}
		group.Go(func() error {
			at.newer, at.err = r.read(ctx, j, at.entry.ID, ok, &at.state)
			return nil
		})
	}
	_ = group.Wait() // each has an error of its own
}

// journal returns that of a shard.
func (r *ShardReader[T]) journal(ctx context.Context, id string) (*Journal, error) {
	j, ok := r.journals[id]
	if !ok {
		key, err := existingShardBase(ctx, r.store, r.base, id)
		if err != nil {
			return nil, err
		}
		j = NewJournal(r.store, key, JournalOptions{Kind: wire.KindShard})
		r.journals[id] = j
	}
	return j, nil
}

// read brings s up to date and reports whether it changed.
func (r *ShardReader[T]) read(ctx context.Context, j *Journal, id string, known bool, s *ShardState[T]) (bool, error) {
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
	positions, content, err := decodeShard(record.Payload, r.codec)
	if err != nil {
		return false, fmt.Errorf("version %d: %w", record.Version, err)
	}
	*s = ShardState[T]{ID: id, Version: record.Version, Content: content, Positions: positions}
	return true, nil
}

// Shards returns the shards as of the last Refresh, in the order of their
// registration.
func (r *ShardReader[T]) Shards() []ShardState[T] {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.shards)
}

// Generation is a number that changes when Refresh has found a change.
func (r *ShardReader[T]) Generation() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.generation
}
