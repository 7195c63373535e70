package portable

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/keyed"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// ErrKeysChange is wrapped when the statistics per key of a shard changed during
// each attempt to read them.
var ErrKeysChange = errors.New("the statistics per key change while they are read")

// keysTries is how often the keys of a shard are read again when the shard's
// owner has written meanwhile.
const keysTries = 10

// withKeys returns the statistics of a shard with all its keys in memory.
func withKeys(ctx context.Context, store state.Store, base, id string, a stats.Additive) (stats.Additive, error) {
	k, ok := a.(*keyed.Keyed)
	if !ok {
		return a, nil
	}
	whole, err := k.Whole(ctx, keyed.NewValues(store, base, id, 0))
	if err != nil {
		return nil, err
	}
	return whole, nil
}

// put stores a shard of the export, its keys in values of their own. What
// replaces another shard's values removes those afterwards.
func put(ctx context.Context, store state.Store, base string, s Shard, replaced stats.Additive, replace bool) error {
	k, ok := s.Statistics.(*keyed.Keyed)
	if !ok {
		return state.PutShard(ctx, store, base, s.ID, s.Positions, s.Statistics, replace)
	}
	values := keyed.NewValues(store, base, s.ID, 0)
	stored, err := k.Whole(ctx, values)
	if err != nil {
		return err
	}
	if err := stored.Compact(ctx, values); err != nil {
		return fmt.Errorf("keys of shard %q: %w", s.ID, err)
	}
	if err := state.PutShard(ctx, store, base, s.ID, s.Positions, stored, replace); err != nil {
		return errors.Join(err, stored.Erase(ctx, values))
	}
	if old, ok := replaced.(*keyed.Keyed); ok {
		return old.Erase(ctx, values)
	}
	return nil
}

// addKeys adds the keys of all rows that count to a statistic that has none, by
// the names of the layout. Gone tells of keys to forget that were not learned.
func (e *Export) addKeys(into stats.Additive, layout *stats.Layout) (gone error, err error) {
	sum, ok := into.(*keyed.Keyed)
	if !ok {
		return nil, nil
	}
	for _, s := range e.Shards {
		if k, ok := s.Statistics.(*keyed.Keyed); ok && project.HoldsRows(s.ID) {
			if err := sum.MergeKeys(k, layout); err != nil {
				return nil, fmt.Errorf("shard %q: %w", s.ID, err)
			}
		}
	}
	var failed []error
	for _, s := range e.Shards {
		if k, ok := s.Statistics.(*keyed.Keyed); ok && strings.HasPrefix(s.ID, project.ForgetPrefix) {
			if err := sum.SubtractKeys(k); err != nil {
				failed = append(failed, fmt.Errorf("shard %q: %w", s.ID, err))
			}
		}
	}
	return errors.Join(failed...), nil
}

// Keys returns the number of keys of the shards with rows, and whether the
// project keeps statistics per key. A key of several shards counts in each.
func (e *Export) Keys() (n int, kept bool) {
	for _, s := range e.Shards {
		if k, ok := s.Statistics.(*keyed.Keyed); ok && project.HoldsRows(s.ID) {
			n, kept = n+k.Keys(), true
		}
	}
	return n, kept
}

// KeysHealth lists the damage to the statistics per key of one shard.
type KeysHealth struct {
	Shard  string
	Damage []error
}

// ExamineKeys reads the statistics per key of a project and returns the shards
// that have damaged or missing values. With mend set these values are given up:
// their keys begin anew, and the statistics of all rows stay. Nothing may write
// the project meanwhile. Shards that cannot be read themselves are skipped. The
// error is that of the store.
func (p Place) ExamineKeys(ctx context.Context, name string, mend bool) ([]KeysHealth, error) {
	for try := 1; ; try++ {
		found, err := p.examineKeys(ctx, name, mend)
		if mend || try == keysTries || err != nil || !slices.ContainsFunc(found, KeysHealth.lacksValues) {
			return found, err
		}
		// The shard's owner may have replaced a missing value meanwhile.
	}
}

func (h KeysHealth) lacksValues() bool { return errors.Is(errors.Join(h.Damage...), state.ErrNotFound) }

func (p Place) examineKeys(ctx context.Context, name string, mend bool) ([]KeysHealth, error) {
	shards, err := p.readable(ctx, name)
	if err != nil {
		return nil, err
	}
	base := project.Base(p.Prefix, name)
	var out []KeysHealth
	for _, s := range shards {
		k, ok := s.Content.(*keyed.Keyed)
		if !ok {
			continue
		}
		values := keyed.NewValues(p.Store, base, s.ID, 0)
		damage, err := k.Examine(ctx, values)
		if err == nil && mend && len(damage) > 0 {
			if err = k.Mend(ctx, values); err == nil {
				err = state.PutShard(ctx, p.Store, base, s.ID, s.Positions, k, true)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("shard %q: %w", s.ID, err)
		}
		if len(damage) > 0 {
			out = append(out, KeysHealth{Shard: s.ID, Damage: damage})
		}
	}
	return out, nil
}

// readable reads the shards of a project, save those that cannot be read: what
// repairs or removes a project must work on the others. The error is that of the
// store.
func (p Place) readable(ctx context.Context, name string) ([]state.ShardState[stats.Additive], error) {
	maker, err := project.MakerOf(ctx, p.Store, p.Prefix, name)
	if err != nil {
		return nil, err
	}
	reader := state.NewShardReader(p.Store, project.Base(p.Prefix, name), maker)
	if err := reader.Refresh(ctx); errors.Is(err, state.ErrStore) {
		return nil, err
	}
	return reader.Shards(), nil
}

// Erase removes a project with everything that it has stored, also what cannot
// be read. Nothing may write it meanwhile; it can be called again after a
// failure. The error is that of the store.
func (p Place) Erase(ctx context.Context, name string) error {
	shards, err := p.readable(ctx, name)
	if err != nil {
		return err
	}
	for _, s := range shards {
		if k, ok := s.Content.(*keyed.Keyed); ok {
			if err := k.Erase(ctx, keyed.NewValues(p.Store, project.Base(p.Prefix, name), s.ID, 0)); err != nil {
				return fmt.Errorf("erase the keys of project %q: shard %q: %w", name, s.ID, err)
			}
		}
	}
	return project.Erase(ctx, p.Store, p.Prefix, name)
}
