package portable

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// Place is where projects are kept: a store and the beginning of their keys.
type Place struct {
	Store  state.Store
	Prefix string
}

// ErrLive is wrapped when a process writes a project that is to be changed as a
// whole.
var ErrLive = errors.New("something learns the project now")

// watchTime is how long a project is watched for writers. A learner with
// durability batch writes with every batch. A learner that writes by interval may
// not write in this time and is then not noticed.
const watchTime = 1200 * time.Millisecond

// Projects lists the projects.
func (p Place) Projects(ctx context.Context) ([]string, error) {
	names, err := project.NewIndex(p.Store, p.Prefix).List(ctx)
	slices.Sort(names)
	return names, err
}

// Read reads a project as the function Read does.
func (p Place) Read(ctx context.Context, name string) (*Export, error) {
	return Read(ctx, p.Store, p.Prefix, name)
}

// Quiet refuses a project that changes while it is watched, with an error that
// wraps ErrLive.
func (p Place) Quiet(ctx context.Context, name string) error {
	before, err := p.versions(ctx, name)
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
	after, err := p.versions(ctx, name)
	if err != nil {
		return err
	}
	for id, version := range after {
		if version != before[id] {
			return fmt.Errorf("%w: shard %q of %q went from version %d to %d within %v; stop the pipeline first", ErrLive, id, name, before[id], version, watchTime)
		}
	}
	return nil
}

// versions returns the newest version of each shard that can be read.
func (p Place) versions(ctx context.Context, name string) (map[string]uint64, error) {
	shards, err := p.readable(ctx, name)
	if err != nil {
		return nil, err
	}
	out := map[string]uint64{}
	for _, s := range shards {
		out[s.ID] = s.Version
	}
	return out, nil
}

// Rename copies a project under another name, compares the copy and deletes
// the original. Nothing is deleted unless all of it was copied. The error wraps
// ErrNoProject, ErrProjectExists, ErrLive or those of the store.
func (p Place) Rename(ctx context.Context, name, to string, force bool) (*Export, error) {
	e, err := p.Read(ctx, name)
	if err != nil {
		return nil, err
	}
	if !force {
		if err := p.Quiet(ctx, name); err != nil {
			return nil, err
		}
	}
	again, err := p.Read(ctx, name)
	if err != nil {
		return nil, err
	}
	if again.ID() != e.ID() {
		return nil, fmt.Errorf("%w: %q changed while it was read", ErrLive, name)
	}
	if err := e.Create(ctx, p.Store, p.Prefix, to, false); err != nil {
		return nil, err
	}
	copied, err := p.Read(ctx, to)
	if err != nil {
		return nil, err
	}
	if copied.ID() != e.ID() {
		return nil, fmt.Errorf("project %q holds content %s, and its copy %q %s: nothing was deleted", name, e.ID(), to, copied.ID())
	}
	return e, p.Erase(ctx, name)
}

// Delete removes a project, also one that cannot be read. The error wraps
// ErrLive or those of the store.
func (p Place) Delete(ctx context.Context, name string, force bool) error {
	if !force {
		if err := p.Quiet(ctx, name); err != nil {
			return err
		}
	}
	return p.Erase(ctx, name)
}
