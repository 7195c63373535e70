package processors

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/features"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// featureState holds the shards that a processor writes.
type featureState struct {
	store   state.Store
	base    string
	maker   features.Maker
	durable bool
	log     *service.Logger
	failing atomic.Bool // whether the store failed when it was asked last

	mu     sync.Mutex
	shards map[string]*featureShard

	stop context.CancelFunc // ends the writing by interval; nil for none
	work sync.WaitGroup
}

// featureShard is one shard with its pages.
type featureShard struct {
	*state.Shard[*features.Keyed]
	pages *features.Pages

	mu   sync.Mutex
	gone features.Garbage // removed from the store and still listed
}

func newFeatureState(conf *service.ParsedConfig, plan *features.Plan, store state.Store, log *service.Logger) (*featureState, error) {
	s := &featureState{store: store, maker: features.Maker{Plan: plan}, log: log, shards: map[string]*featureShard{}}
	name, err := conf.FieldString(featuresState)
	if err != nil {
		return nil, err
	}
	prefix, err := conf.FieldString(fieldPrefix)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(project.ValidateName(featuresState, name), project.ValidateName(fieldPrefix, prefix)); err != nil {
		return nil, err
	}
	s.base = project.Base(prefix, name) + ".features"
	if s.maker.Limits.Keys, err = conf.FieldInt(featuresMaxKeys); err != nil {
		return nil, err
	}
	if s.maker.Limits.Keys < 1 {
		return nil, fmt.Errorf("%s: %d is less than 1", featuresMaxKeys, s.maker.Limits.Keys)
	}
	if s.maker.Limits.Replay, err = conf.FieldInt(featuresReplay); err != nil {
		return nil, err
	}
	durability, err := conf.FieldString(learnDurability)
	if err != nil {
		return nil, err
	}
	every, err := conf.FieldDuration(learnEvery)
	if err != nil {
		return nil, err
	}
	if every < 10*time.Millisecond {
		return nil, fmt.Errorf("%s: %v is less than 10ms", learnEvery, every)
	}
	if s.durable = durability == durabilityBatch; !s.durable {
		ctx, stop := context.WithCancel(context.Background())
		s.stop = stop
		s.work.Go(func() { s.tend(ctx, every) })
	}
	return s, nil
}

// take computes the features of the rows, shard by shard.
func (s *featureState) take(ctx context.Context, rows []featureRow) error {
	byShard := map[string][]int{}
	var order []string
	for i := range rows {
		id := rows[i].message.Shard
		if id == "" {
			continue
		}
		if byShard[id] == nil {
			order = append(order, id)
		}
		byShard[id] = append(byShard[id], i)
	}
	for _, id := range order {
		// Shard by shard: after a failure, shards that are done are skipped.
		err := persist(ctx, s.log, featuresName, func() error {
			shard, err := s.shard(ctx, id)
			if err != nil {
				return err
			}
			if err := s.takeShard(ctx, shard, rows, byShard[id]); err != nil {
				return fmt.Errorf("features %q: %w", s.base, err)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// retry is state.Retry that tells once when the store begins to fail, and when
// it works again.
func (s *featureState) retry(ctx context.Context, fn func() error) error {
	return state.Retry(ctx, func() error {
		err := fn()
		fails := errors.Is(err, state.ErrStore)
		switch failed := s.failing.Swap(fails); {
		case fails && !failed:
			s.log.Warnf("features %q: the cache fails, and is tried again; nothing is acknowledged meanwhile: %v", s.base, err)
		case failed && err == nil:
			s.log.Warnf("features %q: the cache works again", s.base)
		}
		return err
	})
}

// takeShard takes those rows of one shard; a store that fails is tried again.
func (s *featureState) takeShard(ctx context.Context, shard *featureShard, rows []featureRow, indices []int) error {
	var offsets []int64
	if rows[indices[0]].message.HasOffset {
		offsets = make([]int64, len(indices))
		for j, i := range indices {
			offsets[j] = rows[i].message.Offset
		}
	}
	var garbage features.Garbage
	step := func(k *features.Keyed, fresh []int) (err error) {
		garbage, err = shard.step(ctx, k, rows, indices, fresh)
		return err
	}
	err := s.retry(ctx, func() error {
		_, err := shard.Learn(ctx, len(indices), offsets, step)
		if errors.Is(err, state.ErrStore) {
			// A page can be gone because another owner has written: look.
			var dropped *state.DroppedError
			if flushErr := shard.Flush(ctx); errors.As(flushErr, &dropped) {
				s.log.Warnf("features %q: %v", s.base, dropped)
			} else if flushErr != nil {
				return flushErr
			}
		}
		return err
	})
	if err == nil && s.durable {
		shard.remove(ctx, garbage)
	}
	return err
}

// step is what happens to a shard's state for one batch. Only bringing keys
// back can fail, and that changes nothing that counts.
func (f *featureShard) step(ctx context.Context, k *features.Keyed, rows []featureRow, indices, fresh []int) (features.Garbage, error) {
	keys := make([]string, 0, len(fresh))
	for _, j := range fresh {
		keys = append(keys, rows[indices[j]].row.Key)
	}
	if err := k.Admit(ctx, f.pages, keys); err != nil {
		return nil, err
	}
	f.mu.Lock()
	k.Forgotten(f.gone)
	f.gone = nil
	f.mu.Unlock()
	next := 0
	for j, i := range indices {
		r := &rows[i]
		isNew := next < len(fresh) && fresh[next] == j
		if isNew {
			next++
		}
		switch {
		case r.message.Err != nil:
		case !isNew:
			r.values, _ = k.Recall(r.message.Offset)
		default:
			values, err := k.Take(r.row)
			if err != nil {
				r.message.Err = err
				continue
			}
			r.values = values
			if r.message.HasOffset {
				k.Remember(r.message.Offset, values)
			}
		}
	}
	if len(fresh) == 0 {
		// No record follows: pages that the stored one names must stay.
		return nil, nil
	}
	// Keys that cannot leave now stay until the next batch; the store's failure
	// shows when the record is written.
	_ = k.Trim(ctx, f.pages)
	return k.Garbage(), nil
}

// remove deletes pages that no stored record needs any more. What fails is
// tried again with the next batch.
func (f *featureShard) remove(ctx context.Context, garbage features.Garbage) {
	gone := garbage.Remove(ctx, f.pages)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.gone = append(f.gone, gone...)
}

// shard returns the open shard of that id, opening it at first use.
func (s *featureState) shard(ctx context.Context, id string) (*featureShard, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if shard, ok := s.shards[id]; ok {
		return shard, nil
	}
	f := &featureShard{pages: features.NewPages(s.store, s.base, id, 0)}
	err := s.retry(ctx, func() (err error) {
		f.Shard, err = state.OpenShard(ctx, s.store, s.base, id, s.maker, state.ShardOptions{Durable: s.durable})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("open shard %q of features %q: %w", id, s.base, err)
	}
	s.shards[id] = f
	return f, nil
}

func (s *featureState) open() []*featureShard {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []*featureShard
	for _, id := range slices.Sorted(maps.Keys(s.shards)) {
		out = append(out, s.shards[id])
	}
	return out
}

func (s *featureState) tend(ctx context.Context, every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := s.flush(ctx); err != nil && ctx.Err() == nil {
				s.log.Warnf("features %q: write state: %v", s.base, err)
			}
		}
	}
}

func (s *featureState) flush(ctx context.Context) error {
	var failed []error
	for _, f := range s.open() {
		var garbage features.Garbage
		f.View(func(k *features.Keyed, _ *state.Positions) { garbage = k.Garbage() })
		err := f.Flush(ctx)
		if err == nil {
			f.remove(ctx, garbage)
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// close ends the writing by interval and writes what is not stored yet.
func (s *featureState) close(ctx context.Context) error {
	if s.stop != nil {
		s.stop()
		s.work.Wait()
	}
	if err := s.retry(ctx, func() error { return s.flush(ctx) }); err != nil {
		return fmt.Errorf("close features %q: %w", s.base, err)
	}
	return nil
}
