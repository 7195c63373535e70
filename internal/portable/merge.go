package portable

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// MergedPrefix begins the ids of the shards that were merged: nobody learns them.
const MergedPrefix = "merged/"

// Target is the project that an export is added to.
type Target struct {
	Prefix, Project string
	// Name is that of the source, by which a later export of it replaces this
	// one; empty means the export's id.
	Name string
	// Maker is that of the project's learner.
	Maker stats.Maker
}

// Outcome says what MergeInto did.
type Outcome struct {
	// Shard is the shard that holds the rows.
	Shard string
	// Rows is their weight.
	Rows float64
	// Before is the weight of what the shard held, 0 when it was new.
	Before float64
	// Already says that the project has this very content: nothing was done.
	Already bool
	// Warning tells of rows that were to be forgotten in the source, were not
	// learned there, and are counted; nil for none.
	Warning error
}

// MergeInto adds the statistics of the export to a project, as a shard of its
// own that nobody learns. Attributes and categories are matched by name; those
// that the project has not are added to its schema, after its own. The same
// content counts once, and another export under the same Name takes the place
// of the earlier one. Neither rows nor positions of the source are needed. A
// project that is not there is created. The error wraps ErrKinds, ErrName,
// stats.ErrIncompatible (other settings), or those of the store; nothing is
// then counted.
func (e *Export) MergeInto(ctx context.Context, store state.Store, to Target) (Outcome, error) {
	if to.Name == "" {
		to.Name = e.ID()
	}
	if err := errors.Join(state.ValidateName("project", to.Project), state.ValidateName("name", to.Name)); err != nil {
		return Outcome{}, err
	}
	out := Outcome{Shard: MergedPrefix + to.Name}
	base := state.ProjectBase(to.Prefix, to.Project)
	held, err := mergedShards(ctx, store, base, to.Maker)
	if err != nil {
		return out, err
	}
	var replaced stats.Additive
	for _, s := range held {
		if s.Positions.Contains(e.mark()) {
			return Outcome{Shard: s.ID, Rows: s.Statistics.Weight(), Before: s.Statistics.Weight(), Already: true}, nil
		}
		if s.ID == out.Shard {
			out.Before, replaced = s.Statistics.Weight(), s.Statistics
		}
	}
	added, err := e.under(ctx, store, base, to, &out)
	if err != nil {
		return out, err
	}
	out.Rows = added.Weight()
	positions := &state.Positions{}
	if _, err := positions.Add(e.mark()); err != nil {
		return out, err
	}
	if err := state.NewProjectIndex(store, to.Prefix).Add(ctx, to.Project); err != nil {
		return out, err
	}
	return out, put(ctx, store, base, Shard{ID: out.Shard, Positions: positions, Statistics: added}, replaced, true)
}

func mergedShards(ctx context.Context, store state.Store, base string, maker stats.Maker) ([]state.ShardState, error) {
	reader := state.NewShardReader(store, base, maker)
	if err := reader.Refresh(ctx); err != nil {
		return nil, err
	}
	var out []state.ShardState
	for _, s := range reader.Shards() {
		if strings.HasPrefix(s.ID, MergedPrefix) && s.Version > 0 {
			out = append(out, s)
		}
	}
	return out, nil
}

// under returns the statistics of the export under the layout of the project,
// whose schema is extended first. Everything that can be refused is refused
// before anything is written.
func (e *Export) under(ctx context.Context, store state.Store, base string, to Target, out *Outcome) (stats.Additive, error) {
	whole, gone, err := e.Whole(to.Maker)
	if err != nil {
		return nil, err
	}
	out.Warning = gone
	log := state.NewSchemaLog(store, base)
	current, err := log.Load(ctx)
	if err != nil {
		return nil, err
	}
	if err := sameKinds(current, e.Schema); err != nil {
		return nil, err
	}
	growth := schema.Growth{Attributes: e.Schema.Attributes()}
	planned, _ := current.Grow(growth, noLimits())
	if _, _, err := e.laidOut(whole, planned, to.Maker); err != nil {
		return nil, err
	}
	settled, err := log.Grow(ctx, growth, noLimits())
	if err != nil {
		return nil, err
	}
	added, gone, err := e.laidOut(whole, settled, to.Maker)
	out.Warning = errors.Join(out.Warning, gone)
	return added, err
}

// laidOut returns a, the sum of all shards, and their keys under the layout of
// the schema, as far as rows reach: a statistic that has learned no row has no
// layout yet. Gone is as of addKeys.
func (e *Export) laidOut(a stats.Additive, s *schema.Schema, maker stats.Maker) (out stats.Additive, gone, err error) {
	layout := live.LayoutOf(s)
	if out, err = maker.New(); err != nil {
		return nil, nil, err
	}
	none := &stats.Rows{Numeric: len(layout.Numeric), Categorical: len(layout.Categorical)}
	if err := out.Learn(layout, none); err != nil {
		return nil, nil, fmt.Errorf("layout of the project: %w", err)
	}
	if err := out.Merge(a); err != nil {
		return nil, nil, fmt.Errorf("merge by name: %w", err)
	}
	if gone, err = e.addKeys(out, layout); err != nil {
		return nil, nil, fmt.Errorf("merge by name: %w", err)
	}
	return out, gone, nil
}
