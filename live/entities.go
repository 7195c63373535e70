package live

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/keyed"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/paged"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// population returns the statistics of all rows of a shard.
func population(a stats.Additive) stats.Additive {
	if k, ok := a.(*keyed.Keyed); ok {
		return k.Inner()
	}
	return a
}

func (p *Project) entityValues(shard string) *paged.Values {
	return keyed.NewValues(p.store, p.base(), shard, 0)
}

// learnEntities is learnGroup where the rows have keys. The error of a store
// that fails is tried again.
func (p *Project) learnEntities(ctx context.Context, shard *rowShard, layout *stats.Layout, b *batchReader, g group) (learned, replays int, err error) {
	values := p.entityValues(shard.ID())
	var part stats.Rows
	var keys []string
	var due paged.Due
	take := func(a stats.Additive, fresh []int) error {
		due = paged.Due{}
		k, ok := a.(*keyed.Keyed)
		if !ok {
			return fmt.Errorf("%w: a %T keeps no keys", stats.ErrIncompatible, a)
		}
		rows := b.selectRows(&part, g.messages, fresh)
		learned = rows.N
		if rows.N == 0 {
			return nil
		}
		keys = b.selectKeys(keys[:0], g.messages, fresh)
		if err := k.Take(ctx, values, layout, rows, keys); err != nil {
			return err
		}
		// What cannot be moved now stays; the failure of the store shows when
		// the record is written.
		_ = k.Settle(ctx, values)
		due = k.Garbage().Due()
		return nil
	}
	err = state.Retry(ctx, func() error {
		replays, err = shard.Learn(ctx, len(g.messages), g.offsets, take)
		if errors.Is(err, state.ErrStore) {
			// A value can be gone because another owner has written: look.
			if flushErr := shard.Flush(ctx); flushErr != nil {
				p.noteFlush(flushErr)
			}
		}
		return p.waiting(err)
	})
	if err != nil {
		return 0, 0, fmt.Errorf("shard %q: %w", g.shard, err)
	}
	if p.learning.Durable {
		due.Remove(ctx, values)
	}
	return learned, replays, nil
}

// selectKeys gathers the keys of those of the messages that are fresh, in the
// order of selectRows.
func (b *batchReader) selectKeys(into []string, messages, fresh []int) []string {
	if len(fresh) == len(b.rowOf) {
		return append(into, b.keys...)
	}
	for _, k := range fresh {
		if row := b.rowOf[messages[k]]; row != noRow {
			into = append(into, b.keys[row])
		}
	}
	return into
}

// flushShard writes what a shard has not stored, and removes the values that its
// record no longer needs.
func (p *Project) flushShard(ctx context.Context, shard *rowShard) error {
	garbage := func() *paged.Garbage {
		if k := keysOf(shard); k != nil {
			return k.Garbage()
		}
		return nil
	}
	return paged.Sweep(ctx, p.entityValues(shard.ID()), garbage, func() error { return shard.Flush(ctx) })
}

// keysOf returns the keys of a shard, nil where it keeps none.
func keysOf(shard *rowShard) (k *keyed.Keyed) {
	shard.View(func(a stats.Additive, _ *state.Positions) { k, _ = a.(*keyed.Keyed) })
	return k
}

// EntityCounters is what happened to keys since the shards were read.
type EntityCounters struct {
	Resident int    // keys in memory
	Loaded   uint64 // keys that came back from the store
	Evicted  uint64 // keys that left memory
}

func (p *Project) entityCounters() (sum EntityCounters) {
	for _, s := range p.openShards() {
		if k := keysOf(s); k != nil {
			c := k.Counters()
			sum.Resident += c.Resident
			sum.Loaded += c.Loaded
			sum.Evicted += c.Evicted
		}
	}
	return sum
}

// keyedShard is the keys of one shard.
type keyedShard struct {
	keys   *keyed.Keyed
	values *paged.Values
	gone   bool // rows to forget
}

// keyedShards returns the keys of all shards: of this process, live, and of
// others as they were read last.
func (p *Project) keyedShards() (out []keyedShard) {
	add := func(id string, k *keyed.Keyed) {
		if k != nil && !strings.HasPrefix(id, project.FrozenPrefix) {
			out = append(out, keyedShard{keys: k, values: p.entityValues(id), gone: strings.HasPrefix(id, project.ForgetPrefix)})
		}
	}
	others := p.others.Load().Shards()
	taken := map[string]uint64{}
	for _, other := range others {
		taken[other.ID] = other.Version
	}
	mine := map[string]bool{}
	for _, s := range p.openShards() {
		if taken[s.ID()] <= s.Version() {
			mine[s.ID()] = true
			add(s.ID(), keysOf(s))
		}
	}
	for _, other := range others {
		if k, ok := other.Content.(*keyed.Keyed); ok && !mine[other.ID] {
			add(other.ID, k)
		}
	}
	return out
}

// visitKeys calls fn with the statistics of each of the keys, one call per
// shard that has the key. A value that is gone because its owner has written
// meanwhile makes the shards be read again, once.
func (p *Project) visitKeys(ctx context.Context, keys []string, begin func(), fn func(i int, a stats.Additive, gone bool)) error {
	for again := false; ; again = true {
		begin()
		var err error
		for _, s := range p.keyedShards() {
			if err = s.keys.Visit(ctx, s.values, keys, func(i int, a stats.Additive) { fn(i, a, s.gone) }); err != nil {
				break
			}
		}
		if err == nil || again || !errors.Is(err, state.ErrNotFound) {
			return err
		}
		if err := p.others.Load().Refresh(ctx); err != nil {
			return err
		}
	}
}

// Entity returns the statistics of a key: the sum over all shards, nil when
// nothing was learned of it. They are a *stats.Slim, or with Entities.Pairs a
// *stats.Summary.
func (p *Project) Entity(ctx context.Context, key string) (own stats.Additive, err error) {
	if err := p.start(ctx); err != nil {
		return nil, err
	}
	sum := &keySum{}
	if err := p.visitKeys(ctx, []string{key}, sum.reset, sum.add); err != nil {
		return nil, fmt.Errorf("key %.100q of project %q: %w", key, p.settings.Project, err)
	}
	return sum.total()
}

// keySum adds up what the shards have of one key.
type keySum struct {
	own, gone stats.Additive
	err       error
}

func (s *keySum) reset() { *s = keySum{} }

func (s *keySum) add(_ int, a stats.Additive, gone bool) {
	into := &s.own
	if gone {
		into = &s.gone
	}
	if *into == nil {
		*into = a.Clone()
		return
	}
	s.err = errors.Join(s.err, (*into).Merge(a))
}

// total returns the sum; what is to be forgotten and was not learned stays.
func (s *keySum) total() (stats.Additive, error) {
	if s.err != nil || s.own == nil || s.gone == nil {
		return s.own, s.err
	}
	if err := s.own.Subtract(s.gone); err != nil && !errors.Is(err, stats.ErrNotLearned) {
		return nil, err
	}
	return s.own, nil
}
