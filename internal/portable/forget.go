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

// ErrNoSource is wrapped when a project has no shard of that name whose rows count.
var ErrNoSource = errors.New("no such source")

// ForgetSource takes away everything that one shard has added to a project: rows,
// windows, keys and bins. It returns the weight of the rows. The shard's positions
// stay, so that what it has learned is not learned again; those of a merged shard go
// too, so that the same export can be merged anew.
//
// Rows that were to be forgotten of this shard alone are dropped with it. Where others
// would be left that are not among the rows of other shards, the error wraps
// stats.ErrNotLearned and nothing is done. A learner of the shard may run: it notices
// at its next write, and goes on.
func (p Place) ForgetSource(ctx context.Context, name, shard string) (rows float64, err error) {
	e, rows, dropped, err := p.source(ctx, name, shard)
	if err != nil {
		return 0, err
	}
	maker, err := e.composition.Maker(nil)
	if err != nil {
		return 0, err
	}
	// Rows to forget go first: a process that is killed between the two leaves a shard
	// of which they count again, and which can be forgotten as before.
	for _, id := range dropped {
		if err := p.clear(ctx, name, id, maker); err != nil {
			return 0, err
		}
	}
	return rows, nil
}

// LookSource returns the weight of the rows that ForgetSource would take away, or the
// error that it would give, and the weight of those that would be left.
func (p Place) LookSource(ctx context.Context, name, shard string) (rows, left float64, err error) {
	e, rows, dropped, err := p.source(ctx, name, shard)
	if err != nil {
		return 0, 0, err
	}
	whole, _, err := e.dropping(dropped...).Whole()
	if err != nil {
		return 0, 0, err
	}
	return rows, whole.Weight(), nil
}

// source returns a project, the weight of one of its shards and the shards that go with
// it.
func (p Place) source(ctx context.Context, name, shard string) (e *Export, rows float64, dropped []string, err error) {
	if e, err = p.Read(ctx, name); err != nil {
		return nil, 0, nil, err
	}
	at := -1
	var others []string
	for i, s := range e.Shards {
		if s.ID == shard {
			at = i
		} else if project.HoldsRows(s.ID) {
			others = append(others, s.ID)
		}
	}
	switch {
	case strings.HasPrefix(shard, project.FrozenPrefix):
		return nil, 0, nil, fmt.Errorf("%w: %q is a frozen version of a model, which no statistics contain", ErrNoSource, shard)
	case strings.HasPrefix(shard, project.ForgetPrefix):
		return nil, 0, nil, fmt.Errorf("%w: %q holds rows that were forgotten; name the shard that they were forgotten of", ErrNoSource, shard)
	case at < 0:
		return nil, 0, nil, fmt.Errorf("%w: project %q has no shard %q, it has %s", ErrNoSource, name, shard, strings.Join(others, ", "))
	}
	dropped, err = e.without(shard)
	return e, e.Shards[at].Statistics.Weight(), dropped, err
}

// dropping returns the project without the shards drop.
func (e *Export) dropping(drop ...string) *Export {
	rest := &Export{composition: e.composition}
	for _, s := range e.Shards {
		if !slices.Contains(drop, s.ID) {
			rest.Shards = append(rest.Shards, s)
		}
	}
	return rest
}

// without returns the shards that go with a source: it, and the rows to forget of it
// when these are not among the rows of the others.
func (e *Export) without(shard string) ([]string, error) {
	gone := project.ForgetPrefix + shard
	trial := func(drop ...string) error {
		_, impossible, err := e.dropping(drop...).Whole()
		return errors.Join(err, impossible)
	}
	var own, its stats.Additive
	for _, s := range e.Shards {
		switch s.ID {
		case shard:
			own = s.Statistics
		case gone:
			its = s.Statistics
		}
	}
	if its == nil || its.Weight() == 0 {
		return []string{shard}, trial(shard)
	}
	if own.Clone().Subtract(its) == nil {
		if trial(shard, gone) == nil {
			return []string{gone, shard}, nil
		}
	}
	if err := trial(shard); err != nil {
		return nil, fmt.Errorf("rows that were forgotten one by one would not be among those that are left: %w", err)
	}
	return []string{shard}, nil
}

// clear empties a shard and removes the values of its keys.
func (p Place) clear(ctx context.Context, name, shard string, maker stats.Maker) error {
	base := project.Base(p.Prefix, name)
	keep := !strings.HasPrefix(shard, MergedPrefix)
	before, err := state.ClearShard(ctx, p.Store, base, shard, maker, keep)
	if err != nil {
		return err
	}
	if k, ok := before.(*keyed.Keyed); ok {
		if err := k.Erase(ctx, keyed.NewValues(p.Store, base, shard, 0)); err != nil {
			return fmt.Errorf("erase the keys of shard %q: %w", shard, err)
		}
	}
	return nil
}
