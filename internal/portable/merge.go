package portable

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/wrap"
)

// MergedPrefix begins the ids of the shards that were merged: nobody learns them.
const MergedPrefix = "merged/"

// Target is the project that an export is added to.
type Target struct {
	Prefix, Project string
	// Name is the name of the source. A later export under the same name replaces
	// this one. Empty means the export's id.
	Name string
}

// Outcome says what MergeInto did.
type Outcome struct {
	// Shard is the shard that holds the rows.
	Shard string
	// Rows is their weight.
	Rows float64
	// Before is the weight of what the shard held, 0 when it was new.
	Before float64
	// Already says that the project has exactly this content, so nothing was done.
	Already bool
	// Warning is about rows that the source was told to forget although it had
	// not learned them. They are counted. It is nil when there are none.
	Warning error
}

// MergeInto adds the statistics of the export to a project, as a shard of its
// own that nobody learns. Attributes and categories are matched by name; those
// that the project has not are added to its schema, after its own. The same
// content counts once, and another export under the same Name takes the place
// of the earlier one. Neither rows nor positions of the source are needed. A
// project that is not there is created, with the composition of the export. The
// error wraps ErrKinds, state.ErrName, stats.ErrIncompatible (other settings), or
// those of the store; nothing is then counted.
func (e *Export) MergeInto(ctx context.Context, store state.Store, to Target) (Outcome, error) {
	if to.Name == "" {
		to.Name = e.ID()
	}
	if err := errors.Join(project.ValidateName("project", to.Project), project.ValidateName("name", to.Name)); err != nil {
		return Outcome{}, err
	}
	out := Outcome{Shard: MergedPrefix + to.Name}
	into, err := e.target(ctx, store, to)
	if err != nil {
		return out, err
	}
	held, err := mergedShards(ctx, into)
	if err != nil {
		return out, err
	}
	var replaced stats.Additive
	for _, s := range held {
		if s.Positions.Contains(e.mark()) {
			return Outcome{Shard: s.ID, Rows: s.Content.Weight(), Before: s.Content.Weight(), Already: true}, nil
		}
		if s.ID == out.Shard {
			out.Before, replaced = s.Content.Weight(), s.Content
		}
	}
	added, err := e.under(ctx, store, into, &out)
	if err != nil {
		return out, err
	}
	out.Rows = added.Weight()
	positions := &state.Positions{}
	positions.Add(e.mark())
	if err := project.NewIndex(store, to.Prefix).Add(ctx, to.Project); err != nil {
		return out, err
	}
	return out, put(ctx, store, into.Base(), Shard{ID: out.Shard, Positions: positions, Statistics: added}, replaced, true)
}

// target opens the project that the export is added to. One that has no
// composition yet gets that of the export, so that a learner with other settings
// is refused and does not meet statistics that it cannot read.
func (e *Export) target(ctx context.Context, store state.Store, to Target) (*project.Project, error) {
	into, err := project.Open(ctx, store, to.Prefix, to.Project)
	if err != nil || into.Definitions[project.CompositionRecord] != nil {
		return into, err
	}
	shards, err := into.Shards(ctx)
	if err != nil {
		return nil, err
	}
	c := into.Composition
	if len(shards) == 0 {
		c = e.composition
	}
	record, err := c.Encode()
	if err != nil {
		return nil, err
	}
	log := project.NewDefinitionLog(store, into.Base())
	if limits := e.Models[project.LimitsRecord]; limits != nil && len(shards) == 0 {
		if err := log.PutNew(ctx, project.LimitsRecord, limits); err != nil {
			return nil, err
		}
	}
	if err := log.PutNew(ctx, project.CompositionRecord, record); err != nil {
		return nil, err
	}
	return project.Open(ctx, store, to.Prefix, to.Project)
}

func mergedShards(ctx context.Context, into *project.Project) ([]state.ShardState[stats.Additive], error) {
	shards, err := into.Shards(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(shards, func(s state.ShardState[stats.Additive]) bool { return !strings.HasPrefix(s.ID, MergedPrefix) }), nil
}

// under returns the statistics of the export under the layout of the project,
// whose schema is extended first. Everything that can be refused is refused
// before anything is written.
func (e *Export) under(ctx context.Context, store state.Store, into *project.Project, out *Outcome) (stats.Additive, error) {
	whole, gone, err := e.Whole()
	if err != nil {
		return nil, err
	}
	out.Warning = gone
	log := project.NewSchemaLog(store, into.Base())
	current, err := log.Load(ctx)
	if err != nil {
		return nil, err
	}
	if err := sameKinds(current, e.Schema); err != nil {
		return nil, err
	}
	growth := schema.Growth{Attributes: e.Schema.Attributes(), Expansions: e.Schema.Expansions()}
	if _, begun := current.Reading(); !begun {
		growth = e.Schema.Growth()
	}
	planned, _ := current.Grow(growth, noLimits())
	if _, _, err := e.laidOut(whole, planned, into.Maker()); err != nil {
		return nil, err
	}
	if whole, err = e.withForests(ctx, project.NewDefinitionLog(store, into.Base()), whole); err != nil {
		return nil, err
	}
	settled, err := log.Grow(ctx, growth, noLimits())
	if err != nil {
		return nil, err
	}
	added, gone, err := e.laidOut(whole, settled, into.Maker())
	if err != nil {
		return nil, err
	}
	out.Warning = errors.Join(out.Warning, gone)
	// a shard of the project may have the name of one of the export
	wrap.NamePools(added, out.Shard)
	return added, nil
}

// laidOut returns a, the sum of all shards, and their keys under the layout of
// the schema, as far as rows reach: a statistic that has learned no row has no
// layout yet. Gone is as of addKeys.
func (e *Export) laidOut(a stats.Additive, s *schema.Schema, maker stats.Maker) (out stats.Additive, gone, err error) {
	layout := project.LayoutOf(s)
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
