package portable

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Place is where projects are kept: a store and what their keys begin with.
type Place struct {
	Store  state.Store
	Prefix string
}

// ErrLive is wrapped when something writes a project that is to be changed as
// a whole.
var ErrLive = errors.New("something learns the project now")

// watchTime is how long a project is watched for writers. A learner with
// durability batch writes with every batch; one by interval may be missed.
const watchTime = 1200 * time.Millisecond

// Projects lists the projects.
func (p Place) Projects(ctx context.Context) ([]string, error) {
	names, err := state.NewProjectIndex(p.Store, p.Prefix).List(ctx)
	slices.Sort(names)
	return names, err
}

// Maker returns the maker of the statistics that a project keeps; those of a
// plain project where nothing is stored.
func (p Place) Maker(ctx context.Context, project string) (stats.Maker, error) {
	maker, err := live.StoredMaker(ctx, p.Store, state.ProjectBase(p.Prefix, project))
	if err != nil || maker != nil {
		return maker, err
	}
	return (&live.Tower{}).Maker()
}

// Read reads a project with the statistics that it keeps.
func (p Place) Read(ctx context.Context, project string) (*Export, error) {
	maker, err := p.Maker(ctx, project)
	if err != nil {
		return nil, err
	}
	return Read(ctx, p.Store, p.Prefix, project, maker)
}

// Quiet refuses a project that changes while it is watched, with an error that
// wraps ErrLive.
func (p Place) Quiet(ctx context.Context, project string, maker stats.Maker) error {
	before, err := p.versions(ctx, project, maker)
	if err != nil {
		return err
	}
	timer := time.NewTimer(watchTime)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
	}
	after, err := p.versions(ctx, project, maker)
	if err != nil {
		return err
	}
	for id, version := range after {
		if version != before[id] {
			return fmt.Errorf("%w: shard %q of %q went from version %d to %d within %v; stop the pipeline first", ErrLive, id, project, before[id], version, watchTime)
		}
	}
	return nil
}

// versions returns the newest version of each shard. Shards that cannot be
// read are left out: repair must work on them.
func (p Place) versions(ctx context.Context, project string, maker stats.Maker) (map[string]uint64, error) {
	reader := state.NewShardReader(p.Store, state.ProjectBase(p.Prefix, project), maker)
	if err := reader.Refresh(ctx); errors.Is(err, state.ErrStore) {
		return nil, err
	}
	out := map[string]uint64{}
	for _, s := range reader.Shards() {
		out[s.ID] = s.Version
	}
	return out, nil
}

// Rename copies a project under another name, compares the copy and deletes
// the original. Nothing is deleted unless all of it was copied. The error wraps
// ErrNoProject, ErrProjectExists, ErrLive or those of the store.
func (p Place) Rename(ctx context.Context, project, name string, maker stats.Maker, force bool) (*Export, error) {
	e, err := Read(ctx, p.Store, p.Prefix, project, maker)
	if err != nil {
		return nil, err
	}
	if !force {
		if err := p.Quiet(ctx, project, maker); err != nil {
			return nil, err
		}
	}
	again, err := Read(ctx, p.Store, p.Prefix, project, maker)
	if err != nil {
		return nil, err
	}
	if again.ID() != e.ID() {
		return nil, fmt.Errorf("%w: %q changed while it was read", ErrLive, project)
	}
	if err := e.Create(ctx, p.Store, p.Prefix, name, false); err != nil {
		return nil, err
	}
	copied, err := Read(ctx, p.Store, p.Prefix, name, maker)
	if err != nil {
		return nil, err
	}
	if copied.ID() != e.ID() {
		return nil, fmt.Errorf("project %q holds content %s, and its copy %q %s: nothing was deleted", project, e.ID(), name, copied.ID())
	}
	return e, p.Erase(ctx, project)
}

// Delete removes a project, also one that cannot be read. The error wraps
// ErrLive or those of the store.
func (p Place) Delete(ctx context.Context, project string, maker stats.Maker, force bool) error {
	if !force {
		if err := p.Quiet(ctx, project, maker); err != nil {
			return err
		}
	}
	return p.Erase(ctx, project)
}
